"""Whether the search for exposures could be finished."""

from scanner import Effort, Judgement, Reason, Reference, Severity, check, informational
from scanner.observation.exposure import PathProbes

ID = "exposure-scan-complete"


@check(
    id=ID,
    title="The search for exposed paths came to its end",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Allow the scanner's User-Agent and address through the guard, and scan again.",
    references=(Reference("CWE-200"),),
    others={
        "it did": PathProbes((), asked={"environment-file": 8}, volatile={"requests": 300}),
        "it was stopped": PathProbes((), stopped=Reason.BLOCKED, detail="after 80 requests"),
    },
)
def exposure_scan_complete(probes: PathProbes) -> Judgement:
    """A site that was not asked to the end is incomplete, never clean."""
    requests = probes.volatile.get("requests", 0)
    evidence = (f"plan {probes.plan}, catalogue {probes.catalogue}, {requests} requests",)
    if probes.stopped:
        return informational(
            "The search ended early, {reason}: {why}. What was not asked is not known.",
            reason=probes.stopped,
            why=probes.detail,
            evidence=evidence,
        )
    return informational(
        "The search came to its end (plan {plan}).", plan=probes.plan, evidence=evidence
    )
