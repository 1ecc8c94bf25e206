"""One question and what its answer means: the one function that decides (dns-and-mail 1.2)."""

from __future__ import annotations

from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from scanner.observation import NotObservedError, Reason
from scanner.observation.dns import DnsAnswer, Presence

EDNS_BUFFER = 1232
MOST_ALIASES = 8
MOST_RECORDS = 500

UNKNOWN = {
    dns.rcode.SERVFAIL: Reason.SERVFAIL,
    dns.rcode.REFUSED: Reason.REFUSED,
}


def question(name: str, rdtype: str, *, recursive: bool = True) -> dns.message.QueryMessage:
    """A question with EDNS and DO; AD asks a validating resolver to say what it found."""
    made = dns.message.make_query(name, rdtype, use_edns=0, want_dnssec=True, payload=EDNS_BUFFER)
    made.flags = dns.flags.RD | dns.flags.AD if recursive else dns.flags.Flag(0)
    return made


def meaning(name: str, rdtype: str, reply: dns.message.Message, server: str) -> DnsAnswer:
    """What a reply says of a name: data, no data, or no such name; anything else is unknown.

    CD is not set: for a validating resolver a bogus name is SERVFAIL, hence unknown.
    Raises ``NotObservedError`` naming the server.
    """
    code = reply.rcode()
    if code not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        reason = UNKNOWN.get(code, Reason.MALFORMED_REPLY)
        text = f"{server} answered {dns.rcode.to_text(code)} to {name} {rdtype}"
        raise NotObservedError(reason, text, reached=True)
    aliases, last = _aliases(reply, dns.name.from_text(name), name, rdtype, server)
    found = _rrset(reply, last, rdtype)
    if found is None:
        presence = Presence.NXDOMAIN if code == dns.rcode.NXDOMAIN else Presence.NODATA
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
        volatile={"ttl": _ttl(reply, found)},
    )


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


def plain(name: dns.name.Name) -> str:
    """A name as it is written in this product: lower case, no last dot; the root is empty."""
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")
