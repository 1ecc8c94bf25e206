"""What does not exist is denied with a proof."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats import trust_chain_examples as example
from scanner.observation.command import dig
from scanner.observation.dnssec import Code, DnssecRecords, Security

OF_THE_PROOF = frozenset(
    {
        Code.MISSING_NSEC_FOR_NXDOMAIN,
        Code.MISSING_NSEC_FOR_NODATA,
        Code.MISSING_NSEC_FOR_WILDCARD,
        Code.SNAME_NOT_COVERED,
        Code.WILDCARD_NOT_COVERED,
        Code.NO_CLOSEST_ENCLOSER,
        Code.STYPE_IN_BITMAP,
        Code.UNSUPPORTED_NSEC3_ALGORITHM,
        Code.INVALID_NSEC3_HASH,
    }
)


@check(
    id="dnssec-denial",
    title="Answers that something does not exist are proved",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
    Let the signer build the NSEC or NSEC3 chain anew; it must come from the same signing as the
    records, on every server.
    """,
    snippets={
        "bind": "rndc sign agency.example",
        "knot": "knotc zone-sign agency.example",
        "powerdns": "pdnsutil rectify-zone agency.example",
        "windows": "Invoke-DnsServerZoneSign -ZoneName agency.example -DoResign",
    },
    references=(Reference("RFC 4035", "5.4"), Reference("RFC 5155", "8")),
    passes={"proved": example.records(example.state(denies="nxdomain"))},
    fails={
        "no proof": example.records(
            example.state(Security.BOGUS, Code.MISSING_NSEC_FOR_NODATA, denies="nodata")
        ),
        "a wildcard's answer without proof": example.records(
            example.state(Security.BOGUS, Code.MISSING_NSEC_FOR_WILDCARD)
        ),
    },
    others={
        "unsigned": example.records(example.state(Security.INSECURE, denies="nodata")),
        "unknown": example.records(
            example.state(Security.INDETERMINATE, denies="nodata", reason=Reason.TIMEOUT)
        ),
        "no anchor": example.records(example.state(Security.INDETERMINATE, denies="nodata")),
    },
)
def dnssec_denial(records: DnssecRecords) -> Judgement:
    """Where "there is none" needs no proof, an attacker takes records away: CAA, TLSA, DMARC."""
    bad = [
        one
        for one in records.rrsets
        if one.security is Security.BOGUS and OF_THE_PROOF & set(one.codes)
    ]
    if bad:
        return failed(
            "{n} denials are not proved, first that of {name} {rdtype}: {codes}.",
            n=len(bad),
            name=bad[0].name,
            rdtype=bad[0].rdtype,
            codes=", ".join(bad[0].codes),
            evidence=tuple(one.text for one in bad),
            command=f"{dig(bad[0].name, bad[0].rdtype)} +dnssec +cd",
        )
    denials = [one for one in records.rrsets if one.denies]
    unknown = [one for one in denials if one.security is Security.INDETERMINATE]
    if unknown:
        return inconclusive(
            unknown[0].reason or Reason.DEPENDENCY_MISSING,
            "Whether {name} {rdtype} is denied with proof is unknown.",
            name=unknown[0].name,
            rdtype=unknown[0].rdtype,
        )
    good = [one for one in denials if one.security is Security.SECURE]
    if good:
        return passed(
            "All {n} denials are proved.", n=len(good), evidence=tuple(one.text for one in good)
        )
    return not_applicable("No denial of the domain is below a chain of trust.")
