"""Guests do not see the lists."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "sharepoint-anonymous-access"

EXAMPLE = probe_example(ID, "sharepoint-anon", "/_layouts/15/viewlsts.aspx", "medium")


@check(
    id=ID,
    title="SharePoint shows guests no more than its pages",
    severity=Severity.MEDIUM,
    mildest=Severity.INFO,
    effort=Effort.HOURS,
    remediation="""
        Take the rights of anonymous users on interfaces and lists, and block _vti_ and _api for them.
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
def sharepoint_anonymous_access(probes: PathProbes) -> tuple[Judgement, ...]:
    """Lists and users that no page links can be read by name."""
    return exposed(probes, ID)
