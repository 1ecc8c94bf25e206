"""``govscan runs`` and ``govscan evidence``: what was kept."""

from __future__ import annotations

import click
import msgspec

from scanner.cli.options import option, store
from scanner.cli.report import kept_run
from scanner.cli.stores import store_url
from scanner.run import Run
from scanner.store import Store


@click.group("runs", short_help="List and show kept runs.")
def runs_group() -> None:
    """List and show kept runs."""


@runs_group.command("list")
@option("--json/--no-json", "as_json", default=False, help="As JSON", example="--json")
@store
def list_runs(store: str | None, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """List every run, the newest first.

    \b
    Example:
      govscan runs list
    """
    kept = Store(store_url(store)).runs()
    if as_json:
        click.echo(_json(kept))
        return
    if not kept:
        click.echo("No run is kept here yet. See: govscan scan --help")
    for run in kept:
        click.echo(f"{run.id}  {run.status:<12} {run.began:%Y-%m-%d %H:%M}  {run.lineage}")


@runs_group.command("show")
@click.argument("run", metavar="RUN", default="latest")
@option("--json/--no-json", "as_json", default=False, help="As JSON", example="--json")
@store
def show_run(run: str, store: str | None, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """Show one run: who, when, from where, with which rules.

    \b
    Example:
      govscan runs show latest
    """
    kept = kept_run(store, run)
    if as_json:
        click.echo(_json(kept.run))
        return
    for name, value in _rows(kept.run, len(kept.inventory.targets), len(kept.unscanned)):
        click.echo(f"{name:<14} {value}")


def _rows(run: Run, targets: int, unscanned: int) -> tuple[tuple[str, object], ...]:
    return (
        ("Run", run.id),
        ("Audit", f"{run.lineage} (number {run.sequence})"),
        ("Status", run.status),
        ("Began", run.began),
        ("Ended", run.ended or "not yet"),
        ("Targets", f"{targets}, of which {unscanned} were not scanned"),
        ("Checks", f"{len(run.checks)}, {len(run.deselected)} left out"),
        ("Rule set", run.rule_set),
        ("Version", run.tool_version),
        ("Authorised by", run.authorised_by or "nobody"),
        ("Sent as", run.user_agent),
        ("Seen from", f"{run.vantage.ipv4 or 'no IPv4'}, {run.vantage.ipv6 or 'no IPv6'}"),
        ("Resolver", run.vantage.resolver),
    )


@click.command("evidence", short_help="Show what was seen at a host, as JSON.")
@click.argument("run", metavar="RUN")
@click.argument("host", metavar="HOST")
@store
def evidence_command(run: str, host: str, store: str | None) -> None:
    """Show the stored observations and facts of HOST in RUN, as JSON.

    \b
    Example:
      govscan evidence latest agency.example
    """
    kept = kept_run(store, run)
    found = next(iter(kept.store.assessments(kept.run.id, host=host)), None)
    if found is None:
        message = f"{host} was not assessed in the run {kept.run.id}"
        raise click.UsageError(message)
    document = {
        "host": found.host,
        "observations": found.observations,
        "facts": found.facts,
    }
    click.echo(_json(document))


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value, order="sorted")).decode()
