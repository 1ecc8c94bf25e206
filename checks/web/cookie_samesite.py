"""Session cookies are not sent with requests from other sites."""

from collections.abc import Sequence

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats.cookie import Cookie, is_known_session, sessions
from scanner.observation.web import HttpsAnswer


def _answer(*cookies: str) -> HttpsAnswer:
    return HttpsAnswer.from_text(
        "\n".join(("HTTP/1.1 200 OK", *(f"Set-Cookie: {one}" for one in cookies)))
    )


@check(
    id="cookie-samesite",
    title="Session cookies say SameSite",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Add `SameSite=Lax` to session cookies (`Strict` where no link from outside needs them).",
    snippets={"php": "session.cookie_samesite = Lax"},
    references=(Reference("RFC 6265bis", "5.6.7"),),
    roles=(Role.WEB,),
    passes={"Lax": _answer("PHPSESSID=1a2b; Secure; SameSite=Lax")},
    fails={
        "None": _answer("PHPSESSID=1a2b; Secure; SameSite=None"),
        "not said": _answer("PHPSESSID=1a2b; Secure"),
    },
    others={"no session cookie": _answer("colour=red"), "none": _answer()},
)
def cookie_samesite(answer: HttpsAnswer) -> Sequence[Judgement]:
    """Without it another site can act in the visitor's name where the browser does not guess well."""
    found = sessions(answer.exchange)
    if not found:
        return [not_applicable("No session cookie is set.")]
    return [_judged(one) for one in found]


def _judged(cookie: Cookie) -> Judgement:
    evidence = (f"Set-Cookie: {cookie.name}=…; SameSite={cookie.same_site}",)
    if cookie.same_site in {"lax", "strict"}:
        return passed(
            "The cookie {name} says SameSite={word}.",
            name=cookie.name,
            word=cookie.same_site,
            item=cookie.name,
            evidence=evidence,
        )
    severity = Severity.MEDIUM if cookie.same_site == "none" else Severity.LOW
    known = is_known_session(cookie)
    return failed(
        "The cookie {name} is sent with requests from other sites (SameSite is {word}).",
        name=cookie.name,
        word=cookie.same_site,
        item=cookie.name,
        severity=severity,
        confidence=Confidence.FIRM if known else Confidence.TENTATIVE,
        evidence=evidence,
    )
