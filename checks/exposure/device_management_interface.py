"""Device management stays inside."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "device-management-interface"

EXAMPLE = probe_example(ID, "pfsense", "/", "high")


@check(
    id=ID,
    title="No management interface of a device can be reached from the internet",
    severity=Severity.HIGH,
    mildest=Severity.INFO,
    effort=Effort.HOURS,
    remediation="""
        Remove the interface from the internet, or put it behind a policy enforcement point that is not
        the device itself.
    """,
    references=(
        Reference("CWE-200"),
        Reference("OWASP Top 10 2021", "A05"),
        Reference("BOD 23-02"),
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
def device_management_interface(probes: PathProbes) -> tuple[Judgement, ...]:
    """Holes in the management of firewalls and controllers are exploited within days of becoming known."""
    return exposed(probes, ID)
