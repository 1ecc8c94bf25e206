"""The name with and without www lead to one address."""

from urllib.parse import urlsplit

from scanner import (
    Effort,
    Every,
    Judgement,
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
from scanner.formats.certificate_examples import NOW
from scanner.observation import Seen
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.web import ChainEnd, HttpExchange, RedirectChain

ROOT, WWW = "agency.example", "www.agency.example"


def _hosts(*names: str) -> Every[HostAddresses]:
    return Every(
        tuple(
            Seen(
                Place(Subject(Role.HOST, name)),
                Observed(HostAddresses(name, Presence.PRESENT, ("192.0.2.7",)), NOW),
            )
            for name in names
        )
    )


def _chains(*urls: tuple[str, str], end: ChainEnd = ChainEnd.ANSWERED) -> Every[RedirectChain]:
    return Every(
        tuple(
            Seen(
                Place(Subject(Role.WEB, host, 443)),
                Observed(
                    RedirectChain((HttpExchange.from_text("HTTP/1.1 200 OK", url),), end), NOW
                ),
            )
            for host, url in urls
        )
    )


BOTH = _hosts(ROOT, WWW)


@check(
    id="domain-canonicalisation",
    title="The name with www and the name without lead to one HTTPS address",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Choose one of the two names; give the other a certificate as well, and let it redirect.
    """,
    snippets={
        "nginx": "server { listen 443 ssl; server_name agency.example; return 301 https://www.agency.example$request_uri; }",
        "apache": "Redirect permanent / https://www.agency.example/",
        "iis": '<action type="Redirect" url="https://www.agency.example/{R:0}" redirectType="Permanent" />',
    },
    references=(Reference("CISA BOD 18-01"),),
    passes={
        "both end at one": (BOTH, _chains((ROOT, f"https://{WWW}/"), (WWW, f"https://{WWW}/"))),
    },
    fails={
        "one leads to another party": (
            BOTH,
            Every(
                (
                    *_chains((ROOT, f"https://{ROOT}/")).seen,
                    Seen(
                        Place(Subject(Role.WEB, WWW, 443)),
                        Observed(
                            RedirectChain(
                                (HttpExchange.from_text("HTTP/1.1 301 M"),),
                                ChainEnd.OUT_OF_SCOPE,
                                "https://other.test/",
                            ),
                            NOW,
                        ),
                    ),
                )
            ),
        ),
        "each shows a site": (BOTH, _chains((ROOT, f"https://{ROOT}/"), (WWW, f"https://{WWW}/"))),
        "one ends without encryption": (
            BOTH,
            _chains((ROOT, f"http://{WWW}/"), (WWW, f"http://{WWW}/")),
        ),
    },
    others={
        "only one name": (_hosts(ROOT), _chains((ROOT, f"https://{ROOT}/"))),
        "one does not answer": (BOTH, _chains((ROOT, f"https://{ROOT}/"))),
        "an end that was not seen": (
            BOTH,
            _chains((ROOT, f"https://{ROOT}/"), (WWW, f"https://{WWW}/"), end=ChainEnd.FAILED),
        ),
        "one could not be resolved": (
            Every(
                (
                    *_hosts(ROOT).seen,
                    Seen(Place(Subject(Role.HOST, WWW)), Unobserved(Reason.TIMEOUT)),
                )
            ),
            _chains((ROOT, f"https://{ROOT}/")),
        ),
    },
)
def domain_canonicalisation(hosts: Every[HostAddresses], chains: Every[RedirectChain]) -> Judgement:
    """Two addresses of one site split its policies, cookies and the trust of those who look closely."""
    names = [
        one.place.subject.host
        for one in hosts.seen
        if not isinstance(one.observation, Observed) or one.observation.value.addresses
    ]
    if len(names) < 2:  # noqa: PLR2004 - a pair
        return not_applicable("Only one of the two names has an address.")
    ends = {name: _ends(name, chains) for name in names}
    silent = [name for name, urls in ends.items() if not urls]
    if silent:
        return inconclusive(
            Reason.UNREACHABLE, "Where {name} leads was not seen to its end.", name=silent[0]
        )
    every = tuple(dict.fromkeys(url for urls in ends.values() for url in urls))
    evidence = tuple(f"{name} leads to {', '.join(urls)}" for name, urls in ends.items())
    if len(every) == 1 and every[0].startswith("https:"):
        return passed("Both lead to {url}.", url=every[0], evidence=evidence)
    return failed(
        "They lead to different addresses, or to one without encryption: {urls}.",
        urls=", ".join(every),
        evidence=(*evidence, "expected: one https address for both"),
    )


def _ends(name: str, chains: Every[RedirectChain]) -> tuple[str, ...]:
    """The origins at which the chains of a name end, http's and https's."""
    seen = [
        one.observation.value for one in chains.on(name) if isinstance(one.observation, Observed)
    ]
    found = [urlsplit(url) for one in seen if (url := _end(one))]
    return tuple(dict.fromkeys(f"{url.scheme}://{url.netloc}" for url in found))


def _end(chain: RedirectChain) -> str:
    """The last address; another party's is known though it was not visited."""
    if chain.end is ChainEnd.OUT_OF_SCOPE:
        return chain.target
    return chain.hops[-1].url if chain.end is ChainEnd.ANSWERED else ""
