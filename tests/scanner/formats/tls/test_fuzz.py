"""A fuzz target of the TLS codecs: any bytes give a value or a ``FormatError``, and nothing else.

``python -m tests.scanner.formats.tls.test_fuzz 60`` mutates real answers for a minute; ``target``
is what a fuzzer such as Atheris calls.
"""

from __future__ import annotations

import random
import sys
import time
from contextlib import suppress

from scanner.formats.error import FormatError
from scanner.formats.tls import codes, messages, sslv2
from scanner.formats.tls.flight import ask
from scanner.formats.tls.handshake13 import handshake13
from scanner.formats.tls.hello import offer
from scanner.formats.tls.key_exchange import key_exchange
from scanner.formats.tls.wire import Ended, Heard, Kind, Script

VERSIONS = tuple(codes.VERSIONS)
SEEDS = (
    bytes.fromhex("160303002a02000026030300") + bytes(31) + bytes.fromhex("00c02f00"),
    bytes.fromhex("15030100020246"),
    bytes.fromhex("16030300040e000000"),
    bytes.fromhex("16030300280c000024") + bytes.fromhex("03001d20") + bytes(32),
    bytes.fromhex("802b0400010002000000030010") + bytes(30),
)


def target(data: bytes) -> None:
    """Every reader and every script, with these bytes."""
    for version in VERSIONS:
        _hear(ask(offer(version, "a.example")), data)
        with suppress(FormatError):
            messages.certificates(data, version)
        with suppress(FormatError):
            messages.session_ticket(data, version)
        with suppress(FormatError):
            messages.certificate_request(data, version)
        for suite in (0xC02F, 0x0033, 0x0003, 0xC018):
            with suppress(FormatError):
                key_exchange(data, codes.suites()[suite], version)
    _hear(handshake13(offer("TLSv1.3", "a.example"), (29,)), data)
    _hear(sslv2.ask_sslv2(), data)
    with suppress(FormatError):
        messages.server_hello(data)


def _hear(script: Script[object], data: bytes) -> None:
    waiting: list[Heard] = [data] if data else []
    with suppress(StopIteration):
        next(script)
        while True:
            script.send(waiting.pop() if waiting else Ended(Kind.CLOSED))


def mutated(chooser: random.Random) -> bytes:
    """A seed with some bytes changed, cut, or doubled."""
    data = bytearray(chooser.choice(SEEDS))
    for _ in range(chooser.randrange(6)):
        at = chooser.randrange(len(data))
        match chooser.randrange(3):
            case 0:
                data[at] = chooser.randrange(256)
            case 1:
                del data[at:]
                data += chooser.randbytes(chooser.randrange(1, 40))
            case _:
                data[at:at] = data[: chooser.randrange(1, 20)]
    return bytes(data)


def main(seconds: float, seed: int = 1) -> int:
    """How many inputs were tried."""
    chooser = random.Random(seed)  # noqa: S311 - the same seed, the same inputs
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until or count < 20:
        target(mutated(chooser))
        count += 1
    return count


def test_a_moment_of_it() -> None:
    """What runs by the minute elsewhere runs for a moment with the tests."""
    assert main(1.0) >= 20


if __name__ == "__main__":
    sys.stdout.write(f"{main(float(sys.argv[1]))} inputs\n")
