"""What was learnt of certificates beyond what their servers sent (RFC 5280, RFC 6960)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property

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
    """Who refuses what.

    Refused are certificates whose earliest SCT (``sct``) or notBefore (``not-before``) is later
    than ``after``, or all of them where it is ``None``.
    """

    by: str
    counts: str
    after: datetime | None = None


class DistrustedAuthority(Struct, frozen=True):
    """A root that browsers refuse wholly or from a date on; ``root`` in DER."""

    name: str
    subject: str
    root: bytes
    rules: tuple[DistrustRule, ...]


@kind(Level.RUN)
class DistrustedAuthorities(Struct, frozen=True):
    """Authorities whose certificates browsers refuse, from a date on or whatever the date."""

    dated: str
    source: str
    authorities: tuple[DistrustedAuthority, ...]


class LogState(StrEnum):
    """What browsers think of a log of certificates today."""

    PENDING = "pending"
    QUALIFIED = "qualified"
    USABLE = "usable"
    READ_ONLY = "readonly"
    RETIRED = "retired"
    REJECTED = "rejected"


class FormerOperator(Struct, frozen=True):
    """Who ran a log until then."""

    name: str
    until: datetime


class CtLog(Struct, frozen=True, omit_defaults=True):
    """A log of certificates: its id in hex, its public key in DER, who runs it, its state."""

    id: str
    key: bytes
    description: str
    operator: str
    state: LogState
    since: datetime | None = None
    formerly: tuple[FormerOperator, ...] = ()

    def operator_at(self, at: datetime) -> str:
        """Who ran it then."""
        former = sorted(self.formerly, key=lambda one: one.until)
        return next((one.name for one in former if at < one.until), self.operator)


@kind(Level.RUN)
class CtLogList(Struct, frozen=True, dict=True):
    """The logs of certificates that browsers know, as of a date."""

    at: datetime
    source: str
    logs: tuple[CtLog, ...]

    @property
    def dated(self) -> str:
        """The day it is of."""
        return f"{self.at:%Y-%m-%d}"

    @cached_property
    def by_id(self) -> Mapping[str, CtLog]:
        """Each log by its id."""
        return {one.id: one for one in self.logs}
