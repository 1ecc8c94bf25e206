"""Chains as the examples of the DNSSEC checks need them."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.observation import Reason
from scanner.observation.dnssec import (
    Code,
    DelegationSigner,
    DnssecChain,
    DnssecRecords,
    RRsetSecurity,
    Security,
    ZoneKey,
    ZoneLink,
)

NAME = "agency.example"
KSK, ZSK = ZoneKey(1001, 13, 257), ZoneKey(1002, 13, 256)
DS = DelegationSigner(1001, 13, 2, "ab" * 32)
ROOT = ZoneLink("", Security.SECURE, keys=(ZoneKey(1, 8, 257, 2048),), sep=(1,))
SUFFIX = ZoneLink("example", Security.SECURE, ds=(DS,), keys=(KSK, ZSK), sep=(1001,))
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = 3600


def secure(
    *keys: ZoneKey,
    ds: tuple[DelegationSigner, ...] = (DS,),
    cds: tuple[DelegationSigner, ...] = (),
    cdnskey: tuple[ZoneKey, ...] = (),
) -> DnssecChain:
    """A chain that is whole."""
    every = keys or (KSK, ZSK)
    link = ZoneLink(NAME, Security.SECURE, ds=ds, keys=every, sep=(every[0].key_tag,))
    return DnssecChain(NAME, NAME, (ROOT, SUFFIX, link), every, ("", "example"), (), cds, cdnskey)


def broken(*codes: Code, zone: str = NAME) -> DnssecChain:
    """A chain that ends in a bogus zone."""
    link = ZoneLink(zone, Security.BOGUS, codes, "for this example", (DS,))
    above = (ROOT, SUFFIX) if zone != "example" else (ROOT,)
    return DnssecChain(NAME, NAME, (*above, link), (KSK,), ("", "example"))


def unsigned(
    *codes: Code,
    zone: str = NAME,
    keys: tuple[ZoneKey, ...] = (),
    inventory: tuple[str, ...] = (),
    ds: tuple[DelegationSigner, ...] = (),
    name: str = NAME,
) -> DnssecChain:
    """A chain that ends in an insecure zone."""
    link = ZoneLink(zone, Security.INSECURE, codes or (Code.NO_DS,), "", ds)
    above = (ROOT,) if zone == "example" else (ROOT, SUFFIX)
    return DnssecChain(name, name, (*above, link), keys, ("", "example"), inventory)


def unseen(reason: Reason = Reason.TIMEOUT, detail: str = "no answer in time") -> DnssecChain:
    """A chain that could not be followed."""
    link = ZoneLink(NAME, Security.INDETERMINATE, (), detail, reason=reason)
    return DnssecChain(NAME, NAME, (ROOT, SUFFIX, link))


def state(  # noqa: PLR0913 - keyword-only, what an example may want to set
    security: Security = Security.SECURE,
    *codes: Code,
    rdtype: str = "MX",
    denies: str = "",
    hours_left: int | None = 24 * 20,
    hours_valid: int = 24 * 30,
    reason: Reason | None = None,
    inherited: bool = False,
) -> RRsetSecurity:
    """The state of one RRset."""
    end = None if hours_left is None else int(NOW.timestamp()) + hours_left * HOUR
    return RRsetSecurity(
        NAME,
        rdtype,
        security,
        codes,
        zone=NAME,
        denies=denies,
        key_tag=1002,
        algorithm=13,
        inception=None if end is None else end - hours_valid * HOUR,
        expiration=end,
        reason=reason,
        inherited=inherited,
    )


def records(*states: RRsetSecurity) -> DnssecRecords:
    """The states of a target's RRsets."""
    return DnssecRecords(states or (state(), state(rdtype="A")))
