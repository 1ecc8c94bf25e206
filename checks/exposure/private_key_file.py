"""No private key lies under the web root."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "private-key-file"

EXAMPLE = probe_example(ID, "private-key", "/server.key", "critical")


@check(
    id=ID,
    title="No private key can be fetched",
    severity=Severity.CRITICAL,
    mildest=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Remove the file, revoke the certificate or take the key from every authorized_keys, and make a
        new key: the old one is known to others.
    """,
    references=(Reference("CWE-522"), Reference("OWASP Top 10 2021", "A02")),
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
def private_key_file(probes: PathProbes) -> tuple[Judgement, ...]:
    """Whoever has it can be the site: no browser would notice."""
    return exposed(probes, ID)
