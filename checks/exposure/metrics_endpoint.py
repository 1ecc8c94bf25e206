"""Metrics are not public."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "metrics-endpoint"

EXAMPLE = probe_example(ID, "metrics", "/metrics", "low")


@check(
    id=ID,
    title="Metrics are not public",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Bind the endpoint to the monitoring network.
    """,
    references=(Reference("CWE-497"), Reference("OWASP Top 10 2021", "A05")),
    passes={
        "absent": EXAMPLE[ProbeResult.ABSENT],
        "the site answers like this everywhere": EXAMPLE[ProbeResult.CATCH_ALL],
        "proved once and never again": EXAMPLE[ProbeResult.ONCE],
    },
    fails={"proved": EXAMPLE[ProbeResult.PROVED]},
    others={
        "not settled": EXAMPLE[ProbeResult.UNKNOWN],
        "a host that claims to be everything": EXAMPLE[ProbeResult.SUPPRESSED],
    },
)
def metrics_endpoint(probes: PathProbes) -> tuple[Judgement, ...]:
    """They tell versions, internal names and load, minute by minute."""
    return exposed(probes, ID)
