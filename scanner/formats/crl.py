"""Lists of revoked certificates: what one says of a certificate (RFC 5280 5, 6.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cryptography import x509
from cryptography.x509 import Certificate, CertificateRevocationList

from scanner.formats import der
from scanner.formats.certificate_parts import UNREADABLE, is_signed_by, quietly
from scanner.formats.error import FormatError
from scanner.observation.certificate import CrlSight

PEM = b"-----BEGIN X509 CRL-----"


def read_crl(data: bytes, leaf: Certificate, issuers: Sequence[Certificate], url: str) -> CrlSight:
    """What the list at ``url`` says; raise ``FormatError`` where it is none.

    Whether it is still of its time is judged later: the day on which one judges decides.
    """
    try:
        return quietly(lambda: _read(data, leaf, issuers, url))
    except UNREADABLE as error:
        raise FormatError("it is not a CRL ({why})", why=str(error)[:200]) from None


def _read(data: bytes, leaf: Certificate, issuers: Sequence[Certificate], url: str) -> CrlSight:
    load = x509.load_pem_x509_crl if data.startswith(PEM) else x509.load_der_x509_crl
    found = load(data)
    number = der.serial(leaf.tbs_certificate_bytes)
    entry = found.get_revoked_certificate_by_serial_number(number) if number > 0 else None
    authentic = _is_signed(found, leaf, issuers) and _covers(found, url)
    return CrlSight(
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        is_authentic=authentic,
        this_update=found.last_update_utc,
        next_update=found.next_update_utc,
        revoked_at=entry.revocation_date_utc if entry and not _is_lifted(entry) else None,
        why=_reason(entry) if entry else "",
    )


def _is_signed(
    found: CertificateRevocationList, leaf: Certificate, issuers: Sequence[Certificate]
) -> bool:
    """The issuer itself has to sign it: indirect lists are for closed systems."""
    if found.issuer != leaf.issuer:
        return False
    for one in issuers:
        if one.subject != leaf.issuer or not is_signed_by(leaf, one):
            continue
        key = one.public_key()
        if found.is_signature_valid(key):  # type: ignore[arg-type] # TypeError on a key of no use
            return True
    return False


def _covers(found: CertificateRevocationList, url: str) -> bool:
    """RFC 5280 5.2.5, 6.3.3 (b): a list of a part has to be the part asked for."""
    try:
        point = found.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return not _is_delta(found)
    names = {
        one.value
        for one in point.full_name or ()
        if isinstance(one, x509.UniformResourceIdentifier)
    }
    of_others = (
        point.only_contains_ca_certs
        or point.only_contains_attribute_certs
        or point.indirect_crl
        or bool(point.only_some_reasons)
    )
    return not of_others and (not names or url in names) and not _is_delta(found)


def _is_delta(found: CertificateRevocationList) -> bool:
    try:
        found.extensions.get_extension_for_class(x509.DeltaCRLIndicator)
    except x509.ExtensionNotFound:
        return False
    return True


def _reason(entry: x509.RevokedCertificate) -> str:
    try:
        found = entry.extensions.get_extension_for_class(x509.CRLReason)
    except (x509.ExtensionNotFound, *UNREADABLE):
        return ""
    return found.value.reason.value


def _is_lifted(entry: x509.RevokedCertificate) -> bool:
    return _reason(entry) == x509.ReasonFlags.remove_from_crl.value
