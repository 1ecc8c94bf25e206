"""Cookies are sent over HTTPS only."""

from collections.abc import Sequence

from scanner import (
    Confidence,
    Effort,
    Fact,
    FactValue,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.fact import COOKIE_HOST_PREFIX, COOKIE_SECURE_PREFIX, WEB_COOKIES
from scanner.formats.cookie import Cookie, Purpose, is_known_session, purpose, stored
from scanner.observation.web import HttpsAnswer

SEVERITIES = {Purpose.SESSION: Severity.HIGH, Purpose.CSRF: Severity.MEDIUM}


def _answer(*cookies: str) -> HttpsAnswer:
    return HttpsAnswer.from_text(
        "\n".join(("HTTP/1.1 200 OK", *(f"Set-Cookie: {one}" for one in cookies)))
    )


@check(
    id="cookie-secure",
    title="Cookies travel over HTTPS only",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Add `Secure` to every Set-Cookie, best of all with the name prefix `__Host-`.",
    snippets={"php": "session.cookie_secure = 1", "django": "SESSION_COOKIE_SECURE = True"},
    references=(Reference("RFC 6265bis", "5.6.5"), Reference("OWASP ASVS 5.0", "3.3.1")),
    records=(WEB_COOKIES, COOKIE_SECURE_PREFIX, COOKIE_HOST_PREFIX),
    roles=(Role.WEB,),
    passes={"Secure": _answer("PHPSESSID=1a2b; Secure; HttpOnly; Path=/")},
    fails={
        "a session without it": _answer("PHPSESSID=1a2b; HttpOnly"),
        "a token against forged requests": _answer("csrftoken=1a2b"),
        "another": _answer("colour=red"),
        "a word in the value is no attribute": _answer("a=secure"),
    },
    others={
        "no cookies": _answer(),
        "a cookie that is deleted": _answer("PHPSESSID=; Max-Age=0"),
        "one that browsers reject": _answer("__Host-a=1"),
    },
)
def cookie_secure(answer: HttpsAnswer) -> Sequence[Judgement]:
    """A cookie that also travels over plain HTTP can be read on the line, and its owner impersonated."""
    found = stored(answer.exchange)
    facts = _facts(found)
    if not found:
        return [not_applicable("No cookie is set that a browser stores.", facts=facts)]
    return [_judged(one, facts) for one in found]


def _judged(cookie: Cookie, facts: dict[Fact, FactValue]) -> Judgement:
    kind = purpose(cookie)
    evidence = (f"Set-Cookie: {cookie.name}=…",)
    if cookie.secure:
        return passed(
            "The cookie {name} is Secure.",
            name=cookie.name,
            item=cookie.name,
            evidence=evidence,
            facts=facts,
        )
    certain = kind is not Purpose.SESSION or is_known_session(cookie)
    return failed(
        "The cookie {name} ({purpose}) lacks Secure.",
        name=cookie.name,
        purpose=kind,
        item=cookie.name,
        severity=SEVERITIES.get(kind, Severity.LOW),
        confidence=Confidence.FIRM if certain else Confidence.TENTATIVE,
        evidence=evidence,
        facts=facts,
    )


def _facts(found: Sequence[Cookie]) -> dict[Fact, FactValue]:
    sessions = [one.name.lower() for one in found if purpose(one) is Purpose.SESSION]
    return {
        WEB_COOKIES: bool(found),
        COOKIE_SECURE_PREFIX: all(one.startswith(("__secure-", "__host-")) for one in sessions),
        COOKIE_HOST_PREFIX: all(one.startswith("__host-") for one in sessions),
    }
