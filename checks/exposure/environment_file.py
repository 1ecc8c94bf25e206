"""No environment file lies under the web root."""

from collections.abc import Sequence

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.observation.exposure import PathProbe, PathProbes, ProbeResult

ID = "environment-file"


def _seen(result: ProbeResult) -> PathProbes:
    probe = PathProbe(
        "dotenv", ID, "/.env", result, "critical", 200, "dotenv", reason=Reason.TIMEOUT
    )
    return PathProbes((probe,))


@check(
    id=ID,
    title="No environment file (.env) can be fetched",
    severity=Severity.CRITICAL,
    effort=Effort.MINUTES,
    remediation="""
        Move the file out of the web root, deny paths that begin with a dot, and change every
        password and key in it now: take them as known to others.
    """,
    snippets={"nginx": "location ~ /\\.(?!well-known) { deny all; }"},
    references=(Reference("CWE-538"),),
    passes={
        "absent": _seen(ProbeResult.ABSENT),
        "the site answers like this everywhere": _seen(ProbeResult.CATCH_ALL),
    },
    fails={"proved": _seen(ProbeResult.PROVED)},
    others={"not settled": _seen(ProbeResult.UNKNOWN)},
)
def environment_file(probes: PathProbes) -> Sequence[Judgement]:
    """It holds the passwords of database, mail and other services in plain text."""
    asked = probes.of(ID)
    if found := [one for one in asked if one.result is ProbeResult.PROVED]:
        return [
            failed(
                "The file {path} can be fetched by anyone; its content proves what it is.",
                path=one.path,
                item=one.path,
                severity=Severity(one.severity),
                evidence=tuple(filter(None, (f"{one.proof}, {one.size} bytes", one.excerpt))),
            )
            for one in found
        ]
    if unknown := [one for one in asked if one.result is ProbeResult.UNKNOWN]:
        reason = unknown[0].reason or Reason.TIMEOUT
        paths = ", ".join(one.path for one in unknown)
        return [inconclusive(reason, "It could not be told of {paths}.", paths=paths)]
    return [passed("None of {n} usual places has one.", n=len(asked))]
