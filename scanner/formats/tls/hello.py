"""Writes ClientHellos: the offer that each question to a server is (RFC 8446 4.1.2, RFC 5246)."""

from __future__ import annotations

import struct
from enum import StrEnum
from functools import lru_cache
from secrets import token_bytes

from msgspec import Struct
from msgspec.structs import replace

from scanner.formats.tls import codes

MOST_SUITES = 125
PADDED = 512
SMALLEST_PADDED, LARGEST_UNPADDED = 256, 511

SERVER_NAME, STATUS_REQUEST, GROUPS, POINT_FORMATS, SIGNATURES = 0, 5, 10, 11, 13
HEARTBEAT, ALPN, SCT, PADDING, ENCRYPT_THEN_MAC, EXTENDED_MASTER_SECRET = 15, 16, 18, 21, 22, 23
SESSION_TICKET, PRE_SHARED_KEY, EARLY_DATA, VERSIONS, COOKIE, PSK_MODES = 35, 41, 42, 43, 44, 45
SIGNATURES_CERT, KEY_SHARE, ECH, RENEGOTIATION_INFO = 50, 51, 0xFE0D, 0xFF01


class Shape(StrEnum):
    """How much of a hello is sent: old stacks stumble over what they do not know (tls.md 5.2)."""

    FULL = "everything"
    PLAIN = "no extension later than TLS 1.2"
    NAME = "the server name alone"
    BARE = "no extension at all"


class Offer(Struct, frozen=True):
    """What one hello offers.

    ``shares`` are (group, public key), in TLS 1.3 only; none makes the vector empty, which a server
    must answer with a HelloRetryRequest (RFC 8446 4.2.8). ``renegotiation`` is the content of
    renegotiation_info, ``None`` leaves it out; ``ticket`` likewise. ``versions`` stands in
    supported_versions where it differs. ``extra`` extensions come last but one. ``length`` pads the
    message to at least so many bytes.
    """

    version: str
    server_name: str = ""
    suites: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    schemes: tuple[int, ...] = ()
    certificate_schemes: tuple[int, ...] = ()
    alpn: tuple[str, ...] = ()
    shares: tuple[tuple[int, bytes], ...] = ()
    cookie: bytes = b""
    session_id: bytes = b""
    random: bytes = b""
    ticket: bytes | None = b""
    renegotiation: bytes | None = b""
    extended_master_secret: bool = True
    encrypt_then_mac: bool = True
    compression: bytes = b"\0"
    versions: tuple[int, ...] = ()
    extra: tuple[tuple[int, bytes], ...] = ()
    shape: Shape = Shape.FULL
    length: int = 0

    @property
    def is_13(self) -> bool:
        """Whether it is a hello of TLS 1.3."""
        return self.version == "TLSv1.3"


@lru_cache(maxsize=256)
def offer(version: str, server_name: str = "", alpn: tuple[str, ...] = ()) -> Offer:
    """The usual offer of a version: all that servers are known to use."""
    if version == "TLSv1.3":
        return Offer(
            version,
            server_name,
            suites_of_13(),
            groups_of_13(),
            schemes_of_13(),
            legacy_schemes() + tuple(one for one in schemes_of_13() if one not in legacy_schemes()),
            alpn,
        )
    groups = () if version == "SSLv3" else legacy_groups()
    return Offer(version, server_name, usual_suites(), groups, legacy_schemes(), (), alpn)


@lru_cache(maxsize=1)
def usual_suites() -> tuple[int, ...]:
    """The suites before TLS 1.3 that servers are known to use, the strongest first.

    Those without a certificate come last: a server that takes the client's first shows its own.
    """
    usual = [one for one in codes.suites().values() if one.tier == 1 and one.min != "TLSv1.3"]
    usual.sort(key=lambda one: (one.auth == "anon", not one.pfs, not one.aead, one.number))
    return tuple(one.number for one in usual)


@lru_cache(maxsize=1)
def rare_suites() -> tuple[tuple[int, ...], ...]:
    """The suites that hardly anyone uses, in as many hellos as they need."""
    rare = [
        number
        for number, one in codes.suites().items()
        if one.tier != 1 and one.min != "TLSv1.3" and one.kx != "any"
    ]
    half = (len(rare) + 1) // 2
    return tuple(rare[:half]), tuple(rare[half:])


@lru_cache(maxsize=1)
def suites_of_13() -> tuple[int, ...]:
    """Every suite of TLS 1.3; the registered ones of RFC 8446 first."""
    every = [one for one in codes.suites().values() if one.min == "TLSv1.3"]
    every.sort(key=lambda one: (one.tier, one.number))
    return tuple(one.number for one in every)


@lru_cache(maxsize=1)
def legacy_groups() -> tuple[int, ...]:
    """Every curve before TLS 1.3: the list also limits the curve of the server's own key."""
    every = [number for number, one in codes.groups().items() if one.tls12 and one.kind != "ffdhe"]
    every.sort(key=lambda one: (one not in {29, 23}, codes.groups()[one].tier, one))
    return tuple(every)


@lru_cache(maxsize=1)
def groups_of_13() -> tuple[int, ...]:
    """Every group of TLS 1.3, those we can complete first."""
    every = [number for number, one in codes.groups().items() if one.tls13]
    usual = (29, 23, 24, 25, 30, 0x11EC, 0x11EB, 0x11ED, 0x0201, 0x0202)
    every.sort(key=lambda one: (usual.index(one) if one in usual else 99, one))
    return tuple(every)


@lru_cache(maxsize=1)
def legacy_schemes() -> tuple[int, ...]:
    """Strongest first, SHA-1 and MD5 last: many servers take the client's first."""
    known = [one for one in codes.schemes().values() if one.tls12]
    known.sort(key=lambda one: (one.weak, -min(one.number >> 8, 8)))
    return tuple(one.number for one in known)


@lru_cache(maxsize=1)
def schemes_of_13() -> tuple[int, ...]:
    """For CertificateVerify, and PKCS #1 for the certificates themselves (RFC 8446 4.2.3)."""
    known = codes.schemes().values()
    return (*(one.number for one in known if one.tls13_certificate_verify), 0x0401, 0x0501, 0x0601)


def client_hello(asked: Offer) -> bytes:
    """The handshake message of an offer."""
    number = codes.VERSIONS[asked.version]
    suites = asked.suites
    is_short = asked.shape in {Shape.BARE, Shape.NAME}
    if (is_short and asked.renegotiation is not None) or asked.version == "SSLv3":
        suites = (*suites, codes.RENEGOTIATION_SCSV)
    parts = [
        struct.pack("!H", min(number, 0x0303)),
        asked.random or token_bytes(32),
        _short(asked.session_id),
        _vector(_numbers(suites)),
        _short(asked.compression),
    ]
    if asked.shape is not Shape.BARE and number > codes.VERSIONS["SSLv3"]:
        bare = replace(asked, random=b"", session_id=b"", suites=(), compression=b"")
        parts.append(_extensions(bare, sum(map(len, parts)) + 4))
    body = b"".join(parts)
    return b"\x01" + len(body).to_bytes(3, "big") + body


def record(message: bytes, version: str, content: int = 22) -> bytes:
    """A message as a record; 0x0301 upsets no old stack (RFC 8446 5.1)."""
    number = 0x0300 if version == "SSLv3" else 0x0301
    return struct.pack("!BHH", content, number, len(message)) + message


def extension(code: int, data: bytes) -> bytes:
    """One extension as it stands in a hello."""
    return struct.pack("!HH", code, len(data)) + data


@lru_cache(maxsize=256)
def _extensions(asked: Offer, before: int) -> bytes:
    name = [_server_name(asked.server_name)] if asked.server_name else []
    if asked.shape is Shape.NAME:
        return _vector(b"".join(name)) if name else b""
    parts = _modern(asked) if asked.is_13 else _legacy(asked)
    extra = [extension(code, data) for code, data in asked.extra]
    made = b"".join((*name, *parts[:-1], *extra, parts[-1]))
    size = before + 2 + len(made)
    wanted = asked.length
    if SMALLEST_PADDED <= size <= LARGEST_UNPADDED:  # RFC 7685: a known load balancer hangs
        wanted = max(wanted, PADDED)
    if wanted > size:
        made = made[: -len(parts[-1])] if parts else made
        made += extension(PADDING, bytes(max(wanted - size - 4, 0))) + parts[-1]
    return _vector(made)


def _legacy(asked: Offer) -> list[bytes]:
    is_full = asked.shape is Shape.FULL
    parts = [] if asked.renegotiation is None else [_renegotiation(asked.renegotiation)]
    if is_full and asked.extended_master_secret:
        parts.append(extension(EXTENDED_MASTER_SECRET, b""))
    if asked.groups:
        parts += [
            extension(GROUPS, _vector(_numbers(asked.groups))),
            extension(POINT_FORMATS, b"\x01\x00"),
        ]
    if is_full:
        if asked.ticket is not None:
            parts.append(extension(SESSION_TICKET, asked.ticket))
        parts += [*_alpn(asked), _STATUS, extension(SCT, b"")]
        if asked.encrypt_then_mac:
            parts.append(extension(ENCRYPT_THEN_MAC, b""))
    parts.append(extension(SIGNATURES, _vector(_numbers(asked.schemes))))
    return parts


def _modern(asked: Offer) -> list[bytes]:
    shares = b"".join(struct.pack("!H", group) + _vector(key) for group, key in asked.shares)
    versions = _numbers(asked.versions or (0x0304,))
    return [
        extension(VERSIONS, _short(versions)),
        extension(GROUPS, _vector(_numbers(asked.groups))),
        extension(SIGNATURES, _vector(_numbers(asked.schemes))),
        extension(SIGNATURES_CERT, _vector(_numbers(asked.certificate_schemes))),
        *_alpn(asked),
        _STATUS,
        extension(SCT, b""),
        *([extension(COOKIE, asked.cookie)] if asked.cookie else []),
        extension(PSK_MODES, b"\x01\x01"),
        extension(KEY_SHARE, _vector(shares)),
    ]


_STATUS = extension(STATUS_REQUEST, b"\x01\x00\x00\x00\x00")


def _renegotiation(verify_data: bytes) -> bytes:
    return extension(RENEGOTIATION_INFO, _short(verify_data))


def _alpn(asked: Offer) -> list[bytes]:
    if not asked.alpn:
        return []
    names = b"".join(_short(name.encode("latin-1")) for name in asked.alpn)
    return [extension(ALPN, _vector(names))]


def _server_name(name: str) -> bytes:
    entry = b"\x00" + _vector(name.encode("ascii"))
    return extension(SERVER_NAME, _vector(entry))


@lru_cache(maxsize=256)
def _numbers(values: tuple[int, ...]) -> bytes:
    return struct.pack(f"!{len(values)}H", *values)


def _vector(data: bytes) -> bytes:
    return struct.pack("!H", len(data)) + data


def _short(data: bytes) -> bytes:
    return bytes([len(data)]) + data
