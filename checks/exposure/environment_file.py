"""No environment file lies under the web root."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "environment-file"

EXAMPLE = probe_example(ID, "dotenv", "/.env", "critical")


@check(
    id=ID,
    title="No environment file (.env) can be fetched",
    severity=Severity.CRITICAL,
    effort=Effort.MINUTES,
    remediation="""
        Move the file out of the web root, deny paths that begin with a dot, and rotate every password
        and key in it now: take them as known to others.
    """,
    snippets={
        "nginx": "location ~ /\\.(?!well-known) { deny all; }",
        "apache": "RedirectMatch 404 /\\.(?!well-known)",
        "IIS": '<requestFiltering><hiddenSegments><add segment=".git"/></hiddenSegments></requestFiltering>',
    },
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
def environment_file(probes: PathProbes) -> tuple[Judgement, ...]:
    """It holds the passwords of database, mail and other services in plain text."""
    return exposed(probes, ID)
