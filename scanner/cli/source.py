"""A kept run, as the reports want it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from scanner.assessment import Assessment, thaw
from scanner.beside import Earlier
from scanner.check import Check, Form
from scanner.control.judgement import ControlVerdict, Judge
from scanner.control.judging import Bench, Judging
from scanner.control.profile import Profile
from scanner.control.waiver import Notice
from scanner.run import Run
from scanner.store import Store
from scanner.store.store import Skipped
from scanner.targets import Inventory


@dataclass(frozen=True)
class KeptRun:
    """One run of a store, with how it is judged and the checks it was made with."""

    store: Store
    run: Run
    judging: Judging
    checks: Mapping[str, Check]

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The profiles it is judged by."""
        return self.judging.profiles

    @cached_property
    def bench(self) -> Bench:
        """Where its targets are judged."""
        return Bench(self.run, self.inventory, self.judging)

    @cached_property
    def judge(self) -> Judge:
        """The judge of this report, who notes what becomes of the waivers."""
        return self.judging.judge()

    def verdicts(self, one: Assessment) -> tuple[ControlVerdict, ...]:
        """Every control of every profile on a target."""
        return self.judge.domain(self.bench.evidence(one))

    def unknown(self, host: str, agency: str) -> tuple[ControlVerdict, ...]:
        """The same of a target that was not scanned."""
        return self.judge.domain(self.bench.nothing(host, agency))

    def is_retired(self, host: str) -> bool:
        """Whether the inventory says that the name is no longer in use."""
        return self.bench.is_retired(host)

    def notices(self) -> tuple[Notice, ...]:
        """What there is to say beside the verdicts, once every target was judged."""
        return self.judge.close()

    @cached_property
    def inventory(self) -> Inventory:
        """The inventory of the day of the run."""
        return self.store.inventory(self.run.id)

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
