"""No copy of a database lies under the web root."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "database-dump"

EXAMPLE = probe_example(ID, "sql-dump", "/backup.sql", "critical")


@check(
    id=ID,
    title="No copy of a database can be fetched",
    severity=Severity.CRITICAL,
    effort=Effort.HOURS,
    remediation="""
        Delete the file from the web server, keep copies elsewhere, rotate the passwords in it, and
        treat the data as published: those concerned may have to be told.
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
def database_dump(probes: PathProbes) -> tuple[Judgement, ...]:
    """Whatever the site knows of citizens can be taken with one request."""
    return exposed(probes, ID)
