"""A chain of trust leads from the root to the zone."""

from msgspec.structs import replace

from scanner import (
    Effort,
    Fact,
    Judgement,
    Reason,
    Reference,
    Severity,
    Unknown,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import DNSSEC_STATUS, FactValue
from scanner.formats import trust_chain
from scanner.formats import trust_chain_examples as example
from scanner.formats.trust_chain import Cut, cut, ds_text, is_island, key_text
from scanner.observation.dnssec import Code, DnssecChain, DnssecRecords, Security

GOOD = example.records()
BOGUS = example.records(example.state(Security.BOGUS, Code.EXPIRATION_IN_PAST))


@check(
    id="dnssec-chain",
    title="DNSSEC protects the zone: a chain of trust leads to it from the root",
    severity=Severity.CRITICAL,
    mildest=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="""
    Sign the zone (algorithm 13), wait until every server has the signed copy, then have the
    registrar or the parent agency publish the DS record. A broken chain: correct the DS at the
    parent, or publish the key that it names; in an emergency have the DS removed. Hosted panels:
    switch DNSSEC on, then copy the DS they show to the registrar.
    """,
    snippets={
        "bind": 'zone "agency.example" { type primary; file "agency.example"; dnssec-policy default; inline-signing yes; };',
        "knot": "zone:\n  - domain: agency.example\n    dnssec-signing: on",
        "powerdns": "pdnsutil secure-zone agency.example\npdnsutil show-zone agency.example",
        "windows": "Invoke-DnsServerZoneSign -ZoneName agency.example -SignWithDefault",
    },
    references=(Reference("RFC 4035", "5"), Reference("RFC 4035", "5.2")),
    records=(DNSSEC_STATUS,),
    passes={
        "secure": (example.secure(), GOOD),
        "secure, a record is not": (example.secure(), BOGUS),
    },
    fails={
        "unsigned": (example.unsigned(), GOOD),
        "signed, no DS": (example.unsigned(keys=(example.KSK,)), GOOD),
        "only algorithms that nobody knows": (
            example.unsigned(Code.ALGORITHM_NOT_SUPPORTED, ds=(example.DS,), keys=(example.KSK,)),
            GOOD,
        ),
        "bogus": (example.broken(Code.NO_SEP), BOGUS),
        "the parent is bogus": (example.broken(Code.EXPIRATION_IN_PAST, zone="example"), BOGUS),
    },
    others={
        "the parent is unsigned": (example.unsigned(zone="example"), GOOD),
        "signed below an unsigned parent": (
            example.unsigned(zone="example", keys=(example.KSK,)),
            GOOD,
        ),
        "the DS was not answered": (example.unseen(), GOOD),
        "the records were not seen": (example.unseen(), Unobserved(Reason.TIMEOUT)),
    },
)
def dnssec_chain(chain: DnssecChain, records: DnssecRecords | Unobserved) -> Judgement:
    """Without it anyone on the way can forge the addresses of the site and of its mail."""
    rrsets = records.rrsets if isinstance(records, DnssecRecords) else ()
    last = chain.last
    reason = last.reason or Reason.DEPENDENCY_MISSING

    known = trust_chain.status(chain, rrsets)
    facts: dict[Fact, FactValue] = {
        DNSSEC_STATUS: known if known is not None else Unknown(reason, last.detail)
    }
    evidence = (*map(ds_text, last.ds), *map(key_text, chain.keys))
    if last.security is Security.SECURE:
        return passed(
            "A chain of trust leads from the root to {zone}.",
            zone=last.zone or ".",
            evidence=evidence,
            facts=facts,
        )
    found = cut(chain)
    if found is None:
        return inconclusive(
            reason,
            "The chain could not be followed to {zone}: {why}.",
            zone=last.zone or ".",
            why=last.detail or reason,
            facts=facts,
        )
    if found.security is Security.BOGUS:
        return failed(
            "The chain of trust is broken at {zone}, which the {owner} can mend: {codes}.",
            zone=found.child,
            owner=found.owner,
            codes=", ".join(found.codes),
            evidence=(found.text, *evidence),
            facts=facts,
        )
    return _insecure(chain, found, evidence, facts)


def _insecure(
    chain: DnssecChain, found: Cut, evidence: tuple[str, ...], facts: dict[Fact, FactValue]
) -> Judgement:
    if found.is_foreign and chain.keys:
        return not_applicable(
            "The zone {parent} above is not signed (parent-not-signed); {zone} is ready: publish "
            "its DS as soon as the parent is signed.",
            parent=found.child,
            zone=chain.apex,
            evidence=(found.text, *evidence),
            facts=facts,
        )
    if found.is_foreign:
        return not_applicable(
            "The zone {parent} above is not signed (parent-not-signed): that is for the {owner}.",
            parent=found.child,
            owner=found.owner,
            evidence=(found.text,),
            facts=facts,
        )
    said = _own(chain, found)
    return replace(said, evidence=(found.text, *evidence), facts=facts, severity=Severity.MEDIUM)


def _own(chain: DnssecChain, found: Cut) -> Judgement:
    zone, parent = found.child, found.parent or "."
    if is_island(chain):
        return failed(
            "The zone {zone} is signed, but {parent} has no DS record for it.",
            zone=zone,
            parent=parent,
        )
    if chain.last.ds:
        return failed(
            "The DS records of {zone} in {parent} name only algorithms that validators do not know.",
            zone=zone,
            parent=parent,
        )
    return failed("The zone {zone} is not signed; {parent} above it is.", zone=zone, parent=parent)
