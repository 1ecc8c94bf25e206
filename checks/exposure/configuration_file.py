"""No configuration lies under the web root."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "configuration-file"

EXAMPLE = probe_example(ID, "web-config", "/web.config", "critical")


@check(
    id=ID,
    title="No configuration file of the application can be fetched",
    severity=Severity.CRITICAL,
    mildest=Severity.INFO,
    effort=Effort.HOURS,
    remediation="""
        Serve only the public directory of the application; delete copies that editors and
        administrators made; rotate every secret the file shows.
    """,
    snippets={"nginx": "location ~* \\.(bak|old|orig|save|swp|ini|conf|ya?ml)$ { deny all; }"},
    references=(Reference("CWE-538"), Reference("OWASP Top 10 2021", "A05")),
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
def configuration_file(probes: PathProbes) -> tuple[Judgement, ...]:
    """It tells how the application is built, and often holds its passwords."""
    return exposed(probes, ID)
