"""What is wrong with a profile though it keeps its schema (compliance.md 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeAlias

from scanner.check import Check
from scanner.control.evidence import DEFAULTS
from scanner.control.kleene import PARAMETER
from scanner.control.profile import (
    All,
    AllOf,
    Any_,
    AnyOf,
    Assertion,
    Control,
    ControlLevel,
    Coverage,
    Grade,
    Grading,
    Include,
    Leaf,
    Not,
    Op,
    Predicate,
    Profile,
    Rule,
    Test,
)
from scanner.fact import Fact, FactType
from scanner.finding import Severity
from scanner.observation import Role

Where: TypeAlias = tuple[str | int, ...]
SETS = frozenset({Op.HAS, Op.HAS_NOT, Op.SUBSET_OF, Op.DISJOINT_FROM})
ORDERS = frozenset({Op.LT, Op.LTE, Op.GT, Op.GTE})
PRESENCE = frozenset({Op.EXISTS, Op.ABSENT})
TEXT, BOOLEAN, INTEGER = FactType.TEXT, FactType.BOOLEAN, FactType.INTEGER

# Text that is true, false, or a word of its own.
WORDS_AND_TRUTH = frozenset({"tls.server_preference"})
# Facts of the inventory alone; the others are in the dictionary.
INVENTORY_FACTS: Mapping[str, FactType] = {
    "domain.organizational": BOOLEAN,
    "agency.primary_domain": BOOLEAN,
    "agency.us_federal_civilian": BOOLEAN,
    "service.audience": TEXT,
    "host.role": TEXT,
    "web.payment": BOOLEAN,
    "web.nonstandard_ports": BOOLEAN,
    **{name: BOOLEAN if isinstance(value, bool) else TEXT for name, value in DEFAULTS.items()},
}


class Remark(NamedTuple):
    """What is wrong, and at which key of the document; a warning does not refuse the profile."""

    where: Where
    text: str
    is_warning: bool = False


@dataclass(frozen=True)
class Known:
    """What a profile may name."""

    checks: Mapping[str, Check]
    facts: Mapping[str, Fact]
    profiles: Mapping[str, Profile] = field(default_factory=dict)

    def type_of(self, fact: str, profile: Profile) -> FactType | None:
        """The type of a fact, of the inventory or of a parameter too."""
        if fact.startswith(PARAMETER):
            parameter = profile.parameters.get(fact.removeprefix(PARAMETER))
            types = {"boolean": BOOLEAN, "integer": INTEGER, "string": TEXT}
            return types[parameter.type] if parameter else None
        if fact in self.facts:
            return self.facts[fact].type
        return INVENTORY_FACTS.get(fact)


def token(control: str) -> str:
    """A control's id as an OSCAL token (compliance.md 14.3)."""
    made = re.sub(r"[^A-Za-z0-9._-]", "-", control)
    return made if re.match(r"[A-Za-z_]", made) else f"c-{made}"


def lint(profile: Profile, known: Known, *, day: date | None = None) -> Iterator[Remark]:
    """Everything that is wrong with a profile."""
    yield from _tables(profile)
    yield from _parameters(profile)
    yield from _ids(profile)
    for number, control in enumerate(profile.controls):
        yield from _control(("controls", number), control, profile, known)
    yield from _cycle(profile, known)
    if day and profile.valid.until and day.isoformat() >= profile.valid.until:
        text = f"the profile is past its day ({profile.valid.until})"
        yield Remark(("valid", "until"), text, is_warning=True)


def _tables(profile: Profile) -> Iterator[Remark]:
    for name, table in profile.tables.items():
        days = [step.begin for step in table.by_date]
        if days != sorted(set(days)):
            yield Remark(("tables", name, "by_date"), "the steps do not ascend")
        classes = [one.name for one in table.classes]
        if classes and table.default not in classes:
            text = f"the class {table.default!r} is not one of {', '.join(classes)}"
            yield Remark(("tables", name, "default"), text)


def _parameters(profile: Profile) -> Iterator[Remark]:
    types = {"integer": int, "boolean": bool, "string": str}
    for name, one in profile.parameters.items():
        if type(one.default) is not types[one.type]:
            yield Remark(("parameters", name, "default"), f"the default is no {one.type}")
        if one.allowed and one.default not in one.allowed:
            yield Remark(("parameters", name, "default"), "the default is not allowed")


def _ids(profile: Profile) -> Iterator[Remark]:
    seen: dict[str, str] = {}
    for number, one in enumerate(profile.controls):
        made = token(one.id)
        if seen.get(made) == one.id:
            yield Remark(("controls", number, "id"), f"the control {one.id!r} stands twice")
        elif made in seen:
            text = f"{one.id!r} and {seen[made]!r} are one name in OSCAL ({made})"
            yield Remark(("controls", number, "id"), text)
        seen.setdefault(made, one.id)


def _control(where: Where, control: Control, profile: Profile, known: Known) -> Iterator[Remark]:
    for number, one in enumerate(control.level_when):
        if one.parameter not in profile.parameters:
            place = (*where, "level_when", number, "parameter")
            yield Remark(place, f"there is no parameter {one.parameter!r}")
    if control.applies_when is not None:
        yield from _predicate((*where, "applies_when"), control.applies_when, profile, known)
    if control.rule is not None:
        yield from _rule((*where, "rule"), control.rule, control, profile, known)
    is_loud = control.severity.rank < Severity.LOW.rank and control.coverage is not Coverage.NONE
    levels = {control.level, *(one.level for one in control.level_when)}
    if (
        levels == {ControlLevel.INFORMATIONAL}
        and is_loud
        and profile.assertion is not Assertion.EVIDENCE_ONLY
    ):
        text = "an informational control of more than low severity"
        yield Remark((*where, "severity"), text, is_warning=True)


def _rule(
    where: Where, rule: Rule, control: Control, profile: Profile, known: Known
) -> Iterator[Remark]:
    match rule:
        case AllOf(rules):
            for number, one in enumerate(rules):
                yield from _rule((*where, "all_of", number), one, control, profile, known)
        case AnyOf(rules):
            for number, one in enumerate(rules):
                yield from _rule((*where, "any_of", number), one, control, profile, known)
        case Include():
            if rule.profile not in known.profiles:
                yield Remark((*where, "profile"), f"there is no profile {rule.profile!r}")
        case Grade(grading):
            yield from _check((*where, "grade"), grading.check, grading.subject, known)
            yield from _grading((*where, "grade"), grading, profile, known)
        case _:
            yield from _leaf(where, rule, control, profile, known)


def _check(where: Where, name: str, subject: str, known: Known) -> Iterator[Remark]:
    one = known.checks.get(name)
    if one is None:
        yield Remark((*where, "check"), f"there is no check {name!r}")
    elif not subject and _has_several_subjects(one):
        text = f"{name} speaks of web and of mail: say subject (tls for both)"
        yield Remark((*where, "check"), text)


def _has_several_subjects(one: Check) -> bool:
    return {Role.WEB, Role.MAIL} <= set(one.roles) or (one.family == "tls" and not one.roles)


def _leaf(
    where: Where, leaf: Leaf, control: Control, profile: Profile, known: Known
) -> Iterator[Remark]:
    yield from _check(where, leaf.check, leaf.subject, known)
    check = known.checks.get(leaf.check)
    has_verdict = check is None or bool(check.passes or check.fails)
    if not has_verdict and not leaf.expect and control.level is not ControlLevel.INFORMATIONAL:
        text = f"{leaf.check} has no verdict of its own: say what is expected of its facts"
        yield Remark((*where, "check"), text)
    if leaf.where is not None:
        yield from _predicate((*where, "where"), leaf.where, profile, known)
    for number, one in enumerate(leaf.expect):
        place = (*where, "expect", number)
        yield from _test(place, one, profile, known)
        if check is not None and not _is_of(one.fact, check):
            yield Remark((*place, "fact"), f"{leaf.check} records nothing like {one.fact}")


def _is_of(fact: str, check: Check) -> bool:
    namespaces = {one.name.partition(".")[0] for one in check.records}
    return fact.partition(".")[0] in {*namespaces, PARAMETER.rstrip(".")}


def _predicate(
    where: Where, predicate: Predicate, profile: Profile, known: Known
) -> Iterator[Remark]:
    match predicate:
        case All(every):
            for number, one in enumerate(every):
                yield from _predicate((*where, "all", number), one, profile, known)
        case Any_(every):
            for number, one in enumerate(every):
                yield from _predicate((*where, "any", number), one, profile, known)
        case Not(inner):
            yield from _predicate((*where, "not"), inner, profile, known)
        case _:
            yield from _test(where, predicate, profile, known)


def _test(where: Where, one: Test, profile: Profile, known: Known) -> Iterator[Remark]:
    type_ = known.type_of(one.fact, profile)
    if type_ is None:
        yield Remark((*where, "fact"), f"there is no fact {one.fact!r}")
        return
    if one.parameter and one.parameter not in profile.parameters:
        yield Remark((*where, "parameter"), f"there is no parameter {one.parameter!r}")
    if one.table:
        yield from _table_of(where, one, profile, known)
    if not _fits(one.op, type_):
        text = f"{one.fact} is {_SORTS[type_]}: {one.op} says nothing of it"
        yield Remark((*where, "op"), text)
        return
    values: tuple[bool | int | str | None, ...] = (
        one.value if isinstance(one.value, tuple) else (one.value,)
    )
    if one.fact in WORDS_AND_TRUTH:
        values = tuple(value for value in values if not isinstance(value, bool))
    wrong = [value for value in values if value is not None and not _is_of_type(value, type_)]
    if wrong:
        yield Remark((*where, "value"), f"{one.fact} is {_SORTS[type_]}, {wrong[0]!r} is not")
    if isinstance(one.value, tuple) and one.op in {Op.EQ, Op.NE, Op.HAS, Op.HAS_NOT, *ORDERS}:
        yield Remark((*where, "value"), f"{one.op} compares with one value, not with a list")


_SORTS = {
    FactType.BOOLEAN: "true or false",
    FactType.INTEGER: "a number",
    FactType.TEXT: "text",
    FactType.DATE: "a day",
    FactType.SET: "a set",
}


def _fits(op: Op, type_: FactType) -> bool:
    if op in PRESENCE:
        return True
    if type_ is FactType.SET:
        return op in SETS
    if op in ORDERS:
        return type_ in {FactType.INTEGER, FactType.DATE}
    return op not in SETS


def _is_of_type(value: bool | int | str, type_: FactType) -> bool:  # noqa: FBT001 - a value
    if type_ is FactType.BOOLEAN:
        return isinstance(value, bool)
    if type_ is FactType.INTEGER:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str)


def _table_of(where: Where, one: Test, profile: Profile, known: Known) -> Iterator[Remark]:
    table = profile.tables.get(one.table)
    if table is None:
        yield Remark((*where, "table"), f"there is no table {one.table!r}")
    elif table.classes:
        yield Remark((*where, "table"), f"{one.table} is a table of classes: use grade")
    elif table.by_date and not one.key:
        yield Remark((*where, "table"), f"{one.table} goes by a day: say key, the fact that has it")
    elif one.key and not table.by_date:
        yield Remark((*where, "key"), f"{one.table} does not go by a day")
    if one.key and known.type_of(one.key, profile) is not FactType.DATE:
        yield Remark((*where, "key"), f"{one.key} is no fact that is a day")


def _grading(where: Where, grading: Grading, profile: Profile, known: Known) -> Iterator[Remark]:
    table = profile.tables.get(grading.table)
    if table is None or not table.classes:
        yield Remark((*where, "table"), f"there is no table of classes {grading.table!r}")
    elif grading.pass_at not in [one.name for one in table.classes]:
        yield Remark((*where, "pass_at"), f"there is no class {grading.pass_at!r}")
    if known.type_of(grading.fact, profile) is not FactType.SET:
        yield Remark((*where, "fact"), f"{grading.fact} is no fact that is a set")


def included(rule: Rule | None) -> Iterator[str]:
    """The profiles that a rule takes over."""
    match rule:
        case AllOf(rules) | AnyOf(rules):
            for one in rules:
                yield from included(one)
        case Include():
            yield rule.profile
        case _:
            return


def _cycle(profile: Profile, known: Known) -> Iterator[Remark]:
    seen: set[str] = set()
    waiting = [one for control in profile.controls for one in included(control.rule)]
    while waiting:
        name = waiting.pop()
        if name == profile.id:
            yield Remark(("controls",), f"{profile.id} includes itself")
            return
        if name not in seen and name in known.profiles:
            seen.add(name)
            controls = known.profiles[name].controls
            waiting += [one for control in controls for one in included(control.rule)]
