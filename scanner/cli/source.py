"""A kept run, as the reports want it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from scanner.assessment import Assessment, thaw
from scanner.beside import Earlier
from scanner.check import Check, Form
from scanner.control.profile import Profile
from scanner.run import Run
from scanner.store import Store
from scanner.store.store import Skipped
from scanner.targets import Inventory


@dataclass(frozen=True)
class KeptRun:
    """One run of a store, with the profile it is judged by and the checks it was made with."""

    store: Store
    run: Run
    profile: Profile
    checks: Mapping[str, Check]

    @cached_property
    def inventory(self) -> Inventory:
        """The inventory of the day of the run."""
        return self.store.inventory(self.run.id)

    @cached_property
    def _with_leave(self) -> frozenset[str]:
        return frozenset(one.host for one in self.inventory.targets if one.authorised_by)

    def has_leave(self, host: str) -> bool:
        """Whether somebody allowed to probe a target: for the whole run, or in the inventory."""
        return bool(self.run.authorised_by) or host in self._with_leave

    @cached_property
    def unscanned(self) -> tuple[Skipped, ...]:
        """The targets without an assessment."""
        return self.store.skipped(self.run.id)

    def assessments(self, *, agency: str = "") -> Iterator[Assessment]:
        """By agency and host, one at a time."""
        return self.store.assessments(self.run.id, agency=agency)

    def outcomes(self) -> Iterator[Assessment]:
        """The same without what was seen: enough for verdicts and counts."""
        return self.store.outcomes(self.run.id)


def memory(store: Store, run_id: str, checks: Mapping[str, Check]) -> Callable[[str], Earlier]:
    """What an earlier run saw of a target, of the kinds that these checks compare with today's."""
    needs = (need for one in checks.values() for need in one.needs)
    kinds = {need.kind.__name__ for need in needs if need.form is Form.PREVIOUS}
    if not run_id or not kinds:
        return lambda _: Earlier(run_id)
    return lambda host: Earlier(run_id, thaw(store.observations(run_id, host, kinds)))
