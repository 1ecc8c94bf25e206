"""No debugging page is public."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "debug-interface"

EXAMPLE = probe_example(ID, "symfony-profiler", "/_profiler", "high")


@check(
    id=ID,
    title="No debugging page or profiler is public",
    severity=Severity.HIGH,
    mildest=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="""
        Run the application in production mode, remove profilers and debug bars from it, and rotate
        secrets that the pages show.
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
def debug_interface(probes: PathProbes) -> tuple[Judgement, ...]:
    """Debug pages show source, settings and requests of other visitors."""
    return exposed(probes, ID)
