"""Public keys: what they are, how strong, and whether they are weak by construction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519
from msgspec import Struct

from scanner.formats import der
from scanner.formats.error import FormatError

# NIST SP 800-57 part 1, table 2: security strength of RSA by modulus size.
RSA_STRENGTHS = ((15360, 256), (7680, 192), (3072, 128), (2048, 112), (1024, 80))
RSA_OIDS = frozenset({"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"})
NIST_CURVES = {"secp256r1": "ec-p256", "secp384r1": "ec-p384", "secp521r1": "ec-p521"}
# FIPS 204 2: names, and the strength of each parameter set's category.
ML_DSA = {
    "2.16.840.1.101.3.4.3.17": ("ml-dsa-44", 10496, 128),
    "2.16.840.1.101.3.4.3.18": ("ml-dsa-65", 15616, 192),
    "2.16.840.1.101.3.4.3.19": ("ml-dsa-87", 20736, 256),
}
SMALLEST_EXPONENT, USUAL_EXPONENT = 3, 65537
STRONGEST = 256  # what NIST SP 800-57 part 1, table 2 goes to
FERMAT_STEPS = 100
SMALL_FACTORS = 1 << 16
LARGEST_MODULUS = 1 << 16384  # beyond it arithmetic is a denial of service, not a judgement


class Key(Struct, frozen=True):
    """A public key: ``type`` rsa, ec-p256, ed25519 …; sizes in bits.

    ``modulus`` and ``exponent`` are an RSA key's.
    """

    type: str
    bits: int
    strength: int
    is_br: bool
    exponent_ok: bool | None = None
    modulus: int | None = None
    exponent: int | None = None

    @property
    def family(self) -> str:
        """``rsa``, ``ecdsa``, ``ed25519`` …: what a server can have one certificate each of."""
        return "ecdsa" if self.type.startswith("ec-") else self.type


class Weakness(StrEnum):
    """Why a private key can be computed from the public one."""

    EXPONENT_ONE = "exponent-one"
    EVEN_EXPONENT = "even-exponent"
    ROCA = "roca"
    CLOSE_PRIMES = "close-primes"
    SMALL_FACTOR = "small-factor"


@lru_cache(maxsize=512)
def key_of(leaf: x509.Certificate) -> Key:
    """The key of a certificate; raise ``FormatError`` where it cannot be read."""
    oid = leaf.public_key_algorithm_oid.dotted_string
    if oid in RSA_OIDS:  # the library refuses the very exponents that are to be found
        return _rsa(*der.rsa_numbers(der.spki(leaf.tbs_certificate_bytes)))
    if oid in ML_DSA:
        name, bits, strength = ML_DSA[oid]
        return Key(name, bits, strength, is_br=False)
    try:
        key = leaf.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise FormatError("its key cannot be read ({why})", why=str(error)[:200]) from None
    match key:
        case ec.EllipticCurvePublicKey():
            name, size = key.curve.name, key.curve.key_size
            known = NIST_CURVES.get(name)
            strength = min(size // 2, STRONGEST)
            return Key(known or f"ec-{name}", size, strength, known is not None)
        case ed25519.Ed25519PublicKey():
            return Key("ed25519", 256, 128, is_br=False)
        case ed448.Ed448PublicKey():
            return Key("ed448", 456, 224, is_br=False)
        case dsa.DSAPublicKey():
            return Key("dsa", key.key_size, _strength(key.key_size), is_br=False)
        case _:
            raise FormatError("its key is of a kind that is not judged here")


def key_of_numbers(modulus: int, exponent: int) -> Key:
    """An RSA key by its numbers."""
    return _rsa(modulus, exponent)


def _rsa(modulus: int, exponent: int) -> Key:
    if not 0 < modulus < LARGEST_MODULUS:
        raise FormatError("its RSA modulus is no modulus")
    good = exponent % 2 == 1 and exponent >= SMALLEST_EXPONENT  # BR 6.1.6
    bits = modulus.bit_length()
    is_br = bits >= 2048 and bits % 8 == 0 and good  # noqa: PLR2004 - BR 6.1.5
    return Key("rsa", bits, _strength(bits), is_br, good, modulus, exponent)


def _strength(bits: int) -> int:
    return next((strength for size, strength in RSA_STRENGTHS if bits >= size), 0)


@lru_cache(maxsize=512)
def weaknesses(modulus: int, exponent: int) -> tuple[Weakness, ...]:
    """Every weakness of an RSA key that shows in the key alone."""
    found: list[Weakness] = []
    if exponent == 1:
        found.append(Weakness.EXPONENT_ONE)
    if exponent % 2 == 0:
        found.append(Weakness.EVEN_EXPONENT)
    if small_factor(modulus) is not None:
        found.append(Weakness.SMALL_FACTOR)
    elif is_roca(modulus):
        found.append(Weakness.ROCA)
    elif fermat(modulus) is not None:
        found.append(Weakness.CLOSE_PRIMES)
    return tuple(found)


@lru_cache(maxsize=1)
def _primes() -> tuple[int, ...]:
    sieve = bytearray([1]) * SMALL_FACTORS
    sieve[0:2] = b"\0\0"
    for one in range(2, 1 << 8):
        if sieve[one]:
            sieve[one * one :: one] = bytes(len(range(one * one, SMALL_FACTORS, one)))
    return tuple(number for number, is_prime in enumerate(sieve) if is_prime)


@lru_cache(maxsize=1)
def _primorial() -> int:
    return math.prod(_primes())


def small_factor(modulus: int) -> int | None:
    """The smallest prime below 2^16 that divides the modulus."""
    common = math.gcd(_primorial() % modulus, modulus)
    if common == 1:
        return None
    return next((one for one in _primes() if common % one == 0), None)


@lru_cache(maxsize=1)
def _roca_residues() -> tuple[tuple[int, frozenset[int]], ...]:
    """What 65537 generates modulo each small prime: CVE-2017-15361 leaves the modulus there."""
    return tuple(
        (one, frozenset(pow(USUAL_EXPONENT, power, one) for power in range(one - 1)))
        for one in _primes()[1:39]
    )


def is_roca(modulus: int) -> bool:
    """The fingerprint of Infineon's key generation; one sound key in 2^27 shows it by chance."""
    return all(modulus % prime in residues for prime, residues in _roca_residues())


def fermat(modulus: int, steps: int = FERMAT_STEPS) -> tuple[int, int] | None:
    """The factors, where they are so close that Fermat's method finds them at once."""
    if modulus % 2 == 0:
        return None
    middle = math.isqrt(modulus - 1) + 1
    for a in range(middle, middle + steps):
        square = a * a - modulus
        b = math.isqrt(square)
        if b * b == square and a - b > 1:
            return a - b, a + b
    return None


def shared_factors(moduli: Sequence[int]) -> dict[int, int]:
    """For each modulus that has a prime in common with another: the common factor.

    A product tree and a remainder tree (Bernstein): n log² n, not n². Equal moduli are one key,
    not a shared factor, so each may be given once only.
    """
    distinct = sorted({one for one in moduli if one > 1})
    if len(distinct) < 2:  # noqa: PLR2004 - one alone shares nothing
        return {}
    levels = [distinct]
    while len(levels[-1]) > 1:
        level = levels[-1]
        levels.append([math.prod(level[at : at + 2]) for at in range(0, len(level), 2)])
    remainders = levels.pop()
    while levels:
        level = levels.pop()
        remainders = [remainders[at // 2] % (one * one) for at, one in enumerate(level)]
    common = {
        one: math.gcd(rest // one, one) for one, rest in zip(distinct, remainders, strict=True)
    }
    return {one: factor for one, factor in common.items() if factor > 1}
