"""No file tells the version."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "cms-version"

EXAMPLE = probe_example(ID, "wp-readme", "/readme.html", "info")


@check(
    id=ID,
    title="No file tells the version of the content management system",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="""
        Deny the file, and keep the system current: hiding the version replaces no update.
    """,
    references=(Reference("CWE-200"), Reference("OWASP Top 10 2021", "A05")),
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
def cms_version(probes: PathProbes) -> tuple[Judgement, ...]:
    """It tells an attacker which holes to try."""
    return exposed(probes, ID)
