"""Evidence made by hand, for the tests of profiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner import registry
from scanner.control.evidence import Evidence, Known, inventory_facts
from scanner.control.library import File, shipped
from scanner.control.profile import AllOf, AnyOf, Grade, Include, Leaf, Profile, Rule
from scanner.fact import RecordedFact, State
from scanner.finding import Finding, Outcome, Severity, fingerprint
from scanner.message import Message
from scanner.observation import Reason
from scanner.targets import target

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "compliance"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
HOST = "agency.example"
DOMAIN = f"domain:{HOST}"
WEB = f"web:{HOST}:443"
MAIL = "mail:mx1.agency.example:25"


def files() -> list[File]:
    """The shipped profiles."""
    folder = ROOT / "checks" / "profiles"
    return [File(one.name, one.read_bytes()) for one in sorted(folder.glob("*.yaml"))]


def library() -> dict[str, Profile]:
    """Every profile."""
    return shipped(files(), registry.load().checks.values(), "1")


def finding(
    check: str,
    outcome: Outcome = Outcome.PASS,
    subject: str = DOMAIN,
    *,
    reason: Reason | None = None,
    severity: Severity = Severity.HIGH,
    item: str = "",
) -> Finding:
    """A finding of today."""
    message = Message("It is so.")
    if outcome is Outcome.INCONCLUSIVE and reason is None:
        reason = Reason.SERVFAIL
    return Finding(
        check=check,
        target=HOST,
        subject=subject,
        item=item,
        outcome=outcome,
        severity=severity,
        message=message,
        text=message.text,
        reason=reason,
        at=NOW,
        fingerprint=fingerprint(check=check, target=HOST, subject=subject, item=item),
    )


def fact(
    name: str,
    value: Any,
    subject: str = DOMAIN,
    *,
    check: str = "a-check",
    address: str | None = None,
    item: str = "",
) -> RecordedFact:
    """A recorded fact, from the notation of the matrix."""
    state, complete, reason = State.KNOWN, True, None
    if isinstance(value, dict) and value.get("unknown"):
        state, value, reason = State.UNKNOWN, None, Reason.SERVFAIL
    elif isinstance(value, dict):
        value, complete = value["value"], value["complete"]
    elif value is None:
        state = State.ABSENT
    if isinstance(value, list):
        value = tuple(sorted(value))
    return RecordedFact(name, check, subject, state, address, item, value, complete, reason, NOW)


def evidence(
    findings: Iterable[Finding] = (),
    facts: Iterable[RecordedFact] = (),
    *,
    inventory: Mapping[str, Known] | None = None,
    deselected: Iterable[str] = (),
    at: datetime = NOW,
    host: str = HOST,
) -> Evidence:
    """The evidence of one domain."""
    return Evidence(
        host=host,
        agency="agency",
        findings=tuple(findings),
        facts=tuple(facts),
        at=at,
        inventory=inventory_facts(target(host, "agency"), None) if inventory is None else inventory,
        deselected=frozenset(deselected),
    )


def checks_of(rule: Rule | None) -> frozenset[str]:
    """The checks that a rule names."""
    match rule:
        case AllOf(rules) | AnyOf(rules):
            return frozenset().union(*(checks_of(one) for one in rules))
        case Grade(grading):
            return frozenset({grading.check})
        case Leaf():
            return frozenset({rule.check})
        case Include() | None:
            return frozenset()
