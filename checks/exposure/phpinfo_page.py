"""No phpinfo() page is public."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "phpinfo-page"

EXAMPLE = probe_example(ID, "phpinfo", "/phpinfo.php", "medium")


@check(
    id=ID,
    title="No phpinfo() page is public",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="""
        Delete the file; rotate secrets that its environment shows.
    """,
    references=(Reference("CWE-497"), Reference("OWASP Top 10 2021", "A05")),
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
def phpinfo_page(probes: PathProbes) -> tuple[Judgement, ...]:
    """It tells an attacker paths, versions, settings, and often passwords in the environment."""
    return exposed(probes, ID)
