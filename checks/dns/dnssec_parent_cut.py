"""The zones above are signed."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    inconclusive,
    informational,
    not_applicable,
)
from scanner.formats import trust_chain_examples as example
from scanner.formats.trust_chain import cut
from scanner.observation.dnssec import DnssecChain, Security


@check(
    id="dnssec-parent-cut",
    title="Every zone above the agency's is signed",
    severity=Severity.INFO,
    effort=Effort.PROJECT,
    remediation="For whoever holds the zone named here: sign it and publish its DS at its parent.",
    references=(Reference("RFC 4035", "5.2"),),
    others={
        "all signed": example.secure(),
        "the registry's zone is not": example.unsigned(zone="example"),
        "the parent agency's is not": example.unsigned(
            zone="ministry.example", inventory=("ministry.example",), name="tax.ministry.example"
        ),
        "its own is not": example.unsigned(),
        "not seen": example.unseen(),
    },
)
def dnssec_parent_cut(chain: DnssecChain) -> Judgement:
    """What one zone above leaves undone, hundreds of agencies below cannot make good."""
    if chain.last.security is Security.INDETERMINATE:
        return inconclusive(
            chain.last.reason or Reason.DEPENDENCY_MISSING,
            "The chain could not be followed: {why}.",
            why=chain.last.detail or "unknown",
        )
    found = cut(chain)
    if found is None or not found.is_foreign:
        return not_applicable("No zone above {zone} breaks the chain.", zone=chain.apex)
    return informational(
        "The chain ends at {child}, below {parent}: that is for the {owner}.",
        child=found.child,
        parent=found.parent or ".",
        owner=found.owner,
        item=found.child,
        evidence=(found.text,),
    )
