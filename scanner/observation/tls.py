"""What TLS servers said, in the words of RFC 8446."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.command import openssl

VERSIONS = ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1.0", "SSLv3")


def _show_chain(place: Place) -> str:
    return openssl(place, "-showcerts")


@kind(Level.ENDPOINT, command=_show_chain)
class CertificateChain(Struct, frozen=True):
    """The certificates one address sent for one name, as sent, leaf first, in DER.

    ``name`` is the SNI that was sent and the name that is judged against; ``version`` the protocol
    version they came by (TLS 1.3 sends them encrypted).
    """

    name: str
    version: str
    certificates: tuple[bytes, ...]
    purpose: str = "web"


class ServerNameSent(StrEnum):
    """Which name a hello carried (RFC 6066 3): the subject's, none, or one nobody serves."""

    OWN = "own"
    NONE = "none"
    UNKNOWN = "unknown"


class ServedChain(Struct, frozen=True, omit_defaults=True):
    """One distinct chain that an address sent, and the hellos that drew it.

    ``certificates`` as sent, leaf first, in DER. ``versions`` newest first. ``names`` are the
    server names that were sent when it came. ``staples`` holds one element for each time that a
    staple was asked for with the subject's own name, in order: the DER of the OCSPResponse, empty
    where none was sent. ``scts`` are the SignedCertificateTimestampLists (RFC 6962 3.3) of the TLS
    extension, as sent, distinct ones only.
    """

    certificates: tuple[bytes, ...]
    versions: tuple[str, ...]
    names: tuple[ServerNameSent, ...] = (ServerNameSent.OWN,)
    staples: tuple[bytes, ...] = ()
    scts: tuple[bytes, ...] = ()


class NameAnswer(Struct, frozen=True, omit_defaults=True):
    """What a hello without a name, or with an unknown one, got.

    ``accepted`` is ``None`` where silence settled nothing. ``chain`` is the index of what came.
    """

    sent: ServerNameSent
    accepted: bool | None
    chain: int | None = None
    reason: Reason | None = None
    detail: str = ""


@kind(Level.ENDPOINT, command=_show_chain)
class ServedCertificates(Struct, frozen=True, omit_defaults=True):
    """Every distinct chain of one address: by key type, version, and server name.

    The chains that came for the subject's own name come first (``own``), TLS 1.3's before the
    others. Not ``is_complete`` where a question about a key type got no answer: then there may be
    a leaf that was not seen.
    """

    name: str
    chains: tuple[ServedChain, ...]
    answers: tuple[NameAnswer, ...] = ()
    is_complete: bool = True
    purpose: str = "web"

    @property
    def own(self) -> tuple[ServedChain, ...]:
        """The chains sent for the subject's own name."""
        return tuple(one for one in self.chains if ServerNameSent.OWN in one.names)


class ProtocolAnswer(Struct, frozen=True, omit_defaults=True):
    """What one protocol version got: ``accepted`` is ``None`` where silence settled nothing."""

    version: str
    accepted: bool | None
    suite: str = ""
    group: str = ""
    alpn: str = ""
    reason: Reason | None = None
    detail: str = ""


def _try_versions(place: Place) -> str:
    return openssl(place, "-brief")


@kind(Level.ENDPOINT, command=_try_versions)
class TlsServer(Struct, frozen=True, omit_defaults=True):
    """Which protocol versions one address accepts, newest first: one hello each.

    ``other_protocol`` is set where something answers that is not TLS: then nothing was accepted.
    """

    name: str
    protocols: tuple[ProtocolAnswer, ...]
    purpose: str = "web"
    other_protocol: str = ""

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions accepted, newest first."""
        return tuple(one.version for one in self.protocols if one.accepted)

    @property
    def is_complete(self) -> bool:
        """Whether every version got an answer that settles it."""
        return all(one.accepted is not None for one in self.protocols)

    @classmethod
    def accepting(cls, *versions: str, unknown: tuple[str, ...] = ()) -> TlsServer:
        """For examples: a server that takes these versions and refuses all others."""
        answers = tuple(
            ProtocolAnswer(one, None, reason=Reason.TIMEOUT, detail="no answer in time")
            if one in unknown
            else ProtocolAnswer(one, one in versions, detail="" if one in versions else "alert 70")
            for one in VERSIONS
        )
        return cls("www.agency.example", answers)

    @classmethod
    def speaking(cls, other: str) -> TlsServer:
        """For examples: a port where something else than TLS answers."""
        return cls("www.agency.example", (), other_protocol=other)

    def answer(self, version: str) -> ProtocolAnswer:
        """What one version got; unknown where it was never asked."""
        return next(
            (one for one in self.protocols if one.version == version),
            ProtocolAnswer(version, None, reason=Reason.BUDGET_EXHAUSTED, detail="not asked"),
        )


@kind(Level.RUN)
class TrustStore(Struct, frozen=True):
    """The roots of the run, in DER: those that browsers trust, and further stores by name."""

    public: tuple[bytes, ...]
    source: str
    extra: dict[str, tuple[bytes, ...]] = {}
