"""A judged run with every verdict in it, and strings that were sent to do harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from scanner.assessment import Assessment, Status
from scanner.control.judgement import ControlVerdict
from scanner.control.judging import Bench, Judging
from scanner.control.manual import ManualOutcomes
from scanner.control.manual import read as read_manual
from scanner.control.profile import Profile, of_plain
from scanner.control.waiver import Notice, Waivers
from scanner.control.waiver import read as read_waivers
from scanner.finding import Finding, Outcome, Severity, fingerprint
from scanner.message import Message
from scanner.observation import Reason
from scanner.registry import load
from scanner.run import Deselected, Run, RunStatus, Vantage
from scanner.targets import Agency, Inventory, target

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SINCE = datetime(2026, 10, 20, 22, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 3, 9, tzinfo=UTC)
CHECKS = load().checks
HOSTILE = "\x00\x1b[31m\u202e</script>]]>\"'&<b>\ufffe\ufeff=cmd|' /C calc'!A0"

OUTCOMES = {
    "passes": ("hsts-presence", Outcome.PASS),
    "fails": ("hsts-max-age", Outcome.FAIL),
    "waived": ("hsts-syntax", Outcome.FAIL),
    "unknown": ("hsts-subdomains", Outcome.INCONCLUSIVE),
    "broken": ("https-availability", Outcome.ERROR),
    "elsewhere": ("https-enforcement", Outcome.NOT_APPLICABLE),
    "remark": ("redirect-loop", Outcome.INFORMATIONAL),
}
UPCOMING = "not yet/in (force)"


def _control(name: str, check: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "title": f"What {name} asks for",
        "level": "required",
        "severity": "high",
        "coverage": "full",
        "rule": {"check": check},
        **more,
    }


def profile_of_every_verdict() -> Profile:
    """A profile whose controls come to every verdict there is."""
    controls = [_control(name, check) for name, (check, _) in OUTCOMES.items()]
    controls[1]["deadline_days"] = 30
    controls += [
        _control("3DES", "form-insecure"),
        _control("II.1/a", "hsts-max-age", effective={"from": "2027-01-01"}),
        _control(
            "withdrawn", "hsts-max-age", effective={"from": "2020-01-01", "until": "2021-01-01"}
        ),
        {
            "id": "by-hand",
            "title": "What people find out",
            "level": "required",
            "coverage": "none",
            "manual": {"question": "Is it so?"},
        },
        {
            "id": "nobody-looked",
            "title": "What nobody found out",
            "level": "required",
            "coverage": "none",
            "manual": {"question": "Is it so?"},
        },
    ]
    return of_plain(
        {
            "schema_version": 1,
            "id": "every-verdict",
            "title": "Every verdict",
            "version": "1",
            "assertion": "full",
            "source": {"document": "none", "date": "2026-11-24", "text_verified": "verified"},
            "controls": controls,
        }
    )


WAIVERS = b"""
schema_version: 1
waivers:
  - id: W-1
    profile: every-verdict
    targets: [a.example]
    controls: [waived]
    kind: risk-accepted
    reason: "The old relay is replaced in spring, and nobody else uses it."
    requested_by: "Head of messaging"
    approved_by: "CISO"
    approved_on: "2026-11-01"
    expires_on: "2027-03-01"
    ticket: "SEC-1"
"""
MANUAL = b"""
schema_version: 1
outcomes:
  - profile: every-verdict
    control: by-hand
    target: {domain: a.example}
    outcome: pass
    assessor: "Lead auditor"
    assessed_on: "2026-10-05"
    method: examine
    statement: "The policy names everything that it must name."
    evidence: [{title: "The policy as retrieved"}]
"""


def made_finding(host: str, check: str, outcome: Outcome, sent: str, number: int = 0) -> Finding:
    """A finding that quotes what a server sent."""
    subject = f"web:{host}:443"
    item = str(number) if number else ""
    message = Message("It sends {what}.", {"what": sent})
    return Finding(
        check=check,
        target=host,
        subject=subject,
        item=item,
        outcome=outcome,
        severity=Severity.HIGH,
        message=message,
        text=message.text,
        reason=Reason.TIMEOUT if outcome is Outcome.INCONCLUSIVE else None,
        detail=sent if outcome is Outcome.INCONCLUSIVE else "",
        evidence=(sent,),
        at=NOW,
        fingerprint=fingerprint(check=check, target=host, subject=subject, item=item),
    )


class Judged:
    """A run of some hosts, judged by the profile of every verdict."""

    accepts_waivers = False
    shows_evidence_as_findings = False
    extractor_version = "1"
    evidence_sha256 = "0" * 64

    def __init__(
        self,
        hosts: tuple[str, ...] = ("a.example",),
        *,
        sent: str = HOSTILE,
        profiles: tuple[Profile, ...] = (),
        findings: Callable[[str], tuple[Finding, ...]] | None = None,
        earlier: Mapping[tuple[str, str], ControlVerdict] | None = None,
    ) -> None:
        self._findings = findings or (lambda host: _every_outcome(host, sent))
        self._earlier = earlier or {}
        self.inventory = Inventory(
            tuple(target(one, "agency") for one in hosts), (Agency("agency", sent, sent, sent),)
        )
        self.checks = CHECKS
        every = profile_of_every_verdict()
        library = {one.id: one for one in (every, *profiles)}
        waivers: Waivers = read_waivers("waivers", WAIVERS, library)
        manual: ManualOutcomes = read_manual("manual", MANUAL, library)
        self.judging = Judging(profiles or (every,), library, NOW.date(), waivers, manual)
        self.profiles = self.judging.profiles
        self.unscanned: tuple[Any, ...] = ()
        self.run = Run(
            id="20261124T030000Z-abcdef",
            lineage=sent,
            sequence=1,
            began=NOW,
            ended=LATER,
            status=RunStatus.FINISHED,
            tool_version="1.0",
            rule_set="x",
            checks=tuple(CHECKS),
            deselected=(Deselected("form-insecure", "left out"),),
            options={},
            vantage=Vantage(),
            authorised_by=sent,
            contact=sent,
            user_agent="govscan/1",
            inventory="i",
        )
        self.bench = Bench(self.run, self.inventory, self.judging)
        self.judge = self.judging.judge()

    def verdicts(self, one: Assessment, only: str = "") -> tuple[ControlVerdict, ...]:
        return self.judge.domain(self.bench.evidence(one), only)

    def unknown(self, host: str, agency: str, only: str = "") -> tuple[ControlVerdict, ...]:
        return self.judge.domain(self.bench.nothing(host, agency), only)

    def is_retired(self, host: str) -> bool:
        return self.bench.is_retired(host)

    def notices(self) -> tuple[Notice, ...]:
        return self.judge.close()

    def before(self, host: str) -> Mapping[tuple[str, str], ControlVerdict]:
        return self._earlier

    def cause(self, host: str, today: ControlVerdict) -> str:
        return "site: it changed" if self._earlier else ""

    def first_seen(self, host: str) -> dict[str, datetime]:
        failing = (one for one in self._findings(host) if one.outcome is Outcome.FAIL)
        return {one.fingerprint: SINCE for one in failing}

    def assessments(self, *, agency: str = "") -> Iterator[Assessment]:
        for one in self.inventory.targets:
            found = self._findings(one.host)
            yield Assessment(one.host, "agency", NOW, LATER, Status.ASSESSED, (), found, ())

    def outcomes(self) -> Iterator[Assessment]:
        return self.assessments()


def _every_outcome(host: str, sent: str) -> tuple[Finding, ...]:
    return tuple(made_finding(host, check, outcome, sent) for check, outcome in OUTCOMES.values())
