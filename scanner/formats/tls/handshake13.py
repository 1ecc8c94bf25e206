"""A whole handshake of TLS 1.3 as a client: what is encrypted, and what comes after Finished."""

from __future__ import annotations

from secrets import token_bytes

from msgspec import Struct
from msgspec.structs import replace

from scanner.formats.error import FormatError
from scanner.formats.tls import codes
from scanner.formats.tls.flight import Result, opening, take
from scanner.formats.tls.groups import KeyPair, key_pair
from scanner.formats.tls.hello import ALPN, Offer, client_hello, record
from scanner.formats.tls.messages import (
    ALERT,
    APPLICATION,
    CERTIFICATE,
    CERTIFICATE_REQUEST,
    CERTIFICATE_VERIFY,
    CHANGE_CIPHER_SPEC,
    ENCRYPTED_EXTENSIONS,
    FINISHED,
    HANDSHAKE,
    NEW_SESSION_TICKET,
    ServerHello,
    SessionTicket,
    alpn,
    encrypted_extensions,
    session_ticket,
)
from scanner.formats.tls.reader import Reader
from scanner.formats.tls.schedule import CIPHERS, Schedule, retry_transcript
from scanner.formats.tls.signature import CONTEXT_13, verifies
from scanner.formats.tls.wire import Event, Kind, Script, Wire

CCS = bytes((20, 3, 3, 0, 1, 1))
AFTER_SECONDS = 2.0
MOST_TICKETS = 8


class Completed(Struct, frozen=True):
    """What a whole handshake told.

    ``is_finished`` where the server's Finished verified and nothing refused ours. ``proved`` is
    whether the certificate's key signed; ``None`` where that cannot be told. ``answered`` where
    application data came back, of which ``said`` is the beginning. ``closed_by`` is the alert that
    ended it.
    """

    result: Result
    is_finished: bool = False
    encrypted: dict[int, bytes] = {}
    scheme: int = 0
    proved: bool | None = None
    tickets: tuple[SessionTicket, ...] = ()
    answered: bool = False
    said: bytes = b""
    closed_by: int | None = None
    detail: str = ""

    @property
    def alpn(self) -> str:
        """The application protocol chosen."""
        found = self.encrypted.get(ALPN, b"")
        hello = self.result.hello
        return alpn(found) if found else hello.alpn if hello else ""

    @property
    def client_auth(self) -> str:
        """``none``, ``requested``, or ``required`` where the handshake is refused without one."""
        if not self.result.wants_client_certificate:
            return "none"
        return "required" if self.closed_by else "requested"


class _State:
    """What is known half-way."""

    def __init__(self, offer: Offer, groups: tuple[int, ...]) -> None:
        pairs = [pair for pair in map(key_pair, groups) if pair]
        self.keys = {pair.group: pair for pair in pairs}
        self.offer = replace(
            offer,
            shares=tuple((pair.group, pair.public) for pair in pairs),
            random=offer.random or token_bytes(32),
            session_id=offer.session_id or token_bytes(32),
        )
        self.transcript = b""
        self.wire = Wire()


def handshake13(
    offer: Offer, groups: tuple[int, ...], request: bytes | None = None
) -> Script[Completed]:
    """Shake hands with shares of ``groups``, send ``request``, and hear what follows.

    ``groups`` may be empty: then the server must ask for one. Without a request the line is dropped
    when the server's Finished is there; with an empty one it is only listened to. Nothing that it
    says after is kept but its tickets.
    """
    state = _State(offer, groups)
    first = yield from _hello(state, b"")
    if first.hello and first.hello.is_retry:
        refusal = _retry(state, first.hello)
        if refusal:
            return Completed(replace(first, detail=refusal))
        first = yield from _hello(state, CCS)
        if first.hello and first.hello.is_retry:
            text = "the server asked for a second hello twice"
            return Completed(replace(first, kind=Kind.MALFORMED, hello=None, detail=text))
    chosen = first.hello
    if chosen is None or chosen.version != "TLSv1.3":
        return Completed(first)
    try:
        schedule = _schedule(state, chosen)
    except FormatError as error:
        return Completed(replace(first, detail=error.message.text))
    state.wire.protect(schedule.server, is_13=True)
    return (yield from _encrypted(state, schedule, Completed(first), request))


def _hello(state: _State, before: bytes) -> Script[Result]:
    message = client_hello(state.offer)
    state.transcript += message
    sent = before + record(message, "TLSv1.3")
    result = yield from opening(state.wire, state.offer, sent)
    state.transcript += result.hello.message if result.hello else b""
    return result


def _retry(state: _State, asked: ServerHello) -> str:
    """Prepare the second hello (RFC 8446 4.1.2); the reason where it cannot be."""
    group = asked.group
    if group is not None and (group not in state.offer.groups or group in state.keys):
        return f"the server asked for {codes.group_name(group)}, which needed no asking"
    pair = key_pair(group) if group is not None else None
    if group is not None and pair is None:
        return f"we cannot complete {codes.group_name(group)}"
    state.keys = {pair.group: pair} if pair else state.keys
    shares = tuple((one.group, one.public) for one in state.keys.values())
    state.offer = replace(state.offer, shares=shares, cookie=asked.cookie)
    hello, rest = _split(state.transcript)
    state.transcript = retry_transcript(asked.suite, hello) + rest
    return ""


def _split(transcript: bytes) -> tuple[bytes, bytes]:
    end = 4 + int.from_bytes(transcript[1:4], "big")
    return transcript[:end], transcript[end:]


def _schedule(state: _State, chosen: ServerHello) -> Schedule:
    pair: KeyPair | None = state.keys.get(chosen.group or 0)
    if pair is None or chosen.suite not in CIPHERS:
        raise FormatError("the key exchange is not one we complete")
    try:
        shared = pair.agree(chosen.share)
    except ValueError:
        raise FormatError("the server's key share is not a valid key") from None
    return Schedule(chosen.suite, shared, state.transcript)


def _encrypted(
    state: _State, schedule: Schedule, seen: Completed, request: bytes | None
) -> Script[Completed]:
    context = b""
    while True:
        event = yield from state.wire.next()
        if event.type == CHANGE_CIPHER_SPEC:
            continue  # between TLS 1.3 messages it means nothing (RFC 8446 D.4)
        if event.end or event.type != HANDSHAKE:
            return _broken(seen, event)
        try:
            if event.message_type == FINISHED:
                break
            seen = _message(schedule, state.transcript, seen, event)
            if event.message_type == CERTIFICATE_REQUEST:
                context = Reader(event.data[4:]).vector(1)
        except FormatError as error:
            return replace(seen, detail=error.message.text)
        state.transcript += event.data
    if event.data[4:] != schedule.server.finished(state.transcript):
        return replace(seen, detail="the server's Finished does not verify")
    state.transcript += event.data
    if request is None:
        return replace(seen, result=replace(seen.result, is_whole=True))
    return (yield from _finish(state, schedule, seen, request, context))


def _broken(seen: Completed, event: Event) -> Completed:
    detail = event.end.detail if event.end else ""
    if event.alert is not None:
        detail = codes.alert_text(event.alert)
    return replace(seen, closed_by=event.alert, detail=detail or "the handshake broke off")


def _message(schedule: Schedule, transcript: bytes, seen: Completed, event: Event) -> Completed:
    match event.message_type:
        case _ if event.message_type == ENCRYPTED_EXTENSIONS:
            return replace(seen, encrypted=encrypted_extensions(event.data))
        case _ if event.message_type in {CERTIFICATE, CERTIFICATE_REQUEST}:
            return replace(seen, result=take(seen.result, event))
        case _ if event.message_type == CERTIFICATE_VERIFY:
            reader = Reader(event.data[4:])
            scheme, signature = reader.number(2), reader.vector(2)
            chain = seen.result.chain
            data = CONTEXT_13 + schedule.digest(transcript)
            name = codes.scheme_name(scheme)
            proved = verifies(chain[0], name, signature, data) if chain else None
            return replace(seen, scheme=scheme, proved=proved)
        case _:
            return seen


def _finish(
    state: _State, schedule: Schedule, seen: Completed, request: bytes, context: bytes
) -> Script[Completed]:
    """Send our Finished and the request; hear tickets, an answer, or a refusal."""
    client, server = schedule.application(state.transcript)
    out = CCS
    if seen.result.wants_client_certificate:
        body = bytes([len(context)]) + context + bytes(3)
        empty = b"\x0b" + len(body).to_bytes(3, "big") + body
        out += schedule.client.seal(HANDSHAKE, empty)
        state.transcript += empty
    verify = schedule.client.finished(state.transcript)
    out += schedule.client.seal(HANDSHAKE, b"\x14" + len(verify).to_bytes(3, "big") + verify)
    if request:
        out += client.seal(APPLICATION, request)
    state.wire.protect(server, is_13=True)
    seen = replace(seen, is_finished=True, result=replace(seen.result, is_whole=True))
    while True:
        event = yield from state.wire.next(out, AFTER_SECONDS)
        out = b""
        if event.end:
            return seen
        if event.type == ALERT and event.alert:
            return replace(
                seen,
                closed_by=event.alert,
                is_finished=seen.answered,
                detail=codes.alert_text(event.alert),
            )
        if event.type == APPLICATION or event.alert == 0:
            return replace(seen, answered=event.type == APPLICATION, said=event.data[:4])
        if event.message_type == NEW_SESSION_TICKET and len(seen.tickets) < MOST_TICKETS:
            try:
                found = session_ticket(event.data, "TLSv1.3")
            except FormatError as error:
                return replace(seen, detail=error.message.text)
            seen = replace(seen, tickets=(*seen.tickets, found))
