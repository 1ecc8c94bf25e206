"""Users are not listed."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "cms-user-enumeration"

EXAMPLE = probe_example(ID, "wp-user-enum", "/wp-json/wp/v2/users", "low")


@check(
    id=ID,
    title="The content management system does not list its users",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Restrict the endpoint to users who have logged in.
    """,
    references=(Reference("CWE-200"), Reference("OWASP Top 10 2021", "A01")),
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
def cms_user_enumeration(probes: PathProbes) -> tuple[Judgement, ...]:
    """Names of accounts are half of a login."""
    return exposed(probes, ID)
