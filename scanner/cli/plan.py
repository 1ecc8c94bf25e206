"""From options to a plan: everything is read and refused before a packet is sent."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from scanner import config, lists, registry
from scanner.check import Check
from scanner.cli.options import data_folder
from scanner.cli.templates import library_of
from scanner.dated import DatedList
from scanner.engine import Plan
from scanner.formats.catalogue import Catalogue
from scanner.gather.budget import Limits
from scanner.gather.dialer import Network, Scope
from scanner.inventory import Input, read
from scanner.run import Deselected, Vantage
from scanner.targets import Inventory, InventoryError, is_public_suffix
from scanner.template.folder import Library

PUBLIC_V4, PUBLIC_V6 = "192.0.2.1", "2001:db8::1"
STDIN = "-"
SETTINGS = (  # the options that gatherers read from Context.settings
    "alone",
    "allow_heap_dump",
    "direct_dns",
    "dkim_selector",
    "exposure_plan",
    "extra_public_suffix",
    "lookalikes",
    "port",
    "recursion_probe_name",
    "respect_robots",
    "revocation",
    "starttls",
    "thorough",
)


def tool_version() -> str:
    """The version of govscan that is installed."""
    try:
        return version("govscan")
    except PackageNotFoundError:
        return "0.0.0"


def read_inventory(targets: Sequence[str], subdomains: Sequence[Path]) -> Inventory:
    """Files, ``-`` and plain domains; a usage error names every defect."""
    try:
        return read(
            [_input(one) for one in targets],
            subdomains=[Input(str(one), one.read_bytes()) for one in subdomains],
        )
    except InventoryError as error:
        raise click.UsageError(f"nothing was scanned\n{error}") from None
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}") from None


def _input(target: str) -> Input:
    if target == STDIN:
        return Input("standard input", sys.stdin.buffer.read())
    path = Path(target)
    if path.is_file():
        return Input(target, path.read_bytes())
    if os.sep in target or path.suffix in {".txt", ".csv"}:
        raise click.UsageError(f"{target}: there is no such file")
    return Input("argument", target.encode())


def choose(
    known: Mapping[str, Check], options: Mapping[str, Any]
) -> tuple[dict[str, Check], tuple[Deselected, ...]]:
    """The checks of the run, and those left out with the reason."""
    for name in options["check"]:
        _known(name, known, "--check")
    for name in options["skip"]:
        if name not in registry.FAMILIES:
            _known(name, known, "--skip")
    chosen = registry.select(
        known, only=options["check"], families=options["family"], skip=options["skip"]
    )
    if not chosen:
        raise click.UsageError("every check was left out: nothing could be judged")
    why = "left out by --check, --family or --skip"
    return chosen, tuple(Deselected(name, why) for name in known if name not in chosen)


def _known(name: str, known: Mapping[str, Check], hint: str) -> None:
    if name not in known:
        message = f"there is no check {name!r} (see: govscan checks list)"
        raise click.BadParameter(message, param_hint=hint)


def plan(options: Mapping[str, Any], inventory: Inventory, found: registry.Registry) -> Plan:
    """What the run will do."""
    checks, _ = choose(found.checks, options)
    return Plan(
        checks=checks,
        gatherers=found.gatherers,
        lists=lists_of(options, found.lists.values(), checks.values()),
        limits=_limits(options),
        network=_network(options),
        scope=Scope(
            frozenset(one.host for one in inventory.targets),
            _domains(inventory),
        ),
        resolvers=tuple(config.endpoint(one) for one in options["resolver"]),
        user_agent=config.user_agent(tool_version(), options["contact"]),
        authorised_by=options["authorised_by"],
        settings={
            **{name: options[name] for name in SETTINGS if name in options},
            "checks": frozenset(checks),
        },
        at_once=options["workers"],
    )


def _domains(inventory: Inventory) -> frozenset[str]:
    """The domains under which redirects are followed: never all that lies below a public suffix."""
    every = {one.registrable for one in inventory.targets}
    return frozenset(one for one in every if not is_public_suffix(one))


def lists_of(
    options: Mapping[str, Any], known: Iterable[DatedList], checks: Iterable[Check]
) -> Mapping[type, object]:
    """The lists that these checks read; none that nobody asks for."""
    wanted = {need.kind for check in checks for need in check.needs}
    folder = data_folder()
    try:
        loaded = lists.load(
            trust_store=_path(options["trust_store"]),
            ca_files=[Path(one) for one in options["ca_file"]],
            trust_anchor=_path(options["trust_anchor"]),
        )
        dated = {one.kind: lists.read(one, folder) for one in known if one.kind in wanted}
    except lists.ListError as error:
        raise click.UsageError(str(error)) from None
    templates = library_of(options)
    own: dict[type, object] = {Library: templates} if templates else {}
    return {**loaded, **dated, **own, Catalogue: registry.catalogue()}


def _path(given: str | Path | None) -> Path | None:
    return Path(given) if given else None


def _limits(options: Mapping[str, Any]) -> Limits:
    return Limits(
        connections=options["connections"],
        per_address=options["per_address"],
        pause=options["pause"],
        requests_per_second=options["rate"],
        seconds=options["seconds"],
        read_bytes=options["max_bytes"],
        seconds_per_target=options["seconds_per_target"],
    )


def _network(options: Mapping[str, Any]) -> Network:
    hosts = _path(options["hosts"])
    try:
        return Network(
            allowed=tuple(config.network(one) for one in options["allow_network"]),
            routes=tuple(config.route(one) for one in options["connect_to"]),
            hosts=config.hosts_file(hosts) if hosts else {},
            source_address=options["source_address"],
            has_ipv4=bool(local_address(PUBLIC_V4)),
            has_ipv6=bool(local_address(PUBLIC_V6)),
        )
    except (config.ConfigError, OSError) as error:
        raise click.UsageError(str(error)) from None


def local_address(remote: str) -> str:
    """The address this machine would use towards another; empty without a route. Sends nothing."""
    family = socket.AF_INET6 if ":" in remote else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((remote, 9))
        except OSError:
            return ""
        address: str = probe.getsockname()[0]
        return address


def vantage(resolvers: Sequence[tuple[str, int]]) -> Vantage:
    """From where this run looks at the world."""
    shown = ", ".join(f"{address}:{port}" for address, port in resolvers)
    return Vantage(shown, local_address(PUBLIC_V4), local_address(PUBLIC_V6))
