"""The verdicts of a domain under several profiles: rules, then dates, age, people, waivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from msgspec import Struct, structs

from scanner.control.evaluate import Context, Part, Result, judge_control
from scanner.control.evidence import Evidence
from scanner.control.manual import ManualOutcome, ManualOutcomes
from scanner.control.profile import (
    Control,
    ControlLevel,
    Coverage,
    Profile,
    TextVerified,
)
from scanner.control.verdict import Verdict, all_of
from scanner.control.waiver import Failure, Ledger, Notice, NoticeKind, Waivers, evidence_hash
from scanner.finding import Severity
from scanner.observation import Reason

OLDEST_EVIDENCE = 45
MANUAL = "manual"


class Effective(StrEnum):
    """Whether a control binds on the day of the judgement."""

    IN_FORCE = "in-force"
    UPCOMING = "upcoming"


class ControlVerdict(Struct, frozen=True, kw_only=True):
    """What a profile says of one control on one domain, and all that defends it.

    ``verdict`` is never changed by a waiver: ``waived`` names the waiver beside it.
    """

    profile: str
    control: str
    title: str
    level: ControlLevel
    severity: Severity
    verdict: Verdict
    coverage: Coverage = Coverage.FULL
    coverage_note: str = ""
    text_verified: TextVerified = TextVerified.VERIFIED
    ref: str = ""
    effective: Effective = Effective.IN_FORCE
    effective_from: str = ""
    deadline_days: int | None = None
    waived: str = ""
    manual: ManualOutcome | None = None
    is_old: bool = False
    deciding: tuple[Part, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def binds(self) -> bool:
        """Whether it counts: an upcoming control has a verdict and no effect."""
        return self.effective is Effective.IN_FORCE

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it is not determined, each code once."""
        return tuple(sorted({one.reason for one in self.deciding if one.reason}))

    @property
    def findings(self) -> tuple[str, ...]:
        """The fingerprints of the findings that decide it."""
        return tuple(dict.fromkeys(one.fingerprint for one in self.deciding if one.fingerprint))

    @property
    def hash(self) -> str:
        """What a waiver may name to hold for this very failure alone; empty unless it fails."""
        failing = [one for one in self.deciding if one.verdict is Verdict.FAIL]
        return evidence_hash(failing) if self.verdict is Verdict.FAIL else ""

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that its parts name."""
        return tuple(dict.fromkeys(one.check for one in self.parts if one.check))


@dataclass
class Judge:
    """Judges one domain after the other by several profiles, on one day, and notes what it sees."""

    profiles: Sequence[Profile]
    library: Mapping[str, Profile]
    day: date
    waivers: Waivers = field(default_factory=Waivers)
    manual: ManualOutcomes = field(default_factory=ManualOutcomes)
    names_on: Mapping[str, frozenset[str]] = field(default_factory=dict)
    notices: set[Notice] = field(default_factory=set)
    minds_age: bool = True
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.waivers, self.day, self.names_on)

    def domain(self, evidence: Evidence, only: str = "") -> tuple[ControlVerdict, ...]:
        """Every control that is selected on that day, of every profile or of one alone."""
        return tuple(
            one
            for profile in self.profiles
            if only in {"", profile.id}
            for one in self.under(profile, evidence)
        )

    def under(self, profile: Profile, evidence: Evidence) -> tuple[ControlVerdict, ...]:
        """Every control of one profile; those that were withdrawn are left out."""
        day = self.day
        return tuple(
            self._control(profile, control, evidence, day)
            for control in profile.controls
            if not is_withdrawn(control, day)
        )

    def _control(
        self, profile: Profile, control: Control, evidence: Evidence, day: date
    ) -> ControlVerdict:
        context = Context(profile, evidence, self.library)
        result = self._aged(judge_control(control, context), profile, evidence, day)
        said = self._said(profile, control, evidence, day)
        if said is not None:
            result = _with(result, said, control)
        elif control.coverage is Coverage.NONE:
            part = Part(MANUAL, Verdict.NOT_ASSESSED, detail="it cannot be assessed from outside")
            result = Result(Verdict.NOT_ASSESSED, (part,), (part,))
        made = _made(profile, control, result, day)
        made = structs.replace(
            made,
            manual=said,
            is_old=made.verdict is Verdict.FAIL and self._is_stale(profile, evidence, day),
        )
        if made.verdict is Verdict.FAIL and self.waivers.every:
            return self._waived(made, evidence)
        return made

    def _waived(self, made: ControlVerdict, evidence: Evidence) -> ControlVerdict:
        failing = tuple(one for one in made.deciding if one.verdict is Verdict.FAIL)
        failure = Failure(made.profile, made.control, evidence.host, made.severity, failing)
        waiver = self.ledger.of(failure)
        return structs.replace(made, waived=waiver.id) if waiver else made

    def _said(
        self, profile: Profile, control: Control, evidence: Evidence, day: date
    ) -> ManualOutcome | None:
        """What a person found out; an expired outcome is noted and has no effect."""
        for one in self.manual.of(profile.id, control.id, evidence.host, evidence.agency):
            if one.holds(day):
                return one
            if day.isoformat() >= one.valid_until:
                text = (
                    f"the manual outcome for {profile.id} {control.id} on {evidence.host} "
                    f"expired on {one.valid_until}"
                )
                self.notices.add(Notice(NoticeKind.MANUAL_EXPIRED, text, control.severity))
        return None

    def _is_stale(self, profile: Profile, evidence: Evidence, day: date) -> bool:
        oldest = profile.max_evidence_age_days or OLDEST_EVIDENCE
        return self.minds_age and (day - evidence.at.date()).days > oldest

    def _aged(self, result: Result, profile: Profile, evidence: Evidence, day: date) -> Result:
        """Old evidence proves no pass; what it saw fail stays a failure (compliance.md 5)."""
        if result.verdict is not Verdict.PASS or not self._is_stale(profile, evidence, day):
            return result
        age = (day - evidence.at.date()).days
        deciding = tuple(
            structs.replace(
                one,
                verdict=Verdict.INCONCLUSIVE,
                reason=Reason.STALE_EVIDENCE,
                detail=f"seen {age} days before",
            )
            for one in result.deciding
        )
        return Result(Verdict.INCONCLUSIVE, deciding, deciding)

    def close(self) -> tuple[Notice, ...]:
        """What there is to say when every domain was judged."""
        notices = {*self.notices, *self.ledger.close()}
        for one in self.profiles:
            if one.valid.until and self.day.isoformat() >= one.valid.until:
                text = f"the profile {one.id} is past its day ({one.valid.until})"
                notices.add(Notice(NoticeKind.PROFILE_PAST, text))
        return tuple(sorted(notices))


def is_withdrawn(control: Control, day: date) -> bool:
    """``until`` is exclusive: from that day on the control is listed as withdrawn."""
    return bool(control.effective.until) and day.isoformat() >= control.effective.until


def _with(result: Result, said: ManualOutcome, control: Control) -> Result:
    """A person's word beside the scan's: it never overrides an observed failure."""
    text = f"{said.method} by {said.assessor} on {said.assessed_on}: {said.statement}"
    part = Part(MANUAL, said.outcome, text=text)
    if control.coverage is Coverage.NONE:
        return Result(said.outcome, (part,), (part,))
    verdicts = [result.verdict, said.outcome]
    verdict = all_of(verdicts)
    if Verdict.NOT_ASSESSED in verdicts:
        verdict = said.outcome if said.outcome is Verdict.FAIL else Verdict.NOT_ASSESSED
    deciding = [*(result.deciding if result.verdict is verdict else ())]
    if said.outcome is verdict:
        deciding.append(part)
    return Result(verdict, tuple(deciding), (*result.parts, part))


def _made(profile: Profile, control: Control, result: Result, day: date) -> ControlVerdict:
    is_upcoming = day.isoformat() < control.effective.begin
    return ControlVerdict(
        profile=profile.id,
        control=control.id,
        title=control.title,
        level=profile.level_of(control),
        severity=control.severity,
        verdict=result.verdict,
        coverage=control.coverage,
        coverage_note=control.coverage_note,
        text_verified=control.text_verified or profile.source.text_verified,
        ref=control.ref,
        effective=Effective.UPCOMING if is_upcoming else Effective.IN_FORCE,
        effective_from=control.effective.begin,
        deadline_days=control.deadline_days,
        deciding=result.deciding,
        parts=result.parts,
    )
