"""Well-known primes of Diffie-Hellman by name, and whether an unknown number is one."""

from __future__ import annotations

import hashlib
import random
from functools import lru_cache
from importlib.resources import files

import msgspec

ROUNDS = 2  # bases; a random composite of this size passes one with no chance worth naming
LARGEST_TESTED = 2560  # bits: a bigger one costs too much, and is no one's mistake
_SMALL = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


@lru_cache(maxsize=1)
def well_known() -> dict[str, str]:
    """The names of well-known primes by the SHA-256 of their shortest big-endian form."""
    data = files("scanner").joinpath("data", "tls", "dh-primes.json").read_bytes()
    return msgspec.json.decode(data, type=dict[str, str])


def prime_name(prime: bytes) -> str:
    """The name of a well-known prime, else ``sha256:`` and the beginning of its hash."""
    digest = hashlib.sha256(prime.lstrip(b"\0")).hexdigest()
    return well_known().get(digest, f"sha256:{digest[:16]}")


@lru_cache(maxsize=256)
def is_probable_prime(number: bytes) -> bool:
    """Miller-Rabin; a number too big to test in good time is taken for prime."""
    n = int.from_bytes(number, "big")
    if n.bit_length() > LARGEST_TESTED:
        return n % 2 == 1
    if n < 2 or n % 2 == 0:  # noqa: PLR2004
        return n == 2  # noqa: PLR2004
    if any(n % one == 0 for one in _SMALL):
        return n in _SMALL
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    chooser = random.Random(n)  # noqa: S311 - the same number, the same answer
    return all(_passes(n, odd, twos, chooser.randrange(2, n - 1)) for _ in range(ROUNDS))


def _passes(n: int, odd: int, twos: int, base: int) -> bool:
    x = pow(base, odd, n)
    if x in {1, n - 1}:
        return True
    for _ in range(twos - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False
