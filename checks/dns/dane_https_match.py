"""The web server has the certificate that DNS says."""

from scanner import (
    Effort,
    Judgement,
    Observed,
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
from scanner.formats import certificate_examples as made
from scanner.formats.certificate import read_path
from scanner.formats.dane import fit, is_sound, read
from scanner.formats.dane_examples import HOST, OTHER, chain, of, tlsa
from scanner.observation.dane import TlsaRecords
from scanner.observation.dnssec import Security
from scanner.observation.tls import CertificateChain, TrustStore

SENT = Observed(CertificateChain(HOST, "TLSv1.3", chain()), made.NOW)
STORE = made.store()
NOBODY = TrustStore((), "no root")


@check(
    id="dane-https-match",
    title="The web server's certificate fits its TLSA records",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Publish the record of the key in use, or remove the records.",
    snippets={"bind": "_443._tcp.www IN TLSA 3 1 1 <SHA-256 of the key>"},
    references=(Reference("RFC 6698", "2.1.1"), Reference("RFC 7671", "5")),
    roles=(Role.WEB,),
    passes={
        "3 1 1": (tlsa(of(3, 1, 1)), SENT, STORE),
        "2 1 1": (tlsa(of(2, 1, 1, which=1)), SENT, STORE),
        "1 1 1, and a public root": (tlsa(of(1, 1, 1)), SENT, STORE),
        "0 1 1, and a public root": (tlsa(of(0, 1, 1, which=1)), SENT, STORE),
    },
    fails={
        "another key": (tlsa(OTHER), SENT, STORE),
        "1 1 1, and no public root": (tlsa(of(1, 1, 1)), SENT, NOBODY),
        "0 1 1, and no public root": (tlsa(of(0, 1, 1, which=1)), SENT, NOBODY),
        "1 1 1 of another key": (tlsa("1 1 1 " + "00" * 32), SENT, STORE),
        "0 1 1 of another authority": (tlsa("0 1 1 " + "00" * 32), SENT, STORE),
    },
    others={
        "none": (tlsa(), SENT, STORE),
        "none that can be read": (tlsa("3 1 9 00"), SENT, STORE),
        "bogus": (tlsa(reason=Reason.BOGUS), SENT, STORE),
        "not protected": (tlsa(OTHER, security=Security.INSECURE), SENT, STORE),
    },
)
def dane_https_match(
    found: TlsaRecords, seen: Observed[CertificateChain], store: TrustStore
) -> Judgement:
    """Browsers do not look, but what does look refuses to connect."""
    if found.reason:
        return inconclusive(
            found.reason, "The TLSA records were not answered: {why}.", why=found.detail
        )
    if found.is_asked and found.security is not Security.SECURE and found.records:
        return not_applicable("The TLSA records are not signed, so nobody heeds them.")
    records = [one for one in read(found.records) if is_sound(one)]
    if not records:
        return not_applicable(
            "The site {host} has no TLSA record that can be used.", host=found.host
        )
    trusted = read_path(seen.value, store, seen.at).trusted
    result = fit(records, seen.value.certificates, found.names, seen.at, is_trusted=trusted)
    if result.record:
        return passed(
            "Its certificate fits the TLSA record {record}.",
            record=result.record.text,
            evidence=found.records,
        )
    return failed(
        "Its certificate fits none of the {n} TLSA records.",
        n=len(records),
        evidence=(*found.records, *result.why),
    )
