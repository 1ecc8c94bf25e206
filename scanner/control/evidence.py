"""What is known of one domain, in the form in which rules ask for it: facts and outcomes by place.

Places form a tree: domain > host > service > address > item (a certificate, a cookie). A place is
the path from the root; a fact of a place holds for everything below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

from scanner.assessment import Assessment
from scanner.fact import RecordedFact, State, Stored
from scanner.finding import AddressOutcome, Finding, Outcome
from scanner.observation import Reason, Role, Subject
from scanner.targets import Agency, Target

Path: TypeAlias = tuple[str, ...]
ROOT: Path = ()

# Inventory facts that silence settles (compliance.md 4); the report says *by default*.
DEFAULTS: Mapping[str, bool | str] = {
    "host.role": "web",
    "agency.us_federal_civilian": False,
    "web.nonstandard_ports": False,
}
INVENTORY = "inventory"
BY_DEFAULT = "inventory, by default"
BY_SUFFIX_LIST = "public suffix list"
# An empty enumeration of a service that does speak TLS was cut short (compliance.md 3).
_NEVER_EMPTY = frozenset({"tls.versions", "tls.suites"})
_MILDER = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.INFORMATIONAL})


class Known(NamedTuple):
    """A fact as a rule sees it: its state, and who says so of which place."""

    name: str
    state: State
    value: Stored = None
    complete: bool = True
    source: str = ""
    subject: str = ""
    reason: Reason | None = None

    @property
    def text(self) -> str:
        """``hsts.max_age is 300 (hsts-max-age)``."""
        return f"{self.name} {self.said}" + (f" ({self.source})" if self.source else "")

    @property
    def said(self) -> str:
        """``is 300``."""
        match self.state, self.value:
            case State.UNKNOWN, _:
                return f"is unknown ({self.reason})" if self.reason else "is unknown"
            case State.ABSENT, _:
                return "is absent"
            case _, tuple():
                members = ", ".join(map(str, self.value)) or "empty"
                return f"is {members}" + ("" if self.complete else " and perhaps more")
            case _, bool():
                return f"is {str(self.value).lower()}"
            case _:
                return f"is {self.value}"


class Unit(NamedTuple):
    """One outcome of a check at one place; an address of a service is a place of its own."""

    path: Path
    finding: Finding
    outcome: Outcome
    address: str


class _Recorded(NamedTuple):
    path: Path
    fact: RecordedFact


@lru_cache(maxsize=1 << 14)
def path_of(subject: Subject, address: str | None = None, item: str = "") -> Path:
    """The place of a subject, of one of its addresses, of an item there."""
    match subject.role:
        case Role.DOMAIN:
            parts = ["", ""]
        case Role.HOST:
            parts = [subject.host, ""]
        case _:
            parts = [subject.host, f"{subject.role}:{subject.port or ''}"]
    parts += [address or "", item]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


@lru_cache(maxsize=1 << 14)
def ancestors(path: Path) -> tuple[Path, ...]:
    """The places that contain a place, itself first; an item of a service holds at its addresses.

    ``('h', 'web:443', '192.0.2.1', 'rsa')`` lies in the address, the service, the host, the domain.
    """
    found = [path]
    if len(path) == 4 and path[2]:  # noqa: PLR2004 - the item of an address
        found.append((*path[:2], "", path[3]))
    found += [path[:length] for length in range(len(path) - 1, -1, -1)]
    return tuple(one for one in found if not one or one[-1])


def is_related(one: Path, other: Path) -> bool:
    """Whether one place lies in the other."""
    short, long = sorted((one, other), key=len)
    return long[: len(short)] == short


@dataclass(frozen=True)
class Evidence:
    """What was kept of one domain, as a profile reads it."""

    host: str
    agency: str
    findings: tuple[Finding, ...]
    facts: tuple[RecordedFact, ...]
    at: datetime
    inventory: Mapping[str, Known] = field(default_factory=dict)
    deselected: frozenset[str] = frozenset()
    is_authorised: bool = True
    is_scanned: bool = True

    @cached_property
    def by_check(self) -> Mapping[str, Sequence[Finding]]:
        """The findings of each check."""
        made: dict[str, list[Finding]] = {}
        for one in self.findings:
            made.setdefault(one.check, []).append(one)
        return made

    @cached_property
    def unreached(self) -> frozenset[tuple[str, str]]:
        """The addresses that never accepted a connection.

        Where an address is inconclusive and the finding of its service is milder, the engine knew.
        """
        return frozenset(
            (one.subject, each.address)
            for one in self.findings
            if one.outcome in _MILDER
            for each in one.addresses
            if each.outcome is Outcome.INCONCLUSIVE
        )

    @cached_property
    def _recorded(self) -> Mapping[str, Sequence[_Recorded]]:
        made: dict[str, list[_Recorded]] = {}
        for one in self.facts:
            path = path_of(Subject.from_text(one.subject), one.address, one.item)
            made.setdefault(one.name, []).append(_Recorded(path, one))
        return made

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, Path], Sequence[RecordedFact]]:
        made: dict[tuple[str, Path], list[RecordedFact]] = {}
        for name, rows in self._recorded.items():
            for row in rows:
                made.setdefault((name, row.path), []).append(row.fact)
        return made

    @cached_property
    def _units_of(self) -> dict[str, tuple[Unit, ...]]:
        return {}

    def units(self, check: str) -> tuple[Unit, ...]:
        """Every outcome of a check, the addresses of a service apart.

        An address that never accepted a connection decides nothing where another of the same
        service answered (ARCHITECTURE.md, Decisions 3).
        """
        if check not in self._units_of:
            every = (unit for one in self.by_check.get(check, ()) for unit in self._units(one))
            self._units_of[check] = tuple(every)
        return self._units_of[check]

    def _units(self, one: Finding) -> Iterable[Unit]:
        subject = Subject.from_text(one.subject)
        if not one.addresses:
            yield Unit(path_of(subject, one.address, one.item), one, one.outcome, one.address or "")
            return
        answered = [each for each in one.addresses if not self._is_silent(one, each)]
        for each in answered or one.addresses:
            path = path_of(subject, each.address, one.item)
            yield Unit(path, one, each.outcome, each.address)

    def _is_silent(self, one: Finding, each: AddressOutcome) -> bool:
        silent = (one.subject, each.address) in self.unreached
        return silent and each.outcome is Outcome.INCONCLUSIVE

    def known(self, name: str, path: Path, check: str = "") -> Known | None:
        """A fact at a place or at the nearest that contains it; ``None`` where none is recorded."""
        if name in self.inventory and self.inventory[name].source != BY_SUFFIX_LIST:
            return self.inventory[name]
        for place in ancestors(path):
            if rows := self._by_place.get((name, place)):
                return self._best(rows, check, place)
        return self.inventory.get(name)

    def below(self, name: str, path: Path) -> tuple[Path, ...]:
        """Where a fact is recorded below a place."""
        return tuple(one for one in self._places(name) if one[: len(path)] == path)

    def places(self, name: str, path: Path) -> tuple[Path, ...]:
        """Where a fact is recorded: below a place, else anywhere."""
        return self.below(name, path) or self._places(name)

    def _places(self, name: str) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(row.path for row in self._recorded.get(name, ())))

    def _best(self, rows: Sequence[RecordedFact], check: str, path: Path) -> Known:
        """The check's own word, and known before unknown."""
        order = sorted(rows, key=lambda row: (row.check != check, row.state is State.UNKNOWN))
        own = [row for row in order if row.state is not State.UNKNOWN] or order
        one = next((row for row in order if row.check == check), own[0]) if check else own[0]
        if one.state is State.UNKNOWN:
            one = own[0]
        made = Known(
            one.name, one.state, one.value, one.complete, one.check, one.subject, one.reason
        )
        return made._replace(complete=False) if self._is_cut_short(made, path) else made

    def _is_cut_short(self, one: Known, path: Path) -> bool:
        if one.name not in _NEVER_EMPTY or one.value != () or one.state is not State.KNOWN:
            return False
        present = self.known("tls.present", path)
        return present is not None and present.value is True


def of_assessment(
    one: Assessment,
    *,
    inventory: Mapping[str, Known],
    deselected: Iterable[str],
    authorised: bool,
) -> Evidence:
    """What was kept of a target."""
    return Evidence(
        host=one.host,
        agency=one.agency,
        findings=one.findings,
        facts=one.facts,
        at=one.began,
        inventory=inventory,
        deselected=frozenset(deselected),
        is_authorised=authorised,
    )


def inventory_facts(target: Target | None, agency: Agency | None) -> Mapping[str, Known]:
    """What the inventory says of a target; what is said of the target beats the agency's."""
    made = {name: _given(name, value, BY_DEFAULT) for name, value in DEFAULTS.items()}
    if target is not None:
        is_organizational = target.host == target.registrable
        made["domain.organizational"] = Known(
            "domain.organizational", State.KNOWN, is_organizational, source=BY_SUFFIX_LIST
        )
    for holder in (agency, target):
        for name, text in (holder.attributes if holder else {}).items():
            value: bool | str = text == "true" if text in {"true", "false"} else text
            made[name] = _given(name, value, INVENTORY)
    return made


def _given(name: str, value: bool | str, source: str) -> Known:  # noqa: FBT001 - a fact's value
    return Known(name, State.KNOWN, value, source=source)
