"""What TLS servers said, in the words of RFC 8446."""

from __future__ import annotations

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
