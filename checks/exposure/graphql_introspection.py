"""GraphQL does not describe itself to strangers."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import probe_example, shut_or_absent
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "graphql-introspection"

EXAMPLE = probe_example(ID, "graphql-introspection", "/graphql", "low")


@check(
    id=ID,
    title="GraphQL does not describe itself to strangers",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Disable introspection outside development.",
    references=(Reference("CWE-200"), Reference("OWASP Top 10 2021", "A05")),
    passes={"it says that introspection is off": EXAMPLE[ProbeResult.PROTECTED]},
    fails={"the schema's root is named": EXAMPLE[ProbeResult.PROVED]},
    others={
        "nothing that speaks GraphQL": EXAMPLE[ProbeResult.ABSENT],
        "it wants a request that we never send": EXAMPLE[ProbeResult.UNKNOWN],
    },
)
def graphql_introspection(probes: PathProbes) -> tuple[Judgement, ...]:
    """It lists every query and change there is, those of administrators included."""
    return shut_or_absent(probes, ID, "Nothing that speaks GraphQL was found")
