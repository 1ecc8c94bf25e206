"""One command a family: the same engine, gatherers, checks and exit codes as a scan."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlsplit

import click
from rich.console import Console

from reports.export import run_json
from scanner import registry
from scanner.assessment import Assessment
from scanner.check import Check
from scanner.cli.family import dns, exposure, mail, plain, tls, web
from scanner.cli.log import set_up
from scanner.cli.scan import run_scan, scan_command
from scanner.cli.scan_options import MAIL, options_of_one
from scanner.cli.source import KeptRun
from scanner.cli.summary import MEANINGS
from scanner.control.gate import Exit

Render: TypeAlias = Callable[[Assessment, Mapping[str, Check], Console], None]
STDOUT = "-"


class Family(NamedTuple):
    """A family's command: what it examines, how it is shown, and the options it alone has."""

    name: str
    what: str
    example: str
    render: Render = plain.render
    options: tuple[Callable[[Any], Any], ...] = ()
    has_port: bool = False


FAMILIES = (
    Family(
        "tls",
        "TLS and certificates of this server alone",
        "mx1.agency.example --starttls smtp",
        tls.render,
        tls.OPTIONS,
        has_port=True,
    ),
    Family(
        "web",
        "https, headers, cookies and content of its site",
        "https://agency.example",
        web.render,
    ),
    Family(
        "dns", "DNSSEC, delegation, CAA, DANE and IPv6 of its zone", "agency.example", dns.render
    ),
    Family(
        "mail",
        "forgery and encryption of its mail",
        "agency.example",
        render=mail.render,
        options=MAIL,
    ),
    Family(
        "exposure",
        "what lies open on its site",
        "https://agency.example --authorised-by 'Letter 12/2026'",
        exposure.render,
    ),
)


def command(family: Family) -> click.Command:
    """The command of one family."""

    def examine(context: click.Context, /, host: str, **options: Any) -> None:  # noqa: ANN401 - click's
        set_up(as_json=options["log_json"], is_quiet=options["quiet"])
        registry.refuse_foreign_packages()
        context.exit(_examine(context, family, host, options))

    made: Any = options_of_one(click.pass_context(examine))
    for one in reversed(family.options):
        made = one(made)
    made = click.argument("host", metavar="HOST")(made)
    described = (
        f"Examine HOST, a name or a URL: {family.what}.\n\nNothing is kept unless --store says "
        f"where. Exit codes as of: govscan scan\n\n\b\nExamples:\n"
        f"  govscan {family.name} {family.example}\n"
        f"  govscan {family.name} agency.example --json | jq '.targets[].findings[]'"
    )
    return click.command(family.name, help=described, short_help=f"Examine {family.what}.")(made)


def _examine(context: click.Context, family: Family, host: str, given: Mapping[str, Any]) -> int:
    name, port = _host(host, has_port=family.has_port)
    defaults = (context.find_root().default_map or {}).get("scan")
    arguments = [name, "--family", family.name]
    whole = scan_command.make_context("scan", arguments, default_map=defaults).params
    quiet = given["quiet"] or given["as_json"] or given["json_file"] == STDOUT
    given = {**given, "alone": family.has_port}
    options = {**whole, **given, "audit": f"{family.name} {name}", "output": None, "quiet": quiet}
    if port:
        options["port"] = port

    def show(kept: KeptRun, _: Mapping[str, Any], code: Exit) -> int:
        return _show(kept, family, given, code)

    with tempfile.TemporaryDirectory(prefix="govscan-") as folder:
        options["store"] = given["store"] or f"sqlite:///{folder}/one.db"
        return run_scan(options, show)


def _host(text: str, *, has_port: bool) -> tuple[str, int | None]:
    """A name, a name with a port, or a URL: the name, and the port where it was given."""
    parts = urlsplit(text if "://" in text else f"//{text}")
    try:
        name, port = parts.hostname, parts.port
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="HOST") from None
    if not name:
        message = f"{text!r}: a host name or a URL was expected"
        raise click.BadParameter(message, param_hint="HOST")
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    if port in {None, usual}:
        return name, None
    if not has_port:
        message = f"{text!r}: a site is examined on its ports 80 and 443"
        raise click.BadParameter(message, param_hint="HOST")
    return name, port


def _show(kept: KeptRun, family: Family, given: Mapping[str, Any], code: Exit) -> int:
    file = given["json_file"]
    if file and file != STDOUT:
        with Path(file).open("wb") as out:
            run_json.write(kept, out.write)
    if given["as_json"] or file == STDOUT:
        run_json.write(kept, sys.stdout.buffer.write)
        sys.stdout.flush()
    elif not given["quiet"]:
        console = Console(highlight=False)
        for one in kept.assessments():
            family.render(one, kept.checks, console)
        console.print(f"Exit code {int(code)}: {MEANINGS.get(code, '')}", markup=False)
    return code


tls_command, web_command, dns_command, mail_command, exposure_command = map(command, FAMILIES)
