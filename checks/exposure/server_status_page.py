"""The server's status page is not public."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "server-status-page"

EXAMPLE = probe_example(ID, "apache-status", "/server-status", "medium")


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
        "absent": EXAMPLE[ProbeResult.ABSENT],
        "the site answers like this everywhere": EXAMPLE[ProbeResult.CATCH_ALL],
    },
    fails={"proved": EXAMPLE[ProbeResult.PROVED]},
    others={"not settled": EXAMPLE[ProbeResult.UNKNOWN]},
)
def server_status_page(probes: PathProbes) -> tuple[Judgement, ...]:
    """It shows who asks for which address at this moment, query strings included."""
    return exposed(probes, ID)
