"""No log lies under the web root."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "log-file"

EXAMPLE = probe_example(ID, "app-log", "/error.log", "medium")


@check(
    id=ID,
    title="No log file can be fetched",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="""
        Write logs outside the web root, and look through what was readable for tokens to rotate and
        for personal data.
    """,
    references=(Reference("CWE-532"), Reference("OWASP Top 10 2021", "A09")),
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
def log_file(probes: PathProbes) -> tuple[Judgement, ...]:
    """Logs hold addresses of visitors, tokens in URLs, and the errors an attacker looks for."""
    return exposed(probes, ID)
