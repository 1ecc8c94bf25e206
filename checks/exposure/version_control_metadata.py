"""No repository lies under the web root."""

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

ID = "version-control-metadata"


def _seen(result: ProbeResult) -> PathProbes:
    probe = PathProbe(
        "git-dir", ID, "/.git/HEAD", result, "high", 200, "git_head", reason=Reason.TIMEOUT
    )
    return PathProbes((probe,))


@check(
    id=ID,
    title="No version control data can be fetched",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="""
        Deploy a build, not a working copy; deny paths that begin with a dot; change every password
        and key that is anywhere in the history.
    """,
    snippets={"nginx": "location ~ /\\.(?!well-known) { deny all; }"},
    references=(Reference("CWE-527"),),
    passes={
        "absent": _seen(ProbeResult.ABSENT),
        "the site answers like this everywhere": _seen(ProbeResult.CATCH_ALL),
    },
    fails={"proved": _seen(ProbeResult.PROVED)},
    others={"not settled": _seen(ProbeResult.UNKNOWN)},
)
def version_control_metadata(probes: PathProbes) -> Sequence[Judgement]:
    """From it the whole source of the site can be rebuilt, with every password ever written in it."""
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
