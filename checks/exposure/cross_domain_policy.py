"""No policy lets every site in."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "cross-domain-policy"

EXAMPLE = probe_example(ID, "crossdomain-wildcard", "/crossdomain.xml", "low")


@check(
    id=ID,
    title="No plug-in policy lets every site in",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        List the domains that are trusted, or delete the file: the plug-ins that read it are gone.
    """,
    references=(Reference("CWE-942"), Reference("OWASP Top 10 2021", "A05")),
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
def cross_domain_policy(probes: PathProbes) -> tuple[Judgement, ...]:
    """It let any site read pages with the session of the visitor."""
    return exposed(probes, ID)
