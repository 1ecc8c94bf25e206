"""JavaScript libraries in the text, name and address of a script, and the flaws of a version.

The patterns come from a list and run on hostile text: by RE2 alone, in linear time. Most of a list
is ruled out at once by the words that its patterns must contain.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import re2

from scanner.dated import dated_list
from scanner.formats.version import is_below
from scanner.observation.page import Library
from scanner.observation.web_lists import Flaw, KnownLibrary, VulnerableLibraries

PLACEHOLDER, VERSION = "§§version§§", r"[0-9][0-9.a-z_\-]+"
MOST_TEXT = 2 << 20
MOST_MATCHES = 20
END_OF_LIFE = "CWE-1104"
ORDER = ("hash", "content", "filename", "uri")  # the surest first
# As the public copies of packages write it: npm/NAME@1.2.3/, ajax/libs/NAME/1.2.3/.
_PACKAGE = re.compile(
    r"(?<=/)(@[\w-]{1,60}/[\w.-]{1,60}|[\w.-]{1,60})[@/](\d{1,4}\.\d{1,4}\.\d{1,6}[\w.-]{0,20})(?=/|$)",
    re.ASCII,
)
_ALIASES = {  # of those copies, where the name is neither the library's nor that of npm
    "datatables": "jquery.datatables",
    "jqueryui": "jquery-ui",
    "prototype": "prototypejs",
    "twitter-bootstrap": "bootstrap",
}
_MINIFIED = re.compile(r"[.-]min\b")
_VERSION = re.compile(r"[0-9][0-9A-Za-z._-]{0,59}", re.ASCII)


@dated_list(name="vulnerable-libraries", file="web/vulnerable_libraries.json")
def vulnerable_libraries(data: bytes) -> VulnerableLibraries:
    """Read the reduced copy of the retire.js repository, or that repository itself."""
    try:
        found = msgspec.json.decode(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    given = _libraries(found)
    skipped: list[str] = []
    libraries = tuple(_library(name, one, skipped) for name, one in given.items())
    dated, source = str(found.get("dated", "undated")), str(found.get("source", "retire.js"))
    return VulnerableLibraries(dated, source, libraries, tuple(skipped))


def _libraries(found: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The libraries by name: under their key, or the whole file as retire.js publishes it."""
    given = found.get("libraries", found) if isinstance(found, dict) else None
    if not isinstance(given, dict) or not given:
        raise ValueError("an object with the key libraries was expected")
    if given is found and not all(
        isinstance(one, dict) and "extractors" in one for one in given.values()
    ):
        raise ValueError("an object with the key libraries was expected")
    return given


def _library(name: str, given: Any, skipped: list[str]) -> KnownLibrary:  # noqa: ANN401 - JSON
    if not isinstance(given, dict):
        message = f"{name}: an object was expected"
        raise ValueError(message)  # noqa: TRY004 - of text
    extractors = given.get("extractors") or {}
    return KnownLibrary(
        name,
        package=str(given.get("npmname") or ""),
        uris=_patterns(name, extractors.get("uri"), skipped),
        filenames=_patterns(name, extractors.get("filename"), skipped),
        contents=_patterns(name, extractors.get("filecontent"), skipped),
        replacements=tuple(_replacements(name, extractors.get("filecontentreplace"), skipped)),
        hashes=tuple(
            (str(key).lower(), str(one)) for key, one in (extractors.get("hashes") or {}).items()
        ),
        flaws=tuple(_flaw(one) for one in given.get("vulnerabilities") or ()),
    )


def _patterns(name: str, given: Iterable[str] | None, skipped: list[str]) -> tuple[str, ...]:
    patterns = [str(one).replace(PLACEHOLDER, VERSION) for one in given or ()]
    usable = [one for one in patterns if _compiles(one)]
    skipped += [name] * (len(patterns) - len(usable))
    return tuple(usable)


def _replacements(
    name: str, given: Iterable[str] | None, skipped: list[str]
) -> Iterator[tuple[str, str]]:
    """``/pattern/replacement/`` as its two parts."""
    for one in given or ():
        head, _, tail = str(one).strip("/").rpartition("/")
        pattern = head.replace(PLACEHOLDER, VERSION)
        if head and _compiles(pattern):
            yield pattern, tail
        else:
            skipped.append(name)


def _compiles(pattern: str) -> bool:
    try:
        re2.compile(pattern, _options())
    except re2.error:
        return False
    return True


def _options() -> Any:  # noqa: ANN401 - the library has no types
    options = re2.Options()
    options.log_errors = False
    return options


def _flaw(given: Any) -> Flaw:  # noqa: ANN401 - JSON
    identifiers = given.get("identifiers") or {}
    named = [*_texts(identifiers.get("CVE")), *_texts(identifiers.get("githubID"))]
    named = named or [*_texts(identifiers.get("retid")), *_texts(identifiers.get("issue"))]
    return Flaw(
        below=str(given.get("below", "")),
        severity=str(given.get("severity", "medium")),
        at_or_above=str(given.get("atOrAbove", "")),
        excludes=tuple(_texts(given.get("excludes"))),
        identifiers=tuple(named),
        summary=str(identifiers.get("summary", ""))[:300],
        url=next(iter(_texts(given.get("info"))), ""),
        is_end_of_life=END_OF_LIFE in _texts(given.get("cwe")),
    )


def _texts(given: Any) -> list[str]:  # noqa: ANN401 - JSON
    if given is None:
        return []
    return [str(one) for one in given] if isinstance(given, list) else [str(given)]


def flaws(library: Library, known: VulnerableLibraries) -> tuple[Flaw, ...]:
    """The flaws of a version of a library."""
    found = (one for one in known.libraries if one.name == library.name)
    return tuple(
        flaw
        for one in found
        for flaw in one.flaws
        if is_below(library.version, flaw.below)
        and not (flaw.at_or_above and is_below(library.version, flaw.at_or_above))
        and library.version not in flaw.excludes
    )


class _Names(NamedTuple):
    """Patterns of addresses behind one filter: the few that can match are asked alone."""

    filter: Any
    patterns: tuple[tuple[str, Any], ...]

    def versions(self, text: str) -> Iterator[tuple[str, str]]:
        """Each library that a pattern names, with its version, in the order of the list."""
        hits = self.filter.Match(text, False) if self.patterns else ()  # noqa: FBT003 - RE2's own
        for index in sorted(hits or ()):
            library, pattern = self.patterns[index]
            hit = pattern.search(text)
            if hit and hit.groups() and (version := cleaned(hit.group(1) or "")):
                yield library, version


def _names(patterns: Iterable[tuple[str, str]]) -> _Names:
    options, chosen, made = _options(), re2.Filter(), []
    for library, pattern in patterns:
        chosen.Add(pattern, options)
        made.append((library, re2.compile(pattern, options)))
    if made:
        chosen.Compile()
    return _Names(chosen, tuple(made))


class _Recogniser(NamedTuple):
    """A list made ready: one filter over all patterns of content, and these patterns."""

    filter: Any
    patterns: tuple[tuple[str, Any, str], ...]
    hashes: dict[str, tuple[str, str]]
    filenames: _Names
    uris: _Names
    packages: dict[str, str]


@lru_cache(maxsize=2)
def _recogniser(known: VulnerableLibraries) -> _Recogniser:
    options = _options()
    patterns: list[tuple[str, Any, str]] = []
    chosen = re2.Filter()
    for one in known.libraries:
        for pattern, replacement in (*((each, "") for each in one.contents), *one.replacements):
            chosen.Add(pattern, options)
            patterns.append((one.name, re2.compile(pattern, options), replacement))
    if patterns:
        chosen.Compile()
    hashes = {key: (one.name, version) for one in known.libraries for key, version in one.hashes}
    filenames = _names(
        (one.name, f"^(?:{each})$") for one in known.libraries for each in one.filenames
    )
    uris = _names((one.name, each) for one in known.libraries for each in one.uris)
    return _Recogniser(chosen, tuple(patterns), hashes, filenames, uris, _packages(known))


def _packages(known: VulnerableLibraries) -> dict[str, str]:
    """The libraries by the names under which public copies of packages have them."""
    named = [(_plain(one.package or one.name), one.name) for one in reversed(known.libraries)]
    made = {**dict(named), **{_plain(one.name): one.name for one in known.libraries}}
    aliases = {alias: name for alias, name in _ALIASES.items() if name in made.values()}
    return {**aliases, **made}


def _plain(name: str) -> str:
    return name.lower().removesuffix(".js")


def in_text(text: str, known: VulnerableLibraries, where: str = "") -> tuple[Library, ...]:
    """The libraries whose words stand in a script; every match counts, as in bundles.

    A library's replacements are asked only where its plain patterns found nothing.
    """
    ready = _recogniser(known)
    if not ready.patterns or not text:
        return ()
    kept = text[:MOST_TEXT].replace("\r\n", "\n").encode("utf-8", "replace")
    plain: dict[str, set[str]] = {}
    replaced: dict[str, set[str]] = {}
    for index in ready.filter.Match(kept, False) or ():  # noqa: FBT003 - RE2's own signature
        name, pattern, replacement = ready.patterns[index]
        into = replaced if replacement else plain
        into.setdefault(name, set()).update(_versions(pattern, kept, replacement))
    found = {**replaced, **{name: versions for name, versions in plain.items() if versions}}
    return tuple(
        Library(name, version, "content", where)
        for name, versions in sorted(found.items())
        for version in sorted(versions)
    )


def _versions(pattern: Any, text: bytes, replacement: str) -> Iterator[str]:  # noqa: ANN401 - RE2
    for number, found in enumerate(pattern.finditer(text)):
        if number >= MOST_MATCHES:
            return
        groups = [(one or b"").decode("utf-8", "replace") for one in found.groups()]
        made = replacement or "$1"
        for index, group in enumerate(groups, start=1):
            made = made.replace(f"${index}", group)
        if version := cleaned(made):
            yield version


def cleaned(version: str) -> str:
    """A version without its mark of minified files; empty for what is none."""
    found = _VERSION.match(_MINIFIED.sub("", version).rstrip(".-_"))
    return found[0].rstrip(".-_") if found else ""


def in_file(body: bytes, known: VulnerableLibraries, where: str = "") -> tuple[Library, ...]:
    """The libraries of a whole script file: by its words, else by its SHA-1."""
    if found := in_text(body[:MOST_TEXT].decode("utf-8", "replace"), known, where):
        return found
    digest = hashlib.sha1(body, usedforsecurity=False).hexdigest()
    known_file = _recogniser(known).hashes.get(digest)
    return (Library(*known_file, "hash", where),) if known_file else ()


@lru_cache(maxsize=1024)  # two checks ask of the same scripts, and a site's pages share them
def in_address(url: str, known: VulnerableLibraries) -> tuple[Library, ...]:
    """What a script's file name and address say it is, the query apart; hints, not proofs."""
    try:
        path = urlsplit(url)._replace(query="", fragment="").geturl()[:2000]
    except ValueError:
        return ()
    ready, name = _recogniser(known), path.rpartition("/")[2]
    packages = ((ready.packages.get(_plain(hit[1]), ""), hit[2]) for hit in _PACKAGE.finditer(path))
    hints = (
        *(("filename", library, version) for library, version in ready.filenames.versions(name)),
        *(("uri", library, version) for library, version in ready.uris.versions(path)),
        *(("uri", library, cleaned(version)) for library, version in packages if library),
    )
    found: dict[str, Library] = {}
    for by, library, version in hints:
        found.setdefault(library, Library(library, version, by, url[:200]))
    return tuple(found.values())


def surest(found: Iterable[Library]) -> tuple[Library, ...]:
    """Each library once a place and version; what content says outranks what a name says."""
    by_place: dict[tuple[str, str], list[Library]] = {}
    for one in found:
        by_place.setdefault((one.name, one.where), []).append(one)
    kept: dict[tuple[str, str], Library] = {}
    for group in by_place.values():
        best = min(ORDER.index(one.by) for one in group)
        for one in group:
            if ORDER.index(one.by) == best:
                kept.setdefault((one.name, one.version), one)
    return tuple(sorted(kept.values()))
