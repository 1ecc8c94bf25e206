"""The mail server has the certificate that DNS says."""

from scanner import (
    Effort,
    Every,
    Judgement,
    Observed,
    Reason,
    Reference,
    Role,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.dane import fit, read, usable_by_mail
from scanner.formats.dane_examples import OTHER, PLAIN, of, sent, server, tlsa, unsent
from scanner.observation.dane import TlsaRecords
from scanner.observation.dnssec import Security
from scanner.observation.mail import MailServer
from scanner.observation.tls import CertificateChain


@check(
    id="dane-smtp-match",
    title="The mail server's certificate fits its TLSA records",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="""
    Publish the record of the key in use at once; next time publish the new key's record two TTLs
    before the change, and take the old one away after it.
    """,
    snippets={
        "bind": "_25._tcp.mx IN TLSA 3 1 1 <SHA-256 of the key>",
        "openssl": "openssl x509 -in mx.pem -pubkey -noout | openssl pkey -pubin -outform der | sha256sum",
    },
    references=(
        Reference("RFC 7672", "2.2"),
        Reference("RFC 7672", "3.1"),
        Reference("RFC 7671", "9"),
    ),
    roles=(Role.MAIL,),
    passes={
        "3 1 1": (tlsa(of(3, 1, 1)), server(), sent()),
        "one of two": (tlsa(OTHER, of(3, 1, 1)), server(), sent()),
        "2 1 1": (tlsa(of(2, 1, 1, which=1)), server(), sent()),
        "it fits, though the MX records are not signed": (
            tlsa(of(3, 1, 1), mx=Security.INSECURE),
            server(),
            sent(),
        ),
    },
    fails={
        "another key": (tlsa(OTHER), server(), sent()),
        "no STARTTLS": (tlsa(of(3, 1, 1)), server(PLAIN), unsent()),
        "bogus": (tlsa(reason=Reason.BOGUS, security=Security.BOGUS), server(), sent()),
    },
    others={
        "none": (tlsa(), server(), sent()),
        "none usable": (tlsa(of(1, 1, 1)), server(), sent()),
        "not asked": (tlsa(address=Security.INSECURE), server(), sent()),
        "not answered": (tlsa(reason=Reason.SERVFAIL), server(), sent()),
        "no contact": (tlsa(of(3, 1, 1)), server(Unobserved(Reason.TIMEOUT)), unsent()),
        "no server was looked at": (tlsa(of(3, 1, 1)), Every(), Every()),
        "it does not fit, but nobody relies on it": (
            tlsa(OTHER, mx=Security.INSECURE),
            server(),
            sent(),
        ),
        "not known whether it is protected": (
            tlsa(address=Security.INDETERMINATE),
            server(),
            sent(),
        ),
    },
)
def dane_smtp_match(
    found: TlsaRecords, servers: Every[MailServer], chains: Every[CertificateChain]
) -> Judgement:
    """Senders that heed DANE refuse to deliver to a server that does not fit: mail is lost."""
    if found.reason is Reason.BOGUS:
        return failed(
            "The TLSA records of {host} are bogus: senders defer all mail.",
            host=found.base,
            evidence=(found.detail,),
        )
    if found.reason:
        return inconclusive(
            found.reason, "The TLSA records were not answered: {why}.", why=found.detail
        )
    if found.address is Security.INDETERMINATE:
        return inconclusive(
            Reason.DEPENDENCY_MISSING, "Whether DNSSEC protects {host} is unknown.", host=found.host
        )
    usable = usable_by_mail(read(found.records))
    if not usable:
        return not_applicable(
            "No TLSA record of {host} can be used.", host=found.base, evidence=found.records
        )
    heard = [
        one.observation for one in servers.on(found.host) if isinstance(one.observation, Observed)
    ]
    if any(not one.value.offers_starttls for one in heard):
        return failed(
            "It has TLSA records, but offers no STARTTLS: senders refuse to deliver.",
            evidence=found.records,
        )
    seen = [one.observation for one in chains.on(found.host)]
    return _matched(found, [one for one in seen if isinstance(one, Observed)], _why(chains, found))


def _matched(
    found: TlsaRecords, seen: list[Observed[CertificateChain]], missing: Reason
) -> Judgement:
    usable = usable_by_mail(read(found.records))
    results = [fit(usable, one.value.certificates, found.names, one.at) for one in seen]
    bad = next((one for one in results if one.record is None), None)
    if not results:
        return inconclusive(missing, "Its certificate was not seen.", evidence=found.records)
    if bad is None:
        return passed(
            "Its certificate fits the TLSA record {record}.",
            record=results[0].record.text if results[0].record else "",
            evidence=found.records,
        )
    if found.mx is not Security.SECURE:
        return not_applicable(
            "Its certificate fits no TLSA record, but the MX records are not signed (mx-insecure).",
            evidence=(*found.records, *bad.why),
        )
    return failed(
        "Its certificate fits none of the {n} TLSA records: mail from senders that heed DANE is "
        "being refused.",
        n=len(usable),
        evidence=(*found.records, *bad.why),
    )


def _why(chains: Every[CertificateChain], found: TlsaRecords) -> Reason:
    seen = (one.observation for one in chains.on(found.host))
    return next(
        (one.reason for one in seen if isinstance(one, Unobserved)), Reason.DEPENDENCY_MISSING
    )
