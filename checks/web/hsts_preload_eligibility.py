"""The domain could be put on the preload list."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from scanner import (
    Effort,
    Every,
    Inapplicable,
    Judgement,
    Message,
    Observed,
    Place,
    Reason,
    Reference,
    Role,
    Severity,
    Subject,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats import hsts
from scanner.formats.answer import Target, blocked, host_of, leads_to, location
from scanner.formats.certificate_examples import NOW, intermediate, leaf, store
from scanner.formats.endpoints import domain_of, grade_of
from scanner.formats.enforcement import Certificate
from scanner.formats.error import FormatError
from scanner.formats.hsts_noted import FIELD
from scanner.observation import Seen
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.tls import CertificateChain, TrustStore
from scanner.observation.web import ChainEnd, HttpAnswer, HttpExchange, HttpsAnswer, RedirectChain
from scanner.targets import registrable

ROOT, WWW = "agency.example", "www.agency.example"
GOOD = "max-age=31536000; includeSubDomains; preload"
ONE_YEAR = 31_536_000
MOST_REDIRECTS = 3
ADDRESS = "192.0.2.7"
BOTH = (ROOT, WWW)


def _place(host: str, port: int) -> Place:
    return Place(Subject(Role.WEB, host, port), ADDRESS)


def _hosts(*names: str) -> Every[HostAddresses]:
    return Every(
        tuple(
            Seen(
                Place(Subject(Role.HOST, name)),
                Observed(HostAddresses(name, Presence.PRESENT, (ADDRESS,)), NOW),
            )
            for name in names
        )
    )


def _http(text: str = f"HTTP/1.1 301 M\nLocation: https://{ROOT}/") -> Every[HttpAnswer]:
    return Every((Seen(_place(ROOT, 80), Observed(HttpAnswer.from_text(text, ROOT), NOW)),))


def _https(*fields: str, status: str = "200 OK") -> Every[HttpsAnswer]:
    text = "\n".join((f"HTTP/1.1 {status}", *(f"{FIELD}: {one}" for one in fields)))
    return Every((Seen(_place(ROOT, 443), Observed(HttpsAnswer.from_text(text, ROOT), NOW)),))


def _chain(host: str, *certificates: bytes) -> Seen[CertificateChain]:
    sent = certificates or (leaf(names=BOTH), intermediate())
    return Seen(_place(host, 443), Observed(CertificateChain(host, "TLSv1.3", sent), NOW))


CHAINS: Every[CertificateChain] = Every((_chain(ROOT), _chain(WWW)))
NO_HOPS: Every[RedirectChain] = Every()
CLOSED: Every[HttpAnswer] = Every(
    (Seen(_place(ROOT, 80), Inapplicable(Message("Port 80 gives no connection."))),)
)


def _hops(*urls: str) -> Every[RedirectChain]:
    hops = tuple(HttpExchange.from_text("HTTP/1.1 301 M", url) for url in urls)
    return Every(
        (
            Seen(
                Place(Subject(Role.WEB, ROOT, 443)),
                Observed(RedirectChain(hops, ChainEnd.ANSWERED), NOW),
            ),
        )
    )


PAIR = _hosts(*BOTH)


@check(
    id="hsts-preload-eligibility",
    title="The domain meets the requirements of the HSTS preload list",
    severity=Severity.INFO,
    effort=Effort.PROJECT,
    remediation="""
        Mend what is listed, or leave out `preload`: without the rest it is only a promise. Every
        sub-domain must be on HTTPS before.
    """,
    snippets={
        "nginx": f'add_header Strict-Transport-Security "{GOOD}" always;',
        "apache": f'Header always set Strict-Transport-Security "{GOOD}"',
        "iis": '<hsts enabled="true" max-age="31536000" includeSubDomains="true" preload="true" redirectHttpToHttps="true" />',
    },
    references=(Reference("hstspreload.org", "requirements"),),
    passes={
        "everything holds": (PAIR, _http(), _https(GOOD), NO_HOPS, CHAINS, store()),
        "a chain of https hops, and one that was not seen": (
            PAIR,
            _http(),
            _https(GOOD),
            Every(
                (
                    *_hops(f"http://{ROOT}/", f"https://{ROOT}/").seen,
                    Seen(Place(Subject(Role.WEB, ROOT, 80)), Unobserved(Reason.TIMEOUT)),
                )
            ),
            CHAINS,
            store(),
        ),
        "port 80 is closed": (_hosts(ROOT), CLOSED, _https(GOOD), NO_HOPS, CHAINS, store()),
    },
    fails={
        "no header": (PAIR, _http(), _https(), NO_HOPS, CHAINS, store()),
        "two headers": (PAIR, _http(), _https(GOOD, GOOD), NO_HOPS, CHAINS, store()),
        "malformed": (PAIR, _http(), _https("max-age=x"), NO_HOPS, CHAINS, store()),
        "too short, and alone": (PAIR, _http(), _https("max-age=1"), NO_HOPS, CHAINS, store()),
        "http leads to www first": (
            PAIR,
            _http(f"HTTP/1.1 301 M\nLocation: https://{WWW}/"),
            _https(GOOD),
            NO_HOPS,
            CHAINS,
            store(),
        ),
        "http does not redirect": (
            PAIR,
            _http("HTTP/1.1 200 OK"),
            _https(GOOD),
            NO_HOPS,
            CHAINS,
            store(),
        ),
        "a chain over http, and long": (
            PAIR,
            _http(),
            _https(GOOD),
            _hops(*(f"http://{ROOT}/{number}" for number in range(5))),
            CHAINS,
            store(),
        ),
        "the certificate of www": (
            PAIR,
            _http(),
            _https(GOOD),
            NO_HOPS,
            Every((_chain(ROOT), _chain(WWW, leaf(age=100), intermediate()))),
            store(),
        ),
        "the certificate of the domain": (
            PAIR,
            _http(),
            _https(GOOD),
            NO_HOPS,
            Every((_chain(ROOT, leaf(names=BOTH)),)),
            store(),
        ),
    },
    others={
        "a name below the domain": (
            _hosts("office.agency.example"),
            CLOSED,
            _https(GOOD),
            NO_HOPS,
            CHAINS,
            store(),
        ),
        "https did not answer": (
            PAIR,
            _http(),
            Every((Seen(_place(ROOT, 443), Unobserved(Reason.TIMEOUT)),)),
            NO_HOPS,
            CHAINS,
            store(),
        ),
        "a guard answers": (
            PAIR,
            _http(),
            _https(status="403 Forbidden"),
            NO_HOPS,
            CHAINS,
            store(),
        ),
    },
)
def hsts_preload_eligibility(
    hosts: Every[HostAddresses],
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
    certificates: Every[CertificateChain],
    roots: TrustStore,
) -> Judgement:
    """Who says `preload` without meeting the rest is not taken in, and believes that he is."""
    domain = domain_of(one.place.subject.host for one in hosts.seen)
    if domain != registrable(domain):
        return not_applicable(
            "Only registrable domains are listed; this is below {domain}.",
            domain=registrable(domain),
        )
    answers = [
        one.observation.value.exchange
        for one in https.on(domain)
        if isinstance(one.observation, Observed)
    ]
    guard = next((reason for one in answers if (reason := blocked(one))), None)
    if guard or not answers:
        return inconclusive(
            guard or Reason.UNREACHABLE, "The domain's own HTTPS answer was not seen."
        )
    missing = (
        *dict.fromkeys(line for one in answers for line in _of_header(one)),
        *_of_certificates(domain, certificates, roots),
        *_of_port80(domain, http),
        *_of_chains(domain, chains),
    )
    sent = tuple(f"{one.url}: {line}" for one in answers for line in one.sent(FIELD))
    if missing:
        return failed(
            "It does not meet {n} of the requirements; the first: {first}.",
            n=len(missing),
            first=missing[0],
            evidence=(*missing, *sent, f"expected: {FIELD}: {GOOD}"),
        )
    return passed("It meets every requirement of today.", evidence=sent)


def _of_header(answer: HttpExchange) -> Iterator[str]:
    values = answer.values(FIELD)
    if len(values) != 1:
        yield f"exactly one {FIELD} line is wanted on https://domain/, {len(values)} are sent"
        return
    try:
        policy = hsts.parse(values[0])
    except FormatError as error:
        yield f"{FIELD} is malformed: {error}"
        return
    if policy.max_age < ONE_YEAR:
        yield f"max-age is {hsts.shown(policy.max_age)}, less than {ONE_YEAR}"
    if not policy.include_subdomains:
        yield "includeSubDomains is missing"
    if not policy.preload:
        yield "preload is missing"


def _of_certificates(
    domain: str, certificates: Every[CertificateChain], roots: TrustStore
) -> Iterator[str]:
    for host in (domain, f"www.{domain}"):
        seen = [one.observation for one in certificates.on(host)]
        grades = [grade_of(one, roots) for one in seen if isinstance(one, Observed)]
        if any(grade is not Certificate.VALID for grade in grades):
            yield f"the certificate of {host} is not valid, or its chain is not complete"


def _of_port80(domain: str, http: Every[HttpAnswer]) -> Iterator[str]:
    """A closed port 80 is a warning there, no obstacle."""
    for one in http.on(domain):
        if not isinstance(one.observation, Observed):
            continue
        answer = one.observation.value.exchange
        is_https = leads_to(answer) is Target.HTTPS
        if not is_https or host_of(location(answer) or "") != domain:
            yield f"http://{domain}/ does not redirect first to https://{domain}/"
            return


def _of_chains(domain: str, chains: Every[RedirectChain]) -> Iterator[str]:
    for one in chains.on(domain):
        if not isinstance(one.observation, Observed):
            continue
        urls = [hop.url for hop in one.observation.value.hops]
        if plain := [url for url in urls[1:] if urlsplit(url).scheme == "http"]:
            yield f"a redirect leads to {plain[0]}, without encryption"
        if len(urls) - 1 > MOST_REDIRECTS:
            yield f"there are {len(urls) - 1} redirects, more than {MOST_REDIRECTS}"
