"""No management endpoint is public."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "actuator-endpoint"

EXAMPLE = probe_example(ID, "actuator", "/actuator", "critical")


@check(
    id=ID,
    title="No management endpoint of the application is public",
    severity=Severity.CRITICAL,
    mildest=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Expose health alone over HTTP (`management.endpoints.web.exposure.include=health`), put the
        others on a management port behind a login, and rotate the secrets of the environment.
    """,
    references=(Reference("CWE-215"), Reference("OWASP Top 10 2021", "A05")),
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
def actuator_endpoint(probes: PathProbes) -> tuple[Judgement, ...]:
    """Environment, beans and heap of the application hold its passwords."""
    return exposed(probes, ID)
