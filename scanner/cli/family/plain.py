"""Any family's findings as text: what is wrong first, with evidence and the command to see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.text import Text

from reports.view.text import defused
from scanner.assessment import Assessment
from scanner.check import Check
from scanner.finding import Finding, Outcome

MARKS = {
    Outcome.FAIL: ("FAIL", "bold red"),
    Outcome.ERROR: ("ERROR", "bold magenta"),
    Outcome.INCONCLUSIVE: ("unknown", "yellow"),
    Outcome.PASS: ("pass", "green"),
    Outcome.INFORMATIONAL: ("note", "cyan"),
    Outcome.NOT_APPLICABLE: ("none", "dim"),
}
IN_FULL = frozenset({Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE})
MOST_EVIDENCE = 6


def render(assessment: Assessment, checks: Mapping[str, Check], console: Console) -> None:
    """Every finding, the worst first; those that fail with evidence, clause and command."""
    for outcome in MARKS:
        group = [one for one in assessment.findings if one.outcome is outcome]
        for one in sorted(group, key=lambda one: (one.severity.rank, one.check, one.subject)):
            show(one, checks[one.check], console)
    console.print(Text(f"\n{counts(assessment.findings)}"))


def counts(findings: Iterable[Finding]) -> str:
    """How many findings of each outcome: ``3 fail, 1 unknown, 12 pass``."""
    outcomes = [one.outcome for one in findings]
    found = ((name, outcomes.count(outcome)) for outcome, (name, _) in MARKS.items())
    return ", ".join(f"{number} {name.lower()}" for name, number in found if number)


def show(one: Finding, check: Check, console: Console) -> None:
    """One finding; everything that came from the network is defused."""
    name, style = MARKS[one.outcome]
    head = Text(f"{name:<8}", style=style)
    head.append(defused(f"{one.check:<28} "), style="bold")
    head.append(defused(one.subject) + (f" {defused(one.item)}" if one.item else ""))
    if one.outcome is Outcome.FAIL:
        head.append(f"  [{one.severity}]", style=style)
    console.print(head)
    _line(console, one.text)
    if one.outcome not in IN_FULL:
        return
    for line in one.evidence[:MOST_EVIDENCE]:
        _line(console, f"| {line}", style="dim")
    if one.address:
        _line(console, f"at {one.address}", style="dim")
    if one.command:
        _line(console, f"$ {one.command}", style="cyan")
    if one.outcome is Outcome.FAIL:
        rests = "; ".join(reference.text for reference in check.references)
        _line(console, f"{rests}. To mend: govscan checks show {one.check}", style="dim")


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(Text("        " + defused(text, 600), style=style), soft_wrap=True)
