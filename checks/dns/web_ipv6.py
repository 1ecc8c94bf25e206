"""The web site is reached over IPv6."""

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
from scanner.formats.name_server_examples import NOW
from scanner.formats.reach import over_ipv6
from scanner.observation import Seen
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.tls import CertificateChain
from scanner.observation.web import HttpAnswer

NAME = "www.agency.example"
BOTH = HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",), ("2001:db8::7",))
NOTHING: Every[CertificateChain] = Every()
ANSWER = HttpAnswer.from_text("HTTP/1.1 200 OK")


def _web(seen: HttpAnswer | Unobserved) -> Every[HttpAnswer]:
    place = Place(Subject(Role.WEB, NAME, 80), "2001:db8::7")
    return Every((Seen(place, seen if isinstance(seen, Unobserved) else Observed(seen, NOW)),))


@check(
    id="web-ipv6",
    title="The web site is reached over IPv6",
    severity=Severity.LOW,
    effort=Effort.PROJECT,
    remediation="Have the provider assign an IPv6 address, let the server listen on it, publish it.",
    snippets={
        "bind": "www IN AAAA 2001:db8::7",
        "nginx": "listen [::]:443 ssl;",
        "apache": "Listen [::]:443",
    },
    references=(Reference("RFC 8200"), Reference("OMB M-21-07")),
    passes={"both families": (BOTH, _web(ANSWER), NOTHING)},
    fails={
        "IPv4 alone": (
            HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",)),
            Every(),
            NOTHING,
        ),
        "published, but nothing listens": (BOTH, _web(Unobserved(Reason.REFUSED)), NOTHING),
    },
    others={
        "the AAAA record was not answered": (
            HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",), unseen=Reason.SERVFAIL),
            Every(),
            NOTHING,
        ),
        "no address": (HostAddresses(NAME, Presence.NODATA), Every(), NOTHING),
        "from the hosts file": (
            HostAddresses(NAME, Presence.PRESENT, ("127.0.0.7",), from_hosts_file=True),
            Every(),
            NOTHING,
        ),
        "we have no IPv6": (BOTH, Every(), NOTHING),
        "silence": (BOTH, _web(Unobserved(Reason.TIMEOUT)), NOTHING),
    },
)
def web_ipv6(  # noqa: PLR0911 - a table
    host: HostAddresses, answers: Every[HttpAnswer], chains: Every[CertificateChain]
) -> Judgement:
    """Visitors whose network has IPv6 alone reach the site by detours, or not at all."""
    if host.from_hosts_file:
        return not_applicable("The address comes from the operator's hosts file, not from DNS.")
    if not host.addresses:
        return not_applicable("The name {host} has no address.", host=host.name)
    if not host.ipv6 and host.unseen:
        return inconclusive(
            host.unseen, "Whether it has an IPv6 address was not answered.", evidence=host.ipv4
        )
    if not host.ipv6:
        return failed("It has IPv4 addresses only.", evidence=host.ipv4)
    reached = over_ipv6(host.name, answers, chains)
    if reached.yes:
        return passed("It answers at {address}.", address=host.ipv6[0], evidence=host.ipv6)
    if reached.is_definite:
        return failed(
            "It has {address}, where nothing listens.", address=host.ipv6[0], evidence=host.ipv6
        )
    return inconclusive(
        reached.reason,
        "It has {address}, which we did not reach ({why}).",
        address=host.ipv6[0],
        why=reached.detail,
        evidence=host.ipv6,
    )
