"""Why a verdict changed between two audits: the tool, the rule, the site, or the measurement.

Of the audits 1 and 2 (evidence R, reading T, profile P) the walk is V(R1,T1,P1), V(R1,T2,P1),
V(R1,T2,P2), V(R2,T2,P2): every step on which the verdict differs is a cause (compliance.md 12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

from scanner.control.evidence import Known
from scanner.control.judgement import ControlVerdict
from scanner.control.verdict import Verdict
from scanner.observation import Role, Subject

UNKNOWN = frozenset({Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.NOT_ASSESSED})
MOST_FACTS = 6
UNSTABLE_FLIPS = 3
UNSTABLE_AUDITS = 5


class CauseKind(StrEnum):
    """Who or what changed."""

    TOOL = "tool"
    RULE = "rule"
    SITE = "site"
    MEASUREMENT = "measurement"
    TOOL_OR_SITE = "tool or site"


class Cause(Struct, frozen=True):
    """One step of the walk on which the verdict differs."""

    kind: CauseKind
    old: Verdict
    new: Verdict
    detail: str

    @property
    def text(self) -> str:
        """``site: hsts.max_age was 300, is 31536000``."""
        return f"{self.kind}: {self.detail}"


class Change(Struct, frozen=True):
    """Every cause of a change; ``offset`` where they cancel each other out."""

    causes: tuple[Cause, ...]
    offset: bool = False

    @property
    def text(self) -> str:
        """All causes in a line."""
        said = "; ".join(one.text for one in self.causes)
        return f"{said} (they cancel out)" if self.offset else said


class Walk(NamedTuple):
    """The four verdicts; ``reread`` is ``None`` where the earlier evidence was not retained."""

    earlier: ControlVerdict
    reread: ControlVerdict | None
    reruled: ControlVerdict | None
    today: ControlVerdict
    versions: tuple[str, str] = ("", "")
    profiles: tuple[str, str] = ("", "")


def attribute(walk: Walk) -> Change:
    """The causes of a change, in the order of the walk; none where nothing differs."""
    if walk.reread is None or walk.reruled is None:
        return _without_evidence(walk)
    causes = tuple(_causes(walk, walk.reread, walk.reruled))
    return Change(causes, offset=len(causes) > 1 and _key(walk.earlier) == _key(walk.today))


def _causes(walk: Walk, reread: ControlVerdict, reruled: ControlVerdict) -> Iterator[Cause]:
    if _key(walk.earlier) != _key(reread):
        checks = ", ".join(dict.fromkeys(one.check for one in reread.deciding if one.check))
        versions = " to ".join(filter(None, walk.versions))
        detail = f"our reading changed ({checks}; {versions})"
        yield Cause(CauseKind.TOOL, walk.earlier.verdict, reread.verdict, detail)
    if _key(reread) != _key(reruled):
        yield Cause(CauseKind.RULE, reread.verdict, reruled.verdict, _rule(walk, reread, reruled))
    if _key(reruled) != _key(walk.today):
        yield _evidence(reruled, walk.today)


def _key(one: ControlVerdict) -> tuple[Verdict, bool]:
    return one.verdict, one.binds


def _rule(walk: Walk, before: ControlVerdict, after: ControlVerdict) -> str:
    if before.verdict is after.verdict:
        return f"{after.control} is in force since {after.effective_from}"
    first, second = walk.profiles
    if first == second:
        return f"{after.profile} {second}: a parameter or a date"
    return f"{after.profile} {after.control} changed from version {first} to {second}"


def _evidence(before: ControlVerdict, after: ControlVerdict) -> Cause:
    old, new = before.verdict, after.verdict
    if unknown := [one for one in (before, after) if one.verdict in UNKNOWN]:
        said = ", ".join(
            dict.fromkeys(str(reason) for one in unknown for reason in one.reasons or ("error",))
        )
        return Cause(CauseKind.MEASUREMENT, old, new, said)
    addresses = _addresses(before), _addresses(after)
    if all(addresses) and not addresses[0] & addresses[1]:
        return Cause(CauseKind.MEASUREMENT, old, new, "other addresses were measured")
    return Cause(CauseKind.SITE, old, new, facts_changed(before, after))


def _addresses(one: ControlVerdict) -> frozenset[str]:
    return frozenset(part.address for part in one.parts if part.address)


def facts_changed(before: ControlVerdict, after: ControlVerdict) -> str:
    """The facts that differ, old and new; else what the findings say now; else the time."""
    old, new = _facts(before), _facts(after)
    lines = [
        f"{name} at {subject or 'the domain'} was {_value(old.get((name, subject)))}, "
        f"is {_value(new.get((name, subject)))}"
        for name, subject in sorted({*old, *new})
        if _value(old.get((name, subject))) != _value(new.get((name, subject)))
    ]
    if lines:
        more = len(lines) - MOST_FACTS
        return "; ".join(lines[:MOST_FACTS]) + (f" and {more} more" if more > 0 else "")
    was = {part.text for part in before.deciding}
    said = [part.text for part in after.deciding if part.text and part.text not in was]
    return "; ".join(dict.fromkeys(said[:MOST_FACTS])) or "time went by"


def _facts(one: ControlVerdict) -> dict[tuple[str, str], Known]:
    return {(fact.name, _place(fact)): fact for part in one.parts for fact in part.facts}


def _place(fact: Known) -> str:
    if not fact.subject:
        return ""
    subject = Subject.from_text(fact.subject)
    return "" if subject.role is Role.DOMAIN else fact.subject


def _value(fact: Known | None) -> str:
    return fact.said.removeprefix("is ") if fact else "not seen"


def _without_evidence(walk: Walk) -> Change:
    if _key(walk.earlier) == _key(walk.today):
        return Change(())
    cause = _evidence(walk.earlier, walk.today)
    if cause.kind is CauseKind.SITE:
        detail = "the earlier evidence was not retained"
        cause = Cause(CauseKind.TOOL_OR_SITE, cause.old, cause.new, detail)
    return Change((cause,))


def is_unstable(history: Iterable[Verdict]) -> bool:
    """Whether a control changed sides three times in the last five audits."""
    last = list(history)[-UNSTABLE_AUDITS:]
    return sum(one is not other for one, other in pairwise(last)) >= UNSTABLE_FLIPS
