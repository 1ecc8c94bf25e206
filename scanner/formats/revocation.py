"""Whether a certificate is revoked, from all that was said of it (tls.md 4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from cryptography.x509 import Certificate
from msgspec import Struct

from scanner.formats.certificate_parts import fingerprint
from scanner.formats.error import FormatError
from scanner.formats.ocsp import SKEW, Said, Status, read_answer, staple
from scanner.message import Message
from scanner.observation import Reason
from scanner.observation.certificate import CertificateStatus, StatusAnswer, StatusMethod

LONGEST_CRL = timedelta(days=398)  # one without an end is taken for as long as a certificate lives


class Word(Struct, frozen=True):
    """What one source says: ``status`` where it can be relied on, else ``wrong``."""

    source: str
    status: Status | None = None
    revoked_at: datetime | None = None
    why: str = ""
    wrong: Message | None = None
    reason: Reason | None = None


def words(
    leaf: Certificate,
    der: bytes,
    staples: Sequence[bytes],
    issuers: Sequence[Certificate],
    at: datetime,
    status: CertificateStatus | None,
) -> Iterator[Word]:
    """What the stapled answer and each address that was asked say of the certificate."""
    stapled = staple(staples, leaf, issuers, at)
    if isinstance(stapled, Said):
        yield Word("the stapled answer", stapled.status, stapled.revoked_at, stapled.why)
    elif stapled is not None:
        yield Word("the stapled answer", wrong=stapled, reason=Reason.MALFORMED_REPLY)
    name = fingerprint(der)
    for one in status.answers if status else ():
        if one.certificate == name:
            yield _asked(one, leaf, issuers, at)


def _asked(
    one: StatusAnswer, leaf: Certificate, issuers: Sequence[Certificate], at: datetime
) -> Word:
    if one.reason:
        detail = Message("{detail}", {"detail": one.detail or str(one.reason)})
        return Word(one.url, wrong=detail, reason=one.reason)
    if one.method is StatusMethod.CRL:
        return _crl(one, at)
    try:
        said = read_answer(one.response, leaf, issuers, at)
    except FormatError as error:
        return Word(one.url, wrong=error.message, reason=Reason.MALFORMED_REPLY)
    return Word(one.url, said.status, said.revoked_at, said.why)


def _crl(one: StatusAnswer, at: datetime) -> Word:
    crl = one.crl
    if crl is None or not crl.is_authentic:
        wrong = Message("the list is not its issuer's, or not the one that would name it")
        return Word(one.url, wrong=wrong, reason=Reason.MALFORMED_REPLY)
    ends = crl.next_update or crl.this_update + LONGEST_CRL
    if crl.revoked_at:  # what is revoked stays so, however old the list is
        return Word(one.url, Status.REVOKED, crl.revoked_at, crl.why)
    if at - SKEW > ends or at + SKEW < crl.this_update:
        wrong = Message(
            "the list is not of today but of {date}", {"date": f"{crl.this_update:%Y-%m-%d}"}
        )
        return Word(one.url, wrong=wrong, reason=Reason.MALFORMED_REPLY)
    return Word(one.url, Status.GOOD)
