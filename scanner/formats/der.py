"""DER, as little of it as is needed where a library refuses to read on (X.690 8.1, 10.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.formats.error import FormatError

INTEGER, BIT_STRING, OCTET_STRING, OBJECT, SEQUENCE = 0x02, 0x03, 0x04, 0x06, 0x30
VERSION = 0xA0
MOST_LENGTH_BYTES = 4


class Element(NamedTuple):
    """One element: its tag, its content, and all of its bytes."""

    tag: int
    content: bytes
    whole: bytes


def elements(data: bytes) -> Iterator[Element]:
    """The elements that follow one another in ``data``; raise ``FormatError`` where one is cut."""
    while data:
        one = first(data)
        yield one
        data = data[len(one.whole) :]


def first(data: bytes) -> Element:
    """The element at the start of ``data``."""
    if len(data) < 2 or data[0] & 0x1F == 0x1F:  # noqa: PLR2004 - a tag and a length
        raise FormatError("it is not DER")
    begin, length = 2, data[1]
    if length & 0x80:
        count = length & 0x7F
        begin += count
        if not 0 < count <= MOST_LENGTH_BYTES or len(data) < begin:
            raise FormatError("it is not DER")
        length = int.from_bytes(data[2:begin])
    if len(data) < begin + length:
        raise FormatError("it is cut short")
    return Element(data[0], data[begin : begin + length], data[: begin + length])


def inside(data: bytes, tag: int = SEQUENCE) -> tuple[Element, ...]:
    """The elements inside the one at the start of ``data``, which must have this tag."""
    return tuple(elements(content(data, tag)))


def content(data: bytes, tag: int) -> bytes:
    """What the element at the start of ``data`` holds; it must have this tag."""
    one = first(data)
    if one.tag != tag:
        raise FormatError("a part of it is of another kind than it should be")
    return one.content


def integer(one: Element) -> int:
    """A whole number, with its sign."""
    if one.tag != INTEGER or not one.content:
        raise FormatError("a number was expected")
    return int.from_bytes(one.content, signed=True)


def serial(tbs: bytes) -> int:
    """The serial number of a TBSCertificate, with its sign."""
    fields = [one for one in inside(tbs) if one.tag != VERSION]
    if not fields:
        raise FormatError("it has no serial number")
    return integer(fields[0])


def spki(tbs: bytes) -> bytes:
    """SubjectPublicKeyInfo, as it stands in a TBSCertificate (RFC 5280 4.1)."""
    fields = inside(tbs)
    if fields and fields[0].tag == VERSION:
        fields = fields[1:]
    if len(fields) < 6:  # noqa: PLR2004 - serial, signature, issuer, validity, subject, key
        raise FormatError("it has no public key")
    return fields[5].whole


def rsa_numbers(key: bytes) -> tuple[int, int]:
    """Modulus and exponent of the RSA key in a SubjectPublicKeyInfo (RFC 8017 A.1.1)."""
    fields = inside(key)
    if len(fields) != 2 or fields[1].tag != BIT_STRING:  # noqa: PLR2004 - algorithm and key
        raise FormatError("it is not a public key")
    numbers = inside(fields[1].content[1:])
    if len(numbers) != 2:  # noqa: PLR2004 - modulus and exponent
        raise FormatError("it is not an RSA key")
    return integer(numbers[0]), integer(numbers[1])
