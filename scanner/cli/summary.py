"""The table at the end of a scan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports.view.control import of_profile, state
from reports.view.text import defused, state_words
from scanner.assessment import Assessment
from scanner.cli.source import KeptRun
from scanner.control.gate import Exit
from scanner.control.judgement import ControlVerdict
from scanner.control.profile import Profile
from scanner.control.rollup import Headline
from scanner.finding import Outcome, Severity

MOST_ROWS = 40
MEANINGS = {
    Exit.COMPLIANT: "nothing that is required fails, and all of it was determined",
    Exit.FAILS: "something fails that is asked for",
    Exit.NOT_DETERMINED: "nothing fails, but something required could not be determined",
    Exit.WAIVED: "only what a waiver covers fails",
    Exit.BROKEN: "the scanner itself failed somewhere: see the log",
    Exit.INTERRUPTED: "interrupted; go on with: govscan scan --resume latest",
    Exit.TERMINATED: "terminated; go on with: govscan scan --resume latest",
}


def summary(kept: KeptRun, code: Exit) -> None:
    """Print a row for each target, up to forty, and the counts of all."""
    console = Console()
    table = Table(box=None, pad_edge=False)
    for name in ("Domain", "State", "Critical", "High", "Not determined"):
        table.add_column(name, justify="left" if name in {"Domain", "State"} else "right")
    states: dict[str, Counter[Headline]] = {one.id: Counter() for one in kept.profiles}
    for number, one in enumerate(kept.outcomes()):
        made = kept.verdicts(one)
        for profile in kept.profiles:
            states[profile.id][state(profile, of_profile(profile, made)).code] += 1
        if number < MOST_ROWS:
            table.add_row(*_row(kept.profiles[0], one, made))
    console.print(table)
    total = sum(states[kept.profiles[0].id].values())
    if (more := total - MOST_ROWS) > 0:
        console.print(f"… and {more} more")
    _say(console, kept, states, total)
    console.print(Text(f"Run {kept.run.id}; exit code {int(code)}: {MEANINGS.get(code, '')}"))


def _say(
    console: Console, kept: KeptRun, states: Mapping[str, Counter[Headline]], total: int
) -> None:
    for profile in kept.profiles:
        counts = ", ".join(
            f"{state_words(code, profile).lower()}: {n}"
            for code, n in states[profile.id].most_common()
        )
        name = f" under {profile.id}" if len(kept.profiles) > 1 else ""
        console.print(Text(f"\n{total} domains{name} ({counts})"))
    for notice in kept.notices():
        click.echo(f"Notice: {defused(notice.text)}", err=True)


def _row(
    profile: Profile, one: Assessment, made: Iterable[ControlVerdict]
) -> tuple[Text | str, ...]:
    stands = state(profile, of_profile(profile, made))
    fails = Counter(f.severity for f in one.findings if f.outcome is Outcome.FAIL)
    return (
        Text(defused(one.host)),
        stands.words,
        str(fails[Severity.CRITICAL]),
        str(fails[Severity.HIGH]),
        str(stands.required.unknown),
    )
