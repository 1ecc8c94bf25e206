"""Scripts cannot read session cookies."""

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
    id="cookie-httponly",
    title="Scripts cannot read session cookies",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Add `HttpOnly` to the cookies that stand for a login.",
    snippets={"php": "session.cookie_httponly = 1", "django": "SESSION_COOKIE_HTTPONLY = True"},
    references=(Reference("RFC 6265bis", "5.6.6"), Reference("OWASP ASVS 5.0", "3.3.4")),
    roles=(Role.WEB,),
    passes={"HttpOnly": _answer("PHPSESSID=1a2b; Secure; HttpOnly")},
    fails={
        "a session without it": _answer("PHPSESSID=1a2b; Secure"),
        "what looks like a session": _answer("auth=1a2b; Secure"),
    },
    others={"no session cookie": _answer("colour=red; Secure"), "none": _answer()},
)
def cookie_httponly(answer: HttpsAnswer) -> Sequence[Judgement]:
    """One injected script, and the visitor's login is sent to the attacker."""
    found = sessions(answer.exchange)
    if not found:
        return [not_applicable("No session cookie is set.")]
    return [_judged(one) for one in found]


def _judged(cookie: Cookie) -> Judgement:
    evidence = (f"Set-Cookie: {cookie.name}=…",)
    if cookie.http_only:
        return passed(
            "The cookie {name} is HttpOnly.", name=cookie.name, item=cookie.name, evidence=evidence
        )
    known = is_known_session(cookie)
    return failed(
        "The cookie {name} lacks HttpOnly.",
        name=cookie.name,
        item=cookie.name,
        confidence=Confidence.FIRM if known else Confidence.TENTATIVE,
        evidence=evidence,
    )
