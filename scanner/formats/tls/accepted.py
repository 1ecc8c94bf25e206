"""What a server accepts, suite by suite: one list, and every verdict is a function of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from scanner.formats.tls.codes import CipherKind, Suite, cipher_kinds, suites_by_name
from scanner.observation.tls import TlsServer

STRONG_BITS = 112  # SP 800-131A: the least that is allowed
SMALL_BLOCK = 64
STREAM = frozenset({"RC4"})


class Accepted(Struct, frozen=True):
    """A suite, or a cipher kind of SSL 2.0, and the version it is accepted in."""

    version: str
    suite: Suite

    @property
    def text(self) -> str:
        """As it stands in evidence."""
        return f"{self.version} {self.suite.name}"


def accepted(server: TlsServer) -> tuple[Accepted, ...]:
    """Every suite of every version, newest first; a code without a name is left out."""
    kinds = {one.name: one for one in cipher_kinds().values()}
    found: list[Accepted] = []
    for protocol in server.protocols:
        for name in protocol.suites if protocol.accepted else ():
            if name in kinds and protocol.version == "SSLv2":
                found.append(Accepted(protocol.version, _of_kind(kinds[name])))
            elif name in suites_by_name():
                found.append(Accepted(protocol.version, suites_by_name()[name]))
    return tuple(found)


def _of_kind(kind: CipherKind) -> Suite:
    """SSL 2.0 carries the key by RSA, and its ciphers but RC4 are in CBC mode with small blocks."""
    stream = kind.enc in STREAM
    return Suite(
        code=kind.code,
        name=kind.name,
        kx="RSA",
        auth="RSA",
        enc=kind.enc,
        bits=kind.bits,
        mode="stream" if stream else "CBC",
        block_bits=None if stream else SMALL_BLOCK,
        mac="MD5",
        prf=None,
        aead=False,
        pfs=False,
        export=kind.export,
        min="SSLv2",
        max="SSLv2",
        tier=1,
    )


def matching(server: TlsServer, wanted: Callable[[Suite], bool]) -> tuple[Accepted, ...]:
    """The accepted suites of a class."""
    return tuple(one for one in accepted(server) if wanted(one.suite))


def texts(found: Iterable[Accepted]) -> tuple[str, ...]:
    """The evidence lines of some suites."""
    return tuple(one.text for one in found)


def names(found: Iterable[Accepted], most: int = 3) -> str:
    """The suites' names for a sentence: each once, the first few."""
    every = list(dict.fromkeys(one.suite.name for one in found))
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def is_rc4(suite: Suite) -> bool:
    """RC4 of any key length (RFC 7465)."""
    return suite.enc == "RC4"


def is_small_block(suite: Suite) -> bool:
    """A block cipher of 64 bits: 3DES, DES, IDEA, RC2, the old GOST (SWEET32)."""
    return suite.block_bits == SMALL_BLOCK


def is_broken(suite: Suite) -> bool:
    """No encryption at all, or less than 112 bits on purpose: NULL, EXPORT, DES."""
    return suite.enc == "NULL" or suite.export or suite.bits < STRONG_BITS


def is_export_rsa(suite: Suite) -> bool:
    """What FREAK needs."""
    return suite.export and suite.kx == "RSA"


def is_export_dhe(suite: Suite) -> bool:
    """What the export half of LOGJAM needs."""
    return suite.export and suite.kx == "DHE"


def is_anonymous(suite: Suite) -> bool:
    """A suite without any authentication of the server."""
    return suite.auth == "anon"


def lacks_forward_secrecy(suite: Suite) -> bool:
    """RSA or static Diffie-Hellman: the certificate's key opens what was recorded."""
    return not suite.pfs


def is_cbc(suite: Suite) -> bool:
    """Cipher block chaining."""
    return suite.mode == "CBC"


def is_modern(suite: Suite) -> bool:
    """Ephemeral key exchange and AEAD (RFC 9325 4.1, 4.2), with a certificate."""
    ephemeral = suite.kx in {"ECDHE", "DHE", "any"} and suite.auth not in {"anon", "PSK"}
    return suite.aead and ephemeral


def rank(suite: Suite) -> int:
    """How good a suite is: 0 for the best class, higher is weaker."""
    if is_broken(suite) or is_anonymous(suite):
        return 4
    if is_rc4(suite) or is_small_block(suite) or suite.enc in {"RC2", "IDEA"}:
        return 3
    if not suite.pfs:
        return 2
    return 0 if suite.aead else 1
