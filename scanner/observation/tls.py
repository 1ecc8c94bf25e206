"""What TLS servers said, in the words of RFC 8446."""

from __future__ import annotations

from msgspec import Struct

from scanner.observation.base import Level, Place, kind
from scanner.observation.command import openssl


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


@kind(Level.RUN)
class TrustStore(Struct, frozen=True):
    """The roots of the run, in DER: those that browsers trust, and further stores by name."""

    public: tuple[bytes, ...]
    source: str
    extra: dict[str, tuple[bytes, ...]] = {}
