"""API descriptions are published on purpose only."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "api-description"

EXAMPLE = probe_example(ID, "api-docs", "/openapi.json", "medium")


@check(
    id=ID,
    title="No API description is public that is not meant to be",
    severity=Severity.MEDIUM,
    mildest=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="""
        Publish the description of public APIs only; keep internal ones behind a login.
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
def api_description(probes: PathProbes) -> tuple[Judgement, ...]:
    """It lists every function there is, those of administrators included."""
    return exposed(probes, ID)
