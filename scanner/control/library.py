"""Every profile there is: read strictly, linted, refused with file, line and column."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scanner.check import Check
from scanner.control.baseline import rfc_baseline
from scanner.control.lint import Known, Remark, Where, included, lint
from scanner.control.profile import Profile, of_plain
from scanner.control.schema import read as read_schema
from scanner.control.strict_yaml import DocumentError, Node
from scanner.fact import Fact
from scanner.targets import Defect


class File(NamedTuple):
    """A file's name and bytes."""

    name: str
    data: bytes


class Read(NamedTuple):
    """A profile and the document it was read from."""

    file: str
    node: Node
    profile: Profile


@lru_cache(maxsize=64)
def read(file: File) -> Read:
    """Read one profile that keeps the schema; the same bytes are read once."""
    node = read_schema("profile", *file)
    return Read(file.name, node, of_plain(node.plain()))


def shipped(
    files: Iterable[File],
    checks: Iterable[Check],
    version: str,
    wanted: Collection[str] | None = None,
) -> dict[str, Profile]:
    """The profiles that come with the program, and the one that is derived.

    Only those ``wanted`` and what they include, where it is said: a file is called as its profile.
    """
    baseline = rfc_baseline(checks, version=version)
    made = {baseline.id: baseline}
    by_id = {file.name.removesuffix(".yaml"): file for file in files}
    waiting = sorted(by_id if wanted is None else set(wanted) & set(by_id), reverse=True)
    while waiting:
        name = waiting.pop()
        if name in made:
            continue
        one = read(by_id[name])
        if one.profile.id != name:
            raise DocumentError([_defect(one, ("id",), f"the file is called {name}")])
        made[name] = one.profile
        waiting += [other for other in includes(one.profile) if other in by_id]
    return dict(sorted(made.items(), key=lambda item: (item[0] != baseline.id, item[0])))


def includes(profile: Profile) -> tuple[str, ...]:
    """The profiles whose controls a profile takes over."""
    found = (one for control in profile.controls for one in included(control.rule))
    return tuple(dict.fromkeys(found))


def added(
    library: Mapping[str, Profile],
    files: Iterable[File],
    *,
    checks: Mapping[str, Check],
    facts: Mapping[str, Fact],
) -> dict[str, Profile]:
    """The library with a user's own profiles, each linted; one of a known id is refused."""
    made = dict(library)
    for file in files:
        one = read(file)
        if one.profile.id in made:
            text = f"there is a profile {one.profile.id!r} already: give yours an id of its own"
            raise DocumentError([_defect(one, ("id",), text)])
        made[one.profile.id] = one.profile
        errors, _ = linted(one, Known(checks, facts, made))
        if errors:
            raise DocumentError(errors)
    return made


def linted(
    one: Read, known: Known, day: date | None = None
) -> tuple[tuple[Defect, ...], tuple[Defect, ...]]:
    """The errors and the warnings of a profile, each at its place."""
    remarks = list(lint(one.profile, known, day=day))
    return _placed(one, remarks, is_warning=False), _placed(one, remarks, is_warning=True)


def _placed(one: Read, remarks: Iterable[Remark], *, is_warning: bool) -> tuple[Defect, ...]:
    return tuple(
        _defect(one, remark.where, remark.text)
        for remark in remarks
        if remark.is_warning is is_warning
    )


def _defect(one: Read, where: Where, text: str) -> Defect:
    return Defect(one.file, *_position(one.node, where), text)


def _position(node: Node, where: Where) -> tuple[int, int]:
    """Where a key's value stands; where it is left out, the mapping that lacks it."""
    for step in where:
        try:
            node = node.value[step]
        except (KeyError, IndexError, TypeError):
            break
    return node.line, node.column
