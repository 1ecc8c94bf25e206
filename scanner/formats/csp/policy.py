"""Content Security Policy: parsed as browsers do, policies apart and never merged (CSP Level 3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from scanner.formats.csp.source import Kind, Source, read

ENFORCED, REPORTED = "Content-Security-Policy", "Content-Security-Policy-Report-Only"
SCRIPT = ("script-src-elem", "script-src", "default-src")
HANDLER = ("script-src-attr", "script-src", "default-src")
EVAL = ("script-src", "default-src")
STYLE = ("style-src-elem", "style-src", "default-src")
STYLE_ATTRIBUTE = ("style-src-attr", "style-src", "default-src")
WORKER = ("worker-src", "child-src", "script-src", "default-src")
FRAME = ("frame-src", "child-src", "default-src")
OBJECT = ("object-src", "default-src")
IMAGE = ("img-src", "default-src")
FONT = ("font-src", "default-src")
MEDIA = ("media-src", "default-src")
CONNECT = ("connect-src", "default-src")
MANIFEST = ("manifest-src", "default-src")
BASE = ("base-uri",)
FORM = ("form-action",)
FRAMES = ("frame-ancestors",)
VOID_IN_META = frozenset({"report-uri", "frame-ancestors", "sandbox"})
MOST_POLICIES, MOST_DIRECTIVES, MOST_SOURCES = 50, 200, 2000
_SPACES = "\t\n\f\r "
_SPACE = re.compile(f"[{_SPACES}]+")


class Why(StrEnum):
    """Why a directive has no effect."""

    DUPLICATE = "duplicate"
    NOT_ASCII = "not-ascii"


class Ignored(Struct, frozen=True):
    """A directive that browsers skip."""

    name: str
    text: str
    why: Why


class Policy(Struct, frozen=True):
    """One policy: directives by lower-case name, the first of a name (2.2.1), tokens as written.

    ``ignored`` are those that are skipped, ``void`` those that a ``<meta>`` cannot carry.
    """

    directives: Mapping[str, tuple[str, ...]]
    ignored: tuple[Ignored, ...] = ()
    void: tuple[str, ...] = ()
    is_meta: bool = False

    @property
    def text(self) -> str:
        """The policy as a server would send it, in its own order."""
        return "; ".join(" ".join((name, *words)) for name, words in self.directives.items())

    @property
    def sandbox(self) -> frozenset[str] | None:
        """What a sandbox allows, in lower case; ``None`` without one."""
        words = self.directives.get("sandbox")
        return None if words is None else frozenset(one.lower() for one in words)

    @property
    def stops_scripts(self) -> bool:
        """A sandbox without allow-scripts runs none (6.3.2)."""
        return self.sandbox is not None and "allow-scripts" not in self.sandbox

    @property
    def stops_forms(self) -> bool:
        """A sandbox without allow-forms sends none (6.3.2)."""
        return self.sandbox is not None and "allow-forms" not in self.sandbox

    @property
    def upgrades(self) -> bool:
        """Whether http addresses are rewritten to https."""
        return "upgrade-insecure-requests" in self.directives

    @property
    def requires_trusted_types(self) -> bool:
        """Whether DOM sinks take typed values only."""
        words = self.directives.get("require-trusted-types-for", ())
        return "'script'" in {one.lower() for one in words}

    def name_of(self, chain: Iterable[str]) -> str | None:
        """The directive of a fallback chain that governs: the first that is there (6.8.1)."""
        return next((one for one in chain if one in self.directives), None)

    def governing(self, chain: Iterable[str]) -> tuple[str, ...] | None:
        """The list of the directive that governs; ``None`` where none does."""
        name = self.name_of(chain)
        return None if name is None else self.directives[name]


def sources(words: tuple[str, ...]) -> tuple[Source, ...]:
    """The expressions of a list; ``'none'`` beside others has no effect and is left out."""
    return tuple(one for one in map(read, words) if one.kind is not Kind.NONE)


def policies(fields: Iterable[str]) -> tuple[Policy, ...]:
    """Every policy of the header lines; commas part them, those without directives drop out."""
    return _policies(tuple(fields))


@lru_cache(maxsize=64)  # many checks ask of one page
def _policies(fields: tuple[str, ...]) -> tuple[Policy, ...]:
    found = (parse(part) for field in fields for part in field.split(",", MOST_POLICIES))
    return tuple(one for one in found if one.directives)[:MOST_POLICIES]


def meta_policies(contents: Iterable[str]) -> tuple[Policy, ...]:
    """The policies of ``<meta>`` elements in the head (3.3): some directives are void there."""
    return _meta_policies(tuple(contents))


@lru_cache(maxsize=64)
def _meta_policies(contents: tuple[str, ...]) -> tuple[Policy, ...]:
    found = map(meta_policy, contents)
    return tuple(one for one in found if one.directives)


def meta_policy(content: str) -> Policy:
    """One policy of a ``<meta>``: a comma is no separator, and what is void there is named."""
    whole = parse(content)
    kept = {name: words for name, words in whole.directives.items() if name not in VOID_IN_META}
    void = tuple(name for name in whole.directives if name in VOID_IN_META)
    return Policy(kept, whole.ignored, void, is_meta=True)


def parse(text: str) -> Policy:
    """Read one serialised policy (2.2.1). Nothing is refused: what browsers skip is named."""
    directives: dict[str, tuple[str, ...]] = {}
    ignored: list[Ignored] = []
    for part in text.split(";", MOST_DIRECTIVES)[:MOST_DIRECTIVES]:
        words = _SPACE.split(part.strip(_SPACES), MOST_SOURCES)
        name = words[0].lower()
        if not name:
            continue
        if not part.isascii():
            ignored.append(Ignored(name[:60], part.strip()[:300], Why.NOT_ASCII))
        elif name in directives:
            ignored.append(Ignored(name[:60], part.strip()[:300], Why.DUPLICATE))
        else:
            directives[name] = tuple(dict.fromkeys(words[1:MOST_SOURCES]))
    return Policy(directives, tuple(ignored))
