"""The list of authorities that browsers refuse: it is read whole, and dates decide."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import certificate_examples as examples
from scanner.formats import certificate_leaf
from scanner.formats.certificate_parts import parse, subject_name
from scanner.formats.distrust import read_distrusted
from scanner.observation.tls import ServedCertificates, ServedChain

BUNDLED = Path("scanner/data/tls/distrusted-authorities.json")


def test_the_bundled_list_is_what_it_says() -> None:
    found = read_distrusted(BUNDLED.read_bytes())
    assert found.dated >= "2026-11-25"
    names = {one.name for one in found.authorities}
    assert {"Entrust and AffirmTrust", "Chunghwa Telecom", "Izenpe"} <= names
    for one in found.authorities:
        assert subject_name(parse(one.root)) == one.subject
        assert one.rules


def test_another_list_is_refused() -> None:
    other = {"list": "x", "dated": "2026-01-01", "source": "", "authorities": []}
    with pytest.raises(ValueError, match="it is the list 'x'"):
        read_distrusted(msgspec.json.encode(other))


@given(st.binary(max_size=100))
def test_any_bytes_are_a_list_or_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="no list of distrusted"):
        read_distrusted(data)


def _items(*chains: ServedChain) -> list[tuple[str, int]]:
    served = ServedCertificates(examples.NAME, chains)
    return [(one.item, len(one.chains)) for one in certificate_leaf.leaves(served)]


def test_leaves_are_told_apart_by_their_keys() -> None:
    ca = examples.intermediate()
    rsa = examples.leaf(public=examples.rsa_public(examples.SOUND_RSA))
    first, second = examples.leaf(), examples.leaf()
    assert _items(ServedChain((first, ca), ("TLSv1.3",))) == [("", 1)]
    assert _items(
        ServedChain((first, ca), ("TLSv1.3",), staples=(b"x",)),
        ServedChain((first,), ("TLSv1.2",), scts=(b"y",)),
        ServedChain((rsa, ca), ("TLSv1.2",)),
    ) == [("ecdsa", 2), ("rsa", 1)]
    assert _items(
        ServedChain((first,), ()),
        ServedChain((second,), ()),
        ServedChain((b"x",), ()),
        ServedChain((), ()),
    ) == [("ecdsa", 1), ("ecdsa 2", 1), ("unreadable", 1), ("none", 1)]
    assert _items() == []
