"""What every format is made of: one domain after the other, with its verdicts. No clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import NAMESPACE_DNS, UUID, uuid5

from reports.source import Source
from reports.view.control import lines_of
from reports.view.text import defused
from scanner.control.judgement import OLDEST_EVIDENCE, ControlVerdict
from scanner.control.profile import Profile
from scanner.control.verdict import Verdict
from scanner.finding import Finding
from scanner.targets import Agency

NAMESPACE = uuid5(NAMESPACE_DNS, "govscan.invalid")
LONGEST = 2000
PRODUCT = "govscan"


class Judged(NamedTuple):
    """One domain, whether it was scanned or not, and every verdict about it."""

    host: str
    agency: Agency
    began: datetime
    ended: datetime
    verdicts: tuple[ControlVerdict, ...]
    findings: tuple[Finding, ...]


def every(source: Source, profile: Profile | None = None) -> Iterator[Judged]:
    """Every domain that counts, one at a time: what was scanned, then what was not."""
    agencies = {one.id: one for one in source.inventory.agencies}
    only = profile.id if profile else ""
    for one in source.outcomes():
        if not source.is_retired(one.host):
            agency = agencies.get(one.agency, Agency(one.agency, one.agency))
            made = source.verdicts(one, only)
            yield Judged(one.host, agency, one.began, one.ended, made, one.findings)
    for other in source.unscanned:
        if not source.is_retired(other.host):
            agency = agencies.get(other.agency, Agency(other.agency, other.agency))
            made = source.unknown(other.host, other.agency, only)
            yield Judged(other.host, agency, source.run.began, source.run.began, made, ())


def name(*parts: str) -> UUID:
    """A name that is the same for the same thing (UUID version 5)."""
    return uuid5(NAMESPACE, "\0".join(parts))


def clean(text: str, most: int = LONGEST) -> str:
    """One line of harmless text, never empty."""
    shown = " ".join(defused(text, most).split())
    return "".join(char if _is_xml(char) else "\N{REPLACEMENT CHARACTER}" for char in shown) or "-"


def _is_xml(char: str) -> bool:
    """The characters of XML 1.0, which the other formats bear as well."""
    return char not in "\ufffe\uffff" and (char >= " " or char in "\t\n\r")


def detail(host: str, one: ControlVerdict) -> str:
    """Why the verdict is what it is, in one line."""
    lines = list(lines_of(host, one))
    if not lines:
        return clean(one.title)
    more = f" (and {len(lines) - 3} more)" if len(lines) > 3 else ""  # noqa: PLR2004 - enough
    return clean("; ".join(lines[:3]) + more)


def reason(one: ControlVerdict) -> str:
    """The codes of what kept a verdict from being definite."""
    if one.verdict is Verdict.ERROR:
        return "error"
    return " ".join(one.reasons)


def expires(profile: Profile, at: datetime) -> datetime:
    """When the evidence is too old to prove a pass."""
    return at + timedelta(days=profile.max_evidence_age_days or OLDEST_EVIDENCE)


def stamp(at: datetime) -> str:
    """A time with its zone, in whole seconds."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def profiles_of(source: Source) -> Mapping[str, Profile]:
    """The selected profiles by their id."""
    return {one.id: one for one in source.profiles}


def ended(source: Source) -> datetime:
    """When the last evidence was had; an unfinished run ends where it began."""
    return source.run.ended or source.run.began
