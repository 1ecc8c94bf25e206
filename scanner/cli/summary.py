"""The table at the end of a scan."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports.view.text import STATES, defused
from scanner.cli.source import KeptRun
from scanner.control.gate import Exit
from scanner.control.profile import ControlLevel
from scanner.control.rollup import Headline, headline, vectors, verdicts
from scanner.finding import Outcome, Severity

MOST_ROWS = 40
MEANINGS = {
    Exit.COMPLIANT: "nothing that is required fails, and all of it was determined",
    Exit.FAILS: "something fails that is asked for",
    Exit.NOT_DETERMINED: "nothing fails, but something required could not be determined",
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
    states: Counter[Headline] = Counter()
    for number, one in enumerate(kept.outcomes()):
        made = verdicts(
            kept.profile,
            one.findings,
            selected=kept.run.checks,
            authorised=kept.has_leave(one.host),
        )
        required = vectors(made)[ControlLevel.REQUIRED]
        state = headline(required, kept.profile.assertion)
        states[state] += 1
        if number < MOST_ROWS:
            fails = Counter(f.severity for f in one.findings if f.outcome is Outcome.FAIL)
            table.add_row(
                Text(defused(one.host)),
                STATES[state],
                str(fails[Severity.CRITICAL]),
                str(fails[Severity.HIGH]),
                str(required.unknown),
            )
    console.print(table)
    if (more := sum(states.values()) - MOST_ROWS) > 0:
        console.print(f"… and {more} more")
    counts = ", ".join(f"{STATES[state].lower()}: {n}" for state, n in states.most_common())
    console.print(Text(f"\n{sum(states.values())} domains ({counts})"))
    console.print(Text(f"Run {kept.run.id}; exit code {int(code)}: {MEANINGS.get(code, '')}"))
