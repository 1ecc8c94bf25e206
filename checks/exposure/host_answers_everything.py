"""A host that claims to be everything proves nothing."""

from scanner import Effort, Judgement, Reference, Severity, check, informational, not_applicable
from scanner.observation.exposure import PathProbe, PathProbes, ProbeResult

ID = "host-answers-everything"


@check(
    id=ID,
    title="The host does not claim to be a dozen products at once",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Look at the host by hand: a trap for attackers (a honeypot) answers like this.",
    references=(Reference("CWE-200"),),
    others={
        "it claims too much": PathProbes(
            (PathProbe("a", "x", "/a", ProbeResult.SUPPRESSED, title="an example"),),
            products=tuple("abcdefghijklm"),
        ),
        "it does not": PathProbes(()),
    },
)
def host_answers_everything(probes: PathProbes) -> Judgement:
    """No real server is thirteen products; what such a host shows is no finding."""
    if not probes.products:
        return not_applicable("The host claims to be no more than a host is.")
    suppressed = [one for one in probes.probes if one.result is ProbeResult.SUPPRESSED]
    return informational(
        "The host claims to be {n} products at once ({products}); its findings are withheld.",
        n=len(probes.products),
        products=", ".join(probes.products)[:300],
        evidence=tuple(f"{one.path}: {one.title}" for one in suppressed[:30]),
    )
