"""No GraphQL console is public."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "graphql-console"

EXAMPLE = probe_example(ID, "graphql-console", "/graphiql", "low")


@check(
    id=ID,
    title="No GraphQL console is public",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Remove the console from production.
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
def graphql_console(probes: PathProbes) -> tuple[Judgement, ...]:
    """It invites strangers to explore the interface."""
    return exposed(probes, ID)
