"""An encrypted_client_hello that nobody can open: a server with ECH says so (RFC 9849 6.2)."""

from __future__ import annotations

import struct
from secrets import randbelow, token_bytes

from scanner.formats.tls.groups import X25519, key_pair

OUTER, HKDF_SHA256, AES_128_GCM = 0, 1, 1
PAYLOAD_BYTES = 208


def grease_ech() -> bytes:
    """The extension's content; to a server without ECH it is one more unknown extension."""
    pair = key_pair(X25519)
    encapsulated = pair.public if pair else token_bytes(32)
    head = struct.pack("!BHHB", OUTER, HKDF_SHA256, AES_128_GCM, randbelow(256))
    payload = token_bytes(PAYLOAD_BYTES)
    return head + _vector(encapsulated) + _vector(payload)


def _vector(data: bytes) -> bytes:
    return struct.pack("!H", len(data)) + data
