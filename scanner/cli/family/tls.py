"""``govscan tls``: what one server accepts, as a table, and then what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports.view.text import defused
from scanner.assessment import Assessment, thaw
from scanner.check import Check
from scanner.cli.family import plain
from scanner.formats.tls.accepted import rank
from scanner.formats.tls.codes import suites_by_name
from scanner.observation import Observed, Place, Unobserved
from scanner.observation.tls import (
    ProtocolAnswer,
    ServedCertificates,
    TlsServer,
)

STYLES = ("green", "", "yellow", "red", "bold red")
WORST = len(STYLES) - 1
OPTIONS: tuple[Any, ...] = (
    click.option(
        "--starttls",
        type=click.Choice(("smtp",)),
        help="Speak SMTP first, and examine what comes after STARTTLS",
    ),
)


def render(assessment: Assessment, checks: Mapping[str, Check], console: Console) -> None:
    """Each address of the server, then every finding, the worst first."""
    found = thaw(assessment.observations)
    served = found.get(ServedCertificates, {})
    for place, seen in sorted(found.get(TlsServer, {}).items(), key=_order):
        if isinstance(seen, Observed):
            _server(seen.value, served.get(place), seen.peer, console)
        elif isinstance(seen, Unobserved):
            where = f"{place.subject.text} {place.address or ''}".strip()
            console.print(Text(defused(f"{where}: {seen.reason} ({seen.detail})")))
    console.print()
    plain.render(assessment, checks, console)


def _order(item: tuple[Place, object]) -> tuple[str, str]:
    place, _ = item
    return place.subject.text, place.address or ""


def _server(server: TlsServer, served: object, peer: str, console: Console) -> None:
    console.print(Text(f"\n{defused(server.name)} at {defused(peer)}", style="bold"))
    if server.other_protocol:
        console.print(Text(defused(f"not TLS: {server.other_protocol}")))
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    for version, text in _protocols(server):
        table.add_row(Text(version, style="bold"), text)
    for name, value in _more(server, served):
        table.add_row(Text(name, style="bold"), Text(defused(value, 600)))
    console.print(table)


def _protocols(server: TlsServer) -> Iterator[tuple[str, Text]]:
    for one in server.protocols:
        yield one.version, _protocol(one)


def _protocol(one: ProtocolAnswer) -> Text:
    if one.accepted is None:
        return Text(defused(f"unknown ({one.reason})"), style="yellow")
    if not one.accepted:
        return Text(defused(f"refused ({one.detail})"), style="dim")
    text = Text()
    for index, name in enumerate(one.suites):
        known = suites_by_name().get(name)
        text.append("\n" if index else "")
        text.append(defused(name), style=STYLES[rank(known) if known else WORST])
    if not one.is_complete:
        text.append(f"\n… broke off ({one.reason})", style="yellow")
    if one.order:
        text.append(f"\norder: {one.order}", style="dim")
    return text


def _more(server: TlsServer, served: object) -> Iterator[tuple[str, str]]:
    broke_off = "" if server.groups.is_complete else " …"
    yield "groups", ", ".join(server.groups.names) + broke_off
    primes = {
        f"{one.bits} bits ({one.prime}, {one.asked} hello)"
        for one in server.exchanges
        if one.kind == "dhe"
    }
    if primes:
        yield "DH", ", ".join(sorted(primes))
    for sign in server.signs:
        yield str(sign.question), sign.answer or f"unknown ({sign.reason})"
    if isinstance(served, Observed):
        chains: ServedCertificates = served.value
        for chain in chains.own:
            lengths = f"{len(chain.certificates)} certificates in {', '.join(chain.versions)}"
            yield "chain", f"{lengths}, {'a' if any(chain.staples) else 'no'} staple"
    yield "cost", f"{server.volatile.get('connections', 0)} connections"
