"""Profiles: what a norm asks for, as data. The field names are the keys of the YAML."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from scanner.assessment import digest
from scanner.finding import Severity


class ControlLevel(StrEnum):
    """How binding a control is; only required ones move the headline."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    INFORMATIONAL = "informational"


class Assertion(StrEnum):
    """What a profile may lead one to say; only ``full`` can reach *compliant*."""

    FULL = "full"
    PARTIAL = "partial"
    EVIDENCE_ONLY = "evidence-only"


class Coverage(StrEnum):
    """How much of the clause a scan can see."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class TextVerified(StrEnum):
    """Whether the text of the source was read, is known from others, or from memory."""

    VERIFIED = "verified"
    SECOND_HAND = "second-hand"
    UNVERIFIED = "unverified"


class Op(StrEnum):
    """The tests of a fact (compliance.md 3)."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    EXISTS = "exists"
    ABSENT = "absent"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    HAS = "has"
    HAS_NOT = "has_not"
    SUBSET_OF = "subset_of"
    DISJOINT_FROM = "disjoint_from"


class Scope(StrEnum):
    """Whether every subject must meet a leaf, or one."""

    EVERY = "every"
    ANY = "any"


Value: TypeAlias = bool | int | str
Word: TypeAlias = Value | tuple[Value, ...] | None


class Test(Struct, frozen=True, omit_defaults=True):
    """A fact, an operator, and what it is compared with: a value, a table or a parameter."""

    fact: str
    op: Op
    value: Word = None
    table: str = ""
    key: str = ""
    parameter: str = ""


class All(Struct, frozen=True):
    """Holds when all hold."""

    all: tuple[Predicate, ...]


class Any_(Struct, frozen=True):  # noqa: N801 - the key is ``any``
    """Holds when one holds."""

    any: tuple[Predicate, ...]


class Not(Struct, frozen=True, rename={"predicate": "not"}):
    """Holds when the other does not."""

    predicate: Predicate


Predicate: TypeAlias = Test | All | Any_ | Not


class Leaf(Struct, frozen=True, omit_defaults=True):
    """A check's own outcome for every subject, or what ``expect`` makes of its facts."""

    check: str
    subject: str = ""
    scope: Scope = Scope.EVERY
    where: Predicate | None = None
    expect: tuple[Test, ...] = ()
    fail_from: Severity | None = None


class Grading(Struct, frozen=True, omit_defaults=True):
    """Which class the worst member of a set fact may have."""

    check: str
    fact: str
    table: str
    pass_at: str
    subject: str = ""


class Grade(Struct, frozen=True):
    """``{grade: …}``."""

    grade: Grading


class Include(Struct, frozen=True, omit_defaults=True):
    """All controls of another profile, of these levels."""

    profile: str
    levels: tuple[ControlLevel, ...] = (ControlLevel.REQUIRED,)
    subject: str = ""


class AllOf(Struct, frozen=True):
    """Every rule must hold."""

    all_of: tuple[Rule, ...]


class AnyOf(Struct, frozen=True):
    """One rule must hold."""

    any_of: tuple[Rule, ...]


Rule: TypeAlias = Leaf | Grade | Include | AllOf | AnyOf


class Period(Struct, frozen=True, omit_defaults=True, rename={"begin": "from"}):
    """Days of validity, UTC: ``from`` inclusive, ``until`` exclusive."""

    begin: str = ""
    until: str = ""


class LevelWhen(Struct, frozen=True):
    """The level where a parameter has a value; the first that fits."""

    parameter: str
    op: Op
    value: Value
    level: ControlLevel


class Manual(Struct, frozen=True, omit_defaults=True):
    """What a person must find out."""

    question: str
    evidence_hint: str = ""
    max_age_days: int = 365


class Control(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One demand of a norm."""

    id: str
    title: str
    level: ControlLevel
    coverage: Coverage
    severity: Severity = Severity.MEDIUM
    ref: str = ""
    text_verified: TextVerified | None = None
    level_when: tuple[LevelWhen, ...] = ()
    coverage_note: str = ""
    effective: Period = Period()
    deadline_days: int | None = None
    applies_when: Predicate | None = None
    rule: Rule | None = None
    manual: Manual | None = None
    mapped_to: tuple[str, ...] = ()
    remediation: str = ""


class ProfileSource(Struct, frozen=True, omit_defaults=True):
    """Where a profile's text comes from, and whether it was read."""

    document: str
    date: str
    text_verified: TextVerified
    licence: str = ""
    reference: str = ""
    attribution: str = ""


class Parameter(Struct, frozen=True, omit_defaults=True):
    """A value that the user of a profile chooses."""

    type: str
    default: Value
    allowed: tuple[Value, ...] = ()
    title: str = ""


class Class(Struct, frozen=True):
    """One class of an ordered table, the best first."""

    name: str
    members: tuple[str, ...]


class Step(Struct, frozen=True, rename={"begin": "from"}):
    """From which day which value holds."""

    begin: str
    value: int | str


class Table(Struct, frozen=True, omit_defaults=True):
    """A list of names, ordered classes, or steps by date: one of the three."""

    names: tuple[str, ...] = ()
    classes: tuple[Class, ...] = ()
    default: str = ""
    ignore: tuple[str, ...] = ()
    by_date: tuple[Step, ...] = ()


class Profile(Struct, frozen=True, kw_only=True):
    """A norm, as its controls, with the values chosen for its parameters."""

    id: str
    title: str
    version: str
    assertion: Assertion
    source: ProfileSource
    controls: tuple[Control, ...]
    sha256: str = ""
    jurisdiction: str = ""
    valid: Period = Period()
    parameters: Mapping[str, Parameter] = {}
    tables: Mapping[str, Table] = {}
    max_evidence_age_days: int | None = None
    chosen: Mapping[str, Value] = {}

    def value_of(self, parameter: str) -> Value | None:
        """The value chosen for a parameter, else its default."""
        known = self.parameters.get(parameter)
        return self.chosen.get(parameter, known.default) if known else None

    def level_of(self, control: Control) -> ControlLevel:
        """A control's level under the chosen parameters."""
        for one in control.level_when:
            given = self.value_of(one.parameter)
            if given is not None and compare(one.op, given, one.value):
                return one.level
        return control.level


def compare(op: Op, left: Value, right: Value) -> bool:
    """Compare two scalars of one type; ``true`` is no number, but the text of a word."""
    if isinstance(left, bool) and isinstance(right, str):
        left = str(left).lower()
    if isinstance(right, bool) and isinstance(left, str):
        right = str(right).lower()
    if isinstance(left, bool) is not isinstance(right, bool):
        return op is Op.NE
    if op is Op.EQ:
        return left == right
    if op is Op.NE:
        return left != right
    if isinstance(left, str) is not isinstance(right, str):
        return False
    order = {Op.LT: left < right, Op.LTE: left <= right}  # type: ignore[operator]
    return order.get(op, left > right if op is Op.GT else left >= right)  # type: ignore[operator]


def of_plain(plain: Mapping[str, Any]) -> Profile:
    """A profile from a document that keeps the schema."""
    apart = {"schema_version", "tables", "controls", "sha256"}
    made = Profile(
        **_converted(plain, apart, _OF_PROFILE),
        controls=tuple(_control(one) for one in plain["controls"]),
        tables={name: _table(table) for name, table in plain.get("tables", {}).items()},
    )
    return msgspec.structs.replace(made, sha256=digest(to_plain(made)))


_OF_PROFILE: Mapping[str, Any] = {
    "assertion": Assertion,
    "source": ProfileSource,
    "valid": Period,
    "parameters": dict[str, Parameter],
}
_OF_CONTROL: Mapping[str, Any] = {
    "level": ControlLevel,
    "coverage": Coverage,
    "severity": Severity,
    "text_verified": TextVerified,
    "level_when": tuple[LevelWhen, ...],
    "effective": Period,
    "manual": Manual,
    "mapped_to": tuple[str, ...],
}
_OF_LEAF: Mapping[str, Any] = {"scope": Scope, "fail_from": Severity}


def _converted(plain: Mapping[str, Any], apart: set[str], types: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """The fields that msgspec can read: rules are told apart by their keys, not by a tag."""
    return {
        name: msgspec.convert(value, types.get(name, Any))
        for name, value in plain.items()
        if name not in apart
    }


def to_plain(profile: Profile) -> dict[str, Any]:
    """The document of a profile, without its digest and chosen values."""
    plain: dict[str, Any] = {"schema_version": 1, **msgspec.to_builtins(profile)}
    del plain["sha256"], plain["chosen"]
    for name in ("jurisdiction", "valid", "parameters", "tables", "max_evidence_age_days"):
        if not plain[name]:
            del plain[name]
    for name, table in plain.get("tables", {}).items():
        if "names" in table:
            plain["tables"][name] = table["names"]
    return plain


def _table(plain: Any) -> Table:  # noqa: ANN401 - JSON
    return msgspec.convert({"names": plain} if isinstance(plain, list) else plain, Table)


def _control(plain: Mapping[str, Any]) -> Control:
    return Control(
        **_converted(plain, {"rule", "applies_when"}, _OF_CONTROL),
        rule=_rule(plain["rule"]) if "rule" in plain else None,
        applies_when=_predicate(plain["applies_when"]) if "applies_when" in plain else None,
    )


def _rule(plain: Mapping[str, Any]) -> Rule:
    if "all_of" in plain:
        return AllOf(tuple(_rule(one) for one in plain["all_of"]))
    if "any_of" in plain:
        return AnyOf(tuple(_rule(one) for one in plain["any_of"]))
    if "grade" in plain:
        return Grade(msgspec.convert(plain["grade"], Grading))
    if "profile" in plain:
        return msgspec.convert(plain, Include)
    return Leaf(
        **_converted(plain, {"where", "expect"}, _OF_LEAF),
        where=_predicate(plain["where"]) if "where" in plain else None,
        expect=tuple(_test(one) for one in plain.get("expect", ())),
    )


def _predicate(plain: Mapping[str, Any]) -> Predicate:
    if "all" in plain:
        return All(tuple(_predicate(one) for one in plain["all"]))
    if "any" in plain:
        return Any_(tuple(_predicate(one) for one in plain["any"]))
    if "not" in plain:
        return Not(_predicate(plain["not"]))
    return _test(plain)


def _test(plain: Mapping[str, Any]) -> Test:
    value = plain.get("value")
    return msgspec.structs.replace(
        msgspec.convert({**plain, "value": None}, Test),
        value=tuple(value) if isinstance(value, list) else value,
    )
