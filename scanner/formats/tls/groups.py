"""Key pairs of ours in the groups that we can complete, ML-KEM and its hybrids included."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, mlkem, x448, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

X25519, X448, P256, P384, P521 = 29, 30, 23, 24, 25
X25519MLKEM768, SECP256R1MLKEM768, SECP384R1MLKEM1024 = 0x11EC, 0x11EB, 0x11ED
MLKEM768, MLKEM1024 = 0x0201, 0x0202
CURVES: dict[int, type[ec.EllipticCurve]] = {
    19: ec.SECP192R1,
    21: ec.SECP224R1,
    22: ec.SECP256K1,
    P256: ec.SECP256R1,
    P384: ec.SECP384R1,
    P521: ec.SECP521R1,
    26: ec.BrainpoolP256R1,
    27: ec.BrainpoolP384R1,
    28: ec.BrainpoolP512R1,
}
Agree = Callable[[bytes], bytes]


class KeyPair(NamedTuple):
    """A key of ours in one group: what we send, and how the shared secret is made.

    ``agree`` raises ``ValueError`` where the peer's share is no key of the group.
    """

    group: int
    public: bytes
    agree: Agree


class _Kem(NamedTuple):
    private: type[mlkem.MLKEM768PrivateKey | mlkem.MLKEM1024PrivateKey]
    ciphertext: int


KEMS = {
    MLKEM768: _Kem(mlkem.MLKEM768PrivateKey, 1088),
    MLKEM1024: _Kem(mlkem.MLKEM1024PrivateKey, 1568),
}
# The first of them comes first, in shares and in the secret.
HYBRIDS = {
    X25519MLKEM768: (MLKEM768, X25519),
    SECP256R1MLKEM768: (P256, MLKEM768),
    SECP384R1MLKEM1024: (P384, MLKEM1024),
}
SHARE_BYTES = {X25519: 32, P256: 65, P384: 97, MLKEM768: 1088, MLKEM1024: 1568}
LEGACY = (X25519, P256, P384, P521, X448, 26, 27, 28, 22, 21, 19)
COMPLETABLE_13 = (X25519, P256, P384, P521, X448, *HYBRIDS, *KEMS)


def key_pair(group: int) -> KeyPair | None:
    """A fresh key pair of a group that we can complete; ``None`` for any other."""
    if group == X25519:
        return _x25519()
    if group == X448:
        return _x448()
    if group in CURVES:
        return _curve(group)
    if group in KEMS:
        return _kem(group)
    if group in HYBRIDS:
        return _hybrid(group)
    return None


def _x25519() -> KeyPair:
    mine = x25519.X25519PrivateKey.generate()
    return KeyPair(
        X25519,
        mine.public_key().public_bytes_raw(),
        lambda peer: mine.exchange(x25519.X25519PublicKey.from_public_bytes(peer)),
    )


def _x448() -> KeyPair:
    mine = x448.X448PrivateKey.generate()
    return KeyPair(
        X448,
        mine.public_key().public_bytes_raw(),
        lambda peer: mine.exchange(x448.X448PublicKey.from_public_bytes(peer)),
    )


def _curve(group: int) -> KeyPair:
    curve = CURVES[group]()
    mine = ec.generate_private_key(curve)
    point = mine.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def agree(peer: bytes) -> bytes:
        return mine.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(curve, peer))

    return KeyPair(group, point, agree)


def _kem(group: int) -> KeyPair:
    mine = KEMS[group].private.generate()
    return KeyPair(group, mine.public_key().public_bytes_raw(), mine.decapsulate)


def _hybrid(group: int) -> KeyPair:
    first, second = HYBRIDS[group]
    one, other = key_pair(first), key_pair(second)
    if one is None or other is None:  # pragma: no cover - both are in the tables above
        raise ValueError(group)

    def agree(peer: bytes) -> bytes:
        cut = SHARE_BYTES[first]
        if len(peer) != cut + SHARE_BYTES[second]:
            raise ValueError("a hybrid share has another length")
        return one.agree(peer[:cut]) + other.agree(peer[cut:])

    return KeyPair(group, one.public + other.public, agree)
