"""Trust anchors: DNSKEY or DS records, and the files that RFC 5011 keepers write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import dns.exception
import dns.name
import dns.rdata
import dns.rdatatype

from scanner.formats.dnssec.signer import vouched
from scanner.formats.error import FormatError

_LINE = re.compile(
    r"(?P<name>\S+)\s+(?:(?:\d+|IN)\s+){0,2}(?P<type>DNSKEY|DS)\s+(?P<data>[^;]+?)\s*(?:;(?P<note>.*))?",
    re.IGNORECASE | re.ASCII,
)
_STATE = re.compile(r"state=(?P<state>\d)", re.ASCII)
# RFC 5011 4.2 as Unbound numbers it: 2 valid, 3 missing; start, pending, revoked, removed are none.
TRUSTED_STATES = frozenset({"2", "3"})

Anchors = Mapping[dns.name.Name, tuple[Any, ...]]


def read(text: str) -> Anchors:
    """The records by their zone; ``FormatError`` names the first line that is none.

    Comments begin with ``;`` or ``#``; a state that RFC 5011 does not trust leaves its key out.
    """
    found: dict[dns.name.Name, list[Any]] = {}
    for number, line in _lines(text):
        name, record, state = _record(number, line)
        if state is None or state in TRUSTED_STATES:
            found.setdefault(name, []).append(record)
    if not found:
        raise FormatError("it holds no DNSKEY and no DS record that is trusted")
    return {name: tuple(records) for name, records in found.items()}


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines: parentheses join (RFC 1035 5.1)."""
    held, began = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not held and (not line or line[0] in ";#$"):
            continue
        began = began if held else number
        bare = line.partition(";")[0] if held or "(" in line else line
        held = f"{held} {bare}".strip()
        if held.count("(") <= held.count(")"):
            yield began, held.replace("(", " ").replace(")", " ")
            held = ""
    if held:
        yield began, held


def _record(number: int, line: str) -> tuple[dns.name.Name, Any, str | None]:
    found = _LINE.fullmatch(line)
    try:
        fields = found.groupdict() if found else {}
        name = dns.name.from_text(fields["name"])
        record = dns.rdata.from_text("IN", fields["type"].upper(), fields["data"])
    except (dns.exception.DNSException, ValueError, KeyError):
        raise FormatError(
            "line {number} is neither a DNSKEY nor a DS record: {line}",
            number=number,
            line=line[:80],
        ) from None
    state = _STATE.search(fields["note"] or "")
    return name, record, state["state"] if state else None


def matches(name: dns.name.Name, anchor: Any, key: Any) -> bool:  # noqa: ANN401 - dnspython's
    """Whether a DNSKEY is the anchor, or the one that the anchor's DS names."""
    if anchor.rdtype == dns.rdatatype.DS:
        return bool(vouched(name, (anchor,), (key,)).keys)
    return bool(
        anchor.algorithm == key.algorithm
        and anchor.key == key.key
        and anchor.protocol == key.protocol
    )
