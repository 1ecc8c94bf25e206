"""CDS and CDNSKEY ask the parent for what it has."""

from scanner import Effort, Judgement, Reference, Severity, check, informational, not_applicable
from scanner.formats import trust_chain_examples as example
from scanner.formats.trust_chain import differing
from scanner.observation.dnssec import DelegationSigner, DnssecChain, ZoneKey


@check(
    id="dnssec-cds",
    title="CDS and CDNSKEY agree with the DS records of the parent",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Nothing during a roll-over; otherwise have the signer publish them anew.",
    references=(Reference("RFC 7344", "4"), Reference("RFC 8078", "4")),
    others={
        "they agree": example.secure(cds=(example.DS,), cdnskey=(example.KSK,)),
        "none published": example.secure(),
        "another key": example.secure(cds=(DelegationSigner(9, 13, 2, "cd" * 32),)),
        "the two differ": example.secure(cds=(example.DS,), cdnskey=(ZoneKey(9, 13, 257),)),
        "delete": example.secure(cds=(DelegationSigner(0, 0, 0, "00"),)),
        "no DS yet": example.unsigned(keys=(example.KSK,)),
    },
)
def dnssec_cds(chain: DnssecChain) -> Judgement:
    """A registry that reads them will change the DS on the agency's word: it should mean it."""
    if not chain.cds and not chain.cdnskey:
        return not_applicable("The zone {zone} publishes neither CDS nor CDNSKEY.", zone=chain.apex)
    found = tuple(differing(chain))
    if not found:
        return informational("CDS and CDNSKEY agree with the DS records.")
    return informational("A change is asked for: {what}.", what="; ".join(found), evidence=found)
