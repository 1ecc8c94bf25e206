"""Evaluates the rule of a control on the evidence of a domain (compliance.md 3 and 8). Pure.

An ``any_of`` is decided for each subject of the coarsest kind among its leaves: what is finer is
combined below that subject first, and only then are the subjects combined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import Struct

from scanner.control.baseline import BASELINE
from scanner.control.evidence import ROOT, Evidence, Known, Path, Unit, is_related, path_of
from scanner.control.kleene import Said, both, holds, test
from scanner.control.profile import (
    All,
    AllOf,
    AnyOf,
    Control,
    Coverage,
    Grade,
    Grading,
    Include,
    Leaf,
    Op,
    Predicate,
    Profile,
    Rule,
    Scope,
    Table,
    Test,
)
from scanner.control.verdict import Verdict, all_of, any_of, of_outcome
from scanner.fact import State
from scanner.finding import Finding, Outcome
from scanner.observation import Reason, Role, Subject

TLS = "tls"
ROLES: Mapping[str, frozenset[Role]] = {
    TLS: frozenset({Role.WEB, Role.MAIL}),
    **{role.value: frozenset({role}) for role in Role},
}
# Which fact proves that there is no subject of a kind.
PROVES = {"mail": "mail.receives", "web": "web.present", "host": "host.in_dns", TLS: "tls.present"}


class Part(Struct, frozen=True, omit_defaults=True):
    """What one leaf says of one place, and what it rests on."""

    check: str
    verdict: Verdict
    subject: str = ""
    address: str = ""
    item: str = ""
    reason: Reason | None = None
    detail: str = ""
    text: str = ""
    facts: tuple[Known, ...] = ()
    fingerprint: str = ""


class Result(Struct, frozen=True):
    """A verdict; ``deciding`` are the parts that led to it, ``parts`` all of them."""

    verdict: Verdict
    deciding: tuple[Part, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Context:
    """Under which profile, on what evidence, for which subjects a rule is read."""

    profile: Profile
    evidence: Evidence
    profiles: Mapping[str, Profile]
    applies_when: Predicate | None = None
    subject: str = ""
    within: Path | None = None


def judge_control(control: Control, context: Context) -> Result:
    """The raw verdict of a control that has a rule, before dates, waivers and manual outcomes."""
    here = context
    if control.applies_when is not None:
        here = replace(context, applies_when=_joined(context.applies_when, control.applies_when))
    if here.applies_when is not None and context.within is None:
        said = holds(here.applies_when, ROOT, here.evidence, here.profile)
        if said.holds is False:
            return _does_not_apply("", said)
    if control.rule is None:
        return Result(Verdict.NOT_ASSESSED)
    return evaluate(control.rule, here)


def _joined(outer: Predicate | None, inner: Predicate | None) -> Predicate | None:
    return All((outer, inner)) if outer and inner else outer or inner


def evaluate(rule: Rule, context: Context) -> Result:
    """A rule on everything that lies in (or around) ``context.within``."""
    match rule:
        case AllOf(rules):
            return combine(Scope.EVERY, [evaluate(one, context) for one in rules])
        case AnyOf(rules):
            return _any_of(rules, context)
        case Include():
            return _include(rule, context)
        case Grade(grading):
            leaf = Leaf(grading.check, subject=grading.subject)
            return _leaf(leaf, context, grading)
        case _:
            return _leaf(rule, context, None)


def combine(scope: Scope, results: Sequence[Result]) -> Result:
    """Several results as one; what was deselected leaves it open unless the others decide."""
    if len(results) == 1:
        return results[0]
    verdicts = [one.verdict for one in results]
    algebra, decides = (all_of, Verdict.FAIL) if scope is Scope.EVERY else (any_of, Verdict.PASS)
    open_ = Verdict.NOT_ASSESSED in verdicts and decides not in verdicts
    verdict = Verdict.NOT_ASSESSED if open_ else algebra(verdicts)
    deciding = tuple(part for one in results if one.verdict is verdict for part in one.deciding)
    return Result(verdict, deciding, tuple(part for one in results for part in one.parts))


def _any_of(rules: Sequence[Rule], context: Context) -> Result:
    subjects = _subjects(AnyOf(tuple(rules)), context)
    if not subjects:
        return combine(Scope.ANY, [evaluate(one, context) for one in rules])
    per_subject = [
        combine(Scope.ANY, [evaluate(one, replace(context, within=path)) for one in rules])
        for path in subjects
    ]
    return combine(Scope.EVERY, per_subject)


def _subjects(rule: Rule, context: Context) -> tuple[Path, ...]:
    """The places of the coarsest kind among the leaves of a rule."""
    paths = [
        [unit.path for unit in _units(leaf, replace(context, subject=subject))]
        for leaf, subject in _leaves(rule, context, context.subject)
    ]
    levels = [max(map(len, one)) for one in paths if one]
    if not levels:
        return ()
    level = min(levels)
    every = [path for one in paths for path in one]
    fine = {path[:level]: None for path in every if len(path) >= level}
    coarse = [path for path in every if len(path) < level]
    alone = [path for path in coarse if not any(is_related(path, one) for one in fine)]
    return tuple(sorted([*fine, *dict.fromkeys(alone)]))


def _leaves(rule: Rule, context: Context, subject: str) -> Iterable[tuple[Leaf, str]]:
    match rule:
        case AllOf(rules) | AnyOf(rules):
            for one in rules:
                yield from _leaves(one, context, subject)
        case Include():
            for control in _included(rule, context):
                if control.rule is not None:
                    yield from _leaves(control.rule, context, rule.subject or subject)
        case Grade(grading):
            yield Leaf(grading.check, subject=grading.subject), subject
        case _:
            yield rule, subject


def _included(rule: Include, context: Context) -> tuple[Control, ...]:
    other = context.profiles[rule.profile]
    return tuple(
        one
        for one in other.controls
        if other.level_of(one) in rule.levels and one.coverage is not Coverage.NONE
    )


def _include(rule: Include, context: Context) -> Result:
    """The controls of another profile, with its tables and its parameters' defaults."""
    other = context.profiles[rule.profile]
    inner = replace(context, profile=other, subject=rule.subject or context.subject)
    results = [judge_control(one, inner) for one in _included(rule, context)]
    assessed = [one for one in results if one.verdict is not Verdict.NOT_ASSESSED]
    if not assessed and results:
        return combine(Scope.EVERY, results)
    return combine(Scope.EVERY, assessed) if assessed else _missing("", Reason.DEPENDENCY_MISSING)


def _leaf(leaf: Leaf, context: Context, grading: Grading | None) -> Result:
    evidence = context.evidence
    about = evidence.by_check.get(leaf.check, ())
    if leaf.check in evidence.deselected:
        return _open(leaf.check, "the check was left out of this audit")
    if context.profile.id == BASELINE and _lacks_leave(about, evidence):
        return _open(leaf.check, "it is asked for only with leave, and none was given")
    if not about:
        detail = "no finding of this check is kept" if evidence.is_scanned else "not scanned"
        reason = Reason.DEPENDENCY_MISSING if evidence.is_scanned else Reason.BUDGET_EXHAUSTED
        return _missing(leaf.check, reason, detail)
    units = _units(leaf, context)
    if not units:
        return _without_subjects(leaf, context)
    results = [_unit(leaf, one, context, grading) for one in units]
    return combine(leaf.scope, results)


def _lacks_leave(about: Sequence[Finding], evidence: Evidence) -> bool:
    return (
        bool(about)
        and not evidence.is_authorised
        and all(
            one.outcome is Outcome.INCONCLUSIVE and one.reason is Reason.NOT_AUTHORISED
            for one in about
        )
    )


def _open(check: str, detail: str) -> Result:
    return _of_part(Part(check, Verdict.NOT_ASSESSED, reason=Reason.NOT_SELECTED, detail=detail))


def _missing(check: str, reason: Reason, detail: str = "") -> Result:
    return _of_part(Part(check, Verdict.INCONCLUSIVE, reason=reason, detail=detail))


def _of_part(part: Part) -> Result:
    return Result(part.verdict, (part,), (part,))


def _units(leaf: Leaf, context: Context) -> tuple[Unit, ...]:
    """The places a leaf speaks of: of its subject, in or around ``within``."""
    every = context.evidence.units(leaf.check)
    if context.within is not None:
        every = tuple(one for one in every if is_related(one.path, context.within))
    subject = context.subject if context.subject and leaf.subject in {"", TLS} else leaf.subject
    return _of_subject(every, subject)


def _of_subject(every: Sequence[Unit], subject: str) -> tuple[Unit, ...]:
    """Those of a role; a silence that stands at the host or the domain speaks for what is in it."""
    if not subject:
        return tuple(every)
    roles = ROLES[subject]
    around = frozenset({Role.HOST}) if Role.WEB in roles else frozenset()
    role = {id(one): Subject.from_text(one.finding.subject).role for one in every}
    found = tuple(one for one in every if role[id(one)] in roles | around)
    return found or tuple(one for one in every if role[id(one)] is Role.DOMAIN)


def _without_subjects(leaf: Leaf, context: Context) -> Result:
    """``every`` over none: does not apply where a known fact proves that there are none."""
    name = PROVES.get(context.subject or leaf.subject, "")
    if name:
        there = Test(name, Op.EQ, value=True)
        said = holds(there, context.within or ROOT, context.evidence, context.profile)
        if said.holds is False:
            return _does_not_apply(leaf.check, said)
    return _missing(leaf.check, Reason.DEPENDENCY_MISSING, "no such subject was seen")


def _does_not_apply(check: str, said: Said) -> Result:
    detail = "; ".join(one.text for one in said.facts)
    return _of_part(Part(check, Verdict.NOT_APPLICABLE, detail=detail, facts=said.facts))


def _unit(leaf: Leaf, unit: Unit, context: Context, grading: Grading | None) -> Result:
    for predicate in (context.applies_when, leaf.where):
        if predicate is not None:
            said = holds(predicate, unit.path, context.evidence, context.profile)
            if said.holds is not True:
                return _of_part(_dropped(unit, said))
    if grading is not None:
        return _of_part(_graded(grading, unit, context))
    if leaf.expect:
        tests = [
            test(one, unit.path, context.evidence, context.profile, leaf.check)
            for one in leaf.expect
        ]
        return _of_part(_expected(unit, tests))
    return _of_part(_own(leaf, unit))


def _part(unit: Unit, verdict: Verdict, facts: tuple[Known, ...] = ()) -> Part:
    one = unit.finding
    reason = one.reason if verdict in {Verdict.INCONCLUSIVE, Verdict.NOT_ASSESSED} else None
    return Part(
        check=one.check,
        verdict=verdict,
        subject=one.subject,
        address=unit.address,
        item=one.item,
        reason=reason,
        detail=one.detail if reason else "",
        text=one.text,
        facts=facts,
        fingerprint=one.fingerprint,
    )


def _dropped(unit: Unit, said: Said) -> Part:
    """The subject drops out; where that cannot be known, it is unknown (compliance.md 4)."""
    made = _part(unit, Verdict.NOT_APPLICABLE, said.facts)
    detail = "; ".join(one.text for one in said.facts)
    if said.holds is None:
        return _replaced(made, Verdict.INCONCLUSIVE, Reason.FACT_UNKNOWN, detail)
    return _replaced(made, Verdict.NOT_APPLICABLE, None, detail)


def _replaced(part: Part, verdict: Verdict, reason: Reason | None, detail: str) -> Part:
    return Part(
        part.check,
        verdict,
        part.subject,
        part.address,
        part.item,
        reason,
        detail,
        part.text,
        part.facts,
        part.fingerprint,
    )


def _own(leaf: Leaf, unit: Unit) -> Part:
    """The check's own outcome; a finding less severe than ``fail_from`` is a remark."""
    is_milder = leaf.fail_from and unit.finding.severity.rank > leaf.fail_from.rank
    if unit.outcome is Outcome.FAIL and is_milder:
        return _part(unit, Verdict.PASS)
    return _part(unit, of_outcome(unit.outcome))


def _expected(unit: Unit, tests: Sequence[Said]) -> Part:
    """First match: a test fails, one is unknown, a dated table says nothing, else pass."""
    said = both(tests)
    facts = tuple(dict.fromkeys(fact for one in tests for fact in one.facts))
    if said.holds is False:
        return _part(unit, Verdict.FAIL, facts)
    unknown = [one for one in tests if one.holds is None and not one.has_no_step]
    if unknown:
        return _unknown(unit, facts, [fact for one in unknown for fact in one.facts])
    if said.holds is None:
        detail = "the table says nothing for this day"
        return _replaced(_part(unit, Verdict.PASS, facts), Verdict.NOT_APPLICABLE, None, detail)
    return _part(unit, Verdict.PASS, facts)


def _unknown(unit: Unit, facts: tuple[Known, ...], why: Sequence[Known]) -> Part:
    """The check's outcome where it says why nothing could be known, else ``fact-unknown``."""
    outcome = of_outcome(unit.outcome)
    if unit.outcome is not Outcome.INFORMATIONAL and outcome in {
        Verdict.INCONCLUSIVE,
        Verdict.ERROR,
        Verdict.NOT_APPLICABLE,
    }:
        return _part(unit, outcome, facts)
    detail = "; ".join(dict.fromkeys(one.text for one in why))
    made = _part(unit, Verdict.INCONCLUSIVE, facts)
    return _replaced(made, Verdict.INCONCLUSIVE, Reason.FACT_UNKNOWN, detail)


def _graded(grading: Grading, unit: Unit, context: Context) -> Part:
    known = context.evidence.known(grading.fact, unit.path, grading.check)
    if known is None or known.state is State.UNKNOWN:
        known = known or Known(grading.fact, State.UNKNOWN)
        return _unknown(unit, (known,), [known])
    table = context.profile.tables[grading.table]
    order = [one.name for one in table.classes]
    members = known.value if isinstance(known.value, tuple) else ()
    rated = sorted(
        ((order.index(_class(one, table)), one) for one in members if one not in table.ignore),
        reverse=True,
    )
    if rated and rated[0][0] > order.index(grading.pass_at):
        worst = ", ".join(sorted(name for rank, name in rated if rank == rated[0][0]))
        made = _part(unit, Verdict.FAIL, (known,))
        return _replaced(made, Verdict.FAIL, None, f"{order[rated[0][0]]}: {worst}")
    if not known.complete:
        return _unknown(unit, (known,), [known])
    return _part(unit, Verdict.PASS, (known,))


def _class(member: str, table: Table) -> str:
    return next((one.name for one in table.classes if member in one.members), table.default)


__all__ = ["Context", "Part", "Result", "combine", "evaluate", "judge_control", "path_of"]
