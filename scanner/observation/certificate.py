"""What was learnt of certificates beyond what their servers sent (RFC 5280, RFC 6960)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from scanner.observation.base import Level, Reason, kind


class KnownIssuer(Struct, frozen=True):
    """An issuer's certificate that a server did not send; ``source`` says where it was had."""

    certificate: bytes
    source: str


class StatusMethod(StrEnum):
    """How an issuer tells what it revoked."""

    OCSP = "ocsp"
    CRL = "crl"


class CrlSight(Struct, frozen=True, omit_defaults=True):
    """What a list of revoked certificates says of one certificate.

    The list itself is not kept: ``sha256`` and ``size`` name it. ``is_authentic`` tells that the
    issuer's key signed it and that it is of the kind that would name the certificate.
    """

    size: int
    sha256: str
    is_authentic: bool
    this_update: datetime
    next_update: datetime | None = None
    revoked_at: datetime | None = None
    why: str = ""


class StatusAnswer(Struct, frozen=True, omit_defaults=True):
    """What one address said of one certificate, named by its SHA-256; or why it said nothing."""

    certificate: str
    method: StatusMethod
    url: str
    response: bytes = b""
    crl: CrlSight | None = None
    reason: Reason | None = None
    detail: str = ""


@kind(Level.ENDPOINT)
class CertificateStatus(Struct, frozen=True, omit_defaults=True):
    """Issuers that were not sent, and what issuers say of the certificates that were.

    Issuers were seen at other servers of the run; they, OCSP and CRL addresses were asked over the
    network only where ``is_asked`` says so.
    """

    issuers: tuple[KnownIssuer, ...] = ()
    answers: tuple[StatusAnswer, ...] = ()
    is_asked: bool = False

    @property
    def known(self) -> tuple[bytes, ...]:
        """The issuers' certificates."""
        return tuple(one.certificate for one in self.issuers)


class DistrustRule(Struct, frozen=True, omit_defaults=True):
    """``key`` is the SHA-256 of the root's public key; ``by`` who refuses it.

    Refused are certificates whose earliest SCT (``sct``) or notBefore (``not-before``) is later
    than ``after``, or all of them where it is ``None``.
    """

    name: str
    subject: str
    key: str
    identifier: str
    by: str
    after: datetime | None = None
    counts: str = "not-before"
    source: str = ""


@kind(Level.RUN)
class DistrustedAuthorities(Struct, frozen=True):
    """Authorities whose certificates browsers refuse, from a date on or whatever the date."""

    date: str
    rules: tuple[DistrustRule, ...]
