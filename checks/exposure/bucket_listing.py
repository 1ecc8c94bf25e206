"""No bucket is listed."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "bucket-listing"

EXAMPLE = probe_example(ID, "bucket-listing", "/", "high")


@check(
    id=ID,
    title="No storage bucket lists its objects",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="""
        Take the right to list from the public; look through what was listed.
    """,
    references=(Reference("CWE-732"), Reference("OWASP Top 10 2021", "A01")),
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
def bucket_listing(probes: PathProbes) -> tuple[Judgement, ...]:
    """Whoever sees the list fetches the objects."""
    return exposed(probes, ID)
