"""Sessions end."""

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

DAY = 86_400
MOST_DAYS, SESSION_DAYS = 400, 30


@check(
    id="cookie-lifetime",
    title="Logins are not remembered for more than a month",
    severity=Severity.LOW,
    mildest=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="""
        Leave out Max-Age and Expires of session cookies, or keep them below 30 days.
    """,
    snippets={
        "php": "session.cookie_lifetime = 0",
        "django": "SESSION_EXPIRE_AT_BROWSER_CLOSE = True",
        "nginx": "# it is set by the application",
        "apache": "# it is set by the application",
        "iis": '<sessionState timeout="20" />',
    },
    references=(Reference("RFC 6265bis", "5.6.2"), Reference("OWASP ASVS 5.0", "7.3")),
    passes={
        "until the browser closes": cookies("PHPSESSID=1a2b"),
        "a week": cookies("PHPSESSID=1a2b; Max-Age=604800"),
    },
    fails={
        "a year": cookies("PHPSESSID=1a2b; Max-Age=31536000"),
        "what looks like a session": cookies("auth=1; Max-Age=31536000"),
    },
    others={
        "another cookie for two years": cookies("colour=red; Max-Age=63072000"),
        "a date far away": cookies("colour=red; Expires=Fri, 01 Jan 2100 00:00:00 GMT"),
        "a deletion": cookies("PHPSESSID=; Max-Age=0"),
        "none": cookies(),
        "not seen": unseen(),
    },
)
def cookie_lifetime(
    host: HostAddresses,
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
) -> Sequence[Judgement]:
    """A login that outlives the visit is there for whoever uses the computer next."""
    found = survey(host.name, http, https, chains)
    if found.missing:
        return [inconclusive(found.missing, "The site's own HTTPS answer was not seen.")]
    if not found.secure:
        return [not_applicable("No cookie is set that a browser stores.")]
    return [_judged(one) for one in found.secure]


def _judged(kept: Kept) -> Judgement:
    name, evidence = kept.cookie.name or "(without a name)", (kept.evidence,)
    days = (kept.cookie.lifetime or 0) // DAY
    if kept.purpose is Purpose.SESSION and days > SESSION_DAYS:
        return failed(
            "The session cookie {name} is kept for {days} days.",
            name=name,
            days=days,
            item=name,
            confidence=Confidence.FIRM if kept.is_certain else Confidence.TENTATIVE,
            evidence=(*evidence, "expected: no Max-Age and no Expires, or 30 days at most"),
        )
    if days > MOST_DAYS:
        return informational(
            "The cookie {name} asks for {days} days; browsers keep none for more than 400.",
            name=name,
            days=days,
            item=name,
            evidence=evidence,
        )
    return passed(
        "The cookie {name} is kept for {days} days at most.",
        name=name,
        days=days,
        item=name,
        evidence=evidence,
    )
