"""A client's wish to negotiate anew on a live connection (RFC 5746 3.5, RFC 9325 3.5)."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from scanner.formats.tls import codes
from scanner.formats.tls.handshake12 import Session, Shaken, handshake12
from scanner.formats.tls.hello import Offer
from scanner.formats.tls.messages import APPLICATION
from scanner.formats.tls.wire import Kind, Script

MOST = 4
APART_SECONDS = 1.0
REPLY_SECONDS = 5.0


class Renegotiated(Struct, frozen=True):
    """The first handshake, and how often the server negotiated anew when asked.

    ``how`` says how it refused in the end; empty where it never did. ``is_known`` is false where
    it fell silent altogether.
    """

    first: Shaken
    accepted: int = 0
    is_secure: bool = True
    how: str = ""
    is_known: bool = True


def renegotiate(offer: Offer, request: bytes) -> Script[Renegotiated]:
    """Shake hands, then ask up to four times to do so again.

    Where nothing comes back, ``request`` is sent: a server that answers it has ignored the wish.
    """
    first = yield from handshake12(offer)
    session = first.session
    if session is None:
        return Renegotiated(first, is_known=False)
    is_secure = session.is_secure
    for count in range(MOST):
        if count:
            early = yield from session.wire.next(seconds=APART_SECONDS)
            if early.end and early.end.kind is not Kind.TIMED_OUT:
                return Renegotiated(first, count, is_secure, "it closed the connection")
        again = yield from _again(session)
        if again.session is None:
            return (yield from _refused(first, session, again, count, request))
        session = again.session
    return Renegotiated(first, MOST, is_secure)


def _again(session: Session) -> Script[Shaken]:
    verify = session.client_verify if session.is_secure else None
    offer = replace(session.offer, renegotiation=verify, ticket=None)
    wire = session.wire
    wire.seconds = REPLY_SECONDS
    return (yield from handshake12(offer, wire, session.client))


def _refused(
    first: Shaken, session: Session, again: Shaken, count: int, request: bytes
) -> Script[Renegotiated]:
    result = again.result
    if again.refused_by is not None or result.alert is not None:
        alert = result.alert if result.alert is not None else again.refused_by
        return Renegotiated(first, count, session.is_secure, codes.alert_text(alert or 0))
    if result.kind is not Kind.TIMED_OUT:
        if result.kind is Kind.ANSWERED:
            # It answered the hello: it does negotiate anew, though we could not complete it.
            return Renegotiated(first, count + 1, session.is_secure, again.detail)
        return Renegotiated(first, count, session.is_secure, "it closed the connection")
    event = yield from session.wire.next(session.client.seal(APPLICATION, request))
    if event.end and event.end.kind is Kind.TIMED_OUT:
        return Renegotiated(first, count, session.is_secure, "silence", is_known=False)
    return Renegotiated(first, count, session.is_secure, "it ignored the wish")
