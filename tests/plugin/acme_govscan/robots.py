"""A plugin: an observation, how it is gathered, a fact, and a check that judges it."""

from __future__ import annotations

from msgspec import Struct

from scanner import (
    Effort,
    Fact,
    FactType,
    Judgement,
    Reference,
    Severity,
    check,
    failed,
    passed,
)
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.observation import Every, Level, Observed, kind
from scanner.observation.dns import HostAddresses

ADDRESSES = Fact(
    "acme.addresses", FactType.INTEGER, "How many addresses the site has.", "addresses"
)


@kind(Level.TARGET)
class AddressCount(Struct, frozen=True):
    """How many addresses the hosts of the target have together."""

    count: int


@gatherer(AddressCount)
async def count_addresses(on: Context, hosts: Every[HostAddresses]) -> Places:
    """Counts what was gathered already: no packet of its own."""
    seen = [one.observation for one in hosts.seen]
    count = sum(len(one.value.addresses) for one in seen if isinstance(one, Observed))
    return {on.domain: on.observed(AddressCount(count))}


@check(
    id="acme-addresses",
    title="The site has an address",
    family="acme",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Publish one.",
    references=(Reference("RFC 1035", "3.4.1"),),
    records=(ADDRESSES,),
    passes={"one": AddressCount(1)},
    fails={"none": AddressCount(0)},
)
def acme_addresses(found: AddressCount) -> Judgement:
    """Without an address nobody finds the site."""
    facts = {ADDRESSES: found.count}
    if found.count:
        return passed("It has {n}.", n=found.count, facts=facts)
    return failed("It has none.", facts=facts)
