"""Services ask who is there."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "unauthenticated-service"

EXAMPLE = probe_example(ID, "elasticsearch", "/_cat/indices?v", "critical")


@check(
    id=ID,
    title="No data store or console answers without a login",
    severity=Severity.CRITICAL,
    mildest=Severity.INFO,
    effort=Effort.HOURS,
    remediation="""
        Require a login, bind the service to a private network, and treat what it holds as disclosed;
        rotate secrets that it shows.
    """,
    references=(Reference("CWE-306"), Reference("OWASP Top 10 2021", "A01")),
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
def unauthenticated_service(probes: PathProbes) -> tuple[Judgement, ...]:
    """Open data stores are copied, wiped and held to ransom by machines that look for nothing else."""
    return exposed(probes, ID)
