"""No phpinfo() page is public."""

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

ID = "phpinfo-page"


def _seen(result: ProbeResult) -> PathProbes:
    probe = PathProbe(
        "phpinfo", ID, "/phpinfo.php", result, "medium", 200, "pattern", reason=Reason.TIMEOUT
    )
    return PathProbes((probe,))


@check(
    id=ID,
    title="No phpinfo() page is public",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="""Delete the file.""",
    references=(Reference("CWE-497"),),
    passes={
        "absent": _seen(ProbeResult.ABSENT),
        "the site answers like this everywhere": _seen(ProbeResult.CATCH_ALL),
    },
    fails={"proved": _seen(ProbeResult.PROVED)},
    others={"not settled": _seen(ProbeResult.UNKNOWN)},
)
def phpinfo_page(probes: PathProbes) -> Sequence[Judgement]:
    """It tells an attacker paths, versions, settings, and often passwords in the environment."""
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
