"""``govscan mail``: the one answer first, with what to publish; then every other finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.text import Text

from reports.view.text import defused
from scanner.assessment import Assessment
from scanner.check import Check
from scanner.cli.family import plain
from scanner.finding import Finding, Outcome

ANSWER = "mail-spoofing"
STYLES = {
    Outcome.FAIL: "bold red",
    Outcome.PASS: "bold green",
    Outcome.INCONCLUSIVE: "bold yellow",
}
STEP = "Step "
LONGEST = 600


def render(assessment: Assessment, checks: Mapping[str, Check], console: Console) -> None:
    """Can a stranger send as this domain: the answer, its proof, the records to publish."""
    for one in assessment.findings:
        if one.check == ANSWER:
            for text, style in _answer(one):
                console.print(Text(defused(text, LONGEST), style=style), soft_wrap=True)
            console.print()
    plain.render(assessment, checks, console)


def _answer(one: Finding) -> Iterator[tuple[str, str]]:
    yield one.text, STYLES.get(one.outcome, "")
    for line in one.evidence:
        if not line.startswith(STEP):
            yield f"  {line}", ""
    steps = [line for line in one.evidence if line.startswith(STEP)]
    if steps:
        yield "To get to no, in this order:", "bold"
    for line in steps:
        yield f"  {line}", ""
