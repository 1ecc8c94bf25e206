"""No dump lies under the web root."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "memory-dump"

EXAMPLE = probe_example(ID, "java-heap", "/heapdump.hprof", "high")


@check(
    id=ID,
    title="No dump of a process can be fetched",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Delete the dump, switch dumps off for servers on the internet, and rotate every secret that the
        process held.
    """,
    references=(Reference("CWE-528"), Reference("OWASP Top 10 2021", "A05")),
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
def memory_dump(probes: PathProbes) -> tuple[Judgement, ...]:
    """The memory of a process holds its passwords and the sessions of its users."""
    return exposed(probes, ID)
