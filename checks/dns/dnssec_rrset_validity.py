"""Every record of the domain validates."""

from collections.abc import Iterator

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
from scanner.observation.dnssec import Code, DnssecRecords, RRsetSecurity, Security

BAD = example.state(Security.BOGUS, Code.EXPIRATION_IN_PAST)


@check(
    id="dnssec-rrset-validity",
    title="Every signed record set of the domain validates",
    severity=Severity.CRITICAL,
    effort=Effort.HOURS,
    remediation="""
    Sign the zone again with keys that the DS names, and see that the re-sign job runs. After a
    change of keys: the DS must name a key that is published and that signs the DNSKEY set.
    """,
    snippets={
        "bind": "rndc sign agency.example\nrndc dnssec -status agency.example",
        "knot": "knotc zone-sign agency.example",
        "powerdns": "pdnsutil rectify-zone agency.example",
        "windows": "Invoke-DnsServerZoneSign -ZoneName agency.example -DoResign",
    },
    references=(Reference("RFC 4035", "5.3"),),
    passes={"all secure": example.records()},
    fails={
        "one expired": example.records(example.state(), BAD),
        "a whole zone": example.records(example.state(Security.BOGUS, Code.NO_SEP, inherited=True)),
        "a denial": example.records(
            example.state(Security.BOGUS, Code.SNAME_NOT_COVERED, denies="nxdomain")
        ),
    },
    others={
        "not signed": example.records(example.state(Security.INSECURE)),
        "unknown": example.records(
            example.state(Security.INDETERMINATE, reason=Reason.SERVFAIL, rdtype="A")
        ),
        "no anchor": example.records(example.state(Security.INDETERMINATE)),
    },
)
def dnssec_rrset_validity(records: DnssecRecords) -> Iterator[Judgement]:
    """A bogus record does not exist for everyone whose resolver validates: site or mail is gone."""
    states = [one.security for one in records.rrsets]
    bad = [one for one in records.rrsets if one.security is Security.BOGUS]
    if bad:
        yield from map(_bogus, (one for one in bad if not one.inherited))
        yield from _zones([one for one in bad if one.inherited])
        return
    unknown = [one for one in records.rrsets if one.security is Security.INDETERMINATE]
    if unknown:
        first = unknown[0]
        yield inconclusive(
            first.reason or Reason.DEPENDENCY_MISSING,
            "The state of {n} record sets is unknown, first of {name} {rdtype}.",
            n=len(unknown),
            name=first.name or ".",
            rdtype=first.rdtype,
            evidence=tuple(one.text for one in unknown),
        )
    elif Security.SECURE in states:
        yield passed(
            "All {n} signed record sets and denials validate.",
            n=states.count(Security.SECURE),
            evidence=tuple(one.text for one in records.rrsets),
        )
    else:
        yield not_applicable("No record set of the domain is below a chain of trust.")


def _zones(bad: list[RRsetSecurity]) -> Iterator[Judgement]:
    """One finding for all that lies in a zone whose chain is broken."""
    for zone in sorted({one.zone for one in bad}):
        here = [one for one in bad if one.zone == zone]
        yield failed(
            "All {n} record sets looked at in {zone} are bogus, as the zone is: {codes}.",
            n=len(here),
            zone=zone,
            codes=", ".join(here[0].codes),
            item=zone,
            evidence=tuple(one.text for one in here),
            command=f"delv {here[0].name} {here[0].rdtype}",
        )


def _bogus(one: RRsetSecurity) -> Judgement:
    return failed(
        "The record set {name} {rdtype} is bogus: {codes}.",
        name=one.name or ".",
        rdtype=one.rdtype,
        codes=", ".join(one.codes) or one.detail,
        item=f"{one.name} {one.rdtype}{f' {one.denies}' if one.denies else ''}",
        evidence=(one.text,),
        command=f"{dig(one.name or '.', one.rdtype)} +dnssec +cd",
    )
