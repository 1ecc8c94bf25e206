"""Validates what the resolver hands on: walks from the trust anchor down, zone by zone.

Zone keys are cached across targets. DS is asked for below a secure apex only where a signer or an
unsigned answer makes it needed (dns-and-mail 2.2), so that a domain costs its own DS and DNSKEY.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import dns.message
import dns.name
import dns.rdatatype
import dns.rrset

from scanner.clock import Clock
from scanner.formats.dnssec import anchors as trust
from scanner.formats.dnssec import nsec
from scanner.formats.dnssec.answer import NXDOMAIN, Claim, Trusted, claims, examine, plain, proofs
from scanner.formats.dnssec.signature import SEP_FLAG, tag, verify
from scanner.formats.dnssec.signer import unsupported, usable, vouched
from scanner.observation import NotObservedError, Reason
from scanner.observation.dnssec import (
    Code,
    DelegationSigner,
    RRsetSecurity,
    Security,
    ZoneKey,
    ZoneLink,
)

MOST_ZONES = 4_000
MOST_STEPS = 16  # names that are asked for DS on the way to one name
KEPT_SECONDS = 900.0
KEPT_UNKNOWN_SECONDS = 60.0
DS, DNSKEY, CNAME = dns.rdatatype.DS, dns.rdatatype.DNSKEY, dns.rdatatype.CNAME

Fetch = Callable[[str, str], Awaitable[dns.message.Message]]


class Zone(NamedTuple):
    """The zone that a name lies in, its state and, where it is secure, its keys.

    ``ends`` is set where the names below are proved not to exist.
    """

    name: dns.name.Name
    link: ZoneLink
    keys: tuple[Any, ...] = ()
    above: Zone | None = None
    ends: bool = False

    @property
    def security(self) -> Security:
        """The state of the zone."""
        return self.link.security

    @property
    def links(self) -> tuple[ZoneLink, ...]:
        """The chain from the anchor down to this zone."""
        return (*(self.above.links if self.above else ()), self.link)


class Validator:
    """One for the run: every zone on the way to a name is looked at once."""

    def __init__(self, fetch: Fetch, anchors: trust.Anchors, clock: Clock) -> None:
        self._fetch = fetch
        self._anchors = anchors
        self._clock = clock
        self._zones: OrderedDict[dns.name.Name, tuple[float, asyncio.Task[Zone]]] = OrderedDict()

    async def examine(
        self, reply: dns.message.Message, name: str, rdtype: str
    ) -> tuple[RRsetSecurity, ...]:
        """The state of every RRset and denial that the reply rests on."""
        owner, kind = dns.name.from_text(name), dns.rdatatype.from_text(rdtype)
        return tuple([await self._claim(one) for one in claims(reply, owner, kind)])

    async def zone(self, name: str) -> Zone:
        """The deepest zone that encloses the name, or the one where the chain ends."""
        return await self._enclosing(dns.name.from_text(name))

    async def _claim(self, claim: Claim) -> RRsetSecurity:
        lowest = claim.name
        if claim.rdtype == DS and lowest != dns.name.root:
            lowest = lowest.parent()  # DS is the parent's (RFC 4035 2.4)
        signers = [one for one in claim.signers if lowest.is_subdomain(one)]
        zone = await self._enclosing(signers[0] if signers else lowest)
        if zone.security is not Security.SECURE:
            return _inherited(claim, zone)
        said = examine(claim, Trusted(zone.name, zone.keys, self._clock.now().timestamp()))
        if said.security is Security.BOGUS and zone.name != lowest:
            below = await self._enclosing(lowest)
            if below.security in {Security.INSECURE, Security.INDETERMINATE}:
                return _inherited(claim, below)
        return said

    async def _enclosing(self, name: dns.name.Name) -> Zone:
        above = [one for one in self._anchors if name.is_subdomain(one)]
        if not above:
            return _unanchored(name)
        start = max(above, key=lambda one: len(one.labels))
        zone = await self._once(start, lambda: self._anchored(start))
        labels = len(name.labels)
        for steps, count in enumerate(range(len(start.labels) + 1, labels + 1)):
            if zone.security is not Security.SECURE or zone.ends:
                break
            if steps >= MOST_STEPS:
                return _unknown(zone, name, Reason.BUDGET_EXHAUSTED, "too many labels")
            zone = await self._below(zone, dns.name.Name(name.labels[labels - count :]))
        return zone

    async def _below(self, zone: Zone, name: dns.name.Name) -> Zone:
        return await self._once(name, lambda: self._step(zone, name))

    async def _once(self, name: dns.name.Name, look: Callable[[], Awaitable[Zone]]) -> Zone:
        now = self._clock.monotonic()
        kept = self._zones.get(name)
        if kept is None or kept[0] < now:
            task = asyncio.ensure_future(look())
            kept = self._zones[name] = now + KEPT_SECONDS, task
            task.add_done_callback(lambda done: self._done(name, done))
            self._forget()
        self._zones.move_to_end(name)
        return await asyncio.shield(kept[1])

    def _done(self, name: dns.name.Name, task: asyncio.Task[Zone]) -> None:
        """What could not be had is asked again after a while, a failure of ours at once."""
        if task.cancelled() or task.exception() is not None:
            self._zones.pop(name, None)
        elif task.result().security is Security.INDETERMINATE:
            self._zones[name] = self._clock.monotonic() + KEPT_UNKNOWN_SECONDS, task

    def _forget(self) -> None:
        done = (name for name, (_, task) in list(self._zones.items()) if task.done())
        while len(self._zones) > MOST_ZONES and (name := next(done, None)) is not None:
            del self._zones[name]

    async def close(self) -> None:
        """Stop what is under way."""
        tasks = [task for _, task in self._zones.values() if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _anchored(self, name: dns.name.Name) -> Zone:
        """The zone of the anchor: a key that equals it must sign its keys.

        Where that fails, the resolver or the anchor is at fault and no agency is: indeterminate.
        """
        try:
            reply = await self._fetch(plain(name), "DNSKEY")
        except NotObservedError as error:
            return _lost(name, error.reason, f"the keys of the anchor: {error.detail}")
        claim = claims(reply, name, DNSKEY)[0]
        if claim.rrset is None or not claim.signatures:
            return _lost(name, Reason.DEPENDENCY_MISSING, "resolver-strips-dnssec")
        every = tuple(claim.rrset)
        known = tuple(
            key
            for key in every
            if any(trust.matches(name, one, key) for one in self._anchors[name])
        )
        found = verify(claim.rrset, claim.signatures, name, known, self._clock.now().timestamp())
        if found.signature is None:
            text = f"no trust anchor signs the keys of {name} ({found.detail})"
            return _lost(
                name, Reason.DEPENDENCY_MISSING, text, codes=(Code.NO_TRUST_ANCHOR_SIGNING,)
            )
        link = ZoneLink(
            plain(name), Security.SECURE, keys=zone_keys(every), sep=tuple(map(tag, known))
        )
        return Zone(name, link, every)

    async def _step(  # noqa: PLR0911 - a table
        self, zone: Zone, name: dns.name.Name
    ) -> Zone:
        """One label further down: a cut, or the same zone (the table of 2.2)."""
        try:
            reply = await self._fetch(plain(name), "DS")
        except NotObservedError as error:
            return _unknown(zone, name, error.reason, error.detail)
        claim = claims(reply, name, DS)[0]
        if claim.rdtype != DS:
            return zone  # an alias or a DNAME stands here: no cut
        trusted = Trusted(zone.name, zone.keys, self._clock.now().timestamp())
        said = examine(claim, trusted)
        if said.reason or said.security is Security.INDETERMINATE:
            return _unknown(zone, name, Reason.BUDGET_EXHAUSTED, said.detail)
        if said.security is Security.BOGUS:
            return _cut(zone, name, Security.BOGUS, said.codes, f"DS of {name}: {said.detail}")
        if claim.rrset is not None:
            return await self._delegated(zone, name, tuple(claim.rrset))
        if said.security is Security.INSECURE:
            return _cut(zone, name, Security.INSECURE, (Code.NO_DS, *said.codes), "")
        types = proofs(claim, trusted).types_at(name)
        if types is not None and nsec.NS in types and nsec.SOA not in types:
            return _cut(zone, name, Security.INSECURE, (Code.NO_DS,), "")
        return zone._replace(ends=claim.denies == NXDOMAIN)

    async def _delegated(self, zone: Zone, name: dns.name.Name, records: tuple[Any, ...]) -> Zone:
        """A signed delegation: some DS must lead to a key that signs the child's keys."""
        ds = delegation_signers(records)
        if not usable(records):
            return _cut(zone, name, Security.INSECURE, unsupported(records), "", ds=ds)
        try:
            reply = await self._fetch(plain(name), "DNSKEY")
        except NotObservedError as error:
            return _unknown(zone, name, error.reason, error.detail, ds=ds)
        claim = claims(reply, name, DNSKEY)[0]
        if claim.rrset is None or claim.rdtype != DNSKEY:
            text = "the parent has DS, the zone has no DNSKEY"
            return _cut(zone, name, Security.BOGUS, (Code.NO_SEP,), text, ds=ds)
        return self._child(zone, name, records, claim.rrset, claim.signatures)

    def _child(
        self,
        zone: Zone,
        name: dns.name.Name,
        records: tuple[Any, ...],
        keys: dns.rrset.RRset,
        signatures: tuple[Any, ...],
    ) -> Zone:
        ds, every = delegation_signers(records), tuple(keys)
        found = vouched(name, records, every)
        if not found.keys:
            made = _cut(zone, name, Security.BOGUS, found.codes, found.detail, ds=ds)
            return _with_keys(made, every)
        now = self._clock.now().timestamp()
        signed = verify(keys, signatures, name, found.keys, now)
        if signed.exhausted:
            return _unknown(zone, name, Reason.BUDGET_EXHAUSTED, "too many keys", ds=ds)
        if signed.signature is None:
            text = f"its DNSKEY set: {signed.detail}"
            made = _cut(zone, name, Security.BOGUS, signed.codes, text, ds=ds)
            return _with_keys(made, every)
        link = ZoneLink(
            plain(name),
            Security.SECURE,
            ds=ds,
            keys=zone_keys(every),
            sep=tuple(map(tag, found.keys)),
        )
        return Zone(name, link, every, zone)


def _with_keys(zone: Zone, keys: Sequence[Any]) -> Zone:
    old = zone.link
    link = ZoneLink(
        old.zone, old.security, old.codes, old.detail, old.ds, zone_keys(keys), old.sep, old.reason
    )
    return zone._replace(link=link)


def _cut(
    above: Zone,
    name: dns.name.Name,
    security: Security,
    codes: tuple[Code, ...],
    detail: str,
    *,
    ds: tuple[DelegationSigner, ...] = (),
) -> Zone:
    link = ZoneLink(plain(name), security, codes, detail, ds)
    return Zone(name, link, (), above)


def _unknown(
    above: Zone,
    name: dns.name.Name,
    reason: Reason,
    detail: str,
    *,
    ds: tuple[DelegationSigner, ...] = (),
) -> Zone:
    link = ZoneLink(plain(name), Security.INDETERMINATE, (), detail, ds, reason=reason)
    return Zone(name, link, (), above)


def _lost(
    name: dns.name.Name, reason: Reason, detail: str, *, codes: tuple[Code, ...] = ()
) -> Zone:
    link = ZoneLink(plain(name), Security.INDETERMINATE, codes, detail, reason=reason)
    return Zone(name, link)


def _unanchored(name: dns.name.Name) -> Zone:
    detail = f"no trust anchor covers {plain(name)}"
    link = ZoneLink("", Security.INDETERMINATE, (), detail, reason=Reason.DEPENDENCY_MISSING)
    return Zone(dns.name.root, link)


def _inherited(claim: Claim, zone: Zone) -> RRsetSecurity:
    """A record of a zone that is not secure is what its zone is."""
    detail = zone.link.detail
    if zone.security is Security.BOGUS:
        detail = f"the zone {zone.link.zone} is bogus: {detail}"
    return RRsetSecurity(
        name=plain(claim.name),
        rdtype=dns.rdatatype.to_text(dns.rdatatype.RdataType.make(claim.rdtype)),
        security=zone.security,
        codes=zone.link.codes,
        detail=detail,
        zone=zone.link.zone,
        denies=claim.denies,
        reason=zone.link.reason,
        inherited=True,
    )


def delegation_signers(records: Sequence[Any]) -> tuple[DelegationSigner, ...]:
    """DS records as they are kept."""
    return tuple(
        sorted(
            (
                DelegationSigner(
                    int(one.key_tag), int(one.algorithm), int(one.digest_type), one.digest.hex()
                )
                for one in records
            ),
            key=lambda one: (one.key_tag, one.algorithm, one.digest_type, one.digest),
        )
    )


def zone_keys(keys: Sequence[Any]) -> tuple[ZoneKey, ...]:
    """DNSKEY records as they are kept."""
    made = (ZoneKey(tag(one), int(one.algorithm), int(one.flags), bits(one)) for one in keys)
    return tuple(sorted(made, key=lambda one: (~one.flags & SEP_FLAG, one.key_tag)))


def bits(key: Any) -> int:  # noqa: ANN401 - dnspython's
    """The size of an RSA modulus (RFC 3110 2); 0 for another algorithm or no such key."""
    if key.algorithm not in {1, 5, 7, 8, 10} or len(key.key) < 3:  # noqa: PLR2004
        return 0
    length, start = key.key[0], 1
    if length == 0:
        length, start = int.from_bytes(key.key[1:3], "big"), 3
    return int.from_bytes(key.key[start + length :], "big").bit_length()
