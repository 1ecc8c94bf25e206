"""What lies open on a site, on the terminal: what was asked, what was found, what is not known."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from reports.view.text import defused
from scanner.assessment import Assessment, StoredObservation
from scanner.check import Check
from scanner.cli.family import plain
from scanner.finding import Finding, Outcome

KIND = "PathProbes"
QUIET = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


def render(assessment: Assessment, checks: Mapping[str, Check], console: Console) -> None:
    """Each site with its cost, then every finding that is no pass; passes are one line."""
    for site in assessment.observations:
        if site.kind == KIND:
            console.print(Text(defused(_site(site))), soft_wrap=True)
    console.print()
    loud = [one for one in assessment.findings if one.outcome not in QUIET]
    _unknown([one for one in loud if one.outcome is Outcome.INCONCLUSIVE], console)
    for outcome in plain.MARKS:
        group = [one for one in loud if one.outcome is outcome is not Outcome.INCONCLUSIVE]
        for one in sorted(group, key=_order):
            plain.show(one, checks[one.check], console)
    passed = sorted({one.check for one in assessment.findings if one.outcome is Outcome.PASS})
    failing = {one.check for one in loud}
    clean = [one for one in passed if one not in failing]
    if clean:
        console.print(Text(f"pass    {', '.join(clean)}", style="green"), soft_wrap=True)
    console.print(Text(f"\n{plain.counts(assessment.findings)}"))


def _unknown(group: list[Finding], console: Console) -> None:
    """What is not known, once for each reason, with every check that it concerns."""
    reasons = dict.fromkeys((one.subject, one.text) for one in group)
    for subject, text in reasons:
        names = [one.check for one in group if (one.subject, one.text) == (subject, text)]
        line = f"unknown {subject}: {text} ({', '.join(sorted(names))})"
        console.print(Text(defused(line, 2000), style="yellow"), soft_wrap=True)


def _order(one: Finding) -> tuple[int, str, str, str]:
    return one.severity.rank, one.check, one.subject, one.item


def _site(one: StoredObservation) -> str:
    if one.inapplicable:
        return f"{one.subject}: {one.inapplicable.text}"
    if one.value is None:
        return f"{one.subject}: not asked, {one.reason} ({one.detail})"
    requests = one.volatile.get("", {}).get("requests", 0)
    value = one.value
    end = (
        f"ended early, {value['stopped']}: {value.get('detail', '')}"
        if value.get("stopped")
        else ""
    )
    plan = value.get("plan", "standard")
    return (
        f"{one.subject} at {one.peer}: {requests} requests, plan {plan}, "
        f"catalogue {value.get('catalogue', '')}{'; ' if end else ''}{end}"
    )
