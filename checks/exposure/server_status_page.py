"""The server's status page is not public."""

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

ID = "server-status-page"


def _seen(result: ProbeResult) -> PathProbes:
    probe = PathProbe(
        "apache-status",
        ID,
        "/server-status",
        result,
        "medium",
        200,
        "pattern",
        reason=Reason.TIMEOUT,
    )
    return PathProbes((probe,))


@check(
    id=ID,
    title="The status page of the server is not public",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""Restrict the page to the administrators' own addresses.""",
    snippets={"apache": "<Location /server-status> Require local </Location>"},
    references=(Reference("CWE-497"),),
    passes={
        "absent": _seen(ProbeResult.ABSENT),
        "the site answers like this everywhere": _seen(ProbeResult.CATCH_ALL),
    },
    fails={"proved": _seen(ProbeResult.PROVED)},
    others={"not settled": _seen(ProbeResult.UNKNOWN)},
)
def server_status_page(probes: PathProbes) -> Sequence[Judgement]:
    """It shows who asks for which address at this moment, query strings included."""
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
