"""Writes ClientHellos: the offer that each question to a server is (RFC 8446 4.1.2, RFC 5246)."""

from __future__ import annotations

import struct
from functools import lru_cache
from secrets import token_bytes

from msgspec import Struct

from scanner.formats.tls import codes

MOST_SUITES = 125
FORWARD = frozenset({"ECDHE", "DHE"})
RENEGOTIATION_SCSV = 0x00FF
PADDED = 512
SMALLEST_PADDED, LARGEST_UNPADDED = 256, 511

SERVER_NAME, STATUS_REQUEST, GROUPS, POINT_FORMATS, SIGNATURES = 0, 5, 10, 11, 13
ALPN, SCT, PADDING, ENCRYPT_THEN_MAC, EXTENDED_MASTER_SECRET = 16, 18, 21, 22, 23
SESSION_TICKET, VERSIONS, COOKIE, PSK_MODES, SIGNATURES_CERT, KEY_SHARE = 35, 43, 44, 45, 50, 51
RENEGOTIATION_INFO = 0xFF01


class Offer(Struct, frozen=True):
    """What one hello offers. ``shares`` are (group, public key); used by TLS 1.3 only."""

    version: str
    server_name: str
    suites: tuple[int, ...]
    alpn: tuple[str, ...] = ()
    shares: tuple[tuple[int, bytes], ...] = ()
    cookie: bytes = b""
    session_id: bytes = b""
    random: bytes = b""
    is_bare: bool = False


@lru_cache(maxsize=8)
def usual_suites(version: str) -> tuple[int, ...]:
    """The suites offered for a version: every one that servers are known to use.

    Those without a certificate come last: a server that takes the client's first shows its own.
    """
    is_13 = version == "TLSv1.3"
    usual = [
        suite
        for suite in codes.suites().values()
        if suite.tier == 1 and (suite.min == "TLSv1.3") == is_13
    ]
    usual.sort(key=lambda suite: (suite.auth == "anon", suite.kx not in FORWARD, suite.number))
    return tuple(suite.number for suite in usual)[:MOST_SUITES]


def client_hello(offer: Offer) -> bytes:
    """The handshake message of an offer."""
    number = codes.VERSIONS[offer.version]
    body = struct.pack("!H", min(number, 0x0303))
    body += offer.random or token_bytes(32)
    body += _short(offer.session_id)
    suites = (
        offer.suites if number > codes.VERSIONS["SSLv3"] else (*offer.suites, RENEGOTIATION_SCSV)
    )
    body += _vector(b"".join(struct.pack("!H", one) for one in suites))
    body += b"\x01\x00"
    if number > codes.VERSIONS["SSLv3"]:
        body += _extensions(offer, len(body) + 4)
    return b"\x01" + len(body).to_bytes(3, "big") + body


def record(message: bytes, version: str) -> bytes:
    """A handshake message as a record; 0x0301 upsets no old stack (RFC 8446 5.1)."""
    number = 0x0300 if version == "SSLv3" else 0x0301
    return struct.pack("!BHH", 22, number, len(message)) + message


def _extensions(offer: Offer, before: int) -> bytes:
    is_13 = offer.version == "TLSv1.3"
    parts = [_server_name(offer.server_name)]
    if offer.is_bare:
        return _vector(b"".join(parts))
    parts += _modern(offer) if is_13 else _legacy(offer)
    made = b"".join(parts)
    size = before + 2 + len(made)
    if SMALLEST_PADDED <= size + 4 <= LARGEST_UNPADDED:  # RFC 7685: a known load balancer hangs
        made += _extension(PADDING, bytes(max(PADDED - size - 4, 0)))
    return _vector(made)


def _legacy(offer: Offer) -> list[bytes]:
    groups = [number for number, one in codes.groups().items() if one.tls12 and one.kind == "ec"]
    groups.sort(key=lambda number: (number not in {29, 23}, codes.groups()[number].tier, number))
    return [
        _extension(EXTENDED_MASTER_SECRET, b""),
        _extension(RENEGOTIATION_INFO, b"\x00"),
        _extension(GROUPS, _vector(_numbers(groups))),
        _extension(POINT_FORMATS, b"\x01\x00"),
        _extension(SESSION_TICKET, b""),
        *_alpn(offer),
        _extension(STATUS_REQUEST, b"\x01\x00\x00\x00\x00"),
        _extension(ENCRYPT_THEN_MAC, b""),
        _extension(SCT, b""),
        _extension(SIGNATURES, _vector(_numbers(_legacy_schemes()))),
    ]


def _modern(offer: Offer) -> list[bytes]:
    groups = [number for number, one in codes.groups().items() if one.tls13]
    groups.sort(key=lambda number: (number not in {29, 23, 24}, number))
    shares = b"".join(struct.pack("!H", group) + _vector(key) for group, key in offer.shares)
    return [
        _extension(VERSIONS, b"\x02\x03\x04"),
        _extension(GROUPS, _vector(_numbers(groups))),
        _extension(SIGNATURES, _vector(_numbers(_modern_schemes()))),
        _extension(SIGNATURES_CERT, _vector(_numbers(_legacy_schemes()))),
        *_alpn(offer),
        _extension(STATUS_REQUEST, b"\x01\x00\x00\x00\x00"),
        _extension(SCT, b""),
        *([_extension(COOKIE, offer.cookie)] if offer.cookie else []),
        _extension(PSK_MODES, b"\x01\x01"),
        _extension(KEY_SHARE, _vector(shares)),
    ]


@lru_cache(maxsize=1)
def _legacy_schemes() -> tuple[int, ...]:
    """Strongest first, SHA-1 and MD5 last: many servers take the client's first."""
    known = [one for one in codes.schemes() if one.tls12]
    known.sort(key=lambda one: (one.weak, -min(one.number >> 8, 8)))
    return tuple(one.number for one in known)


@lru_cache(maxsize=1)
def _modern_schemes() -> tuple[int, ...]:
    """For CertificateVerify, and PKCS #1 for the certificates themselves (RFC 8446 4.2.3)."""
    known = [one.number for one in codes.schemes() if one.tls13_certificate_verify]
    return (*known, 0x0401, 0x0501, 0x0601)


def _alpn(offer: Offer) -> list[bytes]:
    if not offer.alpn:
        return []
    names = b"".join(_short(name.encode()) for name in offer.alpn)
    return [_extension(ALPN, _vector(names))]


def _server_name(name: str) -> bytes:
    entry = b"\x00" + _vector(name.encode("ascii"))
    return _extension(SERVER_NAME, _vector(entry))


def _extension(code: int, data: bytes) -> bytes:
    return struct.pack("!HH", code, len(data)) + data


def _numbers(values: list[int] | tuple[int, ...]) -> bytes:
    return b"".join(struct.pack("!H", value) for value in values)


def _vector(data: bytes) -> bytes:
    return struct.pack("!H", len(data)) + data


def _short(data: bytes) -> bytes:
    return bytes([len(data)]) + data
