"""A server of TLS 1.2 in a few lines, with known flaws on wish, and its patched twin without.

It takes one suite, TLS_RSA_WITH_AES_128_CBC_SHA, and is made of the same parts as the client under
test, apart from what it decides itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from scanner.formats.error import FormatError
from scanner.formats.tls import codes
from scanner.formats.tls.legacy_keys import Protection, directions, prf, strength, transcript_hash
from scanner.formats.tls.messages import Messages, Record, Records
from scanner.formats.tls.reader import Reader
from tests.scanner.formats.tls.talk import extension, framed, message, vector

SUITE = codes.suites_by_name()["TLS_RSA_WITH_AES_128_CBC_SHA"]
TICKET = bytes(range(64))
CCS, ALERT, HANDSHAKE, APPLICATION, HEARTBEAT = 20, 21, 22, 23, 24


def alert(code: int, level: int = 2) -> bytes:
    """An alert in clear."""
    return framed(bytes((level, code)), content=ALERT)


@dataclass
class Fake:
    """One connection. ``flaws`` are the words of the tests; ``closed`` when it has hung up."""

    pem: Path
    flaws: frozenset[str] = frozenset()
    renegotiations: int = 0
    closed: bool = False
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        data = self.pem.read_bytes()
        key = load_pem_private_key(data, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self.key = key
        self.der = x509.load_pem_x509_certificate(data).public_bytes(Encoding.DER)
        self.records, self.messages = Records(), Messages()
        self.client: Protection | None = None
        self.server: Protection | None = None
        self.next: tuple[Protection, Protection] | None = None
        self.transcript = b""
        self.verify = b""
        self.early = False

    def feed(self, data: bytes) -> bytes:
        """What it answers."""
        out = b""
        try:
            for record in self.records.feed(data):
                out += self.record(record)
                if self.closed:
                    break
        except FormatError:
            self.closed = True
        return out

    def record(self, record: Record) -> bytes:  # noqa: PLR0911 - a table of records
        if record.type == CCS:
            return self.ccs()
        if self.early:
            self.closed = True
            return alert(20)
        if record.type == HEARTBEAT:
            return self.heartbeat(record.fragment)
        kind, fragment = record.type, record.fragment
        if self.client:
            try:
                kind, fragment = self.client.open(record)
            except FormatError:
                return self.bad(record)
        if kind == HANDSHAKE:
            return b"".join(self.message(one) for one in self.messages.feed(fragment))
        if kind == APPLICATION:
            self.seen.append("application")
            return self.say(APPLICATION, b"HTTP/1.1 200 OK\r\n\r\n") if len(fragment) > 1 else b""
        return b""

    def say(self, content: int, data: bytes) -> bytes:
        return self.server.seal(content, data) if self.server else framed(data, content=content)

    def ccs(self) -> bytes:
        if self.next is None:
            if "ccs" in self.flaws:
                self.early = True
                return b""
            self.closed = True
            return alert({"ccs-strange": 50}.get(next(iter(self.flaws), ""), 10))
        self.client = self.next[0]
        return b""

    def heartbeat(self, data: bytes) -> bytes:
        size = int.from_bytes(data[1:3], "big")
        payload = data[3 : 3 + size]
        if "heartbleed" in self.flaws:
            payload = payload.ljust(size, b"!")
        elif "heartbeat-padding" not in self.flaws or len(payload) < size:
            return b""
        return framed(b"\2" + data[1:3] + payload + bytes(16), content=HEARTBEAT)

    def message(self, one: bytes) -> bytes:
        if one[0] == 1:
            return self.hello(one)
        self.transcript += one if one[0] != 20 else b""
        if one[0] == 16:
            return self.exchange(one)
        return self.finished(one) if one[0] == 20 else b""

    def hello(self, one: bytes) -> bytes:
        if self.client:
            if self.renegotiations == 0:
                return self.say(ALERT, bytes((1, 100)))
            self.renegotiations -= 1
        reader = Reader(one[4:])
        reader.take(2)
        self.random = reader.take(32)
        session = reader.vector(1)
        suites = reader.vector(2)
        reader.vector(1)
        sent = Reader(reader.vector(2)) if not reader.is_done else Reader(b"")
        found = {}
        while not sent.is_done:
            code = sent.number(2)
            found[code] = sent.vector(2)
        wanted = SUITE.number.to_bytes(2, "big")
        if not any(suites[at : at + 2] == wanted for at in range(0, len(suites), 2)):
            self.closed = True
            return alert(40)
        self.mine = token_bytes(32)
        echoed = b""
        if "insecure" not in self.flaws and not self.client:
            echoed += extension(0xFF01, b"\0")
        if self.client and "insecure" not in self.flaws:
            echoed += extension(0xFF01, vector(self.verify, 1))
        self.tickets = 35 in found and "no-tickets" not in self.flaws
        if self.tickets:
            echoed += extension(35, b"")
        answer = b""
        if found.get(35) == TICKET:
            answer = session + (token_bytes(16) if "ticketbleed" in self.flaws else b"")
        body = b"\3\3" + self.mine + vector(answer, 1) + wanted + b"\0"
        flight = message(2, body + (vector(echoed) if echoed else b""))
        flight += message(11, vector(vector(self.der, 3), 3)) + message(14, b"")
        self.transcript = one + flight
        return self.say(HANDSHAKE, flight)

    def exchange(self, one: bytes) -> bytes:
        block = self.decrypted(Reader(one[4:]).vector(2))
        good = self.premaster(block)
        if good is None and "robot" in self.flaws:
            self.closed = True
            return alert(51)
        if "robot-random" in self.flaws and token_bytes(1)[0] % 2:
            self.closed = True
            return alert(50)
        premaster = good or token_bytes(48)
        self.master = self.prf(premaster, b"master secret" + self.random + self.mine, 48)
        size = 2 * sum(strength(SUITE))
        block = self.prf(self.master, b"key expansion" + self.mine + self.random, size)
        ours, theirs = directions(SUITE, block)
        self.ours = ours
        self.next = Protection(SUITE, "TLSv1.2", ours), Protection(SUITE, "TLSv1.2", theirs)
        return b""

    def decrypted(self, data: bytes) -> bytes:
        numbers = self.key.private_numbers()
        n, d = numbers.public_numbers.n, numbers.d
        return pow(int.from_bytes(data, "big"), d, n).to_bytes((n.bit_length() + 7) // 8, "big")

    @staticmethod
    def premaster(block: bytes) -> bytes | None:
        start, _, secret = block[2:].partition(b"\0")
        good = block[:2] == b"\0\2" and len(start) >= 8 and len(secret) == 48
        return secret if good else None

    @staticmethod
    def prf(secret: bytes, seed: bytes, size: int) -> bytes:
        return prf("TLSv1.2", "sha256", secret, seed, size)

    def finished(self, one: bytes) -> bytes:
        assert self.next
        digest = transcript_hash("TLSv1.2", "sha256", self.transcript)
        if one[4:] != self.prf(self.master, b"client finished" + digest, 12):
            self.closed = True
            return self.say(ALERT, bytes((2, 51)))
        self.transcript += one
        out = b""
        if self.tickets:
            ticket = message(4, (300).to_bytes(4, "big") + vector(TICKET))
            self.transcript += ticket
            out += self.say(HANDSHAKE, ticket)
        out += self.say(CCS, b"\1")
        self.server = self.next[1]
        self.next = None
        digest = transcript_hash("TLSv1.2", "sha256", self.transcript)
        verify = self.prf(self.master, b"server finished" + digest, 12)
        self.verify = one[4:] + verify
        return out + self.say(HANDSHAKE, message(20, verify))

    def bad(self, record: Record) -> bytes:
        """What it says of a record that does not open; a flawed one looks at the padding first."""
        iv, body = record.fragment[:16], record.fragment[16:]
        plain = Cipher(algorithms.AES(self.ours.key), modes.CBC(iv)).decryptor().update(body)
        padding = plain[-(plain[-1] + 1) :]
        is_good = len(set(padding)) == 1
        if "tls-poodle" in self.flaws and not is_good and self._mac_holds(plain):
            return b""
        self.closed = True
        if "padding" in self.flaws and not is_good:
            return self.say(ALERT, bytes((2, 21)))
        return self.say(ALERT, bytes((2, 20)))

    def _mac_holds(self, plain: bytes) -> bool:
        assert self.client
        data, mac = plain[: -(plain[-1] + 1) - 20], plain[-(plain[-1] + 1) - 20 : -(plain[-1] + 1)]
        header = self.client._header(self.client._sequence - 1, APPLICATION, data)
        return self.client._mac(header, data) == mac
