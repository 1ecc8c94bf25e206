"""No build file lies under the web root."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "build-artefact"

EXAMPLE = probe_example(ID, "dockerfile", "/Dockerfile", "low")


@check(
    id=ID,
    title="No build, editor or source file can be fetched",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Exclude manifests, build files, editor folders and source maps from deployment; rotate secrets
        that one of them shows.
    """,
    references=(Reference("CWE-538"), Reference("OWASP Top 10 2021", "A05")),
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
def build_artefact(probes: PathProbes) -> tuple[Judgement, ...]:
    """It lists every component with its version: the shopping list of an attacker."""
    return exposed(probes, ID)
