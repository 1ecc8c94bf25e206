"""The authority that issued the certificate is one that CAA permits."""

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    Unknown,
    check,
    informational,
)
from scanner.fact import CAA_ISSUER_ALLOWED
from scanner.formats import caa
from scanner.formats import certificate_examples as made
from scanner.formats.caa_issuer import allows, governing, identifiers, is_wildcard_for, organisation
from scanner.formats.certificate import parse
from scanner.formats.error import FormatError
from scanner.observation.dns import CaaRecords
from scanner.observation.tls import CertificateChain


def _chain(issuer: str = "Let's Encrypt", *names: str) -> CertificateChain:
    leaf = made.leaf(names=names or (made.NAME,), issuer=issuer)
    return CertificateChain(made.NAME, "TLSv1.3", (leaf,))


def _records(*records: str) -> CaaRecords:
    return CaaRecords("agency.example", records)


LE = '0 issue "letsencrypt.org"'


@check(
    id="caa-issuer-match",
    title="The certificate was issued by an authority that CAA permits",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Name the authority you use in CAA, before the next renewal fails.",
    snippets={"bind": '@ IN CAA 0 issue "letsencrypt.org"'},
    references=(Reference("RFC 8659", "4.2"), Reference("RFC 8659", "4.3")),
    records=(CAA_ISSUER_ALLOWED,),
    roles=(Role.WEB,),
    others={
        "permitted": (_records(LE), _chain()),
        "no record": (CaaRecords(), _chain()),
        "another one": (_records('0 issue "digicert.com"'), _chain()),
        "nobody may": (_records('0 issue ";"'), _chain()),
        "a wildcard, for which another rule holds": (
            _records(LE, '0 issuewild ";"'),
            _chain("Let's Encrypt", "*.agency.example"),
        ),
        "an authority that we do not know": (_records(LE), _chain("Example CA")),
        "what is no certificate": (_records(LE), CertificateChain(made.NAME, "TLSv1.3", (b"x",))),
        "a record that cannot be read": (_records("x"), _chain()),
        "no alternative names": (
            _records(LE),
            CertificateChain(made.NAME, "TLSv1.3", (made.leaf(names=(), issuer="Let's Encrypt"),)),
        ),
    },
)
def caa_issuer_match(found: CaaRecords, chain: CertificateChain) -> Judgement:
    """A record that forbids the authority in use makes the next renewal fail, unnoticed until then."""
    try:
        leaf = parse(chain.certificates[0])
    except (FormatError, IndexError):
        return informational(
            "What the server sends cannot be read as a certificate.",
            facts={CAA_ISSUER_ALLOWED: Unknown(Reason.MALFORMED_REPLY)},
        )
    rules = governing(_read(found), is_wildcard=is_wildcard_for(leaf, chain.name))
    issuer = organisation(leaf)
    if not rules:
        return informational(
            "CAA restricts nobody; the certificate is issued by {issuer}.",
            issuer=issuer,
            facts={CAA_ISSUER_ALLOWED: True},
        )
    known = identifiers(issuer)
    if not known:
        return informational(
            "The identifiers of {issuer} are not known to us.",
            issuer=issuer,
            evidence=found.records,
            facts={CAA_ISSUER_ALLOWED: Unknown(Reason.NOT_SUPPORTED_BY_US)},
        )
    if allows(rules, known):
        return informational(
            "CAA permits {issuer}.",
            issuer=issuer,
            evidence=found.records,
            facts={CAA_ISSUER_ALLOWED: True},
        )
    return informational(
        "CAA does not permit {issuer}, which issued the certificate; the record may be newer.",
        issuer=issuer,
        confidence=Confidence.TENTATIVE,
        evidence=found.records,
        facts={CAA_ISSUER_ALLOWED: False},
    )


def _read(found: CaaRecords) -> list[caa.Property]:
    properties = []
    for record in found.records:
        try:
            properties.append(caa.parse(record))
        except FormatError:
            continue
    return properties
