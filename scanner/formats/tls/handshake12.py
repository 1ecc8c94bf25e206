"""A whole handshake of TLS 1.0 to 1.2 as a client, and the live session that it leaves."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa
from msgspec import Struct
from msgspec.structs import replace

from scanner.formats.error import FormatError
from scanner.formats.tls import codes
from scanner.formats.tls.flight import Result, opening, take
from scanner.formats.tls.groups import key_pair
from scanner.formats.tls.hello import (
    ENCRYPT_THEN_MAC,
    EXTENDED_MASTER_SECRET,
    RENEGOTIATION_INFO,
    Offer,
    client_hello,
    record,
)
from scanner.formats.tls.key_exchange import KeyExchange
from scanner.formats.tls.legacy_keys import (
    MASTER_BYTES,
    VERIFY_BYTES,
    Protection,
    completable,
    directions,
    prf,
    strength,
    transcript_hash,
)
from scanner.formats.tls.messages import (
    CHANGE_CIPHER_SPEC,
    FINISHED,
    HANDSHAKE,
    NEW_SESSION_TICKET,
    SERVER_HELLO_DONE,
    SessionTicket,
    session_ticket,
)
from scanner.formats.tls.signature import public_key, verifies
from scanner.formats.tls.wire import Event, Kind, Script, Wire

LARGEST_PRIME_BITS = 8200
ENDED = frozenset({Kind.CLOSED, Kind.RESET})


class Session(Struct):
    """A live connection after Finished: what protects it, and what renegotiation needs."""

    wire: Wire
    client: Protection
    server: Protection
    offer: Offer
    suite: codes.Suite
    client_verify: bytes
    server_verify: bytes
    is_secure: bool


class Shaken(Struct, frozen=True):
    """What a whole handshake before TLS 1.3 told; ``session`` where it was completed.

    ``is_refused`` where the server ended it by an alert or a close after all of ours.
    """

    result: Result
    session: Session | None = None
    ticket: SessionTicket | None = None
    proved: bool | None = None
    refused_by: int | None = None
    detail: str = ""
    is_refused: bool = False

    @property
    def client_auth(self) -> str:
        """``none``, ``requested``, or ``required`` where the handshake is refused without one."""
        if not self.result.wants_client_certificate:
            return "none"
        return "required" if self.is_refused else "requested"


class Keys(NamedTuple):
    """What the client says of its key, and the secret that both then know."""

    message: bytes
    premaster: bytes


def handshake12(
    offer: Offer, wire: Wire | None = None, client: Protection | None = None
) -> Script[Shaken]:
    """Shake hands; over a live session's protection where ``client`` is given (renegotiation)."""
    wire = wire or Wire()
    offer = replace(offer, random=secrets.token_bytes(32))
    hello = client_hello(offer)
    sent = client.seal(HANDSHAKE, hello) if client else record(hello, offer.version)
    first = yield from opening(wire, offer, sent)
    if first.hello is None or first.version != offer.version or first.hello.is_retry:
        return Shaken(first)
    seen, transcript = yield from _flight(wire, first, hello + first.hello.message)
    if not seen.is_whole:
        return Shaken(seen, detail=seen.detail)
    suite = codes.suites()[first.hello.suite]
    if not completable(suite, offer.version):
        return Shaken(seen, detail="the key exchange is not one we complete")
    try:
        keys = client_keys(seen, suite, offer)
    except (FormatError, ValueError) as error:
        return Shaken(seen, detail=str(error))
    half = _Half(wire, client, offer, suite, seen, keys, transcript)
    return (yield from half.finish())


def _flight(wire: Wire, seen: Result, transcript: bytes) -> Script[tuple[Result, bytes]]:
    while True:
        event = yield from wire.next()
        if event.end or event.type != HANDSHAKE:
            detail = event.end.detail if event.end else codes.alert_text(event.alert or 0)
            return replace(seen, detail=detail or "the flight broke off"), transcript
        transcript += event.data
        if event.message_type == SERVER_HELLO_DONE:
            return replace(seen, is_whole=True), transcript
        try:
            seen = take(seen, event)
        except FormatError as error:
            return replace(seen, detail=error.message.text), transcript


def client_keys(seen: Result, suite: codes.Suite, offer: Offer) -> Keys:
    """Our part of the key exchange; raises ``ValueError`` where the server's makes no sense."""
    if suite.kx == "RSA":
        number = min(codes.VERSIONS[offer.version], 0x0303)
        premaster = number.to_bytes(2, "big") + secrets.token_bytes(46)
        return Keys(_vector(encrypted(seen, padded(seen, premaster))), premaster)
    if seen.exchange is None:
        raise FormatError("the server sent no ServerKeyExchange")
    if suite.kx == "DHE":
        return _dhe(seen.exchange)
    pair = key_pair(seen.exchange.group or 0)
    if pair is None:
        name = codes.group_name(seen.exchange.group or 0)
        raise FormatError("we cannot complete {group}", group=name)
    shared = pair.agree(seen.exchange.public)
    return Keys(bytes([len(pair.public)]) + pair.public, shared)


def _dhe(theirs: KeyExchange) -> Keys:
    p, g = int.from_bytes(theirs.prime, "big"), int.from_bytes(theirs.generator, "big")
    y = int.from_bytes(theirs.public, "big")
    if not 1 < y < p - 1 or p.bit_length() > LARGEST_PRIME_BITS:
        raise FormatError("the server's Diffie-Hellman value is out of range")
    mine = secrets.randbelow(min(p, 1 << 256) - 2) + 1
    size = (p.bit_length() + 7) // 8
    public = pow(g, mine, p).to_bytes(size, "big").lstrip(b"\0")
    shared = pow(y, mine, p).to_bytes(size, "big").lstrip(b"\0")  # RFC 5246 8.1.2
    return Keys(_vector(public), shared)


def modulus(seen: Result) -> rsa.RSAPublicNumbers:
    """The numbers of the leaf's RSA key; raises where it has none."""
    key = public_key(seen.chain[0]) if seen.chain else None
    if not isinstance(key, rsa.RSAPublicKey):
        raise FormatError("the certificate holds no RSA key")
    return key.public_numbers()


def padded(seen: Result, premaster: bytes) -> bytes:
    """A PKCS #1 block of exactly the modulus's length (RFC 8017 7.2.1)."""
    size = (modulus(seen).n.bit_length() + 7) // 8
    filler = bytes(secrets.randbelow(255) + 1 for _ in range(size - len(premaster) - 3))
    return b"\0\2" + filler + b"\0" + premaster


def encrypted(seen: Result, block: bytes) -> bytes:
    """The block under the leaf's key, padded on the left to exactly the modulus's length."""
    numbers = modulus(seen)
    size = (numbers.n.bit_length() + 7) // 8
    return pow(int.from_bytes(block, "big"), numbers.e, numbers.n).to_bytes(size, "big")


def _vector(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def message(kind: int, body: bytes) -> bytes:
    """A handshake message with its header."""
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


class _Half:
    """The second half of a handshake: from our key to both Finished."""

    def __init__(  # noqa: PLR0913, PLR0917 - private
        self,
        wire: Wire,
        client: Protection | None,
        offer: Offer,
        suite: codes.Suite,
        seen: Result,
        keys: Keys,
        transcript: bytes,
    ) -> None:
        self._wire, self._before = wire, client
        self._offer, self._suite, self._seen = offer, suite, seen
        self._keys, self._transcript = keys, transcript
        self._hash = "sha384" if suite.prf == "SHA384" else "sha256"
        self._ticket: SessionTicket | None = None
        self._proved = _proved(seen, offer)

    def finish(self) -> Script[Shaken]:
        out = b""
        if self._seen.wants_client_certificate:
            out += self._say(message(11, bytes(3)))
        out += self._say(message(16, self._keys.message))
        master = self._master()
        client, server = self._protections(master)
        out += self._sealed(CHANGE_CIPHER_SPEC, b"\1")
        verify = self._verify(master, b"client finished")
        finished = message(FINISHED, verify)
        self._transcript += finished
        out += client.seal(HANDSHAKE, finished)
        return (yield from self._hear(out, master, client, server, verify))

    def _say(self, one: bytes) -> bytes:
        self._transcript += one
        return self._sealed(HANDSHAKE, one)

    def _sealed(self, content: int, data: bytes) -> bytes:
        if self._before:
            return self._before.seal(content, data)
        header = bytes([content]) + codes.VERSIONS[self._offer.version].to_bytes(2, "big")
        return header + _vector(data)

    def _extensions(self) -> dict[int, bytes]:
        return self._seen.hello.extensions if self._seen.hello else {}

    def _randoms(self) -> tuple[bytes, bytes]:
        return self._offer.random, self._seen.hello.random if self._seen.hello else b""

    def _prf(self, secret: bytes, seed: bytes, size: int) -> bytes:
        return prf(self._offer.version, self._hash, secret, seed, size)

    def _master(self) -> bytes:
        client, server = self._randoms()
        seed = b"master secret" + client + server
        if EXTENDED_MASTER_SECRET in self._extensions():
            digest = transcript_hash(self._offer.version, self._hash, self._transcript)
            seed = b"extended master secret" + digest
        return self._prf(self._keys.premaster, seed, MASTER_BYTES)

    def _protections(self, master: bytes) -> tuple[Protection, Protection]:
        client, server = self._randoms()
        size = 2 * sum(strength(self._suite))
        block = self._prf(master, b"key expansion" + server + client, size)
        ours, theirs = directions(self._suite, block)
        etm = ENCRYPT_THEN_MAC in self._extensions()
        version = self._offer.version
        return (
            Protection(self._suite, version, ours, etm=etm),
            Protection(self._suite, version, theirs, etm=etm),
        )

    def _verify(self, master: bytes, label: bytes) -> bytes:
        digest = transcript_hash(self._offer.version, self._hash, self._transcript)
        return self._prf(master, label + digest, VERIFY_BYTES)

    def _hear(
        self, out: bytes, master: bytes, client: Protection, server: Protection, verify: bytes
    ) -> Script[Shaken]:
        while True:
            event = yield from self._wire.next(out)
            out = b""
            if event.end or event.is_fatal:
                return self._refused(event)
            if event.type == CHANGE_CIPHER_SPEC:
                self._wire.protect(server)
            elif event.message_type == FINISHED:
                break
            else:  # a warning adds nothing
                self._transcript += event.data if event.type == HANDSHAKE else b""
                if event.message_type == NEW_SESSION_TICKET:
                    self._ticket = _ticket(event.data, self._offer.version)
        theirs = self._verify(master, b"server finished")
        if event.data[4:] != theirs:
            return self._shaken(None, "the server's Finished does not verify")
        session = Session(
            self._wire,
            client,
            server,
            self._offer,
            self._suite,
            verify,
            theirs,
            RENEGOTIATION_INFO in self._extensions(),
        )
        return self._shaken(session, "")

    def _refused(self, event: Event) -> Shaken:
        if event.alert is not None:
            text = codes.alert_text(event.alert)
            return replace(self._shaken(None, text), refused_by=event.alert, is_refused=True)
        end = event.end
        shaken = self._shaken(None, end.detail or str(end.kind) if end else "")
        return replace(shaken, is_refused=end is not None and end.kind in ENDED)

    def _shaken(self, session: Session | None, detail: str) -> Shaken:
        return Shaken(self._seen, session, self._ticket, self._proved, detail=detail)


def _ticket(data: bytes, version: str) -> SessionTicket | None:
    try:
        return session_ticket(data, version)
    except FormatError:
        return None


def _proved(seen: Result, offer: Offer) -> bool | None:
    """Whether the certificate's key signed the key exchange; RSA proves itself by Finished."""
    exchange = seen.exchange
    if exchange is None or not exchange.signature or not seen.chain or not seen.hello:
        return None
    name = codes.scheme_name(exchange.scheme) if exchange.scheme else ""
    data = offer.random + seen.hello.random + exchange.params
    return verifies(seen.chain[0], name, exchange.signature, data)
