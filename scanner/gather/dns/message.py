"""One question and what its answer means: the one function that decides (dns-and-mail 1.2)."""

from __future__ import annotations

from enum import Enum
from typing import Any

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from scanner.formats.dnssec.nsec import NXNAME, types_of
from scanner.observation import NotObservedError, Reason
from scanner.observation.dns import DnsAnswer, Presence

EDNS_BUFFER = 1232
MOST_ALIASES = 8
MOST_RECORDS = 500

UNKNOWN = {
    dns.rcode.SERVFAIL: Reason.SERVFAIL,
    dns.rcode.REFUSED: Reason.REFUSED,
}


class Way(Enum):
    """How a question is put: which flags it bears."""

    UNCHECKED = dns.flags.RD | dns.flags.CD
    """To the resolver: bogus data is handed on, and we validate ourselves (dns-and-mail 1.1)."""
    CHECKED = dns.flags.RD | dns.flags.AD
    """To the resolver: what does it make of it itself?"""
    DIRECT = dns.flags.Flag(0)
    """To an authoritative server."""


def question(name: str, rdtype: str, way: Way = Way.UNCHECKED) -> dns.message.QueryMessage:
    """A question with EDNS and DO."""
    made = dns.message.make_query(name, rdtype, use_edns=0, want_dnssec=True, payload=EDNS_BUFFER)
    made.flags = way.value
    return made


def meaning(name: str, rdtype: str, reply: dns.message.Message, server: str) -> DnsAnswer:
    """What a reply says of a name: data, no data, or no such name; anything else is unknown.

    CD is set: data that does not validate comes too, and the validator tells it apart.
    Raises ``NotObservedError`` naming the server.
    """
    refuse_unknown(name, rdtype, reply, server)
    code = reply.rcode()
    aliases, last = _aliases(reply, dns.name.from_text(name), name, rdtype, server)
    found = _rrset(reply, last, rdtype)
    if found is None:
        absent = code == dns.rcode.NXDOMAIN or _is_compactly_denied(reply, last)
        presence = Presence.NXDOMAIN if absent else Presence.NODATA
    else:
        presence = Presence.PRESENT
    return DnsAnswer(
        name=name,
        rdtype=rdtype,
        presence=presence,
        records=_texts(found),
        strings=_strings(found),
        aliases=aliases,
        authenticated=bool(reply.flags & dns.flags.AD),
        soa=_soa(reply),
        nsec3=_nsec3(reply),
        volatile={"ttl": _ttl(reply, found)},
    )


def refuse_unknown(name: str, rdtype: str, reply: dns.message.Message, server: str) -> None:
    """Raise where an answer is none: unknown is never absent."""
    code = reply.rcode()
    if code in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        return
    reason = UNKNOWN.get(code, Reason.MALFORMED_REPLY)
    said = "; ".join((dns.rcode.to_text(code), *extended_errors(reply)))
    text = f"{server} answered {said} to {name} {rdtype}"
    raise NotObservedError(reason, text, reached=True)


def extended_errors(reply: dns.message.Message) -> tuple[str, ...]:
    """Extended DNS Errors (RFC 8914): evidence, never the verdict."""
    found = [one for one in reply.options if isinstance(one, dns.edns.EDEOption)]
    return tuple(f"EDE {int(one.code)} {_printable(one.text or '')}".strip() for one in found[:4])


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text[:120])


def _is_compactly_denied(reply: dns.message.Message, name: dns.name.Name) -> bool:
    """Whether an NSEC at the very name bears NXNAME: then it does not exist (RFC 9824 3.1)."""
    found = reply.get_rrset(reply.authority, name, dns.rdataclass.IN, dns.rdatatype.NSEC)
    return found is not None and NXNAME in types_of(found[0].windows)


def _aliases(
    reply: dns.message.Message,
    start: dns.name.Name,
    name: str,
    rdtype: str,
    server: str,
) -> tuple[tuple[str, ...], dns.name.Name]:
    """The CNAME targets followed, and the last name."""
    seen, last = [start], start
    while rdtype != "CNAME" and (link := _rrset(reply, last, "CNAME")) is not None:
        last = link[0].target
        if last in seen or len(seen) > MOST_ALIASES:
            text = f"{server} answered {name} {rdtype} with a loop or more than 8 aliases"
            raise NotObservedError(Reason.MALFORMED_REPLY, text, reached=True)
        seen.append(last)
    return tuple(plain(one) for one in seen[1:]), last


def _rrset(reply: dns.message.Message, name: dns.name.Name, rdtype: str) -> dns.rrset.RRset | None:
    return reply.get_rrset(reply.answer, name, dns.rdataclass.IN, dns.rdatatype.from_text(rdtype))


def _texts(found: dns.rrset.RRset | None) -> tuple[str, ...]:
    if found is None:
        return ()
    return tuple(sorted(text(one) for one in found))[:MOST_RECORDS]


def text(record: Any) -> str:  # noqa: ANN401 - one class for each type
    """RDATA in presentation format, names in lower case without the last dot."""
    match record.rdtype:
        case dns.rdatatype.NS | dns.rdatatype.CNAME:
            return plain(record.target)
        case dns.rdatatype.MX:
            return f"{record.preference} {plain(record.exchange) or '.'}"
        case _:
            return str(record.to_text())


def _strings(found: dns.rrset.RRset | None) -> tuple[tuple[str, ...], ...]:
    """The character strings of TXT records, each byte as its latin-1 character (lossless)."""
    if found is None or found.rdtype != dns.rdatatype.TXT:
        return ()
    rows = (tuple(part.decode("latin-1") for part in one.strings) for one in found)
    return tuple(sorted(rows))[:MOST_RECORDS]


def _ttl(reply: dns.message.Message, found: dns.rrset.RRset | None) -> int:
    """Seconds to keep it: the record's, for a denial the SOA's (RFC 2308 5)."""
    if found is not None:
        return int(found.ttl)
    for one in reply.authority:
        if one.rdtype == dns.rdatatype.SOA:
            return int(min(one.ttl, one[0].minimum))
    return 0


def _soa(reply: dns.message.Message) -> str:
    found = [one for one in reply.authority if one.rdtype == dns.rdatatype.SOA]
    return f"{plain(found[0].name)} {found[0][0].to_text()}" if found else ""


def _nsec3(reply: dns.message.Message) -> tuple[str, ...]:
    """The parameters of a denial's NSEC3 records: algorithm, flags, iterations, salt."""
    found = {
        f"{one.algorithm} {one.flags} {one.iterations} {(one.salt or b'').hex() or '-'}"
        for rrset in reply.authority
        if rrset.rdtype == dns.rdatatype.NSEC3
        for one in rrset
    }
    return tuple(sorted(found))[:MOST_ALIASES]


def plain(name: dns.name.Name) -> str:
    """A name as it is written in this product: lower case, no last dot; the root is empty."""
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")
