"""Plain HTTP leads to HTTPS and shows nothing else."""

from collections.abc import Sequence
from typing import Any

from scanner import (
    Effort,
    Every,
    Fact,
    FactValue,
    Inapplicable,
    Judgement,
    Observed,
    Place,
    Reason,
    Reference,
    Role,
    Severity,
    Subject,
    Unknown,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import HTTP_PORT80, HTTPS_ENFORCES, HTTPS_ENFORCES_LEVEL
from scanner.formats.answer import Target, blocked, leads_to, located, location
from scanner.formats.certificate_examples import NOW, store
from scanner.formats.endpoints import WORST_FIRST, domain_of, plain, port80, secure
from scanner.formats.enforcement import Endpoint, settled
from scanner.observation import Seen
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.tls import CertificateChain, TrustStore
from scanner.observation.web import HttpAnswer, HttpExchange, HttpsAnswer, RedirectChain
from scanner.observation.web_probes import LateTries

NAME = "www.agency.example"
HOST = HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",))
HOSTS: Every[HostAddresses] = Every((Seen(Place(Subject(Role.HOST, NAME)), Observed(HOST, NOW)),))
PLAIN = Place(Subject(Role.WEB, NAME, 80), "192.0.2.7")
SECURE = Place(Subject(Role.WEB, NAME, 443), "192.0.2.7")
REFUSED = Unobserved(Reason.REFUSED, "the connection was refused")
NO_CERTIFICATES: Every[CertificateChain] = Every()
NO_CHAINS: Every[RedirectChain] = Every()
REST = (NO_CHAINS, NO_CERTIFICATES, store(), LateTries())


def _http(*lines: str) -> Every[HttpAnswer]:
    answer = HttpAnswer.from_text("\n".join(lines))
    return Every((Seen(PLAIN, Observed(answer, NOW)),))


MOVED = _http("HTTP/1.1 301 Moved", f"Location: https://{NAME}/")
LIVE: Every[HttpsAnswer] = Every(
    (Seen(SECURE, Observed(HttpsAnswer.from_text("HTTP/1.1 200 OK"), NOW)),)
)
DEAD: Every[HttpsAnswer] = Every((Seen(SECURE, REFUSED),))
MUTE: Every[HttpsAnswer] = Every((Seen(SECURE, Unobserved(Reason.TIMEOUT, "", reached=True)),))
CLOSED: Every[HttpAnswer] = Every((Seen(PLAIN, REFUSED),))
BROKEN: Every[HttpAnswer] = Every(
    (Seen(PLAIN, Unobserved(Reason.RESET, "the connection was reset", reached=True)),)
)
NOWHERE: Every[HttpAnswer] = Every(
    (Seen(Place(Subject(Role.HOST, NAME)), Unobserved(Reason.UNREACHABLE)),)
)


@check(
    id="https-enforcement",
    title="Plain HTTP leads to HTTPS and shows nothing else",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Redirect every request on port 80 to the same address with https, with status 301.",
    snippets={
        "nginx": "server { listen 80; return 301 https://$host$request_uri; }",
        "apache": "RewriteEngine On\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]",
        "iis": '<rule name="https" stopProcessing="true"><match url=".*" />\n<conditions><add input="{HTTPS}" pattern="off" /></conditions>\n<action type="Redirect" url="https://{HTTP_HOST}{REQUEST_URI}" redirectType="Permanent" /></rule>',
    },
    references=(
        Reference("OMB M-15-13"),
        Reference("CISA BOD 18-01"),
        Reference("RFC 9110", "15.4"),
    ),
    records=(HTTP_PORT80, HTTPS_ENFORCES, HTTPS_ENFORCES_LEVEL),
    passes={
        "a redirect": (HOST, HOSTS, MOVED, LIVE, *REST),
        "port 80 is closed": (HOST, HOSTS, CLOSED, LIVE, *REST),
    },
    fails={
        "content": (HOST, HOSTS, _http("HTTP/1.1 200 OK"), LIVE, *REST),
        "an error page": (HOST, HOSTS, _http("HTTP/1.1 404 Not Found"), LIVE, *REST),
        "a redirect to http": (
            HOST,
            HOSTS,
            _http("HTTP/1.1 302 Found", "Location: http://x.example/"),
            LIVE,
            *REST,
        ),
        "a void redirect": (HOST, HOSTS, _http("HTTP/1.1 302 Found", "Location:"), LIVE, *REST),
        "no HTTPS at all": (HOST, HOSTS, MOVED, DEAD, *REST),
    },
    others={
        "a guard answers": (
            HOST,
            HOSTS,
            _http("HTTP/1.1 403 Forbidden", "Retry-After: 9"),
            LIVE,
            *REST,
        ),
        "port 80 breaks off": (HOST, HOSTS, BROKEN, LIVE, *REST),
        "port 80 could not be asked": (HOST, HOSTS, NOWHERE, LIVE, *REST),
        "port 80 is closed and 443 is mute": (HOST, HOSTS, CLOSED, MUTE, *REST),
        "it redirects, and 443 is mute": (HOST, HOSTS, MOVED, MUTE, *REST),
        "nothing answers": (HOST, HOSTS, CLOSED, DEAD, *REST),
        "no such host": (
            HostAddresses(NAME, Presence.NXDOMAIN),
            HOSTS,
            Every(),
            Every(),
            *REST,
        ),
    },
)
def https_enforcement(  # noqa: PLR0913, PLR0917 - what is known of the four endpoints
    host: HostAddresses,
    hosts: Every[HostAddresses],
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
    certificates: Every[CertificateChain],
    roots: TrustStore,
    late: LateTries,
) -> Judgement:
    """Who types the name without https gets the plain site, and whoever holds the line shapes it."""
    names = [one.place.subject.host for one in hosts.seen] or [host.name]
    four: dict[str, Endpoint | None] = {}
    for name in names:
        four[f"http://{name}/"] = plain(name, http, chains)
        four[f"https://{name}/"] = secure(name, https, chains, certificates, roots, late)
    places: tuple[Seen[Any], ...] = (*http.on(host.name), *https.on(host.name))
    facts = _facts(domain_of(names), four, _port80(host.name, http))
    if all(isinstance(one.observation, Inapplicable) for one in places):
        return not_applicable("The name has no web site.", facts={**facts, HTTP_PORT80: "closed"})
    if bad := _worst(host.name, http):
        return _shown(bad, facts)
    own = four.get(f"http://{host.name}/")
    if own is None:
        return _unseen(host.name, http, facts)
    secured = [four[f"https://{name}/"] for name in names]
    return _forced(own, secured, facts, http)


def _worst(name: str, http: Every[HttpAnswer]) -> HttpExchange | None:
    """The worst answer of port 80 that does not lead to https."""
    answers = [
        one.observation.value.exchange
        for one in http.on(name)
        if isinstance(one.observation, Observed)
    ]
    bad = [one for one in answers if not blocked(one) and leads_to(one) is not Target.HTTPS]
    return min(bad, key=lambda one: WORST_FIRST.index(port80(one)), default=None)


def _port80(name: str, http: Every[HttpAnswer]) -> FactValue:
    if worst := _worst(name, http):
        return port80(worst)
    here = plain(name, http, Every())
    if here is None:
        return Unknown(Reason.UNREACHABLE)
    return "redirect-https" if here.live else "closed"


def _facts(domain: str, four: dict[str, Endpoint | None], port: FactValue) -> dict[Fact, FactValue]:
    """The two of the pair: an unknown endpoint leaves only what holds whatever it is."""
    enforces = settled(domain, four, lambda site: site.enforces)
    level = settled(domain, four, lambda site: site.enforces_level)
    unknown = Unknown(Reason.UNREACHABLE, "an endpoint gave no answer that settles it")
    return {
        HTTP_PORT80: port,
        HTTPS_ENFORCES: unknown if enforces is None else enforces,
        HTTPS_ENFORCES_LEVEL: unknown if level is None else level,
    }


def _shown(answer: HttpExchange, facts: dict[Fact, FactValue]) -> Judgement:
    evidence = (
        f"{answer.url}: {answer.status} {answer.phrase}".strip(),
        *located(answer, "Location"),
        "expected: 301 or 308, with one Location that begins with https://",
    )
    match port80(answer):
        case "content":
            return failed(
                "Port 80 shows content without encryption (status {status}).",
                status=answer.status,
                evidence=evidence,
                facts=facts,
            )
        case "error-status":
            return failed(
                "Port 80 answers with status {status} instead of a redirect.",
                status=answer.status,
                severity=Severity.MEDIUM,
                evidence=evidence,
                facts=facts,
            )
        case _ if location(answer):
            return failed(
                "Port 80 redirects to {url}, without encryption.",
                url=location(answer) or "",
                evidence=evidence,
                facts=facts,
            )
        case _:
            return failed(
                "Port 80 redirects to a place that no browser can go to.",
                evidence=evidence,
                facts=facts,
            )


def _unseen(name: str, http: Every[HttpAnswer], facts: dict[Fact, FactValue]) -> Judgement:
    places = [one.observation for one in http.on(name)]
    guards = [
        (one.value.exchange, reason)
        for one in places
        if isinstance(one, Observed) and (reason := blocked(one.value.exchange))
    ]
    if guards:
        return inconclusive(
            guards[0][1],
            "A guard answered on port 80 in the place of the site (status {status}).",
            status=guards[0][0].status,
            facts=facts,
        )
    missing = [one for one in places if isinstance(one, Unobserved)]
    return inconclusive(
        missing[0].reason,
        "Port 80 gave no answer that could be judged ({why}).",
        why=(missing[0].detail or missing[0].reason)[:200],
        facts=facts,
    )


def _forced(
    here: Endpoint,
    secured: Sequence[Endpoint | None],
    facts: dict[Fact, FactValue],
    http: Every[HttpAnswer],
) -> Judgement:
    """HTTPS must be live at one of the pair; that it is at each is another check's question."""
    if not any(one and one.live for one in secured):
        if None in secured:
            reason = Reason.UNREACHABLE
            return inconclusive(reason, "Whether HTTPS is live could not be told.", facts=facts)
        if here.live:
            return failed(
                "It redirects to {url}, but no HTTPS is served here.",
                url=here.immediate or "",
                facts=facts,
            )
        return inconclusive(
            Reason.UNREACHABLE, "Neither port 80 nor port 443 answers.", facts=facts
        )
    if not here.live:
        return passed("Port 80 gives no answer, and HTTPS works.", facts=facts)
    lines = [
        line
        for one in http.on(here.host)
        if isinstance(one.observation, Observed)
        for line in located(one.observation.value.exchange, "Location")
    ]
    return passed(
        "It redirects to {url}.",
        url=here.immediate or "",
        evidence=tuple(dict.fromkeys(lines)),
        facts=facts,
    )
