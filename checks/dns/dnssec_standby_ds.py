"""DS records for keys that are not published yet."""

from scanner import Effort, Judgement, Reference, Severity, check, informational, not_applicable
from scanner.formats import trust_chain_examples as example
from scanner.formats.trust_chain import ds_text, standby
from scanner.observation.dnssec import DelegationSigner, DnssecChain, Security


@check(
    id="dnssec-standby-ds",
    title="Every DS record names a key that is published",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Nothing needs to be done; a DS that is not for a planned key can be removed.",
    references=(Reference("RFC 6781", "4.1.2"), Reference("RFC 4035", "5.2")),
    others={
        "none": example.secure(),
        "one": example.secure(ds=(example.DS, DelegationSigner(9, 13, 2, "cd" * 32))),
        "not signed": example.unsigned(),
    },
)
def dnssec_standby_ds(chain: DnssecChain) -> Judgement:
    """A DS for a key in reserve is legal, and it is the first sign of a forgotten roll-over."""
    found = standby(chain.last) if chain.last.security is Security.SECURE else ()
    if not found:
        return not_applicable("Every DS record of {zone} names a published key.", zone=chain.apex)
    return informational(
        "{n} DS records name keys that are not published.",
        n=len(found),
        evidence=tuple(map(ds_text, found)),
    )
