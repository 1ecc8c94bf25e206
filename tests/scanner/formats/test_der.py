"""DER: what is cut or of another kind is said, and nothing raises anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import der
from scanner.formats.certificate_examples import element, leaf
from scanner.formats.error import FormatError


@given(st.binary(max_size=200))
def test_any_bytes_are_elements_or_an_error(data: bytes) -> None:
    try:
        found = list(der.elements(data))
    except FormatError:
        return
    assert b"".join(one.whole for one in found) == data


@given(st.integers(0, 255).filter(lambda tag: tag & 0x1F != 0x1F), st.binary(max_size=70_000))
def test_what_is_written_is_read(tag: int, content: bytes) -> None:
    one = der.first(element(tag, content))
    assert (one.tag, one.content) == (tag, content)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x30", b"\x1f\x00", b"\x30\x80", b"\x30\x85\0\0\0\0\1x", b"\x30\x82\1", b"\x30\x05ab"],
)
def test_what_is_no_der(data: bytes) -> None:
    with pytest.raises(FormatError):
        der.first(data)


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (der.inside, element(der.OCTET_STRING, b"")),
        (der.spki, element(der.SEQUENCE, b"")),
        (der.serial, element(der.SEQUENCE, b"")),
        (der.serial, element(der.SEQUENCE, element(der.OCTET_STRING, b"1"))),
        (der.serial, element(der.SEQUENCE, element(der.INTEGER, b""))),
        (der.rsa_numbers, element(der.SEQUENCE, b"")),
        (
            der.rsa_numbers,
            element(
                der.SEQUENCE,
                element(der.SEQUENCE, b"")
                + element(der.BIT_STRING, b"\0" + element(der.SEQUENCE, b"")),
            ),
        ),
    ],
)
def test_what_is_missing_is_said(read: object, data: bytes) -> None:
    with pytest.raises(FormatError):
        read(data)  # type: ignore[operator]


def test_a_certificate_of_version_1_has_no_version() -> None:
    tbs = der.inside(leaf(serial=4711))[0]
    fields = der.inside(tbs.whole)
    assert fields[0].tag == der.VERSION
    old = element(der.SEQUENCE, b"".join(one.whole for one in fields[1:]))
    assert der.spki(old) == der.spki(tbs.whole)
    assert der.serial(old) == 4711
