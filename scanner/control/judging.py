"""How a run is judged: by which profiles, on which day, with which waivers and people's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from scanner.assessment import Assessment
from scanner.control.evidence import Evidence, Known, inventory_facts, of_assessment
from scanner.control.judgement import ControlVerdict, Judge
from scanner.control.manual import ManualOutcomes
from scanner.control.profile import Profile
from scanner.control.waiver import Waivers
from scanner.run import Run
from scanner.targets import Agency, Inventory, Target

RETIRED = "retired"


@dataclass(frozen=True)
class Judging:
    """What a judgement is made with, apart from the evidence."""

    profiles: tuple[Profile, ...]
    library: Mapping[str, Profile]
    day: date
    waivers: Waivers = field(default_factory=Waivers)
    manual: ManualOutcomes = field(default_factory=ManualOutcomes)
    names_on: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def judge(self, *, minds_age: bool = True) -> Judge:
        """A judge who has seen nothing yet."""
        return Judge(
            self.profiles,
            self.library,
            self.day,
            self.waivers,
            self.manual,
            self.names_on,
            minds_age=minds_age,
        )


@dataclass(frozen=True)
class Bench:
    """Brings the targets of one run before its judge."""

    run: Run
    inventory: Inventory
    judging: Judging

    @cached_property
    def _targets(self) -> Mapping[str, Target]:
        return {one.host: one for one in self.inventory.targets}

    @cached_property
    def _agencies(self) -> Mapping[str, Agency]:
        return {one.id: one for one in self.inventory.agencies}

    @cached_property
    def deselected(self) -> frozenset[str]:
        """The checks that the operator left out."""
        return frozenset(one.check for one in self.run.deselected)

    def has_leave(self, host: str) -> bool:
        """Whether somebody allowed to probe a target: for the whole run, or in the inventory."""
        target = self._targets.get(host)
        return bool(self.run.authorised_by or (target and target.authorised_by))

    def facts_of(self, host: str, agency: str) -> Mapping[str, Known]:
        """What the inventory says of a target."""
        return inventory_facts(self._targets.get(host), self._agencies.get(agency))

    def is_retired(self, host: str) -> bool:
        """Whether the inventory says, with a date, that the name is no longer in use."""
        target = self._targets.get(host)
        day = target.attributes.get(RETIRED, "") if target else ""
        return bool(day) and day <= self.judging.day.isoformat()

    def evidence(self, one: Assessment) -> Evidence:
        """What was kept of a target, as its judge reads it."""
        return of_assessment(
            one,
            inventory=self.facts_of(one.host, one.agency),
            deselected=self.deselected,
            authorised=self.has_leave(one.host),
        )

    def nothing(self, host: str, agency: str) -> Evidence:
        """A target that the run did not reach: everything about it is unknown (compliance.md 9)."""
        return Evidence(
            host=host,
            agency=agency,
            findings=(),
            facts=(),
            at=self.run.began,
            inventory=self.facts_of(host, agency),
            deselected=self.deselected,
            is_authorised=self.has_leave(host),
            is_scanned=False,
        )

    def verdicts(self, judge: Judge, one: Assessment) -> tuple[ControlVerdict, ...]:
        """Every control of every profile on a target."""
        return judge.domain(self.evidence(one))
