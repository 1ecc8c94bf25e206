"""Content Security Policy: what an outsider with an HTML injection could do (CSP Level 3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from scanner.targets import is_public_suffix

SCRIPT = ("script-src-elem", "script-src", "default-src")
HANDLER = ("script-src-attr", "script-src", "default-src")
EVAL = ("script-src", "default-src")
OBJECT = ("object-src", "default-src")
BASE = ("base-uri",)
FRAMES = ("frame-ancestors",)
_NONCE_OR_HASH = re.compile(
    r"'(?:nonce-|sha(?:256|384|512)-)[A-Za-z0-9+/_-]+={0,2}'", re.IGNORECASE | re.ASCII
)
_HOST = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.-]*)://)?(\*|(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.?)"
    r"(?::(\d+|\*))?(/\S*)?",
    re.ASCII,
)
_SPACES = "\t\n\f\r "
_SPACE = re.compile(f"[{_SPACES}]+")
RESTRICTED = frozenset({"gov", "gob", "gouv", "go", "mil", "edu", "ac"})
_OPEN_SCHEMES = frozenset({"http:", "https:"})


class Policy(Struct, frozen=True):
    """One enforced policy: directives by lower-case name, the first of a name (2.2.1)."""

    directives: Mapping[str, tuple[str, ...]]

    @property
    def stops_scripts(self) -> bool:
        """A sandbox without allow-scripts runs none (6.3.2)."""
        words = self.directives.get("sandbox")
        return words is not None and "allow-scripts" not in {one.lower() for one in words}

    def governing(self, chain: Iterable[str]) -> tuple[str, ...] | None:
        """The list of the first directive of a fallback chain that is there (6.8.1)."""
        return next((self.directives[one] for one in chain if one in self.directives), None)


def policies(fields: Iterable[str]) -> tuple[Policy, ...]:
    """Every policy of the header lines; commas part them, those without directives drop out."""
    found = (_policy(part) for field in fields for part in field.split(","))
    return tuple(one for one in found if one.directives)


def meta_policies(contents: Iterable[str]) -> tuple[Policy, ...]:
    """The policies of ``<meta>`` elements in the head (3.3): some directives are void there."""
    void = {"report-uri", "frame-ancestors", "sandbox"}
    found = (
        Policy({name: value for name, value in _policy(one).directives.items() if name not in void})
        for one in contents
    )
    return tuple(one for one in found if one.directives)


def _policy(text: str) -> Policy:
    directives: dict[str, tuple[str, ...]] = {}
    for part in text.split(";"):
        words = _SPACE.split(part.strip(_SPACES))
        if words[0] and part.isascii():
            directives.setdefault(words[0].lower(), tuple(words[1:]))
    return Policy(directives)


def allows_inline_script(sources: tuple[str, ...] | None) -> bool:
    """6.7.3.2: ``unsafe-inline`` counts only without nonce, hash and ``strict-dynamic``."""
    if sources is None:
        return True
    lower = {one.lower() for one in sources}
    guarded = "'strict-dynamic'" in lower or any(map(_NONCE_OR_HASH.fullmatch, sources))
    return "'unsafe-inline'" in lower and not guarded


def allows_foreign_script(sources: tuple[str, ...] | None) -> bool:
    """Whether a script of any outsider's server may run (6.7.1.1)."""
    if sources is None:
        return True
    if "'strict-dynamic'" in {one.lower() for one in sources}:
        return False
    return any(map(is_open, sources))


def allows_data_script(sources: tuple[str, ...] | None) -> bool:
    """Whether a ``data:`` URL may be a script."""
    if sources is None:
        return True
    lower = {one.lower() for one in sources}
    return "data:" in lower and "'strict-dynamic'" not in lower


def is_open(source: str) -> bool:
    """Whether an outsider can satisfy a source expression (web.md 6.4)."""
    if source.lower() in _OPEN_SCHEMES:
        return True
    found = _HOST.fullmatch(source)
    if not found:
        return False
    host = found[2]
    if host == "*":
        return True
    suffix = host[2:].rstrip(".").lower()
    return host.startswith("*.") and is_public_suffix(suffix) and not is_restricted(suffix)


def is_restricted(suffix: str) -> bool:
    """Whether a registry gives names below a suffix to public bodies only, not to strangers."""
    return bool(RESTRICTED & set(suffix.split(".")))


ORDER = ("none", "self", "list", "open")  # what a list lets in, least first


def openness(sources: tuple[str, ...]) -> str:
    """How wide a list is."""
    lower = [one.lower() for one in sources if one.lower() != "'none'"]
    if not lower:
        return "none"
    if any(map(is_open, sources)):
        return "open"
    return "self" if set(lower) == {"'self'"} else "list"


def strictest(found: Iterable[Policy], chain: tuple[str, ...]) -> str | None:
    """The narrowest governing list of several policies; ``None`` where none governs (6.2)."""
    words = [openness(sources) for one in found if (sources := one.governing(chain)) is not None]
    return min(words, key=ORDER.index) if words else None


def allow(
    found: tuple[Policy, ...],
    chain: tuple[str, ...],
    question: Callable[[tuple[str, ...] | None], bool],
) -> bool:
    """Whether every policy allows a script: policies are never merged (4.1.2)."""
    return all(question(one.governing(chain)) and not one.stops_scripts for one in found)
