"""The practice government's DNS: a private signed root, and the zones below it.

Signed with NSEC when it starts; the faults are in the keys and dates, as they are in life.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec

from scanner.demo.zones import MOST_LINKS, TTL, Records

DAY = 86_400
SERVER = "ns.nic.example"
Rrsets = dict[tuple[dns.name.Name, int], dns.rrset.RRset]


class Making(NamedTuple):
    """How a zone is made: ``other_key`` lodges a DS for a key that it does not have."""

    apex: str
    records: Records
    signed: bool = True
    other_key: bool = False


class Zone:
    """One zone, signed or not, as its servers have it."""

    def __init__(self, making: Making, ds: Mapping[str, str]) -> None:
        self.apex = dns.name.from_text(making.apex)
        self.is_signed = making.signed
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.rrsets: Rrsets = {}
        self.signatures: Rrsets = {}
        for (name, rdtype), texts in making.records.items():
            self._add(name, rdtype, texts)
        for child, text in ds.items():
            self._add(child, "DS", (text,))
        self.cuts = {name for name, kind in self.rrsets if self._is_cut(name, kind)}
        if making.signed:
            self._sign()

    def ds(self, *, other_key: bool) -> str:
        """What the parent is to publish."""
        key = ec.generate_private_key(ec.SECP256R1()) if other_key else self.key
        made = dns.dnssec.make_dnskey(key.public_key(), "ECDSAP256SHA256", flags=257)
        return str(dns.dnssec.make_ds(self.apex, made, "SHA256").to_text())

    def _add(self, name: str, rdtype: str, texts: tuple[str, ...]) -> None:
        rrset = dns.rrset.from_text_list(f"{name}.", TTL, "IN", rdtype, list(texts))
        self.rrsets[rrset.name, rrset.rdtype] = rrset

    def _is_cut(self, name: dns.name.Name, kind: int) -> bool:
        return kind == dns.rdatatype.NS and name != self.apex

    def cut_above(self, name: dns.name.Name) -> dns.name.Name | None:
        """The delegation that a name lies at or below."""
        return next((one for one in self.cuts if name.is_subdomain(one)), None)

    def _sign(self) -> None:
        key = dns.dnssec.make_dnskey(self.key.public_key(), "ECDSAP256SHA256", flags=257)
        keys = dns.rrset.from_rdata(self.apex, TTL, key)
        self.rrsets[self.apex, dns.rdatatype.DNSKEY] = keys
        self.rrsets |= {(one.name, one.rdtype): one for one in self._chain()}
        now = int(time.time())
        for (name, kind), rrset in self.rrsets.items():
            cut = self.cut_above(name)
            if cut is not None and kind not in {dns.rdatatype.DS, dns.rdatatype.NSEC}:
                continue
            made = dns.dnssec.sign(
                rrset, self.key, self.apex, key, inception=now - DAY, expiration=now + 30 * DAY
            )
            self.signatures[name, kind] = dns.rrset.from_rdata(name, TTL, made)

    def _chain(self) -> Iterator[dns.rrset.RRset]:
        """The NSEC records: of every name of the zone and every cut, none below one."""
        kinds: dict[dns.name.Name, set[int]] = {}
        for name, kind in self.rrsets:
            if self.cut_above(name) in {None, name}:
                kinds.setdefault(name, set()).add(kind)
        names = sorted(kinds)
        for name, following in zip(names, [*names[1:], names[0]], strict=True):
            shown = kinds[name] | {dns.rdatatype.RRSIG, dns.rdatatype.NSEC}
            if name in self.cuts:
                shown &= {
                    dns.rdatatype.NS,
                    dns.rdatatype.DS,
                    dns.rdatatype.RRSIG,
                    dns.rdatatype.NSEC,
                }
            words = " ".join(dns.rdatatype.to_text(dns.rdatatype.RdataType(one)) for one in shown)
            yield dns.rrset.from_text(name, TTL, "IN", "NSEC", f"{following} {words}")

    def has(self, name: dns.name.Name) -> bool:
        """Whether the name or one below it exists."""
        return any(one.is_subdomain(name) for one, _ in self.rrsets)

    def denial(self, name: dns.name.Name) -> Iterator[tuple[dns.name.Name, int]]:
        """The keys of the SOA, and of the NSEC records that deny a name or its type."""
        yield self.apex, dns.rdatatype.SOA
        if not self.is_signed:
            return
        owners = sorted(one for one, kind in self.rrsets if kind == dns.rdatatype.NSEC)
        wanted = [name]
        if not self.has(name):
            encloser = name.parent()
            while not self.has(encloser):
                encloser = encloser.parent()
            wanted.append(dns.name.from_text("*", encloser))
        found = {max(one for one in owners if one <= each) for each in wanted}
        yield from ((one, dns.rdatatype.NSEC) for one in sorted(found))


class World:
    """All zones: answers as a resolver for all, or as the servers of some of them."""

    def __init__(self, makings: Iterable[Making]) -> None:
        self.zones: dict[dns.name.Name, Zone] = {}
        ds: dict[str, dict[str, str]] = {}
        for making in sorted(makings, key=lambda one: -one.apex.count(".") - bool(one.apex)):
            zone = Zone(making, ds.get(making.apex, {}))
            self.zones[zone.apex] = zone
            parent = making.apex.partition(".")[2]
            if making.signed and making.apex:
                lodged = zone.ds(other_key=making.other_key)
                ds.setdefault(parent, {})[making.apex] = lodged
        root = self.zones[dns.name.root]
        self.anchor = f". IN DS {root.ds(other_key=False)}\n"

    def resolve(self, asked: dns.message.Message) -> dns.message.Message:
        """Answer as a recursive resolver that does not validate."""
        reply = dns.message.make_response(asked, recursion_available=True)
        name, kind = asked.question[0].name, asked.question[0].rdtype
        for _ in range(MOST_LINKS):
            zone = self._zone(name, kind)
            if (name, dns.rdatatype.CNAME) in zone.rrsets and kind != dns.rdatatype.CNAME:
                _put(reply.answer, zone, name, dns.rdatatype.CNAME)
                name = zone.rrsets[name, dns.rdatatype.CNAME][0].target
                continue
            _finish(reply, zone, name, kind)
            break
        return reply

    def _zone(self, name: dns.name.Name, kind: int) -> Zone:
        lowest = name.parent() if kind == dns.rdatatype.DS and name != dns.name.root else name
        above = [one for one in self.zones if lowest.is_subdomain(one)]
        return self.zones[max(above, key=lambda one: len(one.labels))]

    def serve(self, asked: dns.message.Message, apexes: Iterable[str]) -> dns.message.Message:
        """Answer as a server of these zones, without recursion."""
        reply = dns.message.make_response(asked)
        name, kind = asked.question[0].name, asked.question[0].rdtype
        ours = [dns.name.from_text(one) for one in apexes]
        lowest = name.parent() if kind == dns.rdatatype.DS and name not in ours[:1] else name
        above = [one for one in ours if lowest.is_subdomain(one) and one in self.zones]
        if not above:
            reply.set_rcode(dns.rcode.REFUSED)
            return reply
        zone = self.zones[max(above, key=lambda one: len(one.labels))]
        cut = zone.cut_above(name)
        if cut is not None and not (cut == name and kind == dns.rdatatype.DS):
            _refer(reply, zone, cut)
            return reply
        reply.flags |= dns.flags.AA
        _finish(reply, zone, name, kind)
        return reply


def _finish(reply: dns.message.Message, zone: Zone, name: dns.name.Name, kind: int) -> None:
    if (name, kind) in zone.rrsets:
        _put(reply.answer, zone, name, kind)
        return
    if (name, dns.rdatatype.CNAME) in zone.rrsets:
        _put(reply.answer, zone, name, dns.rdatatype.CNAME)
        return
    if not zone.has(name):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    for each in zone.denial(name):
        _put(reply.authority, zone, *each)


def _refer(reply: dns.message.Message, zone: Zone, cut: dns.name.Name) -> None:
    names = zone.rrsets[cut, dns.rdatatype.NS]
    reply.authority.append(names)
    kind = dns.rdatatype.DS if (cut, dns.rdatatype.DS) in zone.rrsets else dns.rdatatype.NSEC
    _put(reply.authority, zone, cut, kind)
    for one in names:
        if (one.target, dns.rdatatype.A) in zone.rrsets:
            reply.additional.append(zone.rrsets[one.target, dns.rdatatype.A])


def _put(
    section: list[dns.rrset.RRset],
    zone: Zone,
    name: dns.name.Name,
    kind: int,
) -> None:
    """A record set and its signature; whoever asks here asks for DNSSEC."""
    if (name, kind) in zone.rrsets:
        section.append(zone.rrsets[name, kind])
    if (name, kind) in zone.signatures:
        section.append(zone.signatures[name, kind])
