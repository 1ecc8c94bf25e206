"""TLSA records and mail servers as the examples of the DANE checks need them."""

from __future__ import annotations

from functools import lru_cache

from cryptography import x509

from scanner.formats import certificate_examples as made
from scanner.formats.dane import association
from scanner.observation import Every, Observed, Place, Reason, Role, Seen, Subject, Unobserved
from scanner.observation.dane import TlsaRecords
from scanner.observation.dnssec import Security
from scanner.observation.mail import MailServer
from scanner.observation.tls import CertificateChain

HOST = "mx.agency.example"
PLACE = Place(Subject(Role.MAIL, HOST, 25), "192.0.2.25")
OTHER = "3 1 1 " + "00" * 32
OFFERS = MailServer("220 mx", ("STARTTLS",))
PLAIN = MailServer("220 mx", ("SIZE",), confirmed=True)


@lru_cache(maxsize=1)
def chain() -> tuple[bytes, ...]:
    """A leaf for the mail host, and the authority that issued it."""
    return made.leaf(names=(HOST,)), made.intermediate()


def of(usage: int, selector: int, matching: int, *, which: int = 0) -> str:
    """The record that the chain fits."""
    certificate = x509.load_der_x509_certificate(chain()[which])
    return f"{usage} {selector} {matching} {association(certificate, selector, matching).hex()}"


def tlsa(
    *records: str,
    mx: Security | None = Security.SECURE,
    address: Security = Security.SECURE,
    security: Security = Security.SECURE,
    reason: Reason | None = None,
) -> TlsaRecords:
    """What was found for the mail host."""
    asked = address is Security.SECURE
    return TlsaRecords(
        HOST, HOST, (HOST,), address, mx, asked, records, security, reason, "for this example"
    )


def server(seen: MailServer | Unobserved = OFFERS) -> Every[MailServer]:
    """The mail host's server."""
    given = seen if isinstance(seen, Unobserved) else Observed(seen, made.NOW)
    return Every((Seen(PLACE, given),))


def sent(*certificates: bytes) -> Every[CertificateChain]:
    """The chain that the server sent, that of the examples unless another is given."""
    value = CertificateChain(HOST, "TLSv1.3", certificates or chain(), "mail")
    return Every((Seen(PLACE, Observed(value, made.NOW)),))


def unsent(reason: Reason = Reason.TIMEOUT) -> Every[CertificateChain]:
    """A server whose chain was not seen."""
    return Every((Seen(PLACE, Unobserved(reason)),))
