"""No console that runs code is public."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "debug-console"

EXAMPLE = probe_example(ID, "debug-console", "/console", "critical")


@check(
    id=ID,
    title="No console that runs code is public",
    severity=Severity.CRITICAL,
    mildest=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Remove the console; never run a development server on the internet; look for traces of use and
        rotate what the process could read.
    """,
    references=(Reference("CWE-489"), Reference("OWASP Top 10 2021", "A05")),
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
def debug_console(probes: PathProbes) -> tuple[Judgement, ...]:
    """Whoever opens it commands the server."""
    return exposed(probes, ID)
