"""No installer is open."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "cms-installer"

EXAMPLE = probe_example(ID, "installer", "/install.php", "critical")


@check(
    id=ID,
    title="No installer is open to the public",
    severity=Severity.CRITICAL,
    effort=Effort.MINUTES,
    remediation="""
        Finish the installation or remove the installer at once, and look whether somebody else did.
    """,
    references=(Reference("CWE-1188"), Reference("OWASP Top 10 2021", "A05")),
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
def cms_installer(probes: PathProbes) -> tuple[Judgement, ...]:
    """Whoever finishes the installation first owns the site."""
    return exposed(probes, ID)
