"""No archive lies under the web root."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "backup-archive"

EXAMPLE = probe_example(ID, "backup-archive", "/backup.zip", "high")


@check(
    id=ID,
    title="No archive of the site can be fetched",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="""
        Move backups off the web server, treat their content as disclosed, and rotate the secrets in it.
    """,
    references=(Reference("CWE-530"), Reference("OWASP Top 10 2021", "A05")),
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
def backup_archive(probes: PathProbes) -> tuple[Judgement, ...]:
    """It holds the whole site: source, configuration, passwords, often the data of citizens."""
    return exposed(probes, ID)
