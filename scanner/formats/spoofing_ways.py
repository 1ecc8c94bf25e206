"""The ways by which a stranger passes whatever DMARC says (dns-and-mail 12: S, K, and zones)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.formats import spf_static, spf_stranger
from scanner.formats.address_space import Network, size
from scanner.formats.claim import is_claimable
from scanner.message import Message
from scanner.observation import Unobserved
from scanner.observation.mail import (
    DeadName,
    DkimRecords,
    DmarcRecords,
    Relative,
    SpfRecords,
)

WIDE_4 = 1 << 24
WIDE_6 = 1 << 112


def own_way(spf: SpfRecords | None) -> Message | None:
    """How SPF itself lets a stranger pass, whatever DMARC says (S)."""
    if spf is None:
        return None
    reading = spf_static.read(spf)
    name = spf.lookups[0].name
    if reading.passes_everyone and spf_stranger.passes(spf, reading.networks):
        return Message(
            "the SPF record of {name} lets every server in the world pass ({by})",
            {"name": name, "by": reading.everyone_by},
        )
    if n := _wide(spf, reading.networks):
        return Message("the SPF record of {name} lets {n} addresses pass", {"name": name, "n": n})
    for dead in filter(is_claimable, spf.dead):
        taken = dead.via or dead.name
        if spf_stranger.passes(spf, reading.networks, taken=taken):
            return _alias(name, dead) if taken == name else _trusted(name, dead)
    return None


def _wide(spf: SpfRecords, networks: tuple[Network, ...]) -> int:
    """The number of addresses that pass, where anyone may rent one of them."""
    for version, limit in ((4, WIDE_4), (6, WIDE_6)):
        own = [one for one in networks if one.version == version]
        n = size(own, version)
        if n >= limit and spf_stranger.passes_from(spf, min(own, key=lambda one: one.prefixlen)):
            return n
    return 0


def _trusted(name: str, dead: DeadName) -> Message:
    return Message(
        "the SPF record of {name} trusts {dead}, and anyone may register {domain}",
        {"name": name, "dead": dead.name, "domain": dead.registrable},
    )


def _alias(name: str, dead: DeadName) -> Message:
    return Message(
        "{name} leads to {dead}, and anyone may register {domain} and publish SPF there",
        {"name": name, "dead": dead.name, "domain": dead.registrable},
    )


def key_way(keys: DkimRecords | None) -> Message | None:
    """How a stranger could publish a DKIM key (K)."""
    dead = next((one for one in keys.dead if is_claimable(one)), None) if keys else None
    if dead is None:
        return None
    return Message(
        "a DKIM selector leads to {dead}, and anyone may register {domain}",
        {"dead": dead.name, "domain": dead.registrable},
    )


def zones_above(name: str, relatives: Iterable[Relative]) -> Iterator[Message]:
    """How somebody could answer for the whole zone of the name, or for one above it."""
    for one in relatives:
        if name == one.name or name.endswith(f".{one.name}"):
            yield from zone_ways(one)


def zone_ways(one: Relative) -> Iterator[Message]:
    """How somebody could answer for the zone of another name."""
    for dead in filter(is_claimable, one.zone):
        yield Message(
            "the zone {name} has the name server {dead}, and anyone may register {domain} and "
            "answer for it",
            {"name": one.name, "dead": dead.name, "domain": dead.registrable},
        )


def policy_way(policies: DmarcRecords | Unobserved) -> Message | None:
    """How somebody could publish the policy of the name himself."""
    dead = None if isinstance(policies, Unobserved) else policies.steps[0].dead
    if dead is None or not is_claimable(dead):
        return None
    return Message(
        "its DMARC policy is looked for at {dead}, and anyone may register {domain} and publish "
        "one there",
        {"dead": dead.name, "domain": dead.registrable},
    )


def taken_alias(one: Relative) -> Message | None:
    """How somebody could publish SPF at what another name is an alias of."""
    dead = next(filter(is_claimable, one.dead), None)
    return _alias(one.name, dead) if dead else None
