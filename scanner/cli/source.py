"""A kept run, as the reports want it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from scanner.assessment import Assessment, digest, thaw
from scanner.beside import Earlier
from scanner.check import Check, Form
from scanner.control.change import Walk, attribute, is_unstable
from scanner.control.judgement import ControlVerdict, Judge
from scanner.control.judging import Bench, Judging
from scanner.control.profile import Profile
from scanner.control.since import first_seen
from scanner.control.waiver import Notice
from scanner.run import Run
from scanner.store import Store
from scanner.store.store import Skipped
from scanner.targets import Inventory

if TYPE_CHECKING:
    from scanner.cli.again import Reading

AUDITS = 5


@dataclass(frozen=True, eq=False)
class KeptRun:
    """One run of a store, with how it is judged and the checks it was made with.

    ``history`` is the store of the runs before it, and ``earlier`` the one it is compared with.
    """

    store: Store
    run: Run
    judging: Judging
    checks: Mapping[str, Check]
    history: Store | None = None
    earlier: KeptRun | None = None
    reading: Reading | None = None
    skipped: tuple[Skipped, ...] | None = None
    extractor: str = ""
    accepts_waivers: bool = False
    shows_evidence_as_findings: bool = False

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The profiles it is judged by."""
        return self.judging.profiles

    @property
    def extractor_version(self) -> str:
        """The version of the tool that derived findings and facts from what was seen."""
        return self.extractor or self.run.tool_version

    @cached_property
    def bench(self) -> Bench:
        """Where its targets are judged."""
        return Bench(self.run, self.inventory, self.judging)

    @cached_property
    def judge(self) -> Judge:
        """The judge of this report, who notes what becomes of the waivers."""
        return self.judging.judge()

    def verdicts(self, one: Assessment, only: str = "") -> tuple[ControlVerdict, ...]:
        """Every control of every profile on a target, or of one profile alone."""
        return self.judge.domain(self.bench.evidence(one), only)

    def unknown(self, host: str, agency: str, only: str = "") -> tuple[ControlVerdict, ...]:
        """The same of a target that was not scanned."""
        return self.judge.domain(self.bench.nothing(host, agency), only)

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
        return self.store.skipped(self.run.id) if self.skipped is None else self.skipped

    def assessments(self, *, agency: str = "") -> Iterator[Assessment]:
        """By agency and host, one at a time."""
        return self.store.assessments(self.run.id, agency=agency)

    def outcomes(self) -> Iterator[Assessment]:
        """The same without what was seen: enough for verdicts and counts."""
        return self.store.outcomes(self.run.id)

    @cached_property
    def evidence_sha256(self) -> str:
        """Name what was seen: the hash over the hashes of every target's observations."""
        return digest([[one.host, digest(one.observations)] for one in self.assessments()])

    # Compared with the run before

    def before(self, host: str) -> Mapping[tuple[str, str], ControlVerdict]:
        """The verdicts of the run before on a target, by profile and control."""
        return self.earlier.own(host) if self.earlier else {}

    def cause(self, host: str, today: ControlVerdict) -> str:
        """Why a verdict is not what it was."""
        key = today.profile, today.control
        earlier = self.before(host).get(key)
        if earlier is None or self.earlier is None:
            return ""
        if (earlier.verdict, earlier.binds) == (today.verdict, today.binds):
            return ""
        reread, reruled = _read_again(self, host)
        old = next((one for one in self.earlier.profiles if one.id == today.profile), None)
        new = next(one for one in self.profiles if one.id == today.profile)
        walk = Walk(
            earlier,
            reread.get(key),
            reruled.get(key),
            today,
            versions=(self.earlier.run.tool_version, self.extractor_version),
            profiles=(old.version if old else new.version, new.version),
        )
        return attribute(walk).text

    def is_unstable(self, host: str, today: ControlVerdict) -> bool:
        """Whether the control changed sides three times in five audits."""
        history = [today.verdict]
        kept: KeptRun | None = self.earlier
        while kept is not None and len(history) < AUDITS:
            one = kept.own(host).get((today.profile, today.control))
            if one is not None:
                history.append(one.verdict)
            kept = kept.earlier
        return is_unstable(reversed(history))

    def own(self, host: str) -> Mapping[tuple[str, str], ControlVerdict]:
        """This run's verdicts on a target; its age is not minded."""
        return _own(self, host)

    def first_seen(self, host: str) -> Mapping[str, datetime]:
        """When each problem that fails now was first seen to fail in this audit."""
        return _since(self, host)


def _named(made: tuple[ControlVerdict, ...]) -> dict[tuple[str, str], ControlVerdict]:
    return {(one.profile, one.control): one for one in made}


@lru_cache(maxsize=4 * AUDITS)
def _own(kept: KeptRun, host: str) -> Mapping[tuple[str, str], ControlVerdict]:
    judge = kept.judging.judge(minds_age=False)
    found = next(kept.store.outcomes(kept.run.id, host=host), None)
    return _named(kept.bench.verdicts(judge, found)) if found else {}


@lru_cache(maxsize=256)
def _since(kept: KeptRun, host: str) -> Mapping[str, datetime]:
    store = kept.history or kept.store
    histories = store.histories(kept.run.lineage, kept.run.id, host)
    since = ((name, first_seen(history)) for name, history in histories.items())
    return {name: at for name, at in since if at is not None}


Verdicts = Mapping[tuple[str, str], ControlVerdict]


@lru_cache(maxsize=4)
def _read_again(kept: KeptRun, host: str) -> tuple[Verdicts, Verdicts]:
    """The evidence of the run before, as read today: under its own rules, and under today's."""
    earlier = kept.earlier
    if earlier is None or kept.reading is None:
        return {}, {}
    found = next(earlier.store.assessments(earlier.run.id, host=host), None)
    if found is None:
        return {}, {}
    again = found if earlier.run.rule_set == kept.run.rule_set else kept.reading.again(found)
    then = earlier.judging.judge(minds_age=False)
    now = kept.judging.judge(minds_age=False)
    reread = earlier.bench.verdicts(then, again)
    return _named(reread), _named(
        Bench(earlier.run, earlier.inventory, kept.judging).verdicts(now, again)
    )


def memory(store: Store, run_id: str, checks: Mapping[str, Check]) -> Callable[[str], Earlier]:
    """What an earlier run saw of a target, of the kinds that these checks compare with today's."""
    needs = (need for one in checks.values() for need in one.needs)
    kinds = {need.kind.__name__ for need in needs if need.form is Form.PREVIOUS}
    if not run_id or not kinds:
        return lambda _: Earlier(run_id)
    return lambda host: Earlier(run_id, thaw(store.observations(run_id, host, kinds)))
