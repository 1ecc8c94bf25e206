"""DKIM key records (RFC 6376 3.6.1, RFC 8301, RFC 8463)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from msgspec import Struct

from scanner.formats.error import FormatError
from scanner.observation.mail import DkimRecords, DkimSelector

LARGEST_KEY = 64 << 10
ED25519_BYTES = 32
MUST_NOT_VERIFY = 1024  # bits, below which a signature must not count (RFC 8301 3.2)
SHOULD = 2048
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_BLANKS = re.compile(r"[ \t\r\n]+", re.ASCII)


class Key(Struct, frozen=True):
    """A key: ``bits`` of an RSA modulus, 256 for Ed25519, 0 where it is revoked.

    ``identity`` tells two keys apart: the base64 text without blanks.
    """

    type: str
    bits: int
    identity: str
    is_test: bool = False
    is_strict: bool = False
    only_sha1: bool = False

    @property
    def is_revoked(self) -> bool:
        """An empty ``p``: signatures of this selector no longer count."""
        return not self.identity


def is_candidate(text: str) -> bool:
    """Whether a TXT record at a selector means to be a key."""
    return bool(re.match(r"[ \t]*v[ \t]*=[ \t]*DKIM", text, re.IGNORECASE | re.ASCII)) or bool(
        re.search(r"(?:\A|;)[ \t]*p[ \t]*=", text, re.ASCII)
    )


def parse(text: str) -> Key:
    """Read a record; raise ``FormatError`` where verifiers must ignore it."""
    tags = _tags(text)
    names = list(tags)
    if "v" in tags and (names[0] != "v" or tags["v"] != "DKIM1"):
        raise FormatError("v is not first, or is not DKIM1")
    if "p" not in tags:
        raise FormatError("the tag p is missing")
    kind = tags.get("k", "rsa").lower() or "rsa"
    if kind not in {"rsa", "ed25519"}:
        raise FormatError("the key type {type} is unknown", type=kind[:40])
    services = [one.strip().lower() for one in tags.get("s", "*").split(":")]
    if not {"*", "email"} & set(services):
        raise FormatError("it is not for mail (s={services})", services=tags["s"][:40])
    flags = [one.strip().lower() for one in tags.get("t", "").split(":")]
    hashes = {one.strip().lower() for one in tags["h"].split(":")} if tags.get("h") else set()
    data = _BLANKS.sub("", tags["p"])
    return Key(
        kind,
        _bits(kind, data),
        data,
        is_test="y" in flags,
        is_strict="s" in flags,
        only_sha1=bool(hashes) and "sha256" not in hashes,
    )


def _tags(text: str) -> Mapping[str, str]:
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        key = _BLANKS.sub("", name)
        if not key and not equals:
            continue
        if not equals or not _TAG.fullmatch(key):
            raise FormatError("{part} is no tag", part=part.strip()[:60])
        if key in tags:
            raise FormatError("the tag {tag} is given twice", tag=key)
        tags[key] = value.strip(" \t\r\n")
    return tags


def _bits(kind: str, data: str) -> int:
    if not data:
        return 0
    if len(data) > LARGEST_KEY:
        raise FormatError("the key is larger than 64 KiB")
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise FormatError("the key is not base64") from None
    if kind == "ed25519":
        if len(raw) != ED25519_BYTES:
            raise FormatError("an Ed25519 key has 32 bytes, and this one {n}", n=len(raw))
        return 8 * ED25519_BYTES
    return _rsa_bits(raw)


_RSA = bytes.fromhex("300d06092a864886f70d010101050003")


def _rsa_bits(raw: bytes) -> int:
    """The modulus of a SubjectPublicKeyInfo, else of a bare RSAPublicKey (RFC 6376 3.6.1).

    Read by hand: a library refuses the small keys that are to be found.
    """
    at = raw.find(_RSA)
    body = _element(raw[at + len(_RSA) - 1 :], 0x03)[1:] if at >= 0 else raw
    sequence = _element(body, 0x30)
    modulus = _element(sequence, 0x02)
    exponent = _element(sequence[_size(sequence) :], 0x02) if modulus else b""
    bits = int.from_bytes(modulus, "big").bit_length()
    if not exponent or not bits:
        raise FormatError("the key cannot be decoded")
    return bits


def _element(data: bytes, tag: int) -> bytes:
    """The content of a DER element of this tag at the start; empty where there is none."""
    if len(data) < 2 or data[0] != tag:  # noqa: PLR2004 - tag and length
        return b""
    header, size = _header(data)
    content = data[header : header + size]
    return content if len(content) == size else b""


def _size(data: bytes) -> int:
    header, size = _header(data)
    return header + size


def _header(data: bytes) -> tuple[int, int]:
    if data[1] < 128:  # noqa: PLR2004 - X.690 8.1.3.4
        return 2, data[1]
    count = data[1] & 0x7F
    return 2 + count, int.from_bytes(data[2 : 2 + count], "big")


class Published(Struct, frozen=True):
    """What one selector publishes: a key, or why it is none."""

    selector: str
    key: Key | None = None
    defect: FormatError | None = None
    texts: tuple[str, ...] = ()


def published(records: DkimRecords) -> tuple[Published, ...]:
    """Every selector with a record that means to be a key, those of a wildcard left out."""
    return tuple(
        _published(one)
        for one in records.selectors
        if any(map(is_candidate, one.texts)) and one.texts != records.wildcard
    )


def keys(records: DkimRecords) -> tuple[tuple[str, Key], ...]:
    """Selector and key of every one that is sound and not revoked."""
    return tuple(
        (one.selector, one.key)
        for one in published(records)
        if one.key is not None and not one.key.is_revoked
    )


def _published(seen: DkimSelector) -> Published:
    if len(seen.texts) > 1:
        return Published(
            seen.selector,
            defect=FormatError("there are {n} TXT records at it", n=len(seen.texts)),
            texts=seen.texts,
        )
    try:
        return Published(seen.selector, parse(seen.texts[0]), texts=seen.texts)
    except FormatError as error:
        return Published(seen.selector, defect=error, texts=seen.texts)
