"""Reads stored observations again with the checks of today. No network, no gatherer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import click
from msgspec import structs

from scanner.assessment import Assessment, thaw
from scanner.beside import Beside, Earlier
from scanner.check import Check
from scanner.cli import plan as planning
from scanner.engine import judge_all
from scanner.judge_run import hear, judge_run, names_read, unjudged
from scanner.registry import Registry
from scanner.run import Run, RunStatus
from scanner.store import Store

Evidence: TypeAlias = Callable[[], Iterator[Assessment]]
LISTS = ("trust_store", "ca_file", "trust_anchor")


@dataclass(frozen=True)
class Reading:
    """The checks of today and what they need beside the observations."""

    checks: Mapping[str, Check]
    lists: Mapping[type, object]
    earlier: Callable[[str], Earlier]

    def again(self, one: Assessment) -> Assessment:
        """One target, its findings and facts derived anew."""
        beside = Beside(self.lists, self.earlier(one.host))
        findings, facts = judge_all(self.checks.values(), one.host, thaw(one.observations), beside)
        return structs.replace(one, findings=findings, facts=facts)


def reading(
    run: Run, found: Registry, given: Mapping[str, Any], earlier: Callable[[str], Earlier]
) -> Reading:
    """How a run is read today: without what was left out of it, with the lists of today.

    Roots of its own (``--trust-store``) are those it was scanned with, unless others are named.
    """
    deselected = {one.check for one in run.deselected}
    checks = {name: one for name, one in found.checks.items() if name not in deselected}
    options = {name: given.get(name) or run.options.get(name) for name in LISTS}
    options["ca_file"] = options["ca_file"] or ()
    try:
        made = planning.lists_of(options, found.lists.values(), checks.values())
    except click.UsageError as error:
        text = f"{error.message}\nName what the run was scanned with: --trust-store, --ca-file"
        raise click.UsageError(text) from None
    return Reading(checks, made, earlier)


def keep_again(store: Store, run: Run, evidence: Evidence, how: Reading) -> None:
    """Put every target into a store, read anew; then what only all of them can tell."""
    for one in evidence():
        store.keep(run.id, how.again(one))
    compared = _compared(store, run, how.checks.values())
    ended = run.ended or run.began
    store.end(run.id, run.status, ended, compared=compared)


def _compared(store: Store, run: Run, checks: Iterable[Check]) -> Mapping[str, Any]:
    chosen = [one for one in checks if one.compares_targets]
    if not chosen:
        return {}
    names = names_read(chosen)
    heard = [hear(one, names) for one in store.outcomes(run.id)]
    compare = judge_run if run.status is RunStatus.FINISHED else unjudged
    return compare(chosen, heard)
