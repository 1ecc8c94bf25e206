"""``govscan report`` and ``govscan export``: a kept run as pages, or for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import click

from reports import html
from reports.export import (
    controls_csv,
    findings_csv,
    judgement,
    junit,
    ocsf,
    oscal,
    run_json,
    sarif,
)
from reports.source import Source
from scanner import registry
from scanner.cli import judging as judged_by
from scanner.cli import plan as planning
from scanner.cli.again import Reading, reading
from scanner.cli.earlier import earlier_run
from scanner.cli.options import FOLDER, option, store
from scanner.cli.source import KeptRun, memory
from scanner.cli.stores import store_url
from scanner.registry import Registry
from scanner.run import Run
from scanner.store import NoSuchRunError, Store

Write = Callable[[Source, Callable[[bytes], object]], None]
FORMATS: Mapping[str, tuple[Write, str]] = {
    "json": (run_json.write, "everything that was seen, found and derived"),
    "judgement": (judgement.write, "the verdicts of every profile, canonical JSON"),
    "csv": (findings_csv.write, "a row for each finding"),
    "controls-csv": (controls_csv.write, "a row for each control of each profile on each domain"),
    "oscal": (oscal.write, "OSCAL 1.2.1 assessment results, with the plan beside"),
    "oscal-plan": (oscal.write_plan, "the assessment plan that they import"),
    "ocsf": (ocsf.write, "OCSF 1.8.0 compliance findings, one a line"),
    "sarif": (sarif.write, "SARIF 2.1.0"),
    "junit": (junit.write, "JUnit XML"),
}
BOM = b"\xef\xbb\xbf"


def kept_run(url: str | None, reference: str, *, since: str = "") -> KeptRun:
    """A run of a store, judged by the checks of today, and the run it is compared with."""
    opened = Store(store_url(url))
    found = registry.load()
    try:
        run = opened.run(reference)
        earlier = earlier_run(opened, run, found, since=since)
    except NoSuchRunError as error:
        raise click.UsageError(str(error)) from None
    judging = judged_by.of_run(opened, run, found, planning.tool_version())
    return KeptRun(
        opened,
        run,
        judging,
        found.checks,
        earlier=earlier,
        reading=_reading(opened, run, found) if earlier else None,
    )


def _reading(opened: Store, run: Run, found: Registry) -> Reading | None:
    """How the earlier evidence is read today; ``None`` where what it needs is no longer here."""
    try:
        return reading(run, found, {}, memory(opened, run.previous, found.checks))
    except click.UsageError:
        return None


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


@click.command("export", short_help="Write a kept run for programs, in one of nine formats.")
@click.argument("run", metavar="RUN", default="latest")
@option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="json",
    show_default=True,
    help="; ".join(f"{name}: {text}" for name, (_, text) in FORMATS.items()),
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
@option(
    "--bom/--no-bom",
    default=False,
    help="Begin a CSV file with a byte order mark, for spreadsheets that need one",
    example="--bom",
)
@option(
    "--accept-waivers/--no-accept-waivers",
    default=False,
    help="JUnit: what a waiver covers is skipped instead of failed",
    example="--accept-waivers",
)
@option(
    "--oscal-findings/--no-oscal-findings",
    default=False,
    help="OSCAL: findings too of a profile that is supporting evidence only",
    example="--oscal-findings",
)
@store
def export_command(run: str, form: str, output: str, store: str | None, **flags: bool) -> None:
    """Write RUN (an id, its beginning, or latest) for programs.

    The verdicts are those of the profiles that the run was judged by; for others see: govscan
    rejudge. What could not be determined is never written as met, in no format.

    \b
    Examples:
      govscan export latest --format csv --output findings.csv
      govscan export latest --format oscal --output assessment-results.json
      govscan export latest | jq '.targets[].findings[] | select(.outcome == "fail")'
    """
    kept = replace(
        kept_run(store, run),
        accepts_waivers=flags["accept_waivers"],
        shows_evidence_as_findings=flags["oscal_findings"],
    )
    if output == "-":
        _export(kept, form, sys.stdout.buffer.write, bom=flags["bom"])
        sys.stdout.flush()
        return
    with Path(output).open("wb") as out:
        _export(kept, form, out.write, bom=flags["bom"])
    if form == "oscal":
        with Path(output).with_name(oscal.PLAN).open("wb") as out:
            oscal.write_plan(kept, out.write)


def _export(kept: KeptRun, form: str, out: Callable[[bytes], object], *, bom: bool) -> None:
    if bom and form.endswith("csv"):
        out(BOM)
    FORMATS[form][0](kept, out)
