"""``govscan rejudge``: new verdicts from stored evidence, without a packet."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from msgspec import structs

from reports import html
from reports.export import judgement
from scanner import registry
from scanner.beside import Earlier
from scanner.cli import judging as judged_by
from scanner.cli import kept_file
from scanner.cli import plan as planning
from scanner.cli.again import Evidence, keep_again, reading
from scanner.cli.earlier import earlier_run
from scanner.cli.options import FILE, FOLDER, data_folder, option, store
from scanner.cli.scan_options import JUDGED_BY
from scanner.cli.source import KeptRun, memory
from scanner.cli.stores import store_url
from scanner.cli.summary import summary
from scanner.control.gate import Exit, Tally
from scanner.control.judging import Judging
from scanner.lists import rule_set
from scanner.registry import Registry
from scanner.run import Run
from scanner.store import NoSuchRunError, Store
from scanner.store.store import Skipped
from scanner.targets import Inventory


class _Given:
    """What is judged again: a run of the store, or a file."""

    def __init__(self, reference: str, opened: Store) -> None:
        path = Path(reference)
        self.history: Store | None = None
        self.skipped: tuple[Skipped, ...] = ()
        if path.is_file():
            self._of_file(path)
            return
        self.run: Run = opened.run(reference)
        self.inventory: Inventory = opened.inventory(self.run.id)
        self.evidence: Evidence = lambda: opened.assessments(self.run.id)
        self.skipped = opened.skipped(self.run.id)
        self.history = opened

    def _of_file(self, path: Path) -> None:
        try:
            read = kept_file.read(path)
        except (ValueError, OSError) as error:
            raise click.UsageError(str(error)) from None
        self.run, self.inventory, self.evidence = read.run, read.inventory, read.assessments


@contextmanager
def read_again(
    reference: str, url: str | None, options: Mapping[str, Any], found: Registry
) -> Iterator[tuple[KeptRun, Judging]]:
    """A run whose findings were derived anew, in a store that lasts as long as this block."""
    opened = Store(store_url(url))
    try:
        given = _Given(reference, opened)
    except NoSuchRunError as error:
        raise click.UsageError(str(error)) from None
    judging = _judging(opened, given, options, found)
    run = structs.replace(
        given.run, rule_set=rule_set(found.rule_set, found.lists.values(), data_folder())
    )
    earlier = memory(opened, run.previous, found.checks) if given.history else lambda _: Earlier()
    how = reading(run, found, options, earlier)
    with tempfile.TemporaryDirectory(prefix="govscan-") as folder:
        beside = Store(f"sqlite:///{folder}/again.db")
        try:
            beside.begin(run, given.inventory)
            keep_again(beside, run, given.evidence, how)
            yield (
                KeptRun(
                    beside,
                    run,
                    judging,
                    found.checks,
                    history=given.history,
                    earlier=earlier_run(opened, run, found) if given.history else None,
                    reading=how,
                    skipped=given.skipped,
                    extractor=planning.tool_version(),
                    accepts_waivers=bool(options.get("accept_waivers")),
                ),
                judging,
            )
        finally:
            beside.close()
            opened.close()


def _judging(opened: Store, given: _Given, options: Mapping[str, Any], found: Registry) -> Judging:
    """What was named, else what the run itself was judged by."""
    version = planning.tool_version()
    own = judged_by.of_run(opened, given.run, found, version)
    profiles, known = own.profiles, dict(own.library)
    if options["profile"]:
        profiles, known = judged_by.select(
            options["profile"], options["parameter"], found, version, everything=True
        )
    elif options["waivers"] or options["manual"]:
        known = {**judged_by.library(found, version), **known}
    waivers = own.waivers
    if options["waivers"]:
        waivers = judged_by.read_waivers(judged_by.path(options["waivers"]), known)
    manual = own.manual
    if options["manual"]:
        manual = judged_by.read_manual(judged_by.path(options["manual"]), known)
    day = judged_by.day(options["as_of"], given.run.began.date())
    names = judged_by.names_on(opened, waivers)
    return Judging(profiles, known, day, waivers, manual, names)


def _of_rejudge() -> tuple[Any, ...]:
    profile = option(
        "--profile",
        metavar="ID|FILE",
        multiple=True,
        help="A profile to judge by, or a file with one of yours; repeatable; those of the run "
        "by default",
        example="--profile bod-18-01 --profile own.yaml",
    )
    return (profile, *JUDGED_BY[1:])


OPTIONS = (
    *_of_rejudge(),
    option(
        "--as-of",
        metavar="DATE",
        callback=judged_by.a_day,
        help="The day of the judgement (waivers, effective dates, age); the run's by default",
        example="--as-of 2027-01-15",
    ),
    option(
        "--trust-store",
        type=FILE,
        help="The roots that the run was scanned with, where they lie elsewhere now",
        example="--trust-store roots.pem",
    ),
    option(
        "--ca-file",
        type=FILE,
        multiple=True,
        help="A further store of roots, as of the scan; repeatable",
        example="--ca-file national-root.pem",
    ),
    option(
        "--trust-anchor",
        type=FILE,
        help="The DNSSEC trust anchor that the run was scanned with",
        example="--trust-anchor root.key",
    ),
    option(
        "--output",
        type=FOLDER,
        help="Write the report and judgement.json into this folder",
        example="--output rejudged",
    ),
    option(
        "--json/--no-json",
        "as_json",
        default=False,
        help="Write judgement.json to standard output",
        example="--json",
    ),
    option("--quiet/--no-quiet", default=False, help="Say nothing but errors", example="--quiet"),
    store,
)


def rejudge_options(command: Any) -> Any:  # noqa: ANN401 - click's
    """Every option, in the order of its help."""
    for one in reversed(OPTIONS):
        command = one(command)
    return command


@click.command("rejudge", short_help="Judge a kept run again, without a packet.")
@click.argument("run", metavar="RUN|FILE", default="latest")
@rejudge_options
@click.pass_context
def rejudge_command(context: click.Context, /, run: str, **options: Any) -> None:  # noqa: ANN401
    """Judge RUN (an id, its beginning, or latest) or FILE (a run.json) again.

    Findings and facts are derived anew from the stored observations, by the checks and lists of
    today, and judged by the profiles named. Nothing is sent. The same again gives the same bytes.

    \b
    Examples:
      govscan rejudge latest --profile bod-18-01 --profile pk-nca-34
      govscan rejudge latest --as-of 2027-01-15 --waivers waivers.yaml --output rejudged
      govscan rejudge report/run.json --profile own.yaml --json > judgement.json

    Exit codes as of: govscan scan
    """
    found = registry.load()
    with read_again(run, options["store"], options, found) as (kept, judging):
        gates = judged_by.gates(options, judging.profiles)
        tally = Tally(gates, accepts_waivers=options["accept_waivers"])
        for one in kept.outcomes():
            tally.add(kept.verdicts(one), one.findings)
        _write(kept, options, tally.exit)
        context.exit(tally.exit)


def _write(kept: KeptRun, options: Mapping[str, Any], code: Exit) -> None:
    if options["output"]:
        folder = Path(options["output"])
        written = html.write(kept, folder)
        with (folder / "judgement.json").open("wb") as out:
            judgement.write(kept, out.write)
        if not options["quiet"]:
            click.echo(f"Report: {written[0]}", err=options["as_json"])
    if options["as_json"]:
        judgement.write(kept, sys.stdout.buffer.write)
        sys.stdout.flush()
    elif not options["quiet"]:
        summary(kept, code)
