"""Harmless probes of known flaws before TLS 1.3; of what comes back only its kind is kept.

Each sends at most two raw records beyond the flight. None reads foreign memory, none can work
through a guess: what a correct server refuses, a flawed one answers in another way.
"""

from __future__ import annotations

import struct
from secrets import token_bytes

from msgspec.structs import replace

from scanner.formats.tls import codes
from scanner.formats.tls.flight import Result, opening, rest_of_flight
from scanner.formats.tls.handshake12 import encrypted, handshake12, message, modulus
from scanner.formats.tls.hello import HEARTBEAT as HEARTBEAT_EXTENSION
from scanner.formats.tls.hello import Offer, client_hello, record
from scanner.formats.tls.legacy_keys import Flaw
from scanner.formats.tls.messages import (
    APPLICATION,
    CHANGE_CIPHER_SPEC,
    HANDSHAKE,
    HEARTBEAT,
)
from scanner.formats.tls.wire import Event, Kind, Script, Wire
from scanner.observation import Reason
from scanner.observation.tls import Probe, Verdict

HEARTBEAT_SECONDS, CCS_SECONDS, ORACLE_SECONDS, PADDING_SECONDS = 5.0, 2.0, 3.0, 2.0
MARKER_BYTES, HEARTBEAT_PADDING = 16, 16
SWITCHED = frozenset({20, 21})  # bad_record_mac, decryption_failed: it tried to decrypt
REFUSED = frozenset({10, 40})
ROBOT_VECTORS = ("correct", "wrong start", "00 at the wrong place", "no 00", "wrong version")
PADDING_VECTORS = ("good", "bad padding", "bad MAC", "both bad", "empty and bad MAC")
UNCLEAR = Reason.MALFORMED_REPLY


def heartbleed(offer: Offer) -> Script[Probe]:
    """Ask for 32 bytes back after sending 16 and their padding: all that can return is ours.

    RFC 6520 4 wants 1 + 2 + 32 + 16 bytes in the record, so a correct server drops it in silence.
    """
    name = "heartbleed"
    wire, seen = yield from _flight(replace(offer, extra=((HEARTBEAT_EXTENSION, b"\1"),)))
    if not seen.is_whole:
        return _unknown(name, seen)
    ours = token_bytes(MARKER_BYTES + HEARTBEAT_PADDING)
    event = yield from wire.next(_heartbeat(seen, len(ours), ours), HEARTBEAT_SECONDS)
    if not _echoes(event, len(ours), ours):
        return Probe(name, Verdict.NOT_VULNERABLE, heard=(_class(event),))
    again = yield from wire.next(_heartbeat(seen, len(ours) + 1, ours), HEARTBEAT_SECONDS)
    if _echoes(again, len(ours) + 1, ours):
        text = "it sent back more bytes than it was sent"
        return Probe(name, Verdict.VULNERABLE, text, heard=(_class(event), _class(again)))
    text = (
        "it answers a heartbeat without the padding that RFC 6520 wants, but sends nothing foreign"
    )
    return Probe(name, Verdict.NOT_VULNERABLE, text, grade="padding", heard=(_class(event),))


def _heartbeat(seen: Result, claimed: int, payload: bytes) -> bytes:
    return _record(seen, HEARTBEAT, struct.pack("!BH", 1, claimed) + payload)


def _echoes(event: Event, claimed: int, ours: bytes) -> bool:
    """Whether it is a response of this length that begins with what was sent."""
    head = struct.pack("!BH", 2, claimed)
    is_response = event.type == HEARTBEAT and event.data.startswith(head)
    return is_response and event.data[3 : 3 + MARKER_BYTES] == ours[:MARKER_BYTES]


def ccs_injection(offer: Offer) -> Script[Probe]:  # noqa: PLR0911 - a table of answers
    """Send ChangeCipherSpec before any key was agreed: only a flawed server switches keys."""
    name = "ccs-injection"
    wire, seen = yield from _flight(replace(offer, extended_master_secret=False))
    if not seen.is_whole:
        return _unknown(name, seen)
    first = yield from wire.next(_record(seen, CHANGE_CIPHER_SPEC, b"\1"), CCS_SECONDS)
    if first.alert in REFUSED or _is_gone(first):
        return Probe(name, Verdict.NOT_VULNERABLE, heard=(_class(first),))
    if first.alert is not None:
        return _unclear(name, first)
    second = yield from wire.next(_record(seen, APPLICATION, b"\0\0"), CCS_SECONDS)
    heard = _class(first), _class(second)
    if second.alert in SWITCHED:
        text = "it took the change of keys before any key was agreed"
        return Probe(name, Verdict.VULNERABLE, text, heard=heard)
    if second.alert in REFUSED or _is_gone(second):
        return Probe(name, Verdict.NOT_VULNERABLE, heard=heard)
    if second.alert is not None:
        return _unclear(name, second)
    return Probe(name, Verdict.NOT_VULNERABLE, "it stayed silent", grade="tentative", heard=heard)


def robot(offer: Offer, vector: str, *, finishes: bool) -> Script[str]:
    """One RSA key exchange with a block made in one way; the class of what comes back.

    ``finishes``: ChangeCipherSpec and a Finished of noise follow. Empty where no flight came.
    """
    wire, seen = yield from _flight(offer)
    if not seen.is_whole:
        return ""
    block = robot_block(seen, vector, offer)
    body = encrypted(seen, block)
    out = _record(seen, HANDSHAKE, message(16, len(body).to_bytes(2, "big") + body))
    if finishes:
        out += _record(seen, CHANGE_CIPHER_SPEC, b"\1") + _record(seen, HANDSHAKE, token_bytes(64))
    event = yield from wire.next(out, ORACLE_SECONDS)
    return _class(event)


def robot_block(seen: Result, vector: str, offer: Offer) -> bytes:
    """A PKCS #1 block of exactly the modulus's length, made wrong in the named way."""
    size = (modulus(seen).n.bit_length() + 7) // 8
    number = min(codes.VERSIONS[offer.version], 0x0303).to_bytes(2, "big")
    secret = number + token_bytes(46)
    filler = bytes(1 + one % 255 for one in token_bytes(size - 3 - len(secret)))
    good = b"\0\2" + filler + b"\0" + secret
    match vector:
        case "wrong start":
            return b"\x41\x17" + good[2:]
        case "00 at the wrong place":
            return b"\0\2" + filler + b"\x11" + secret[:-2] + b"\0\x11"
        case "no 00":
            return b"\0\2" + filler + b"\x11" + bytes(1 + one % 255 for one in secret)
        case "wrong version":
            return b"\0\2" + filler + b"\0" + b"\2\2" + secret[2:]
        case _:
            return good


def padding(offer: Offer, vector: str) -> Script[str]:
    """One CBC record made wrong in one way; the class of what comes back, empty without session."""
    shaken = yield from handshake12(replace(offer, encrypt_then_mac=False))
    session = shaken.session
    if session is None:
        return ""
    data = b"" if vector == "empty and bad MAC" else b"G"
    flaw = Flaw(
        padding=1 if vector in {"bad padding", "both bad"} else 0,
        mac=0 if vector in {"good", "bad padding"} else 1,
    )
    sealed = session.client.seal(APPLICATION, data, flaw)
    event = yield from session.wire.next(sealed, PADDING_SECONDS)
    return _class(event)


def _flight(offer: Offer) -> Script[tuple[Wire, Result]]:
    wire = Wire()
    first = yield from opening(wire, offer, record(client_hello(offer), offer.version))
    if first.kind is not Kind.ANSWERED or first.version != offer.version:
        return wire, first
    return wire, (yield from rest_of_flight(wire, first))


def _record(seen: Result, content: int, data: bytes) -> bytes:
    """A raw record of the negotiated version."""
    return struct.pack("!BHH", content, codes.VERSIONS[seen.version], len(data)) + data


def _is_gone(event: Event) -> bool:
    return bool(event.end) and event.end.kind in {Kind.CLOSED, Kind.RESET}  # type: ignore[union-attr]


def _class(event: Event) -> str:
    """What is kept of an answer: its kind, the alert's code, how the line ended."""
    if event.end:
        return "nothing in time" if event.end.kind is Kind.TIMED_OUT else str(event.end.kind)
    if event.alert is not None:
        return codes.alert_text(event.alert)
    return f"a record of type {event.type}"


def _unknown(name: str, seen: Result) -> Probe:
    reason = Reason.TIMEOUT if seen.kind is Kind.TIMED_OUT else Reason.TLS_HANDSHAKE_FAILED
    text = f"the server's flight did not come whole ({seen.detail or seen.text})"
    return Probe(name, Verdict.UNKNOWN, text, reason)


def _unclear(name: str, event: Event) -> Probe:
    text = f"the answer, {_class(event)}, is neither a refusal nor the flaw"
    return Probe(name, Verdict.UNKNOWN, text, UNCLEAR, heard=(_class(event),))
