"""The console of JSON web services is not public."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "liferay-jsonws"

EXAMPLE = probe_example(ID, "liferay-jsonws", "/api/jsonws", "medium")


@check(
    id=ID,
    title="Liferay does not show its web services to guests",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="""
        Restrict the console to users who have logged in (`jsonws.servlet.hosts.allowed`).
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
def liferay_jsonws(probes: PathProbes) -> tuple[Judgement, ...]:
    """It lists, and calls, every service of the portal."""
    return exposed(probes, ID)
