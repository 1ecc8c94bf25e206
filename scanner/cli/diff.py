"""``govscan diff``: which verdicts changed between two runs, and why."""

from __future__ import annotations

from collections.abc import Iterator

import click

from reports.view.text import defused
from scanner.cli.options import option, store
from scanner.cli.report import kept_run
from scanner.cli.source import KeptRun
from scanner.control.judgement import ControlVerdict
from scanner.control.profile import ControlLevel


@click.command("diff", short_help="Show which verdicts changed since the run before, and why.")
@click.argument("run", metavar="RUN", default="latest")
@option(
    "--since",
    metavar="RUN",
    help="The earlier run; the last finished one of the same audit by default",
    example="--since 20261101T030000Z",
)
@option(
    "--all/--no-all",
    "everything",
    default=False,
    help="Recommended and informational controls too",
    example="--all",
)
@store
def diff_command(run: str, since: str | None, everything: bool, store: str | None) -> None:  # noqa: FBT001 - click's flag
    """Show every verdict of RUN that is not what it was, and why.

    Whether the site changed, the rule, our own reading of what was seen, or only the measurement.

    \b
    Examples:
      govscan diff
      govscan diff latest --since 20261101T030000Z --all
    """
    kept = kept_run(store, run, since=since or "")
    earlier = kept.earlier
    if earlier is None:
        raise click.UsageError(f"the run {kept.run.id} has no earlier one (see: --since)")
    click.echo(f"{earlier.run.id} -> {kept.run.id}")
    for line in _heads(earlier, kept):
        click.echo(line)
    for line in _changes(kept, everything=everything):
        click.echo(line)


def _heads(earlier: KeptRun, kept: KeptRun) -> Iterator[str]:
    """What both runs rest on, where it differs: first, for it may explain everything."""
    if earlier.run.rule_set != kept.run.rule_set:
        yield f"Rule set: {earlier.run.rule_set[:16]}… -> {kept.run.rule_set[:16]}…"
    if earlier.run.tool_version != kept.run.tool_version:
        yield f"Version: {earlier.run.tool_version} -> {kept.run.tool_version}"
    before = {one.id: one for one in earlier.profiles}
    for one in kept.profiles:
        old = before.get(one.id)
        if old is not None and (old.version, old.sha256) != (one.version, one.sha256):
            yield f"Definition of {one.id} changed: {old.version} -> {one.version} (no trend)"
    if earlier.run.vantage != kept.run.vantage:
        yield "Seen from elsewhere: what rests on addresses may be the measurement"
    old_names = {one.host for one in earlier.inventory.targets}
    new_names = {one.host for one in kept.inventory.targets}
    for name in sorted(old_names - new_names):
        yield f"No longer in the inventory: {name}"
    for name in sorted(new_names - old_names):
        yield f"New in the inventory: {name}"


def _changes(kept: KeptRun, *, everything: bool) -> Iterator[str]:
    found = 0
    for each in kept.outcomes():
        before = kept.before(each.host)
        for one in kept.verdicts(each):
            old = before.get((one.profile, one.control))
            if old is None or not (everything or one.level is ControlLevel.REQUIRED):
                continue
            if said := "; ".join(_said(kept, each.host, old, one)):
                found += 1
                yield defused(f"{each.host} {one.profile}/{one.control}: {said}", 2000)
    if not found:
        yield "No verdict changed."


def _said(kept: KeptRun, host: str, old: ControlVerdict, one: ControlVerdict) -> Iterator[str]:
    if (old.verdict, old.binds) != (one.verdict, one.binds):
        yield f"{old.verdict} -> {one.verdict} ({kept.cause(host, one)})"
    if old.waived != one.waived:
        yield f"waiver {old.waived or 'none'} -> {one.waived or 'none'} (no change of the verdict)"
    if kept.is_unstable(host, one):
        yield "unstable"
