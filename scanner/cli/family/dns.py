"""``govscan dns``: the chain of trust drawn from the root down, then every finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec
from rich.console import Console
from rich.text import Text

from reports.view.text import defused
from scanner.assessment import Assessment
from scanner.check import Check
from scanner.cli.family import plain
from scanner.formats.trust_chain import cut, ds_text, key_text, standby
from scanner.observation.dnssec import DnssecChain, DnssecRecords, Security, ZoneLink

T = TypeVar("T")
STYLES = {
    Security.SECURE: "bold green",
    Security.INSECURE: "bold yellow",
    Security.BOGUS: "bold red",
    Security.INDETERMINATE: "bold magenta",
}
LONGEST = 300


def render(assessment: Assessment, checks: Mapping[str, Check], console: Console) -> None:
    """The zones from the trust anchor to the name, the state of its records, then the findings."""
    chain = _observed(assessment, DnssecChain)
    if chain is not None:
        for text, style in drawn(chain):
            console.print(Text(defused(text, LONGEST), style=style), soft_wrap=True)
        records = _observed(assessment, DnssecRecords)
        if records is not None:
            console.print(Text(defused(counted(records), LONGEST)), soft_wrap=True)
        console.print()
    plain.render(assessment, checks, console)


def _observed(assessment: Assessment, kind: type[T]) -> T | None:
    for one in assessment.observations:
        if one.kind == kind.__name__ and one.value is not None:
            value: Any = msgspec.to_builtins(one.value)
            return msgspec.convert(value, kind)
    return None


def drawn(chain: DnssecChain) -> Iterator[tuple[str, str]]:
    """One block for each zone, indented below its parent; each line with its style."""
    for depth, link in enumerate(chain.links):
        indent = "   " * depth
        arm = f"{indent[:-3]}└─ " if depth else ""
        yield f"{arm}{link.zone or '.'}  {link.security}{_why(link)}", STYLES[link.security]
        extra = standby(link)
        for record in link.ds:
            note = ", no such key is published" if record in extra else ""
            yield f"{indent}   {ds_text(record)}{note}", "dim"
        for key in link.keys:
            sep = ", the way in" if key.key_tag in link.sep else ""
            yield f"{indent}   {key_text(key)}{sep}", "dim"
    found = cut(chain)
    if found is not None:
        yield f"The chain ends at {found.text}. That is for the {found.owner}.", "bold"
        if chain.keys and not chain.last.keys:
            keys = "; ".join(map(key_text, chain.keys))
            yield f"{chain.apex} has keys of its own: {keys}", "dim"


def _why(link: ZoneLink) -> str:
    codes = "".join(f" {code}" for code in link.codes)
    return f"{codes}{f' ({link.detail})' if link.detail else ''}"


def counted(records: DnssecRecords) -> str:
    """How many record sets are in which state, and the first that is not as it should be."""
    states = [one.security for one in records.rrsets]
    numbers = ", ".join(f"{states.count(state)} {state}" for state in STYLES if state in states)
    bad = next((one for one in records.rrsets if one.security is Security.BOGUS), None)
    return f"Record sets and denials: {numbers}" + (f"; first bogus: {bad.text}" if bad else "")
