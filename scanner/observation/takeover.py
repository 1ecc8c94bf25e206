"""Names that records point to and that may no longer exist, and services that give names away."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from scanner.observation.base import Level, Reason, kind
from scanner.observation.command import dig


class Pointer(StrEnum):
    """Which record points to the name; the word of the check that judges it."""

    CNAME = "CNAME"
    NS = "NS"
    MX = "MX"
    SPF = "SPF"
    POLICY = "policy alias"


class TargetState(StrEnum):
    """What became of the name."""

    EXISTS = "exists"
    NODATA = "nodata"
    NXDOMAIN = "nxdomain"
    UNKNOWN = "unknown"


class RecordTarget(Struct, frozen=True, omit_defaults=True):
    """One name that a record of the target points to.

    ``owner`` bears the record, ``term`` is how it stands there (``include:x.test``).
    ``registrable`` is the domain that a stranger could register, by the public suffix list's ICANN
    section, and ``is_registered`` whether its parent knows it; ``None`` where that was not asked
    or answered. ``is_ours`` marks names of the same organisation or inventory. ``refused`` names
    the open providers whose servers refuse the zone. ``services`` are those whose page of an
    unclaimed name stands there.
    """

    pointer: Pointer
    owner: str
    term: str
    target: str
    state: TargetState
    registrable: str = ""
    is_registered: bool | None = None
    is_ours: bool = False
    refused: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    reason: Reason | None = None
    detail: str = ""

    @property
    def text(self) -> str:
        """As evidence."""
        return f"{self.owner} {self.term}: {self.state}"


@kind(Level.TARGET, command=lambda place: dig(place.subject.host, "ANY"))
class RecordTargets(Struct, frozen=True):
    """Every name that the NS, MX, SPF and policy records of the target point to."""

    targets: tuple[RecordTarget, ...]

    def of(self, pointer: Pointer) -> tuple[RecordTarget, ...]:
        """Those of one kind of record."""
        return tuple(one for one in self.targets if one.pointer is pointer)


class Service(Struct, frozen=True):
    """A hosting service, and whether a stranger may claim a name there."""

    service: str
    status: str
    cname_suffixes: tuple[str, ...] = ()
    cname_suffixes_added: tuple[str, ...] = ()
    detected_by_nxdomain: bool = False
    page_markers: tuple[str, ...] = ()
    page_regex: str | None = None


@kind(Level.RUN)
class TakeoverServices(Struct, frozen=True):
    """The table of services: second-hand and ageing, a list of candidates and never proof."""

    services: tuple[Service, ...]
    dated: str = ""
    source: str = ""
