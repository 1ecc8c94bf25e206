"""No web shell is there."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "web-shell"

EXAMPLE = probe_example(ID, "webshell", "/shell.php", "critical")


@check(
    id=ID,
    title="No known web shell answers",
    severity=Severity.CRITICAL,
    effort=Effort.PROJECT,
    remediation="""
        Treat the server as compromised: take it off the net, keep the evidence, rebuild it from clean
        sources, and rotate everything it knew.
    """,
    references=(Reference("CWE-506"), Reference("OWASP Top 10 2021", "A08")),
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
def web_shell(probes: PathProbes) -> tuple[Judgement, ...]:
    """Somebody else commands the server already."""
    return exposed(probes, ID)
