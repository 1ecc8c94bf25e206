"""Reads ServerKeyExchange: the group or the prime, the server's public value, what signed it."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from scanner.formats.error import FormatError
from scanner.formats.tls import codes
from scanner.formats.tls.reader import Reader

NAMED_CURVE, EXPLICIT_PRIME, EXPLICIT_CHAR2 = 3, 1, 2
SIGNING = frozenset({"RSA", "DSS", "ECDSA"})


class KeyExchange(Struct, frozen=True):
    """What one ServerKeyExchange shows.

    ``group`` is a curve's code point, ``None`` with a finite field; ``is_explicit`` where the curve
    is written out, which RFC 8422 5.4 forbids. ``prime`` and ``generator`` are those of a finite
    field, of an export RSA key modulus and exponent. ``scheme`` is 0 before TLS 1.2.
    ``params`` are the bytes the signature is over.
    """

    kind: str
    group: int | None = None
    is_explicit: bool = False
    prime: bytes = b""
    generator: bytes = b""
    public: bytes = b""
    scheme: int = 0
    signature: bytes = b""
    params: bytes = b""

    @property
    def bits(self) -> int:
        """The size of the prime or modulus."""
        return int.from_bytes(self.prime, "big").bit_length()

    @property
    def public_hash(self) -> str:
        """A name for the public value: the same one twice is the same key."""
        return hashlib.sha256(self.public).hexdigest()[:16]


def key_exchange(message: bytes, suite: codes.Suite, version: str) -> KeyExchange | None:
    """Read the message for a suite; ``None`` where the suite's is of no interest (SRP, KRB5)."""
    reader = Reader(message[4:])
    if suite.auth == "PSK":
        reader.vector(2)  # the identity hint
    start = reader.at
    seen = _params(reader, suite)
    if seen is None:
        return None
    params = message[4 + start : 4 + reader.at]
    scheme, signature = 0, b""
    if suite.auth in SIGNING and not reader.is_done:
        scheme = reader.number(2) if version == "TLSv1.2" else 0
        signature = reader.vector(2)
    return KeyExchange(
        seen.kind,
        seen.group,
        seen.is_explicit,
        seen.prime,
        seen.generator,
        seen.public,
        scheme,
        signature,
        params,
    )


def _params(reader: Reader, suite: codes.Suite) -> KeyExchange | None:
    match suite.kx:
        case "ECDHE":
            return _curve(reader)
        case "DHE":
            return KeyExchange(
                "dhe",
                prime=reader.vector(2),
                generator=reader.vector(2),
                public=reader.vector(2),
            )
        case "RSA":
            return KeyExchange("rsa-export", prime=reader.vector(2), generator=reader.vector(2))
        case _:
            return None


def _curve(reader: Reader) -> KeyExchange:
    kind = reader.number(1)
    if kind == NAMED_CURVE:
        return KeyExchange("ecdhe", group=reader.number(2), public=reader.vector(1))
    if kind == EXPLICIT_PRIME:
        prime = reader.vector(1)
        for _ in range(5):  # a, b, base, order, cofactor (RFC 4492 5.4)
            reader.vector(1)
        return KeyExchange("ecdhe", is_explicit=True, prime=prime, public=reader.vector(1))
    if kind == EXPLICIT_CHAR2:
        reader.take(2)
        basis = reader.number(1)
        for _ in range(5 + (3 if basis == 2 else 1)):  # noqa: PLR2004 - ec_pentanomial
            reader.vector(1)
        return KeyExchange("ecdhe", is_explicit=True, public=reader.vector(1))
    message = "a ServerKeyExchange names curve type {kind}"
    raise FormatError(message, kind=kind)
