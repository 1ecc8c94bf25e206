"""Scripts cannot read session cookies."""

from collections.abc import Sequence

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.formats.cookie import Purpose
from scanner.formats.cookie_survey import Kept, survey
from scanner.formats.web_examples import cookies, unseen
from scanner.observation import Every
from scanner.observation.dns import HostAddresses
from scanner.observation.web import HttpAnswer, HttpsAnswer, RedirectChain


@check(
    id="cookie-httponly",
    title="Scripts cannot read session cookies",
    severity=Severity.MEDIUM,
    mildest=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="""
        Add `HttpOnly` to the cookies that stand for a login.
    """,
    snippets={
        "php": "session.cookie_httponly = 1",
        "django": "SESSION_COOKIE_HTTPONLY = True",
        "nginx": "proxy_cookie_flags ~ httponly;",
        "apache": 'Header edit Set-Cookie ^(.*)$ "$1; HttpOnly"',
        "iis": '<httpCookies httpOnlyCookies="true" />',
    },
    references=(Reference("RFC 6265bis", "5.6.6"), Reference("OWASP ASVS 5.0", "3.3.4")),
    passes={
        "HttpOnly": cookies("PHPSESSID=1a2b; Secure; HttpOnly"),
    },
    fails={
        "a session without it": cookies("PHPSESSID=1a2b; Secure"),
        "what looks like a session": cookies("auth=1a2b; Secure"),
        "at the second hop": cookies(hop=("JSESSIONID=1; Secure",)),
    },
    others={
        "another cookie": cookies("colour=red; Secure"),
        "a token that scripts must read": cookies("csrftoken=1a2b"),
        "a deletion": cookies("PHPSESSID=; Max-Age=0"),
        "none": cookies(),
        "not seen": unseen(),
    },
)
def cookie_httponly(
    host: HostAddresses,
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
) -> Sequence[Judgement]:
    """One injected script, and the visitor's login is sent to the attacker."""
    found = survey(host.name, http, https, chains)
    if found.missing:
        return [inconclusive(found.missing, "The site's own HTTPS answer was not seen.")]
    if not found.secure:
        return [not_applicable("No cookie is set that a browser stores.")]
    return [_judged(one) for one in found.secure]


def _judged(kept: Kept) -> Judgement:
    name, evidence = kept.cookie.name or "(without a name)", (kept.evidence,)
    if kept.cookie.http_only:
        return passed("The cookie {name} is HttpOnly.", name=name, item=name, evidence=evidence)
    if kept.purpose is Purpose.CSRF:
        return not_applicable(
            "The cookie {name} is a token that the page's own scripts read.", name=name, item=name
        )
    if kept.purpose is not Purpose.SESSION:
        return informational(
            "The cookie {name} ({purpose}) lacks HttpOnly; it stands for no login.",
            name=name,
            purpose=kept.purpose,
            item=name,
            evidence=evidence,
        )
    return failed(
        "The cookie {name} lacks HttpOnly.",
        name=name,
        item=name,
        confidence=Confidence.FIRM if kept.is_certain else Confidence.TENTATIVE,
        evidence=(*evidence, "expected: …; HttpOnly"),
    )
