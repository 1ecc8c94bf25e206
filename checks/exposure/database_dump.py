"""No copy of a database lies under the web root."""

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

ID = "database-dump"


def _seen(result: ProbeResult) -> PathProbes:
    probe = PathProbe(
        "sql-dump", ID, "/backup.sql", result, "critical", 200, "sqldump", reason=Reason.TIMEOUT
    )
    return PathProbes((probe,))


@check(
    id=ID,
    title="No copy of a database can be fetched",
    severity=Severity.CRITICAL,
    effort=Effort.MINUTES,
    remediation="""
        Delete the file from the web server, keep copies elsewhere, and treat the data in it as
        published: those concerned may have to be told.
    """,
    references=(Reference("CWE-530"),),
    passes={
        "absent": _seen(ProbeResult.ABSENT),
        "the site answers like this everywhere": _seen(ProbeResult.CATCH_ALL),
    },
    fails={"proved": _seen(ProbeResult.PROVED)},
    others={"not settled": _seen(ProbeResult.UNKNOWN)},
)
def database_dump(probes: PathProbes) -> Sequence[Judgement]:
    """Whatever the site knows of citizens can be taken with one request."""
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
