"""No directory is listed."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "directory-listing"

EXAMPLE = probe_example(ID, "dir-listing", "/uploads/", "high")


@check(
    id=ID,
    title="No directory is listed",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Switch automatic indexes off, and look through what was listed.
    """,
    snippets={
        "nginx": "autoindex off;",
        "apache": "Options -Indexes",
        "IIS": '<directoryBrowse enabled="false"/>',
    },
    references=(Reference("CWE-548"), Reference("OWASP Top 10 2021", "A01")),
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
def directory_listing(probes: PathProbes) -> tuple[Judgement, ...]:
    """A listing shows what nobody linked: drafts, copies, uploads of citizens."""
    return exposed(probes, ID)
