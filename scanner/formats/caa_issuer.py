"""Which CAA identifiers an authority answers to, by the organisation in its certificates.

From the authorities' own practice statements, as known in 2026; incomplete by nature, so that an
unknown organisation proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from cryptography import x509
from cryptography.x509.oid import NameOID

from scanner.formats.caa import Property

IDENTIFIERS: tuple[tuple[str, frozenset[str]], ...] = (
    ("let's encrypt", frozenset({"letsencrypt.org"})),
    ("internet security research group", frozenset({"letsencrypt.org"})),
    (
        "digicert",
        frozenset(
            {
                "digicert.com",
                "www.digicert.com",
                "digicert.ne.jp",
                "cybertrust.ne.jp",
                "symantec.com",
                "thawte.com",
                "geotrust.com",
                "rapidssl.com",
                "volusion.digitalcertvalidation.com",
            }
        ),
    ),
    (
        "sectigo",
        frozenset(
            {"sectigo.com", "comodo.com", "comodoca.com", "usertrust.com", "trust-provider.com"}
        ),
    ),
    (
        "zerossl",
        frozenset(
            {"sectigo.com", "comodo.com", "comodoca.com", "usertrust.com", "trust-provider.com"}
        ),
    ),
    ("google trust services", frozenset({"pki.goog", "google.com"})),
    ("globalsign", frozenset({"globalsign.com"})),
    (
        "amazon",
        frozenset(
            {"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "aws.amazon.com"}
        ),
    ),
    ("entrust", frozenset({"entrust.net", "affirmtrust.com"})),
    ("godaddy", frozenset({"godaddy.com", "starfieldtech.com"})),
    ("starfield", frozenset({"godaddy.com", "starfieldtech.com"})),
    ("buypass", frozenset({"buypass.com", "buypass.no"})),
    ("actalis", frozenset({"actalis.it"})),
    ("ssl corp", frozenset({"ssl.com"})),
    ("asseco", frozenset({"certum.pl", "certum.eu"})),
    ("unizeto", frozenset({"certum.pl", "certum.eu"})),
    ("swisssign", frozenset({"swisssign.com", "swisssign.net"})),
    ("quovadis", frozenset({"quovadisglobal.com", "digicert.com"})),
    ("hellenic academic", frozenset({"harica.gr"})),
    ("identrust", frozenset({"identrust.com"})),
    ("d-trust", frozenset({"d-trust.net", "dtrust.de", "d-trust.de"})),
    ("telesec", frozenset({"telesec.de", "pki.dfn.de", "dfn.de"})),
    ("deutsche telekom", frozenset({"telesec.de", "pki.dfn.de", "dfn.de"})),
    ("microsoft", frozenset({"microsoft.com"})),
    ("apple", frozenset({"pki.apple.com", "apple.com"})),
    ("dhimyotis", frozenset({"certigna.fr", "certigna.com"})),
    ("certigna", frozenset({"certigna.fr", "certigna.com"})),
    ("trustwave", frozenset({"trustwave.com", "securetrust.com"})),
    ("securetrust", frozenset({"trustwave.com", "securetrust.com"})),
    ("taiwan-ca", frozenset({"twca.com.tw"})),
    ("chunghwa", frozenset({"cht.com.tw", "tw.eca.hinet.net"})),
    ("emudhra", frozenset({"emsign.com", "emsign.in", "emudhra.com"})),
    ("disig", frozenset({"disig.sk"})),
    ("netlock", frozenset({"netlock.hu", "netlock.net", "netlock.eu"})),
    ("secom", frozenset({"secomtrust.net"})),
    ("firmaprofesional", frozenset({"firmaprofesional.com"})),
)


def organisation(certificate: x509.Certificate) -> str:
    """The organisation of the issuer, else its common name."""
    wanted = (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
    found = [one for oid in wanted for one in certificate.issuer.get_attributes_for_oid(oid)]
    return str(found[0].value) if found else ""


def identifiers(name: str) -> frozenset[str]:
    """The identifiers that an authority answers to; empty where we do not know it."""
    lower = name.lower()
    return next((known for word, known in IDENTIFIERS if word in lower), frozenset())


def governing(properties: Iterable[Property], *, is_wildcard: bool) -> tuple[Property, ...]:
    """The properties that govern a certificate: ``issuewild`` for wildcards where there is one."""
    every = tuple(properties)
    wild = tuple(one for one in every if one.tag == "issuewild")
    if is_wildcard and wild:
        return wild
    return tuple(one for one in every if one.tag == "issue")


def allows(properties: Iterable[Property], known: frozenset[str]) -> bool:
    """Whether one of the governing properties names the authority."""
    return any(one.is_sound and one.issuer in known for one in properties)


def is_wildcard_for(certificate: x509.Certificate, host: str) -> bool:
    """Whether it is a wildcard that makes the certificate good for the host."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        given = {one.lower() for one in names.get_values_for_type(x509.DNSName)}
    except (ValueError, x509.ExtensionNotFound):
        return False
    return host not in given and f"*.{host.partition('.')[2]}" in given
