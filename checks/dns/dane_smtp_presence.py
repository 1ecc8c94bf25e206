"""Mail servers publish which certificates they have."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.dane_examples import of, tlsa
from scanner.observation.dane import TlsaRecords
from scanner.observation.dnssec import Security


@check(
    id="dane-smtp-presence",
    title="The mail server publishes TLSA records, as its names are signed",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Publish a TLSA record 3 1 1 for the mail server's key, and the next one before a change.",
    snippets={
        "bind": "_25._tcp.mx IN TLSA 3 1 1 <SHA-256 of the key>",
        "powerdns": "pdnsutil add-record agency.example _25._tcp.mx TLSA '3 1 1 <SHA-256 of the key>'",
        "windows": "Add-DnsServerResourceRecord -TLSA -ZoneName agency.example -Name _25._tcp.mx "
        "-CertificateUsage DomainIssuedCertificate -Selector SubjectPublicKeyInfo "
        "-MatchingType Sha256Hash -CertificateAssociationData <SHA-256 of the key>",
        "openssl": "openssl x509 -in mx.pem -pubkey -noout | openssl pkey -pubin -outform der | sha256sum",
    },
    references=(Reference("RFC 7672", "2.2"), Reference("RFC 7671", "5.1")),
    roles=(Role.MAIL,),
    passes={"one": tlsa(of(3, 1, 1))},
    fails={"none": tlsa()},
    others={
        "the MX records are not signed": tlsa(mx=Security.INSECURE),
        "the host's addresses are not signed": tlsa(address=Security.INSECURE),
        "not known whether they are": tlsa(address=Security.INDETERMINATE),
        "not answered": tlsa(reason=Reason.SERVFAIL),
    },
)
def dane_smtp_presence(found: TlsaRecords) -> Judgement:
    """Without it an attacker on the way simply hides STARTTLS and reads all mail."""
    if Security.INDETERMINATE in {found.mx, found.address}:
        return inconclusive(
            Reason.DEPENDENCY_MISSING, "Whether DNSSEC protects {host} is unknown.", host=found.host
        )
    if found.mx is Security.INSECURE:
        return not_applicable(
            "The MX records are not signed (mx-insecure), so DANE protects nothing."
        )
    if not found.is_asked:
        return not_applicable(
            "The addresses of {host} are not signed, so no sender asks.", host=found.host
        )
    if found.reason:
        return inconclusive(found.reason, "The TLSA records were not answered.")
    if not found.records:
        return failed("There is no TLSA record for {host}.", host=found.base)
    return passed("It has {n} TLSA records.", n=len(found.records), evidence=found.records)
