"""Administration interfaces stay inside."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "admin-interface"

EXAMPLE = probe_example(ID, "db-admin-pma", "/phpmyadmin/", "critical")


@check(
    id=ID,
    title="No administration interface can be reached from the internet",
    severity=Severity.CRITICAL,
    mildest=Severity.INFO,
    effort=Effort.HOURS,
    remediation="""
        Let the interface be reached from the administration network only, or behind a second factor.
    """,
    snippets={"nginx": "location /admin/ { allow 192.0.2.0/24; deny all; }"},
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
def admin_interface(probes: PathProbes) -> tuple[Judgement, ...]:
    """A reachable login will be tried, day and night, with every password that ever leaked."""
    return exposed(probes, ID)
