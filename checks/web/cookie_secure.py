"""Cookies are sent over HTTPS only."""

from collections.abc import Sequence

from scanner import (
    Confidence,
    Effort,
    Fact,
    FactValue,
    Judgement,
    Reference,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import WEB_COOKIES
from scanner.formats.cookie import Purpose
from scanner.formats.cookie_survey import Kept, survey
from scanner.formats.web_examples import cookies, unseen
from scanner.observation import Every
from scanner.observation.dns import HostAddresses
from scanner.observation.web import HttpAnswer, HttpsAnswer, RedirectChain

SEVERITIES = {Purpose.SESSION: Severity.HIGH, Purpose.CSRF: Severity.MEDIUM}


@check(
    id="cookie-secure",
    title="Cookies travel over HTTPS only",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Add `Secure` to every Set-Cookie, best of all with the name prefix `__Host-`.
    """,
    snippets={
        "php": "session.cookie_secure = 1",
        "django": "SESSION_COOKIE_SECURE = True",
        "nginx": "proxy_cookie_flags ~ secure;",
        "apache": 'Header edit Set-Cookie ^(.*)$ "$1; Secure"',
        "iis": '<httpCookies requireSSL="true" />',
    },
    references=(Reference("RFC 6265bis", "5.6.5"), Reference("OWASP ASVS 5.0", "3.3.1")),
    records=(WEB_COOKIES,),
    passes={
        "Secure": cookies("PHPSESSID=1a2b; Secure; HttpOnly; Path=/"),
        "with any value": cookies("PHPSESSID=1a2b; Secure=false"),
    },
    fails={
        "a session without it": cookies("PHPSESSID=1a2b; HttpOnly"),
        "a session where HSTS stands in": cookies("PHPSESSID=1a2b", has_hsts=True),
        "a token against forged requests": cookies("csrftoken=1a2b"),
        "another": cookies("colour=red"),
        "a word in the value is no attribute": cookies("a=secure"),
        "at the second hop": cookies(hop=("JSESSIONID=1",)),
    },
    others={
        "one that browsers reject": cookies("__Host-a=1"),
        "over http only": cookies(http=("a=1",)),
        "a deletion": cookies("PHPSESSID=; Max-Age=0"),
        "none": cookies(),
        "not seen": unseen(),
    },
)
def cookie_secure(
    host: HostAddresses,
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
) -> Sequence[Judgement]:
    """A cookie that also travels over plain HTTP can be read on the line, and its owner impersonated."""
    found = survey(host.name, http, https, chains)
    if found.missing and not found.secure:
        facts: dict[Fact, FactValue] = {WEB_COOKIES: bool(found.kept) or Unknown(found.missing)}
        said = "The site's own HTTPS answer was not seen."
        return [inconclusive(found.missing, said, facts=facts)]
    facts = {WEB_COOKIES: bool(found.kept)}
    if not found.secure:
        return [not_applicable("No cookie is set that a browser stores.", facts=facts)]
    return [_judged(one, facts, has_hsts=found.has_hsts) for one in found.secure]


def _judged(kept: Kept, facts: dict[Fact, FactValue], *, has_hsts: bool) -> Judgement:
    name, evidence = kept.cookie.name or "(without a name)", (kept.evidence,)
    if kept.cookie.secure:
        return passed(
            "The cookie {name} is Secure.", name=name, item=name, evidence=evidence, facts=facts
        )
    severity = SEVERITIES.get(kept.purpose, Severity.LOW)
    if severity is Severity.HIGH and has_hsts:
        severity = Severity.MEDIUM  # a browser that knows the site asks over https only
    return failed(
        "The cookie {name} ({purpose}) lacks Secure.",
        name=name,
        purpose=kept.purpose,
        item=name,
        severity=severity,
        confidence=Confidence.FIRM if kept.is_certain else Confidence.TENTATIVE,
        evidence=(*evidence, "expected: …; Secure"),
        facts=facts,
    )
