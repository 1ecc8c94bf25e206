"""Cookies are for one host."""

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
    informational,
    not_applicable,
    passed,
)
from scanner.fact import COOKIE_HOST_PREFIX, COOKIE_SECURE_PREFIX
from scanner.formats.cookie import Purpose
from scanner.formats.cookie_survey import Kept, Survey, survey
from scanner.formats.web_examples import apex_cookies, cookies, unseen
from scanner.observation import Every
from scanner.observation.dns import HostAddresses
from scanner.observation.web import HttpAnswer, HttpsAnswer, RedirectChain
from scanner.targets import registrable

SHARED = frozenset({Purpose.SESSION, Purpose.CSRF})


@check(
    id="cookie-scope",
    title="Cookies are not shared with every name of the domain",
    severity=Severity.LOW,
    mildest=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="""
        Leave out `Domain`, or narrow it; name session cookies `__Host-…`, with Secure and Path=/.
    """,
    snippets={
        "php": "session.cookie_domain =\nsession.name = __Host-SESSION",
        "django": "SESSION_COOKIE_DOMAIN = None\nSESSION_COOKIE_NAME = '__Host-sessionid'",
        "nginx": "proxy_cookie_domain ~.* $host;",
        "apache": 'Header edit Set-Cookie (?i);\\s*Domain=[^;]* ""',
        "iis": '<httpCookies domain="" />',
    },
    references=(Reference("RFC 6265bis", "4.1.3"), Reference("OWASP ASVS 5.0", "3.3.3")),
    records=(COOKIE_SECURE_PREFIX, COOKIE_HOST_PREFIX),
    passes={
        "for the host alone": cookies("PHPSESSID=1a2b; Secure"),
        "held to the host by its name": cookies("__Host-sid=1; Secure; Path=/"),
        "a name that has none below it as a rule": cookies("sid=1; Domain=www.agency.example"),
    },
    fails={
        "a session for the whole domain": cookies("PHPSESSID=1a2b; Domain=.agency.example"),
        "a session of the domain's own host": apex_cookies("sid=1; Domain=agency.example"),
        "a token for the whole domain": cookies("csrftoken=1; Domain=agency.example"),
    },
    others={
        "another cookie for the whole domain": cookies("_ga=1; Domain=agency.example"),
        "a deletion": cookies("PHPSESSID=; Max-Age=0"),
        "none": cookies(),
        "not seen": unseen(),
    },
)
def cookie_scope(
    host: HostAddresses,
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
) -> Sequence[Judgement]:
    """Every other host below the domain, the forgotten ones too, then receives the login as well."""
    found = survey(host.name, http, https, chains)
    if found.missing and not found.secure:
        unknown: dict[Fact, FactValue] = {
            COOKIE_SECURE_PREFIX: Unknown(found.missing),
            COOKIE_HOST_PREFIX: Unknown(found.missing),
        }
        said = "The site's own HTTPS answer was not seen."
        return [inconclusive(found.missing, said, facts=unknown)]
    facts = _facts(found)
    if not found.secure:
        return [not_applicable("No cookie is set that a browser stores.", facts=facts)]
    return [_judged(one, host.name, facts) for one in found.secure]


def _facts(found: Survey) -> dict[Fact, FactValue]:
    names = [one.cookie.name.lower() for one in found.sessions]
    return {
        COOKIE_SECURE_PREFIX: all(one.startswith(("__secure-", "__host-")) for one in names),
        COOKIE_HOST_PREFIX: all(one.startswith("__host-") for one in names),
    }


def _judged(kept: Kept, host: str, facts: dict[Fact, FactValue]) -> Judgement:
    cookie, evidence = kept.cookie, (kept.evidence,)
    name = cookie.name or "(without a name)"
    if cookie.domain == host and host != registrable(host):
        return passed(
            "The cookie {name} goes to {domain}, and to names below it.",
            name=name,
            domain=host,
            item=name,
            evidence=evidence,
            facts=facts,
        )
    if not cookie.domain:
        held = "The prefix of {name} holds it to this host."
        plain = "The cookie {name} goes to this host alone."
        is_held = name.lower().startswith("__host-")
        return passed(
            held if is_held else plain, name=name, item=name, evidence=evidence, facts=facts
        )
    if kept.purpose not in SHARED:
        return informational(
            "The cookie {name} ({purpose}) goes to every host below {domain}.",
            name=name,
            purpose=kept.purpose,
            domain=cookie.domain,
            item=name,
            evidence=evidence,
            facts=facts,
        )
    return failed(
        "The cookie {name} ({purpose}) goes to every host below {domain}.",
        name=name,
        purpose=kept.purpose,
        domain=cookie.domain,
        item=name,
        severity=Severity.LOW,
        confidence=Confidence.FIRM if kept.is_certain else Confidence.TENTATIVE,
        evidence=(*evidence, "expected: no Domain"),
        facts=facts,
    )
