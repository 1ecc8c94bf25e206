"""No cookie is set without encryption."""

from collections.abc import Sequence

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Observed,
    Reference,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.cookie import Purpose
from scanner.formats.cookie_survey import Kept, survey
from scanner.formats.web_examples import PLAIN, cookies, unseen
from scanner.observation import Every, Reason, Seen
from scanner.observation.dns import HostAddresses
from scanner.observation.web import HttpAnswer, HttpsAnswer, RedirectChain

SEVERITIES = {Purpose.SESSION: Severity.HIGH, Purpose.CSRF: Severity.MEDIUM}


@check(
    id="cookie-over-http",
    title="No cookie is set over plain HTTP",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Set cookies on the HTTPS site only; on port 80 answer with the redirect alone.
    """,
    snippets={
        "php": "session.cookie_secure = 1",
        "django": "SECURE_SSL_REDIRECT = True",
        "nginx": "server { listen 80; return 301 https://$host$request_uri; }",
        "apache": "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]",
        "iis": '<httpCookies requireSSL="true" />',
    },
    references=(Reference("RFC 6265bis", "5.7"),),
    passes={
        "none over http": (*cookies("a=1")[:1], *cookies(http=("a=; Max-Age=0",))[1:]),
    },
    fails={
        "a session": cookies(http=("PHPSESSID=1a2b",)),
        "a token": cookies(http=("csrftoken=1",)),
        "another": cookies(http=("colour=red",)),
        "what looks like a session": cookies(http=("auth=1",)),
    },
    others={
        "port 80 gives no answer": cookies("a=1"),
        "port 80 broke off": (
            *unseen()[:1],
            Every((Seen(PLAIN, Unobserved(Reason.RESET)),)),
            *unseen()[2:],
        ),
    },
)
def cookie_over_http(
    host: HostAddresses,
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
) -> Sequence[Judgement]:
    """What is set on the open line can be read there, and replaced by an attacker's own."""
    found = survey(host.name, http, https, chains)
    places = [one.observation for one in http.on(host.name)]
    if not any(isinstance(one, Observed) for one in places):
        missing = [one.reason for one in places if isinstance(one, Unobserved)]
        if missing:
            return [inconclusive(missing[0], "Port 80 gave no answer that could be judged.")]
        return [not_applicable("Port 80 gives no answer.")]
    if not found.plain:
        return [passed("No cookie is set over plain HTTP.")]
    return [_judged(one) for one in found.plain]


def _judged(kept: Kept) -> Judgement:
    name = kept.cookie.name or "(without a name)"
    return failed(
        "The cookie {name} ({purpose}) is set without encryption.",
        name=name,
        purpose=kept.purpose,
        item=name,
        severity=SEVERITIES.get(kept.purpose, Severity.LOW),
        confidence=Confidence.FIRM if kept.is_certain else Confidence.TENTATIVE,
        evidence=(kept.evidence, "expected: no Set-Cookie on port 80"),
    )
