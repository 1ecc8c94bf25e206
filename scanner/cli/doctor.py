"""``govscan doctor``: what a scan needs on this machine, and what it could not tell from here."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import click

from scanner import lists, registry
from scanner.cli import plan as planning
from scanner.cli.options import data_folder, option
from scanner.cli.values import ENDPOINT
from scanner.clock import SystemClock
from scanner.config import endpoint
from scanner.control.gate import Exit
from scanner.gather.budget import Limits
from scanner.gather.dns.message import question
from scanner.gather.dns.resolver import Resolver, system_servers
from scanner.gather.dns.transport import by_tcp
from scanner.observation import NotObservedError
from scanner.observation.tls import TrustStore

ENOUGH_FILES = 1024
OLDEST_SANE = datetime(2026, 1, 1, tzinfo=UTC)


class Result(NamedTuple):
    """One thing that was looked at: fine, a limit, or in the way."""

    what: str
    state: str
    text: str


@click.command("doctor", short_help="Test what a scan needs on this machine.")
@option(
    "--resolver",
    type=ENDPOINT,
    multiple=True,
    help="The recursive resolver to test; the system's by default",
    example="--resolver 127.0.0.1:53",
)
@click.pass_context
def doctor_command(context: click.Context, resolver: tuple[str, ...]) -> None:
    """Test what a scan needs here, and say what will be inconclusive and why.

    Exit code 0: a scan can be made; 5: it cannot.

    \b
    Example:
      govscan doctor --resolver 127.0.0.1:53
    """
    servers = tuple(endpoint(one) for one in resolver) or system_servers()
    results = (
        *asyncio.run(_resolver(servers)),
        _route("IPv4", planning.PUBLIC_V4, "IPv4 addresses cannot be tested"),
        _route("IPv6", planning.PUBLIC_V6, "IPv6 addresses will be named under Not tested"),
        _clock(),
        _trust(),
        _files(),
        _packages(),
        _folder(),
    )
    for one in results:
        click.echo(f"{one.state:<8} {one.what:<12} {one.text}")
    broken = any(one.state == "broken" for one in results)
    context.exit(Exit.BROKEN if broken else Exit.COMPLIANT)


async def _resolver(servers: tuple[tuple[str, int], ...]) -> Iterable[Result]:
    shown = ", ".join(f"{address} port {port}" for address, port in servers)
    made = Resolver(servers=servers, limits=Limits(), clock=SystemClock(), hosts={})
    try:
        said = await made.checked(".", "SOA")
    except NotObservedError as error:
        return (Result("resolver", "broken", f"{shown} gives no answer: {error.detail}"),)
    finally:
        await made.close()
    return Result("resolver", "fine", f"{shown} answers"), await _dnssec(
        servers[0], validates=said.authenticated
    )


async def _dnssec(server: tuple[str, int], *, validates: bool) -> Result:
    try:
        reply = await by_tcp(question(".", "DNSKEY"), server, 5.0)
    except (NotObservedError, OSError) as error:
        return Result("DNSSEC", "limit", f"DNSSEC data could not be asked for over TCP ({error})")
    signed = any(rrset.rdtype == 46 for rrset in reply.answer)  # noqa: PLR2004 - RRSIG (RFC 4034 3)
    if validates:
        return Result("DNSSEC", "fine", "signatures come through, and the resolver validates too")
    if signed:
        return Result("DNSSEC", "fine", "signatures come through: govscan validates them itself")
    return Result(
        "DNSSEC", "limit", "no signatures come through: DNSSEC and DANE will be inconclusive"
    )


def _route(name: str, remote: str, otherwise: str) -> Result:
    address = planning.local_address(remote)
    if address:
        return Result(name, "fine", f"a route leads out from {address}")
    return Result(name, "limit", f"there is no route: {otherwise}")


def _clock() -> Result:
    now = SystemClock().now()
    if now < OLDEST_SANE:
        return Result("clock", "broken", f"it says {now:%Y-%m-%d}: certificates would be misjudged")
    return Result("clock", "fine", f"it says {now:%Y-%m-%d %H:%M} UTC; compare with your own")


def _trust() -> Result:
    store = lists.load()[TrustStore]
    if not isinstance(store, TrustStore) or not store.public:
        return Result("trust store", "broken", "there are no roots: no certificate could be judged")
    return Result("trust store", "fine", f"{len(store.public)} roots of {store.source}")


def _files() -> Result:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < ENOUGH_FILES:
        text = (
            f"{soft} open files are allowed; use --connections {soft // 4} or raise it (ulimit -n)"
        )
        return Result("open files", "limit", text)
    return Result("open files", "fine", f"{soft} are allowed")


def _packages() -> Result:
    found = registry.owners()
    try:
        registry.refuse_foreign_packages()
    except registry.RegistryError as error:
        return Result("packages", "broken", str(error))
    owners = ", ".join(f"{name}: {' '.join(who) or 'source folder'}" for name, who in found.items())
    return Result("packages", "fine", f"{len(registry.load().checks)} checks; {owners}")


def _folder() -> Result:
    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Result("data", "broken", f"{folder} cannot be written: {error.strerror}")
    return Result("data", "fine", f"runs are kept in {folder}")
