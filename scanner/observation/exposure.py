"""What was found at paths that should not be public, and files that are published to be read."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import curl
from scanner.observation.mark import Mark
from scanner.observation.web import HttpExchange


class ProbeResult(StrEnum):
    """What one path told. ``once``: proved, and not again on three further looks."""

    PROVED = "proved"
    ABSENT = "absent"
    CATCH_ALL = "catch-all"
    ONCE = "once"
    PROTECTED = "protected"
    NOT_ASKED = "not-asked"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


class PathProbe(Struct, frozen=True, omit_defaults=True):
    """One path of one catalogue entry. ``excerpt`` is redacted; the body is never kept.

    ``told`` marks what is said as information and is no failure. ``controls`` are the shapes of
    the invented names and what came there. Size and hash are ``volatile``.
    """

    entry: str
    check: str
    path: str
    result: ProbeResult
    severity: str = ""
    title: str = ""
    product: str = ""
    status: int | None = None
    content_type: str = ""
    proof: str = ""
    confidence: str = "certain"
    excerpt: str = ""
    controls: tuple[str, ...] = ()
    confirmations: int = 0
    told: bool = False
    note: str = ""
    version: str = ""
    weakness: str = ""
    remedy: str = ""
    reason: Reason | None = None
    detail: str = ""
    volatile: dict[str, str | int] = {}


class TemplateHit(Struct, frozen=True, omit_defaults=True):
    """What a user's template found; values are cut to their beginning."""

    template: str
    matcher: str
    name: str
    path: str
    severity: str
    result: ProbeResult
    confidence: str = "tentative"
    values: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    remedy: str = ""
    merged: str = ""
    controls: tuple[str, ...] = ()
    reason: Reason | None = None
    detail: str = ""


class TemplateRun(Struct, frozen=True, omit_defaults=True):
    """What became of a user's templates: run, set aside, refused (with how many of each code)."""

    run: int
    set_aside: int = 0
    refused: dict[str, int] = {}
    hits: tuple[TemplateHit, ...] = ()
    not_run: int = 0
    digest: str = ""


@kind(Level.SERVICE, command=curl)
class PathProbes(Struct, frozen=True, omit_defaults=True):
    """What was asked of one web service: every path that told something, and how many did not.

    ``asked`` counts the paths of each check that were asked and had nothing. ``stopped`` is why
    the scan of the site ended early, ``products`` what a host claims that claims too much.
    ``marks`` is the software that the answer to an invented path names, and an icon that was asked.
    """

    probes: tuple[PathProbe, ...]
    base: str = ""
    plan: str = "standard"
    catalogue: str = ""
    asked: dict[str, int] = {}
    stopped: Reason | None = None
    detail: str = ""
    products: tuple[str, ...] = ()
    templates: TemplateRun | None = None
    marks: tuple[Mark, ...] = ()
    volatile: dict[str, int] = {}

    def of(self, check: str) -> tuple[PathProbe, ...]:
        """The probes of one check, in the order they were asked."""
        return tuple(one for one in self.probes if one.check == check)


def _security_txt(place: Place) -> str:
    return f"curl -s https://{place.subject.host}/.well-known/security.txt"


@kind(Level.TARGET, command=_security_txt)
class SecurityTxt(Struct, frozen=True, omit_defaults=True):
    """The answer at the well-known place, else at the old one, and the text where there is one.

    ``first`` is the URL that was asked and ``hops`` those of the redirects that were followed from
    it; ``reason`` says why the last of them could not be. ``is_utf8`` is of the text's bytes.
    """

    exchange: HttpExchange
    text: str = ""
    first: str = ""
    hops: tuple[str, ...] = ()
    is_utf8: bool = True
    reason: Reason | None = None
    detail: str = ""
