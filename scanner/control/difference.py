"""Passes here, fails there: where two profiles read the same thing and say opposite things."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from scanner.control.judgement import ControlVerdict
from scanner.control.verdict import Verdict


class Named(Struct, frozen=True, order=True):
    """A control by its profile and id."""

    profile: str
    control: str


class Difference(Struct, frozen=True, order=True):
    """A check whose sign satisfies one profile and not another, at one subject."""

    check: str
    subject: str
    passes: tuple[Named, ...]
    fails: tuple[Named, ...]


def differences(made: Iterable[ControlVerdict]) -> tuple[Difference, ...]:
    """Every check that is met for one selected profile and not met for another, on one domain."""
    found: dict[tuple[str, str], dict[Verdict, set[Named]]] = {}
    for one in made:
        for part in one.parts:
            if part.subject and part.verdict in {Verdict.PASS, Verdict.FAIL}:
                named = found.setdefault((part.check, part.subject), {})
                named.setdefault(part.verdict, set()).add(Named(one.profile, one.control))
    rows = []
    for (check, subject), by in found.items():
        fails = by.get(Verdict.FAIL, set())
        passes = by.get(Verdict.PASS, set()) - fails
        others = {one.profile for one in fails}
        apart = tuple(sorted(one for one in passes if one.profile not in others))
        if apart and fails:
            rows.append(Difference(check, subject, apart, tuple(sorted(fails))))
    return tuple(sorted(rows))
