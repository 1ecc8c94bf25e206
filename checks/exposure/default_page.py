"""The host is in use."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "default-page"

EXAMPLE = probe_example(ID, "default-page", "/", "info")


@check(
    id=ID,
    title="The host has a site of its own",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="""
        Finish the site, or take the host out of service and out of DNS.
    """,
    references=(Reference("CWE-1188"), Reference("OWASP Top 10 2021", "A05")),
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
def default_page(probes: PathProbes) -> tuple[Judgement, ...]:
    """A placeholder means a machine that nobody looks after."""
    return exposed(probes, ID)
