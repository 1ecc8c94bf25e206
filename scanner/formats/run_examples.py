"""For examples of run checks: facts of a target as they are recorded."""

from __future__ import annotations

from scanner.fact import Fact, RecordedFact, RunFact, State, Stored
from scanner.observation import Reason


def known(
    fact: Fact, subject: str, value: Stored, *, agency: str = "agency", complete: bool = True
) -> RunFact:
    """A known value; the target is the subject's host without its first label."""
    recorded = RecordedFact(
        fact.name, "example", subject, State.KNOWN, value=value, complete=complete
    )
    return RunFact(_target(subject), agency, recorded)


def unknown(fact: Fact, subject: str, reason: Reason, *, agency: str = "agency") -> RunFact:
    """A value that could not be seen."""
    recorded = RecordedFact(fact.name, "example", subject, State.UNKNOWN, reason=reason)
    return RunFact(_target(subject), agency, recorded)


def absent(fact: Fact, subject: str, *, agency: str = "agency") -> RunFact:
    """A value that was looked for, and there is none."""
    return RunFact(
        _target(subject), agency, RecordedFact(fact.name, "example", subject, State.ABSENT)
    )


def _target(subject: str) -> str:
    return subject.split(":")[1].partition(".")[2]
