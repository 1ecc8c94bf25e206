"""A check: a pure function, what it needs, and all that is known about it, in one value."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeAlias, get_args, get_origin, get_type_hints

from msgspec import Struct

from scanner.fact import Fact, RunFact
from scanner.finding import Judgement, RunJudgement, Severity
from scanner.observation import KINDS, Every, Level, Observed, Previous, Role, Unobserved

Judge: TypeAlias = Callable[..., Judgement | Iterable[Judgement]]
RunJudge: TypeAlias = Callable[[Iterable[RunFact]], Iterable[RunJudgement]]


class Effort(StrEnum):
    """What the remedy costs the one who applies it."""

    MINUTES = "minutes"
    HOURS = "hours"
    PROJECT = "project"


class Reference(Struct, frozen=True):
    """The clause a check rests on: ``Reference("RFC 6797", "6.1.1")``."""

    document: str
    section: str = ""
    url: str = ""

    @property
    def text(self) -> str:
        """As it is printed beside a finding."""
        return f"{self.document} {self.section}".strip()


class Form(StrEnum):
    """How a parameter wants its observation."""

    VALUE = "value"
    OBSERVED = "observed"
    MAYBE = "maybe"
    EVERY = "every"
    PREVIOUS = "previous"


_BESIDE = frozenset({Form.EVERY, Form.PREVIOUS})  # they do not say where a check is called


class Need(NamedTuple):
    """One parameter of a judge: a kind of observation, and in which form."""

    kind: type
    form: Form

    @property
    def level(self) -> Level:
        """The level of the kind."""
        return KINDS[self.kind.__name__].level


class DefinitionError(TypeError):
    """A check or gatherer that cannot be what it says it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule about one sign. Which law asks for it is not known here: profiles map.

    A *run check* has no needs but ``reads``: facts of every target, compared when all are known.
    """

    id: str
    family: str
    title: str
    reason: str
    severity: Severity
    mildest: Severity
    effort: Effort
    remediation: str
    snippets: Mapping[str, str]
    references: tuple[Reference, ...]
    records: tuple[Fact, ...]
    passes: Mapping[str, Any]
    fails: Mapping[str, Any]
    others: Mapping[str, Any]
    needs: tuple[Need, ...]
    roles: tuple[Role, ...]
    judge: Judge
    module: str
    reads: tuple[Fact, ...] = ()

    @property
    def compares_targets(self) -> bool:
        """Whether it is judged after the last target, over all of them (Decisions 5)."""
        return bool(self.reads)

    @property
    def level(self) -> Level:
        """The finest kind it needs: it is called once per subject of that level."""
        levels = [need.level for need in self.needs if need.form not in _BESIDE]
        return max(levels, default=Level.TARGET) or Level.TARGET


def check(  # noqa: PLR0913 - keyword-only: the type checker is the schema of a check's metadata
    *,
    id: str,  # noqa: A002 - the standards' word
    title: str,
    severity: Severity,
    effort: Effort,
    remediation: str,
    references: tuple[Reference, ...],
    mildest: Severity | None = None,
    snippets: Mapping[str, str] | None = None,
    records: tuple[Fact, ...] = (),
    roles: tuple[Role, ...] = (),
    passes: Mapping[str, Any] | None = None,
    fails: Mapping[str, Any] | None = None,
    others: Mapping[str, Any] | None = None,
    family: str = "",
) -> Callable[[Judge], Check]:
    """Make a check of a judge: a pure function whose parameter annotations are its needs.

    ``title`` is a sentence that is true when the check passes; the judge's docstring is the reason
    why it matters. ``roles`` narrows the subjects where a kind is seen of several (web and mail).
    ``mildest`` is given where a failure may be less than ``severity``.
    ``passes``, ``fails`` and ``others`` (the remaining outcomes) are named examples: the value of
    the only parameter, or a tuple in the order of the parameters.
    """

    def make(judge: Judge) -> Check:
        return Check(
            id=id,
            **_described(judge, family, remediation, snippets),
            title=title,
            severity=severity,
            mildest=mildest or severity,
            effort=effort,
            references=references,
            records=records,
            passes=passes or {},
            fails=fails or {},
            others=others or {},
            needs=needs_of(judge),
            roles=roles,
            judge=judge,
        )

    return make


def run_check(  # noqa: PLR0913 - keyword-only, as of a check
    *,
    id: str,  # noqa: A002 - the standards' word
    title: str,
    severity: Severity,
    effort: Effort,
    remediation: str,
    references: tuple[Reference, ...],
    reads: tuple[Fact, ...],
    mildest: Severity | None = None,
    snippets: Mapping[str, str] | None = None,
    passes: Mapping[str, tuple[RunFact, ...]] | None = None,
    fails: Mapping[str, tuple[RunFact, ...]] | None = None,
    others: Mapping[str, tuple[RunFact, ...]] | None = None,
    family: str = "",
) -> Callable[[RunJudge], Check]:
    """Make a check that compares targets of a pure function over the facts it ``reads``.

    It is judged once, after the last target: ``(facts of all targets) -> RunJudgements``, the facts
    by name, subject and target, the unknown ones among them. It says something of every subject
    that it compared; a target it says nothing of becomes not applicable where the checks that
    record those facts did not apply, else inconclusive. Examples are tuples of facts.
    """

    def make(judge: RunJudge) -> Check:
        return Check(
            id=id,
            **_described(judge, family, remediation, snippets),
            title=title,
            severity=severity,
            mildest=mildest or severity,
            effort=effort,
            references=references,
            records=(),
            passes=passes or {},
            fails=fails or {},
            others=others or {},
            needs=(),
            roles=(),
            judge=judge,  # type: ignore[arg-type] # judge_run alone calls it
            reads=reads,
        )

    return make


def _described(
    judge: Callable[..., Any], family: str, remediation: str, snippets: Mapping[str, str] | None
) -> dict[str, Any]:
    """What a check says in prose, without the indentation of its source."""
    return {
        "family": family or _family(judge.__module__),
        "reason": inspect.cleandoc(judge.__doc__ or "").strip(),
        "remediation": textwrap.dedent(remediation).strip(),
        "snippets": {name: textwrap.dedent(one).strip() for name, one in (snippets or {}).items()},
        "module": judge.__module__,
    }


def _family(module: str) -> str:
    match module.split("."):
        case ["checks", family, *_]:
            return family
        case _:
            message = f"{module} is outside checks/: say family="
            raise DefinitionError(message)


def needs_of(function: Callable[..., Any], *, skip: int = 0) -> tuple[Need, ...]:
    """Read the needs of a judge, or of a gatherer after its context, from the annotations."""
    hints = get_type_hints(function)
    hints.pop("return", None)
    return tuple(
        _need(hint, f"{function.__module__}.{function.__qualname__}({name})")
        for name, hint in list(hints.items())[skip:]
    )


def _need(hint: Any, where: str) -> Need:  # noqa: ANN401 - an annotation can be anything
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Every:
        return _known(arguments[0], Form.EVERY, where)
    if origin is Previous:
        return _known(arguments[0], Form.PREVIOUS, where)
    if origin is Observed:
        return _known(arguments[0], Form.OBSERVED, where)
    if origin is UnionType:
        kinds = [one for one in arguments if one not in {Unobserved, NoneType}]
        if len(kinds) == 1 and Unobserved in arguments:
            return _known(kinds[0], Form.MAYBE, where)
    return _known(hint, Form.VALUE, where)


def _known(kind: Any, form: Form, where: str) -> Need:  # noqa: ANN401 - see _need
    name = getattr(kind, "__name__", str(kind))
    if name not in KINDS or KINDS[name].type is not kind:
        message = f"{where}: {name} is not a kind of observation"
        raise DefinitionError(message)
    return Need(kind, form)
