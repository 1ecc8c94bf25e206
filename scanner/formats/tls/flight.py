"""One hello and what the server said to it, sans I/O: bytes in, bytes out, then a result."""

from __future__ import annotations

from enum import StrEnum
from secrets import token_bytes
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from scanner.formats.error import FormatError
from scanner.formats.tls import codes
from scanner.formats.tls.hello import Offer, client_hello, record, usual_suites
from scanner.formats.tls.messages import (
    ALERT,
    APPLICATION,
    CERTIFICATE,
    ENCRYPTED_EXTENSIONS,
    HANDSHAKE,
    SERVER_HELLO,
    SERVER_HELLO_DONE,
    Messages,
    Record,
    Records,
    ServerHello,
    certificates,
    encrypted_alpn,
    server_hello,
)
from scanner.formats.tls.schedule import (
    CIPHERS,
    X25519,
    Decryptor,
    KeyPair,
    key_pair,
    retry_transcript,
)

WARNING, FATAL = 1, 2
MOST_BYTES = 256 << 10


class Kind(StrEnum):
    """How a server can react to a hello (tls.md 1.1)."""

    ANSWERED = "answered"
    ALERTED = "alerted"
    CLOSED = "closed"
    RESET = "reset"
    TIMED_OUT = "timed-out"
    NOT_TLS = "not-tls"
    MALFORMED = "malformed"


class Result(Struct, frozen=True):
    """The reaction to one hello. ``alert`` is its description's code."""

    kind: Kind
    version: str = ""
    suite: int | None = None
    group: int | None = None
    alpn: str = ""
    alert: int | None = None
    certificates: tuple[bytes, ...] = ()
    detail: str = ""


class Flight:
    """Follows one connection until the server's certificate was seen, or it refused."""

    def __init__(self, version: str, server_name: str, alpn: tuple[str, ...] = ()) -> None:
        self.result: Result | None = None
        self._version = version
        self._keys = self._first_key(version)
        self._offer = Offer(
            version=version,
            server_name=server_name,
            suites=usual_suites(version),
            alpn=alpn,
            shares=tuple((key.group, key.public) for key in self._keys.values()),
            random=token_bytes(32),
            session_id=token_bytes(32) if version == "TLSv1.3" else b"",
        )
        self._hello = client_hello(self._offer)
        self._transcript = self._hello
        self._records, self._messages = Records(), Messages()
        self._seen = 0
        self._warning: int | None = None
        self._chosen: ServerHello | None = None
        self._retried = False
        self._decryptor: Decryptor | None = None

    @staticmethod
    def _first_key(version: str) -> dict[int, KeyPair]:
        pair = key_pair(X25519) if version == "TLSv1.3" else None
        return {pair.group: pair} if pair else {}

    def start(self) -> bytes:
        """The first bytes to send."""
        return record(self._hello, self._version)

    def feed(self, data: bytes) -> bytes:
        """Take what arrived; the bytes to send, if any. Done when ``result`` is set."""
        self._seen += len(data)
        out = b""
        try:
            for one in self._records.feed(data):
                out += self._take(one)
                if self.result:
                    break
        except FormatError as error:
            self._malformed(error)
        if not self.result and self._seen > MOST_BYTES:
            self._malformed(FormatError("more than 256 KiB came before the certificate"))
        return out

    def end(self, kind: Kind, detail: str = "") -> None:
        """The connection ended, or time ran out, before the result was there."""
        if self.result:
            return
        if self._chosen and not self._chosen.is_retry:
            self.result = self._answered(())
        elif self._warning is not None and kind is not Kind.RESET:
            self.result = Result(Kind.ALERTED, alert=self._warning)
        else:
            self.result = Result(kind, detail=detail)

    def _take(self, one: Record) -> bytes:
        kind, fragment = one.type, one.fragment
        if kind == APPLICATION and self._decryptor:
            kind, fragment = self._decryptor.open(one)
        match kind:
            case _ if kind == ALERT:
                self._alert(fragment)
            case _ if kind == HANDSHAKE:
                for message_type, message in self._messages.feed(fragment):
                    if out := self._message(message_type, message):
                        return out
                    if self.result:
                        break
            case _:
                pass  # ChangeCipherSpec between TLS 1.3 messages means nothing (RFC 8446 D.4)
        return b""

    def _alert(self, fragment: bytes) -> None:
        if len(fragment) < 2:  # noqa: PLR2004 - RFC 8446 6: level and description
            raise FormatError("an alert has fewer than two bytes")
        level, code = fragment[0], fragment[1]
        if self._chosen and not self._chosen.is_retry:
            self.result = self._answered(())
        elif level == FATAL:
            self.result = Result(Kind.ALERTED, alert=code)
        elif code != 0:  # close_notify alone is judged as a close
            self._warning = code

    def _message(self, message_type: int, message: bytes) -> bytes:
        if message_type == SERVER_HELLO and self._decryptor is None:
            return self._hello_seen(server_hello(message), message)
        if message_type == ENCRYPTED_EXTENSIONS and self._chosen:
            self._chosen = replace(self._chosen, alpn=encrypted_alpn(message))
        elif message_type == CERTIFICATE and self._chosen:
            self.result = self._answered(certificates(message, self._chosen.version))
        elif message_type == SERVER_HELLO_DONE and self._chosen:
            self.result = self._answered(())
        return b""

    def _hello_seen(self, chosen: ServerHello, message: bytes) -> bytes:
        self._check(chosen)
        if chosen.is_retry:
            return self._retry(chosen, message)
        self._chosen = chosen
        if chosen.version == "TLSv1.3":
            self._transcript += message
            self._begin_decrypting(chosen)
        return b""

    def _check(self, chosen: ServerHello) -> None:
        """A version or suite that was never offered is no answer to this question."""
        if chosen.version == self._version and chosen.suite not in self._offer.suites:
            name = codes.suite_name(chosen.suite)
            raise FormatError("the server chose {suite}, which was not offered", suite=name)

    def _begin_decrypting(self, chosen: ServerHello) -> None:
        pair = self._keys.get(chosen.group or 0)
        if pair is None or chosen.suite not in CIPHERS:
            self.result = self._answered((), "the key exchange is not one we complete")
            return
        try:
            secret = pair.agree(chosen.share)
        except ValueError:
            raise FormatError("the server's key share is not a valid key") from None
        self._decryptor = Decryptor(chosen.suite, secret, self._transcript)
        self._messages = Messages()

    def _retry(self, chosen: ServerHello, message: bytes) -> bytes:
        """Answer a HelloRetryRequest once; a second is no TLS (RFC 8446 4.1.4)."""
        if self._retried:
            raise FormatError("the server asked for a second hello twice")
        self._retried = True
        self._chosen = chosen
        pair = key_pair(chosen.group) if chosen.group is not None else None
        if pair is None or pair.group in self._keys:
            self.result = self._answered((), "the key exchange is not one we complete")
            return b""
        self._keys = {pair.group: pair}
        again = replace(self._offer, shares=((pair.group, pair.public),), cookie=chosen.cookie)
        second = client_hello(again)
        self._transcript = retry_transcript(chosen.suite, self._hello) + message + second
        return record(second, self._version)

    def _answered(self, chain: tuple[bytes, ...], detail: str = "") -> Result:
        chosen = cast("ServerHello", self._chosen)  # the callers have seen one
        return Result(
            Kind.ANSWERED,
            version=chosen.version,
            suite=chosen.suite,
            group=chosen.group,
            alpn=chosen.alpn,
            certificates=chain,
            detail=detail,
        )

    def _malformed(self, error: FormatError) -> None:
        if self._chosen and not self._chosen.is_retry:
            self.result = self._answered((), error.message.text)
        elif "is not TLS" in error.message.template:
            self.result = Result(Kind.NOT_TLS, detail=error.message.text)
        else:
            self.result = Result(Kind.MALFORMED, detail=error.message.text)
