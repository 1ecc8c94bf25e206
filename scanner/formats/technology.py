"""Recognises software by what its answers say: fields, cookies, addresses, words, icons. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import re2
from msgspec.structs import replace

from scanner.dated import dated_list
from scanner.formats.version import is_below
from scanner.observation.mark import Mark
from scanner.observation.technology import Technologies, Technology

LIST = "technologies"
MOST_TEXT = 256 << 10
LONGEST_VALUE = 2000
SHOWN, FOLLOWING = 120, 30
ANYTHING = "[^<]{0,900}"  # how a pattern passes over what stands before in a script
PLACES = ("header", "cookie", "generator", "title", "path", "script", "html", "error", "icon")
LINES = frozenset({"path", "script"})  # of these many values are searched at once
# Where a version is believed first: what runs says it; a file may be left from an earlier one.
FILE = "file"
ORDER = ("header", "generator", "error", "title", "html", "path", "script", FILE)
# Fields whose whole value is evidence; that of others is an identifier of the request, or long.
STABLE = frozenset({"server", "x-powered-by", "via", "x-generator", "powered-by"})


class Sign(NamedTuple):
    """One sign, ready to be looked for; ``field`` is a header's name, in lower case."""

    technology: str
    place: str
    pattern: Any
    field: str = ""
    icon: str = ""
    weak: bool = False


class Answer(NamedTuple):
    """What is looked at of a site's answers; ``paths`` are those that its page loads from it."""

    fields: tuple[tuple[str, str], ...] = ()
    cookies: tuple[str, ...] = ()
    generators: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()


class _Searched(NamedTuple):
    """The signs of one kind of text behind one filter, which reads the text once for all."""

    filter: Any
    signs: tuple[Sign, ...]


class _Known(NamedTuple):
    fields: dict[str, list[Sign]]
    icons: dict[str, list[Sign]]
    texts: dict[str, _Searched]


@dated_list(name=LIST, file="exposure/technologies.json")
def read(data: bytes) -> Technologies:
    """The list; raise ``ValueError`` where it is none, or a sign is no sign."""
    try:
        found = msgspec.json.decode(data, type=_List)
    except msgspec.MsgspecError as error:
        message = f"no list of technologies: {error}"
        raise ValueError(message) from None
    if found.list != LIST:
        message = f"it is the list {found.list!r}, not {LIST!r}"
        raise ValueError(message)
    for one in found.technologies:
        tuple(_signs(one))
    return Technologies(found.dated, found.source, found.technologies)


class _List(msgspec.Struct):
    list: str
    dated: str
    source: str
    technologies: tuple[Technology, ...]


def _signs(one: Technology) -> Iterator[Sign]:
    for written in one.signs:
        weak, text = written.startswith("~"), written.removeprefix("~")
        place, _, rest = text.partition(" ")
        if place not in PLACES or not rest:
            message = f"{one.id}: {written!r} is no sign"
            raise ValueError(message)
        if place == "icon":
            yield Sign(one.id, place, None, icon=rest, weak=weak)
            continue
        field = ""
        if place == "header":
            field, _, rest = rest.partition(": ")
        yield Sign(one.id, place, _pattern(one, place, rest), field.lower(), weak=weak)


def _pattern(one: Technology, place: str, text: str) -> Any:  # noqa: ANN401 - RE2 has no types
    try:
        return re2.compile(("(?im)" if place in LINES else "(?i)") + text, _options())
    except re2.error as error:
        message = f"{one.id}: {text!r} is no pattern ({error})"
        raise ValueError(message) from None


def _options() -> Any:  # noqa: ANN401 - RE2 has no types
    options = re2.Options()
    options.log_errors = False
    return options


@lru_cache(maxsize=2)
def _known(known: Technologies) -> _Known:
    fields: dict[str, list[Sign]] = {}
    icons: dict[str, list[Sign]] = {}
    texts: dict[str, list[Sign]] = {}
    for sign in (each for one in known.technologies for each in _signs(one)):
        match sign.place:
            case "header":
                fields.setdefault(sign.field, []).append(sign)
            case "icon":
                icons.setdefault(sign.icon, []).append(sign)
            case place:
                texts.setdefault(place, []).append(sign)
    return _Known(fields, icons, {place: _searched(signs) for place, signs in texts.items()})


def _searched(signs: list[Sign]) -> _Searched:
    chosen = re2.Filter()
    for one in signs:
        chosen.Add(one.pattern.pattern, _options())
    chosen.Compile()
    return _Searched(chosen, tuple(signs))


def recognised(answer: Answer, known: Technologies) -> tuple[Mark, ...]:
    """What the parts of an answer that are kept say."""
    ready = _known(known)
    found = [*_in_fields(answer.fields, ready)]
    for place, values in (
        ("cookie", answer.cookies),
        ("generator", answer.generators),
        ("title", answer.titles),
    ):
        found += [mark for one in values for mark in _in_text(place, one, ready)]
    found += _in_text("path", "\n".join(answer.paths), ready)
    found += _in_text("script", "\n".join(answer.scripts), ready)
    return once(found)


def in_page(body: bytes, known: Technologies) -> tuple[Mark, ...]:
    """What the text of a page says, which is not kept."""
    return once(_in_text("html", _text(body), _known(known)))


def in_error_page(body: bytes, known: Technologies) -> tuple[Mark, ...]:
    """What the answer to an invented path says in its text, as at its foot."""
    return once(_in_text("error", _text(body), _known(known)))


def of_icon(name: str, known: Technologies) -> tuple[Mark, ...]:
    """Whose icon it is, by the MurmurHash3 of its base64."""
    signs = _known(known).icons.get(name, [])
    return tuple(Mark(one.technology, "", "icon", f"favicon.ico, hash {name}") for one in signs)


def _text(body: bytes) -> str:
    return body[:MOST_TEXT].decode("utf-8", "replace")


def _in_fields(fields: Iterable[tuple[str, str]], ready: _Known) -> Iterator[Mark]:
    for name, value in fields:
        kept = value[:LONGEST_VALUE].strip()
        for sign in ready.fields.get(name.lower(), ()):
            if found := sign.pattern.search(kept):
                mark = _mark(sign, found, f"{name}: {kept[:SHOWN]}")
                is_shown = mark.version or name.lower() in STABLE
                yield mark if is_shown else replace(mark, where=name)


def _in_text(place: str, text: str, ready: _Known) -> Iterator[Mark]:
    searched = ready.texts.get(place)
    if searched is None or not text:
        return
    for index in searched.filter.Match(text, False) or ():  # noqa: FBT003 - RE2's own signature
        sign = searched.signs[index]
        found = sign.pattern.search(text)  # the filter gives those that match
        yield _mark(sign, found, f"{place}: {_shown(sign, text, found)}")


def _shown(sign: Sign, text: str, found: Any) -> str:  # noqa: ANN401 - RE2 has no types
    """What is evidence: of a page the pattern that was met, since its own words are not kept.

    Else the words that were met, and what follows on their line: it may name a distribution.
    """
    if sign.place == "html":
        return str(sign.pattern.pattern).removeprefix("(?i)").rpartition(ANYTHING)[2]
    start, end = found.start(), min(found.end() + FOLLOWING, found.start() + SHOWN)
    return " ".join(re.split(r"[\r\n]", text[start:end].lstrip(), maxsplit=1)[0].split())


def _mark(sign: Sign, found: Any, where: str) -> Mark:  # noqa: ANN401 - RE2 has no types
    version = next((one for one in found.groups() if one), "")
    return Mark(sign.technology, version[:40], sign.place, where, sign.weak)


def once(found: Iterable[Mark]) -> tuple[Mark, ...]:
    """Each product, kind of sign and version once."""
    kept: dict[tuple[str, str, str], Mark] = {}
    for one in found:
        kept.setdefault((one.technology, one.by, one.version), one)
    return tuple(sorted(kept.values()))


class Named(NamedTuple):
    """A product, the version that is believed, how sure it is, and what says so."""

    technology: Technology
    version: str
    confidence: str
    where: tuple[str, ...]


def named(marks: Iterable[Mark], known: Technologies) -> tuple[Named, ...]:
    """Each recognised product once; the version of the best place is believed, in its full form."""
    by_id = {one.id: one for one in known.technologies}
    groups: dict[str, list[Mark]] = {}
    for one in marks:
        groups.setdefault(one.technology, []).append(one)
    return tuple(
        Named(by_id[name], _version(group), _confidence(group), tuple(one.where for one in group))
        for name, group in sorted(groups.items())
        if name in by_id
    )


def holes(one: Named) -> tuple[str, ...]:
    """The holes known to be used, but for those that the visible version has behind it."""
    split = (text.partition("<") for text in one.technology.exploited)
    return tuple(
        name
        for name, _, mended in split
        if not (one.version and mended) or is_below(one.version, mended)
    )


def _version(group: Sequence[Mark]) -> str:
    runs = any(one.by != FILE for one in group)  # a file alone may be all that is left of it
    told = sorted(
        (one for one in group if one.version and not one.weak and (runs or one.by != FILE)),
        key=lambda one: ORDER.index(one.by),
    )
    if not told:
        return ""
    best = told[0].version
    fuller = (one.version for one in told if one.version.startswith(f"{best}."))
    return max((best, *fuller), key=len)


def _confidence(group: Iterable[Mark]) -> str:
    """Two independent kinds of signs are certain; one that others have too is a guess."""
    strong = {one.by for one in group if not one.weak and one.by != FILE}
    return "certain" if len(strong) > 1 else "firm" if strong else "tentative"
