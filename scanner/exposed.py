"""What the probes of a check's paths say: the same reading for every exposure check."""

from __future__ import annotations

from scanner.finding import Judgement, Severity, failed, inconclusive, passed
from scanner.observation import Reason
from scanner.observation.exposure import PathProbe, PathProbes, ProbeResult


def exposed(probes: PathProbes, check: str) -> tuple[Judgement, ...]:
    """One failure for each proved path (its item); else what is not settled, else a pass.

    A path that a site answers like any other, or that a control disproved, is no finding.
    """
    asked = probes.of(check)
    if found := [one for one in asked if one.result is ProbeResult.PROVED]:
        return tuple(_failure(one) for one in found)
    if unknown := [one for one in asked if one.result is ProbeResult.UNKNOWN]:
        reason = unknown[0].reason or Reason.TIMEOUT
        paths = ", ".join(one.path for one in unknown)
        return (inconclusive(reason, "It could not be told of {paths}.", paths=paths),)
    return (passed("None of {n} usual places has one.", n=len(asked)),)


def _failure(one: PathProbe) -> Judgement:
    return failed(
        "The file {path} can be fetched by anyone; its content proves what it is.",
        path=one.path,
        item=one.path,
        severity=Severity(one.severity),
        evidence=tuple(filter(None, (f"{one.proof}, {one.size} bytes", one.excerpt))),
    )


def probe_example(
    check: str, entry: str, path: str, severity: str
) -> dict[ProbeResult, PathProbes]:
    """For examples: one path of a check, with each result it can have."""
    return {
        result: PathProbes(
            (PathProbe(entry, check, path, result, severity, 200, "x", reason=Reason.TIMEOUT),)
        )
        for result in ProbeResult
    }
