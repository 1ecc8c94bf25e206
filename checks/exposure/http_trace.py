"""TRACE is off."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "http-trace"

EXAMPLE = probe_example(ID, "trace-method", "TRACE /", "low")


@check(
    id=ID,
    title="The method TRACE is off",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Switch TRACE off.
    """,
    snippets={"apache": "TraceEnable Off", "nginx": "if ($request_method = TRACE) { return 405; }"},
    references=(
        Reference("CWE-693"),
        Reference("OWASP Top 10 2021", "A05"),
        Reference("RFC 9110", "9.3.8"),
    ),
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
def http_trace(probes: PathProbes) -> tuple[Judgement, ...]:
    """It echoes what a proxy in between added to a request; nobody needs it on a public site."""
    return exposed(probes, ID)
