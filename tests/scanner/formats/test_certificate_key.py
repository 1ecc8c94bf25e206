"""Keys: each weakness is found, sound ones are not accused, factors are those in common."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import certificate_examples as examples
from scanner.formats import certificate_key as subject
from scanner.formats import der
from scanner.formats.certificate_key import Weakness
from scanner.formats.certificate_parts import parse
from scanner.formats.error import FormatError

SOUND, SHARED = examples.SOUND_RSA, examples.SHARED_FACTOR


@pytest.mark.parametrize(
    ("modulus", "exponent", "found"),
    [
        (SOUND, 65537, ()),
        (SOUND, 3, ()),
        (SHARED, 65537, ()),
        (examples.ROCA, 65537, (Weakness.ROCA,)),
        (examples.CLOSE_PRIMES, 65537, (Weakness.CLOSE_PRIMES,)),
        (SOUND * 65521, 65537, (Weakness.SMALL_FACTOR,)),
        (SOUND * 65537, 65537, ()),
        (SOUND, 1, (Weakness.EXPONENT_ONE,)),
        (SOUND * 2, 6, (Weakness.EVEN_EXPONENT, Weakness.SMALL_FACTOR)),
    ],
)
def test_weaknesses(modulus: int, exponent: int, found: tuple[Weakness, ...]) -> None:
    assert subject.weaknesses(modulus, exponent) == found


def test_a_shared_factor_is_found_and_names_both() -> None:
    found = subject.shared_factors([SOUND, examples.ROCA, SHARED, SOUND, examples.CLOSE_PRIMES])
    prime = math.gcd(SOUND, SHARED)
    assert found[SOUND] == prime
    assert found[SHARED] == prime
    assert examples.ROCA not in found


def test_nothing_is_shared_with_oneself() -> None:
    assert subject.shared_factors([]) == {}
    assert subject.shared_factors([SOUND]) == {}
    assert subject.shared_factors([SOUND, SOUND, 0]) == {}


@given(st.lists(st.integers(2, 10**6), max_size=12))
def test_shared_factors_are_those_of_comparing_each_with_each(moduli: list[int]) -> None:
    distinct = set(moduli)
    expected = {
        one for one in distinct if any(math.gcd(one, two) > 1 for two in distinct if two != one)
    }
    assert set(subject.shared_factors(moduli)) == expected


@given(st.integers(3, 10**12).filter(lambda n: n % 2 == 1))
def test_fermat_finds_factors_or_nothing(modulus: int) -> None:
    found = subject.fermat(modulus)
    if found:
        assert found[0] * found[1] == modulus
        assert 1 < found[0] <= found[1]


def test_fermat_leaves_even_numbers_alone() -> None:
    assert subject.fermat(10) is None


@pytest.mark.parametrize("prime", [3, 5, 65521])
def test_the_smallest_factor_is_named(prime: int) -> None:
    assert subject.small_factor(SOUND * prime) == prime
    assert subject.small_factor(SOUND) is None


def test_kinds_of_keys() -> None:
    assert subject.key_of_numbers(SOUND, 65537).family == "rsa"
    assert subject.key_of(parse(examples.leaf())).family == "ecdsa"
    made = examples.leaf(serial=4711)
    ml_dsa = bytes.fromhex("0609608648016503040311")
    spki = der.spki(der.inside(made)[0].whole)
    key = der.inside(spki)[1]
    parts = examples.element(der.SEQUENCE, ml_dsa)
    other = examples.element(der.SEQUENCE, parts + key.whole)
    found = subject.key_of(parse(examples._altered(made, spki, other)))
    assert (found.type, found.strength, found.is_br) == ("ml-dsa-44", 128, False)


@pytest.mark.parametrize("modulus", [0, -5, 1 << 20_000], ids=["zero", "negative", "huge"])
def test_a_modulus_that_is_none(modulus: int) -> None:
    with pytest.raises(FormatError):
        subject.key_of_numbers(modulus, 3)
