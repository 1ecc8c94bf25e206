"""Which software a site's answers name: the list of signs, what was recognised, and where."""

from __future__ import annotations

from msgspec import Struct

from scanner.observation.base import Level, kind
from scanner.observation.command import curl
from scanner.observation.mark import Mark


class Technology(Struct, frozen=True, omit_defaults=True):
    """One product, the signs by which it is known, and examples with and without them.

    A sign is a place and a pattern: ``header Name: …``, ``cookie`` (its name), ``generator``,
    ``title``, ``path`` (what the page loads from its own host), ``script`` (from any), ``html``,
    ``error`` (the page for an invented path), ``icon`` (its hash). The first group is the version.
    A sign after ``~`` is weak: others have it too. ``product`` is its name in the release cycles.
    ``exploited`` are holes that attackers used, with the last version that mended it: ``CVE…<1.2``.
    """

    id: str
    title: str
    kind: str
    signs: tuple[str, ...]
    has: tuple[str, ...]
    hasnt: tuple[str, ...]
    product: str = ""
    exploited: tuple[str, ...] = ()


@kind(Level.RUN)
class Technologies(Struct, frozen=True, cache_hash=True):
    """Every product that can be recognised. ``exploited``: holes in CISA's catalogue."""

    dated: str
    source: str
    technologies: tuple[Technology, ...]


@kind(Level.SERVICE, command=curl)
class SiteSoftware(Struct, frozen=True, omit_defaults=True):
    """What a service's answers name: its first answers, page, error page, icon, version files.

    ``fields`` are header fields and generator elements as they were sent, for versions; ``marks``
    what was recognised, each once; ``truncated`` where a page was not read whole.
    """

    marks: tuple[Mark, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    generators: tuple[str, ...] = ()
    truncated: bool = False
