"""Session cookies are not sent with requests from other sites."""

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

GUARDED = frozenset({Purpose.SESSION, Purpose.CSRF})


@check(
    id="cookie-samesite",
    title="Session cookies say SameSite",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Add `SameSite=Lax` to session cookies (`Strict` where no link from outside needs them).
    """,
    snippets={
        "php": "session.cookie_samesite = Lax",
        "django": "SESSION_COOKIE_SAMESITE = 'Lax'",
        "nginx": "proxy_cookie_flags ~ samesite=lax;",
        "apache": 'Header edit Set-Cookie ^(.*)$ "$1; SameSite=Lax"',
        "iis": '<sessionState cookieSameSite="Lax" />',
    },
    references=(Reference("RFC 6265bis", "5.6.7"), Reference("OWASP ASVS 5.0", "3.3.2")),
    passes={
        "Lax": cookies("PHPSESSID=1a2b; Secure; SameSite=Lax"),
        "the last one counts": cookies("PHPSESSID=1; Secure; SameSite=None; samesite=STRICT"),
    },
    fails={
        "None": cookies("PHPSESSID=1a2b; Secure; SameSite=None"),
        "not said": cookies("PHPSESSID=1a2b; Secure"),
        "no word of the standard": cookies("colour=red; SameSite=maybe"),
    },
    others={
        "another cookie": cookies("colour=red"),
        "another cookie, for every site": cookies("ads=1; Secure; SameSite=None"),
        "a deletion": cookies("PHPSESSID=; Max-Age=0"),
        "none": cookies(),
        "not seen": unseen(),
    },
)
def cookie_samesite(
    host: HostAddresses,
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
) -> Sequence[Judgement]:
    """Without it another site can act in the visitor's name where the browser does not guess well."""
    found = survey(host.name, http, https, chains)
    if found.missing:
        return [inconclusive(found.missing, "The site's own HTTPS answer was not seen.")]
    if not found.secure:
        return [not_applicable("No cookie is set that a browser stores.")]
    return [_judged(one) for one in found.secure]


def _judged(kept: Kept) -> Judgement:
    word, written = kept.cookie.same_site, kept.cookie.same_site_word
    name, evidence = kept.cookie.name or "(without a name)", (kept.evidence,)
    if word in {"lax", "strict"}:
        return passed(
            "The cookie {name} says SameSite={word}.",
            name=name,
            word=word,
            item=name,
            evidence=evidence,
        )
    if kept.purpose not in GUARDED and not (written and word == "default"):
        return informational(
            "The cookie {name} ({purpose}) may be sent with requests from other sites.",
            name=name,
            purpose=kept.purpose,
            item=name,
            evidence=evidence,
        )
    return failed(
        "The cookie {name} is sent with requests from other sites (SameSite is {word}).",
        name=name,
        word=written or word,
        item=name,
        severity=Severity.MEDIUM if word == "none" else Severity.LOW,
        confidence=Confidence.FIRM if kept.is_certain else Confidence.TENTATIVE,
        evidence=(*evidence, "expected: …; SameSite=Lax (or Strict)"),
    )
