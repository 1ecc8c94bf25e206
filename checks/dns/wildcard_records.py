"""Names that nobody made are answered."""

from scanner import Effort, Judgement, Reference, Severity, check, informational, not_applicable
from scanner.observation.dns import WildcardProbe


@check(
    id="wildcard-records",
    title="No wildcard answers for names that nobody made",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Replace the wildcard by the names that are in use.",
    references=(Reference("RFC 4592", "2.2"), Reference("RFC 1912", "2.7")),
    others={
        "a wildcard": WildcardProbe(exists=True, records={"A": ("192.0.2.7",), "MX": ("10 mx",)}),
        "none": WildcardProbe(exists=False),
    },
)
def wildcard_records(probe: WildcardProbe) -> Judgement:
    """Then any name a stranger thinks of is a site, and perhaps a mail domain, of the agency."""
    if not probe.exists:
        return not_applicable("A name that nobody made does not exist.")
    return informational(
        "A wildcard answers for any name, with {types}.",
        types=", ".join(sorted(probe.records)),
        evidence=tuple(
            f"*: {kind} {', '.join(found)}" for kind, found in sorted(probe.records.items())
        ),
    )
