"""``govscan spf``: what a receiver makes of a sender, with every step."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import click
import msgspec

from reports.view.text import defused
from scanner import lists
from scanner.cli.options import FILE, option
from scanner.cli.values import ENDPOINT, Value
from scanner.clock import SystemClock
from scanner.config import endpoint
from scanner.control.gate import Exit
from scanner.formats.dnssec.anchors import read
from scanner.formats.spf_check import Evaluation, Result
from scanner.formats.spf_macro import Client
from scanner.gather.budget import Limits
from scanner.gather.dns.resolver import Resolver
from scanner.gather.dns.spf_receiver import evaluate
from scanner.observation.dnssec import TrustAnchors
from scanner.targets import normalised

LONGEST = 500
CODES = {Result.PASS: Exit.COMPLIANT, Result.TEMPERROR: Exit.NOT_DETERMINED}


@click.command("spf", short_help="Evaluate SPF like a receiver, with the trace.")
@click.argument("domain")
@option(
    "--ip",
    required=True,
    type=Value("addr", ip_address),
    help="The address that delivers",
    example="--ip 192.0.2.25",
)
@option(
    "--from",
    "sender",
    default="",
    metavar="ADDR",
    help="The envelope sender (MAIL FROM); postmaster of DOMAIN by default",
    example="--from clerk@agency.example",
)
@option(
    "--helo",
    default="",
    metavar="NAME",
    help="The name of HELO or EHLO; DOMAIN by default",
    example="--helo mail.agency.example",
)
@option(
    "--resolver",
    type=ENDPOINT,
    multiple=True,
    help="The recursive resolver; the system's by default; repeatable",
    example="--resolver 127.0.0.1:5353",
)
@option(
    "--trust-anchor",
    type=FILE,
    help="Anchors of DNSSEC that take the place of IANA's (DS or DNSKEY in presentation format)",
    example="--trust-anchor root.key",
)
@option(
    "--json/--no-json",
    "as_json",
    default=False,
    help="The result and every step as JSON on standard output",
    example="--json",
)
@click.pass_context
def spf_command(context: click.Context, /, domain: str, **options: Any) -> None:  # noqa: ANN401 - click's
    """Evaluate mail from DOMAIN as a receiver does (RFC 7208 check_host), and show each step.

    Only DNS is asked; no mail is sent. The record of DOMAIN is evaluated; sender and HELO stand in
    for its macros. Exit code 0: pass; 1: any other result; 3: temperror.

    \b
    Examples:
      govscan spf agency.example --ip 192.0.2.25
      govscan spf agency.example --ip 2001:db8::25 --from clerk@agency.example --json
    """
    name = _name(domain)
    client = _client(name, options)
    found = asyncio.run(_evaluated(client, name, options["resolver"], options["trust_anchor"]))
    if options["as_json"]:
        click.echo(msgspec.json.format(msgspec.json.encode(_document(client, found))).decode())
    else:
        _show(client, found)
    context.exit(CODES.get(found.result, Exit.FAILS))


def _name(domain: str) -> str:
    """The domain that is evaluated; an underscore is no host name, but a record may stand there."""
    try:
        normalised(domain.replace("_", ""))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="DOMAIN") from None
    return domain.lower().rstrip(".") if "_" in domain else normalised(domain)


def _client(name: str, options: dict[str, Any]) -> Client:
    return Client.from_mail(
        ip=options["ip"],
        sender=options["sender"] or f"postmaster@{name}",
        helo=options["helo"] or name,
        at=int(SystemClock().now().timestamp()),
    )


async def _evaluated(
    client: Client, name: str, servers: Sequence[str], trust_anchor: Path | None
) -> Evaluation:
    try:
        anchors = lists.load(trust_anchor=trust_anchor)[TrustAnchors]
    except lists.ListError as error:
        raise click.UsageError(str(error)) from None
    resolver = Resolver(
        servers=tuple(endpoint(one) for one in servers),
        limits=Limits(),
        clock=SystemClock(),
        hosts={},
        anchors=read(anchors.text) if isinstance(anchors, TrustAnchors) else {},
    )
    try:
        return await evaluate(client, name, resolver)
    finally:
        await resolver.close()


def _show(client: Client, found: Evaluation) -> None:
    for one in found.trace:
        term = f"{one.term}: " if one.term else ""
        text = f"{'  ' * one.depth}{one.domain} {term}{one.said.text}"
        click.echo(defused(text, LONGEST))
    click.echo(defused(f"\n{found.result} for {client.ip} from {client.sender}: {found.why.text}"))
    click.echo(f"{found.lookups} of 10 look-ups, {found.voids} of 2 without an answer")
    if found.explanation:
        click.echo(defused(f"The domain explains: {found.explanation}", LONGEST))


def _document(client: Client, found: Evaluation) -> dict[str, Any]:
    return {
        "ip": client.ip,
        "from": client.sender,
        "helo": client.helo,
        "result": found.result,
        "domain": found.domain,
        "mechanism": found.mechanism,
        "why": found.why.text,
        "explanation": found.explanation,
        "lookups": found.lookups,
        "void_lookups": found.voids,
        "trace": [
            {
                "depth": one.depth,
                "domain": one.domain,
                "term": one.term,
                "said": one.said.text,
                "lookups": one.lookups,
                "void_lookups": one.voids,
            }
            for one in found.trace
        ],
    }
