"""``govscan report`` and ``govscan export``: a kept run as pages, JSON or CSV."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from reports import html
from reports.export import findings_csv, run_json
from scanner import registry
from scanner.cli import judging as judged_by
from scanner.cli import plan as planning
from scanner.cli.options import FOLDER, option, store, store_url
from scanner.cli.source import KeptRun
from scanner.store import NoSuchRunError, Store

FORMATS = {"json": run_json.write, "csv": findings_csv.write}


def kept_run(url: str | None, reference: str) -> KeptRun:
    """A run of a store, judged by the checks of today."""
    opened = Store(store_url(url))
    try:
        run = opened.run(reference)
    except NoSuchRunError as error:
        raise click.UsageError(str(error)) from None
    found = registry.load()
    judging = judged_by.of_run(opened, run, found, planning.tool_version())
    return KeptRun(opened, run, judging, found.checks)


@click.command("report", short_help="Write the report of a kept run.")
@click.argument("run", metavar="RUN", default="latest")
@option(
    "--output",
    type=FOLDER,
    default=Path("report"),
    show_default=True,
    help="The folder to write into",
    example="--output report",
)
@store
def report_command(run: str, output: Path, store: str | None) -> None:
    """Write the report of RUN (an id, its beginning, or latest) again.

    Nothing is scanned: the pages are made of what was kept.

    \b
    Example:
      govscan report latest --output report
    """
    written = html.write(kept_run(store, run), output)
    click.echo(f"Report: {written[0]} ({len(written) - 2} agencies)")


@click.command("export", short_help="Write a kept run as JSON or CSV.")
@click.argument("run", metavar="RUN", default="latest")
@option(
    "--format",
    "form",
    type=click.Choice(sorted(FORMATS)),
    default="json",
    show_default=True,
    help="json: everything that was seen and found; csv: a row for each finding",
    example="--format csv",
)
@option(
    "--output",
    default="-",
    show_default=True,
    metavar="FILE",
    help="The file to write; - is standard output",
    example="--output findings.csv",
)
@store
def export_command(run: str, form: str, output: str, store: str | None) -> None:
    """Write RUN (an id, its beginning, or latest) for programs.

    \b
    Examples:
      govscan export latest --format csv --output findings.csv
      govscan export latest | jq '.targets[].findings[] | select(.outcome == "fail")'
    """
    kept = kept_run(store, run)
    if output == "-":
        _export(kept, form, sys.stdout.buffer.write)
        sys.stdout.flush()
        return
    with Path(output).open("wb") as out:
        _export(kept, form, out.write)


def _export(kept: KeptRun, form: str, out: Callable[[bytes], object]) -> None:
    FORMATS[form](kept, out)
