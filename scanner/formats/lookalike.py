"""Names that could be taken for another: letters left out, swapped, alike (dns-and-mail 14)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import idna
import msgspec
from msgspec import Struct

from scanner.dated import dated_list
from scanner.observation.base import Level, kind
from scanner.targets import is_public_suffix, readable

MOST = 300
ENDINGS_EACH = 3
RESTRICTED = frozenset({"gov", "mil", "edu", "int", "arpa"})


@kind(Level.RUN)
class LookalikeTable(Struct, frozen=True):
    """Which letters look alike in which script, neighbours on a keyboard, usual endings."""

    dated: str
    source: str
    latin: Mapping[str, tuple[str, ...]]
    arabic: Mapping[str, tuple[str, ...]]
    keyboard: Mapping[str, str]
    suffixes: tuple[str, ...]
    second_level: tuple[str, ...]


@dated_list(name="lookalikes", file="mail/lookalikes.json")
def read_table(data: bytes) -> LookalikeTable:
    """The table of a file; ``ValueError`` names what is wrong."""
    try:
        return msgspec.json.decode(data, type=LookalikeTable)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None


class Candidate(Struct, frozen=True):
    """A name in A-labels, and how it was made."""

    name: str
    how: str


def candidates(host: str, table: LookalikeTable) -> tuple[Candidate, ...]:
    """At most 300 names, the likeliest first, each kind of change in turn."""
    label, _, suffix = host.partition(".")
    endings = _endings(suffix, table)
    found: dict[str, Candidate] = {}
    for how, changed, where in _interleaved(readable(label), suffix, endings, table):
        name = _encoded(changed, where)
        if name and name != host and name not in found and not is_public_suffix(name):
            found[name] = Candidate(name, how)
        if len(found) >= MOST:
            break
    return tuple(found.values())


def is_restricted(suffix: str) -> bool:
    """Whether strangers cannot register below a suffix: ``gov``, ``mil.pk``."""
    return suffix.partition(".")[0] in RESTRICTED


def _endings(suffix: str, table: LookalikeTable) -> tuple[str, ...]:
    """Where a stranger could register: the suffix itself where it is open, its siblings, others."""
    top = suffix.rpartition(".")[2]
    own = () if is_restricted(suffix) else (suffix,)
    siblings = tuple(f"{one}.{top}" for one in table.second_level) if len(top) == 2 else ()  # noqa: PLR2004
    country = (top,) if top != suffix and not is_restricted(top) else ()
    return tuple(dict.fromkeys((*own, *siblings[:1], *country, *table.suffixes, *siblings)))


def _interleaved(
    label: str, suffix: str, endings: tuple[str, ...], table: LookalikeTable
) -> Iterator[tuple[str, str, str]]:
    for ending in endings:
        yield "another ending", label, ending
    joined = suffix.replace(".", "-")
    for changed in (f"gov-{label}", f"{label}-gov", f"{label}-{joined}", f"{label}{joined}"):
        for ending in endings[:ENDINGS_EACH]:
            yield "a word added", changed, ending
    waiting = [(how, make(label, table)) for how, make in MAKERS.items()]
    while waiting:
        for one in tuple(waiting):
            how, changes = one
            changed_label = next(changes, None)
            if changed_label is None:
                waiting.remove(one)
                continue
            for ending in endings[:ENDINGS_EACH]:
                yield how, changed_label, ending


def _alike(label: str, table: LookalikeTable) -> Iterator[str]:
    for at, letter in enumerate(label):
        for other in (*table.latin.get(letter, ()), *table.arabic.get(letter, ())):
            yield label[:at] + other + label[at + 1 :]


def _pairs_alike(label: str, table: LookalikeTable) -> Iterator[str]:
    """``rn`` for ``m`` read the other way round; and every letter of one kind changed at once."""
    for letter, others in {**table.latin, **table.arabic}.items():
        for other in others:
            if len(other) > 1 and other in label:
                yield label.replace(other, letter)
            if label.count(letter) > 1:
                yield label.replace(letter, other)


def _omitted(label: str, _: LookalikeTable) -> Iterator[str]:
    return (label[:at] + label[at + 1 :] for at in range(len(label)))


def _swapped(label: str, _: LookalikeTable) -> Iterator[str]:
    return (
        label[:at] + label[at + 1] + label[at] + label[at + 2 :] for at in range(len(label) - 1)
    )


def _doubled(label: str, _: LookalikeTable) -> Iterator[str]:
    return (label[:at] + letter + label[at:] for at, letter in enumerate(label))


def _neighbour(label: str, table: LookalikeTable) -> Iterator[str]:
    for at, letter in enumerate(label):
        for other in table.keyboard.get(letter, ""):
            yield label[:at] + other + label[at + 1 :]


def _hyphened(label: str, _: LookalikeTable) -> Iterator[str]:
    return (f"{label[:at]}-{label[at:]}" for at in range(1, len(label)))


MAKERS: Mapping[str, Callable[[str, LookalikeTable], Iterator[str]]] = {
    "a letter that looks alike": _alike,
    "letters that look alike": _pairs_alike,
    "a letter left out": _omitted,
    "two letters swapped": _swapped,
    "a letter doubled": _doubled,
    "a neighbouring key": _neighbour,
    "a hyphen": _hyphened,
}


def _encoded(label: str, suffix: str) -> str:
    """A-labels of a name; empty where it is none."""
    try:
        return idna.encode(f"{label}.{suffix}", uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return ""
