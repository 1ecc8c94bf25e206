"""No signature is about to expire."""

from collections.abc import Iterator
from datetime import UTC, datetime

from scanner import (
    Effort,
    Every,
    Judgement,
    Observed,
    Reference,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats import trust_chain_examples as example
from scanner.observation.dnssec import DnssecRecords, RRsetSecurity, Security
from scanner.observation.name_server import AuthoritativeServer

DAY, THREE_DAYS, QUARTER = 24 * 3600, 72 * 3600, 0.25
NOBODY: Every[AuthoritativeServer] = Every()


def _seen(*states: RRsetSecurity) -> Observed[DnssecRecords]:
    return Observed(example.records(*states), example.NOW)


@check(
    id="dnssec-signature-lifetime",
    title="The signatures are renewed well before they expire",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="See that the re-sign job runs and that its result reaches every server.",
    snippets={
        "bind": "rndc sign agency.example\nrndc dnssec -status agency.example",
        "knot": "knotc zone-sign agency.example",
        "powerdns": "pdnsutil rectify-zone agency.example",
        "windows": "Invoke-DnsServerZoneSign -ZoneName agency.example -DoResign",
    },
    references=(Reference("RFC 6781", "4.4.2"),),
    passes={
        "weeks left": (_seen(), NOBODY),
        "a short life, just begun": (_seen(example.state(hours_left=60, hours_valid=72)), NOBODY),
    },
    fails={
        "hours left": (_seen(example.state(hours_left=5)), NOBODY),
        "two days of thirty": (_seen(example.state(hours_left=48)), NOBODY),
    },
    others={"nothing signed": (_seen(example.state(Security.INSECURE, hours_left=None)), NOBODY)},
)
def dnssec_signature_lifetime(
    records: Observed[DnssecRecords], servers: Every[AuthoritativeServer]
) -> Judgement:
    """When the last signature expires, the domain is gone for everyone who validates."""
    now = records.at.timestamp()
    live = [
        one
        for one in records.value.rrsets
        if one.security is Security.SECURE and one.expiration is not None
    ]
    if not live:
        return not_applicable("No record set of the domain is validly signed.")
    late = sorted(_late(live, now), key=lambda one: one.expiration or 0)
    soonest = min(live, key=lambda one: one.expiration or 0)
    if not late or any(one.resigned for one in servers.values):
        return passed(
            "The first signature to expire, over {name} {rdtype}, lasts until {when}.",
            name=soonest.name or ".",
            rdtype=soonest.rdtype,
            when=_when(soonest),
        )
    return failed(
        "The signature over {name} {rdtype} expires {when}.",
        name=late[0].name or ".",
        rdtype=late[0].rdtype,
        when=_when(late[0]),
        evidence=tuple(f"{one.name} {one.rdtype} until {_when(one)}" for one in late),
    )


def _late(live: list[RRsetSecurity], now: float) -> Iterator[RRsetSecurity]:
    for one in live:
        left = (one.expiration or 0) - now
        whole = (one.expiration or 0) - (one.inception or 0)
        if left < DAY or (left < THREE_DAYS and left < whole * QUARTER):
            yield one


def _when(one: RRsetSecurity) -> str:
    return f"{datetime.fromtimestamp(one.expiration or 0, UTC):%Y-%m-%d %H:%M} UTC"
