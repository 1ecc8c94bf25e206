"""Every name server has the same, valid signatures."""

from collections.abc import Iterator

from msgspec.structs import replace

from scanner import (
    Effort,
    Every,
    Judgement,
    Observed,
    Reason,
    Reference,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats import trust_chain_examples as example
from scanner.formats.name_server_examples import GOOD_SERVER, REFUSED, at, server
from scanner.formats.trust_chain import SUPPORTED, algorithm, ds_text
from scanner.observation.dnssec import DelegationSigner, DnssecChain
from scanner.observation.name_server import AuthoritativeServer, SeenSignature

NOW = int(example.NOW.timestamp())
FRESH = SeenSignature("SOA", 1002, 13, NOW - 3600, NOW + 86_400)
OTHER_DS = DelegationSigner(2001, 8, 2, "ab" * 32)
STALE = SeenSignature("SOA", 1002, 13, NOW - 86_400, NOW - 3600)


def _server(
    *signatures: SeenSignature, keys: tuple[int, ...] | None = (1001, 1002)
) -> AuthoritativeServer:
    return replace(GOOD_SERVER, keys=keys, signatures=signatures)


@check(
    id="dnssec-server-agreement",
    title="Every name server has the same keys and no expired signature",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Repair the transfer to that server: it serves an old copy of the signed zone.",
    snippets={
        "bind": "rndc retransfer agency.example",
        "knot": "knotc zone-retransfer agency.example",
        "powerdns": "pdns_control retrieve agency.example",
        "windows": "Start-DnsServerZoneTransfer -Name agency.example -FullTransfer",
    },
    references=(Reference("RFC 4035", "2.2"), Reference("RFC 6781", "4.4")),
    passes={
        "a lame one is another matter": (
            example.secure(),
            at(_server(FRESH), server(REFUSED, REFUSED)),
        ),
        "alike": (example.secure(), at(_server(FRESH), _server(FRESH))),
    },
    fails={
        "one expired": (example.secure(), at(_server(FRESH), _server(STALE))),
        "one without signatures": (example.secure(), at(_server(FRESH), _server())),
        "a DS record whose algorithm signs nothing": (
            example.secure(ds=(example.DS, OTHER_DS)),
            at(_server(FRESH)),
        ),
        "other keys": (example.secure(), at(_server(FRESH), _server(FRESH, keys=(7,)))),
    },
    others={
        "not signed": (example.unsigned(), at(_server())),
        "nobody was asked": (
            example.secure(),
            at(Unobserved(Reason.OUT_OF_SCOPE)),
        ),
        "keys not heard": (example.secure(), at(_server(FRESH, keys=None))),
    },
)
def dnssec_server_agreement(
    chain: DnssecChain, servers: Every[AuthoritativeServer]
) -> Iterator[Judgement]:
    """Whether the domain works then depends on which server a resolver happens to ask."""
    if not chain.keys:
        yield not_applicable("The zone {zone} is not signed.", zone=chain.apex)
        return
    heard = [
        (one.place, one.observation.value, int(one.observation.at.timestamp()))
        for one in servers.seen
        if isinstance(one.observation, Observed)
        and one.observation.value.is_good
        and one.observation.value.keys is not None
    ]
    if not heard:
        yield inconclusive(_reason(servers), "No name server could be asked directly.")
        return
    usual = _usual([value for _, value, _ in heard])
    faults = [(place, fault) for place, value, now in heard if (fault := _fault(value, usual, now))]
    for place, fault in faults:
        yield failed(
            "The server {server} at {address}: {fault}.",
            server=place.subject.host,
            address=place.address or "",
            fault=fault,
            item=place.subject.host,
            evidence=(f"{place.subject.host} {place.address}: {fault}",),
        )
    unsigned = _unsigned(chain, [value for _, value, _ in heard])
    for number in unsigned:
        yield failed(
            "The parent has a DS record for algorithm {which}, with which no record is signed: "
            "strict validators reject the zone.",
            which=algorithm(number),
            severity=Severity.LOW,
            item=f"algorithm {number}",
            evidence=tuple(ds_text(one) for one in chain.last.ds if one.algorithm == number),
        )
    if not faults and not unsigned:
        yield passed("All {n} addresses serve the same keys, validly signed.", n=len(heard))


def _unsigned(chain: DnssecChain, heard: list[AuthoritativeServer]) -> list[int]:
    """Algorithms that the DS records promise and no server signs with (RFC 4035 2.2)."""
    given = {one.algorithm for value in heard for one in value.signatures or ()}
    promised = {one.algorithm for one in chain.last.ds} & SUPPORTED
    return sorted(promised - given) if given else []


def _reason(servers: Every[AuthoritativeServer]) -> Reason:
    found = (one.observation for one in servers.seen)
    return next(
        (one.reason for one in found if isinstance(one, Unobserved)), Reason.DEPENDENCY_MISSING
    )


def _usual(values: list[AuthoritativeServer]) -> tuple[int, ...]:
    sets = [one.keys or () for one in values]
    return max(sets, key=lambda one: (sets.count(one), len(one)))


def _fault(value: AuthoritativeServer, usual: tuple[int, ...], now: int) -> str:
    if value.keys != usual:
        mine = ", ".join(map(str, value.keys or ())) or "none"
        return f"it has the keys {mine}, others {', '.join(map(str, usual))}"
    given = value.signatures or ()
    for rdtype in ("DNSKEY", "SOA"):
        seen = [one for one in given if one.rdtype == rdtype]
        if seen and all(one.expiration < now for one in seen):
            return f"its signatures over {rdtype} have expired"
    return "" if given else "it gives no signatures"
