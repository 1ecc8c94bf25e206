"""Dated lists that checks of web pages are given: libraries with flaws, hosts of scripts."""

from __future__ import annotations

from msgspec import Struct

from scanner.observation.base import Level, kind


class Flaw(Struct, frozen=True, omit_defaults=True):
    """One known flaw of a library: the versions it is in, and its identifiers."""

    below: str
    severity: str
    at_or_above: str = ""
    excludes: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    summary: str = ""
    url: str = ""
    is_end_of_life: bool = False


class KnownLibrary(Struct, frozen=True, omit_defaults=True):
    """A library: how it is recognised (RE2 patterns, SHA-1 of whole files), and its flaws.

    ``package`` is its name on npm where that is another.
    """

    name: str
    package: str = ""
    uris: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    replacements: tuple[tuple[str, str], ...] = ()
    hashes: tuple[tuple[str, str], ...] = ()
    flaws: tuple[Flaw, ...] = ()


@kind(Level.RUN)
class VulnerableLibraries(Struct, frozen=True, cache_hash=True):
    """JavaScript libraries with known flaws. ``skipped``: patterns that RE2 cannot hold."""

    dated: str
    source: str
    libraries: tuple[KnownLibrary, ...] = ()
    skipped: tuple[str, ...] = ()


class ScriptHost(Struct, frozen=True):
    """A host of scripts, with its kind: ``package``, ``jsonp``, ``angular``; a path or none."""

    host: str
    kind: str
    path: str = "/"


@kind(Level.RUN)
class ScriptHosts(Struct, frozen=True, cache_hash=True):
    """Hosts that serve what anybody put there, or run what a caller names: a policy's bypass."""

    dated: str
    source: str
    hosts: tuple[ScriptHost, ...] = ()


@kind(Level.RUN)
class CompromisedHosts(Struct, frozen=True, cache_hash=True):
    """Hosts whose scripts are known to have been turned against their users; and coin miners'."""

    dated: str
    source: str
    compromised: tuple[str, ...] = ()
    miners: tuple[str, ...] = ()
    shorteners: tuple[str, ...] = ()


@kind(Level.RUN)
class ThirdParties(Struct, frozen=True, cache_hash=True):
    """Kinds of other parties: analytics, advertising, replay, fonts, social, video and so on."""

    dated: str
    source: str
    kinds: tuple[tuple[str, str], ...] = ()
