"""One hello and what the server said to it, as far as no key is needed."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from scanner.formats.error import FormatError
from scanner.formats.tls import codes
from scanner.formats.tls.hello import SCT, Offer, client_hello, record
from scanner.formats.tls.key_exchange import KeyExchange, key_exchange
from scanner.formats.tls.messages import (
    ALERT,
    CERTIFICATE,
    CERTIFICATE_REQUEST,
    CERTIFICATE_STATUS,
    HANDSHAKE,
    SERVER_HELLO,
    SERVER_HELLO_DONE,
    SERVER_KEY_EXCHANGE,
    ServerHello,
    certificate_status,
    certificates,
    server_hello,
)
from scanner.formats.tls.wire import Ended, Event, Kind, Script, Wire

AFTER_WARNING_SECONDS = 2.0
NO_RENEGOTIATION = 100  # a warning, and yet the whole answer (RFC 5246 7.2.2)


class Result(Struct, frozen=True):
    """The reaction to one hello. ``alert`` is its description's code.

    ``is_whole`` where everything up to ServerHelloDone came.
    """

    kind: Kind
    hello: ServerHello | None = None
    chain: tuple[bytes, ...] = ()
    staple: bytes = b""
    scts: bytes = b""
    exchange: KeyExchange | None = None
    wants_client_certificate: bool = False
    is_whole: bool = False
    alert: int | None = None
    detail: str = ""

    @property
    def version(self) -> str:
        """The version chosen; empty where none was."""
        return self.hello.version if self.hello else ""

    @property
    def suite(self) -> int | None:
        """The suite chosen."""
        return self.hello.suite if self.hello else None

    @property
    def text(self) -> str:
        """How the server reacted, in a few words."""
        if self.kind is Kind.ALERTED and self.alert is not None:
            return codes.alert_text(self.alert)
        if self.kind is Kind.ANSWERED:
            return f"answered with {self.version}"
        return self.detail or str(self.kind)


def ask(offer: Offer) -> Script[Result]:
    """Send the hello and read the server's flight; nothing more is sent."""
    wire = Wire()
    first = yield from opening(wire, offer, record(client_hello(offer), offer.version))
    if first.hello is None or first.hello.version == "TLSv1.3" or first.kind is not Kind.ANSWERED:
        return first
    if first.hello.version != offer.version:
        return first
    return (yield from rest_of_flight(wire, first))


def opening(wire: Wire, offer: Offer, sent: bytes) -> Script[Result]:
    """The answer up to ServerHello or HelloRetryRequest; a choice not offered is no answer."""
    warning: int | None = None
    event = yield from wire.next(sent)
    while True:
        if event.end:
            return _ended(event.end, warning)
        if event.is_fatal or event.alert == NO_RENEGOTIATION:
            return Result(Kind.ALERTED, alert=event.alert)
        if event.alert is not None:  # close_notify alone is judged as a close
            warning = event.alert or warning
        elif event.message_type == SERVER_HELLO:
            return _chosen(offer, event.data)
        elif event.type == HANDSHAKE:
            text = f"a message of type {event.message_type} came before ServerHello"
            return Result(Kind.MALFORMED, detail=text)
        event = yield from wire.next(seconds=AFTER_WARNING_SECONDS if warning else 0.0)


def _ended(end: Ended, warning: int | None) -> Result:
    if warning is not None and end.kind in {Kind.CLOSED, Kind.TIMED_OUT}:
        return Result(Kind.ALERTED, alert=warning)
    return Result(end.kind, detail=end.detail)


def _chosen(offer: Offer, message: bytes) -> Result:
    try:
        chosen = server_hello(message)
    except FormatError as error:
        return Result(Kind.MALFORMED, detail=error.message.text)
    if chosen.version == offer.version and chosen.suite not in offer.suites:
        name = codes.suite_name(chosen.suite)
        text = f"the server chose {name}, which was not offered"
        return Result(Kind.MALFORMED, detail=text)
    return Result(Kind.ANSWERED, chosen)


def rest_of_flight(wire: Wire, seen: Result) -> Script[Result]:
    """What follows a ServerHello before TLS 1.3, up to ServerHelloDone; kept as far as it came."""
    while True:
        event = yield from wire.next()
        if event.end or event.type == ALERT:
            detail = event.end.detail if event.end else codes.alert_text(event.alert or 0)
            return replace(seen, detail=detail)
        if event.message_type == SERVER_HELLO_DONE:
            return replace(seen, is_whole=True)
        try:
            seen = take(seen, event)
        except FormatError as error:
            return replace(seen, detail=error.message.text)


def take(seen: Result, event: Event) -> Result:
    """Add what one message of the flight shows; raises ``FormatError``."""
    scts = seen.hello.extensions.get(SCT, b"") if seen.hello else b""
    match event.message_type:
        case _ if event.message_type == CERTIFICATE:
            served = certificates(event.data, seen.version)
            return replace(
                seen,
                chain=served.chain,
                staple=served.staple or seen.staple,
                scts=served.scts or scts,
            )
        case _ if event.message_type == CERTIFICATE_STATUS:
            return replace(seen, staple=certificate_status(event.data))
        case _ if event.message_type == SERVER_KEY_EXCHANGE:
            known = codes.suites().get(seen.suite or 0)
            found = key_exchange(event.data, known, seen.version) if known else None
            return replace(seen, exchange=found)
        case _ if event.message_type == CERTIFICATE_REQUEST:
            return replace(seen, wants_client_certificate=True)
        case _:
            return seen
