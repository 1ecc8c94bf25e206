"""``govscan demo``: scan the practice government, and show what a report looks like."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from scanner.cli.log import set_up
from scanner.cli.options import FOLDER, option
from scanner.cli.scan import run_scan, scan_command
from scanner.control.gate import Exit
from scanner.demo.range import Range

# Loopback answers at once: what takes longer here is a tarpit.
HASTE = ("--seconds", "4", "--rate", "0", "--seconds-per-target", "120")


@contextmanager
def practice_government(folder: Path) -> Iterator[Range]:
    """The practice government as a child process that ends when this block does."""
    command = [sys.executable, "-m", "scanner.demo", str(folder)]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        try:
            line = child.stdout.readline() if child.stdout else b""
            if not line:
                message = "the practice government did not start"
                raise click.ClickException(message)
            yield msgspec.json.decode(line, type=Range)
        finally:
            if child.stdin:
                child.stdin.close()
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()


@click.command("demo", short_help="Scan the built-in practice government and write its report.")
@option(
    "--output",
    type=FOLDER,
    default=Path("demo-report"),
    show_default=True,
    help="The folder to write the report into",
    example="--output demo-report",
)
@option(
    "--serve/--no-serve",
    default=False,
    help="Only start it, say how to scan it, and stay up until Enter is pressed",
    example="--serve",
)
@click.pass_context
def demo_command(context: click.Context, output: Path, serve: bool) -> None:  # noqa: FBT001 - click's
    """Start a practice government on loopback, scan it over real sockets, write the report.

    A dozen fictitious agencies with the faults that real ones have. Nothing leaves this machine.

    \b
    Example:
      govscan demo --output demo-report
    """
    set_up(as_json=False, is_quiet=False)
    with (
        tempfile.TemporaryDirectory(prefix="govscan-demo-") as folder,
        practice_government(Path(folder)) as made,
    ):
        if made.shares_one_address:
            click.echo("This system has one loopback address: all agencies share it.")
        if serve:
            _serve(made)
            return
        code = run_scan(demo_options(made, output, f"sqlite:///{folder}/demo.db"))
    if code in {Exit.BROKEN, Exit.USAGE, Exit.LOCKED, Exit.INTERRUPTED, Exit.TERMINATED}:
        context.exit(code)
    click.echo(f"\nOpen {output / 'index.html'} in a browser. (Faults were expected: exit code 0.)")


def _serve(made: Range) -> None:
    routes = " ".join(f"--connect-to {one}" for one in made.connect_to)
    click.echo("The practice government is up. Scan it from another terminal:\n")
    click.echo(
        f"  govscan scan {made.targets} --resolver {made.resolver} {routes} "
        f"--allow-network {made.allow_network} --trust-store {made.trust_store} "
        f"--trust-anchor {made.trust_anchor} --output report\n"
    )
    click.pause("Press Enter here to stop it.")


def demo_options(made: Range, output: Path, store: str) -> dict[str, Any]:
    """The options of an ordinary scan of the practice government."""
    arguments = [made.targets, *HASTE]
    for name, value in (
        ("--resolver", made.resolver),
        ("--allow-network", made.allow_network),
        ("--trust-store", made.trust_store),
        ("--trust-anchor", made.trust_anchor),
        ("--authorised-by", "the practice government itself"),
        ("--contact", "mailto:demo@standards.example"),
        ("--audit", "The practice government"),
        ("--output", str(output)),
        ("--store", store),
        *(("--connect-to", one) for one in made.connect_to),
    ):
        arguments += [name, value]
    return scan_command.make_context("scan", arguments).params
