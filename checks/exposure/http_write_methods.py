"""Nobody can write by HTTP."""

from scanner import Confidence, Effort, Judgement, Reference, Severity, check, informational
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbe, PathProbes, ProbeResult

ID = "http-write-methods"

EXAMPLE = probe_example(ID, "dangerous-methods", "OPTIONS /", "medium")
CLAIMED = PathProbes(
    (PathProbe("dangerous-methods", ID, "OPTIONS /", ProbeResult.ABSENT, status=200, note="PUT"),),
)


@check(
    id=ID,
    title="WebDAV and methods that write are off",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Switch WebDAV off where nobody needs it, and refuse PUT, DELETE and MKCOL.",
    snippets={"nginx": "dav_methods off;", "apache": "Dav Off"},
    references=(Reference("RFC 4918", "10.1"), Reference("CWE-650")),
    passes={
        "no WebDAV": PathProbes((PathProbe("d", ID, "OPTIONS /", ProbeResult.ABSENT, status=200),)),
        "claimed alone": CLAIMED,
    },
    fails={"WebDAV answers": EXAMPLE[ProbeResult.PROVED]},
    others={"no answer": EXAMPLE[ProbeResult.UNKNOWN]},
)
def http_write_methods(probes: PathProbes) -> tuple[Judgement, ...]:
    """Where WebDAV is on, a weak password is enough to replace the pages of the site.

    Allow is a claim and no proof (RFC 9110 10.2.1); what it claims was not tried.
    """
    said = exposed(probes, ID)
    claimed = [one for one in probes.of(ID) if one.note and one.result is ProbeResult.ABSENT]
    return (
        *said,
        *(
            informational(
                "It advertises {methods} without WebDAV; they were not tried.",
                methods=one.note,
                item=one.path,
                confidence=Confidence.TENTATIVE,
            )
            for one in claimed
        ),
    )
