"""Servers that refuse what others let pass: a protocol, a name, a curve, a second ticket."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from checks.tls.alpn_protocols import alpn_protocols
from checks.tls.ephemeral_key_reuse import ephemeral_key_reuse
from checks.tls.session_ticket_lifetime import session_ticket_lifetime
from checks.tls.tls_groups import tls_groups
from checks.tls.tls_hello_intolerance import tls_hello_intolerance
from checks.tls.tls_version_intolerance import tls_version_intolerance
from scanner.finding import Outcome
from scanner.formats.tls.flight import Result
from scanner.formats.tls.messages import ServerHello
from scanner.formats.tls.wire import Kind
from scanner.gather.tls.ledger import Ledger
from scanner.observation import NotObservedError
from scanner.observation.tls import Question
from tests.scanner.formats.tls.conftest import pem
from tests.scanner.gather.tls.harness import Answer, openssl, see, served

pytestmark = pytest.mark.xdist_group("tls")

WEAK = "ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0"
ANONYMOUS = f"AECDH-AES128-SHA:{WEAK}"


def test_who_wants_another_protocol_is_asked_without_one(ec_pem: Path) -> None:
    """Alert 120 says nothing of TLS 1.3 (RFC 7301 3.2)."""
    with openssl("-cert", str(ec_pem), "-alpn", "h3") as port:
        server = see(port).server
    assert server.versions == ("TLSv1.3", "TLSv1.2")
    assert server.hello == "everything"
    assert server.sign(Question.ALPN).answer == "refused"
    assert alpn_protocols.judge(server).outcome is Outcome.INFORMATIONAL
    assert tls_version_intolerance.judge(server).outcome is Outcome.PASS


def test_who_refuses_the_name_is_not_judged_by_what_others_get(ec_pem: Path) -> None:
    other = ("-servername", "other.example", "-servername_fatal", "-cert2", str(ec_pem))
    refusal = pytest.raises(NotObservedError, match=r"refuses the name agency\.example")
    with openssl("-cert", str(ec_pem), "-key2", str(ec_pem), *other) as port, refusal:
        see(port)


def test_an_ecdsa_leaf_hides_no_group_that_anyone_could_get(ec_pem: Path) -> None:
    """The server prefers the leaf's curve, which every client must list."""
    flags = ("-cert", str(ec_pem), "-serverpref", "-curves", "P-256:P-384:P-192", "-cipher", WEAK)
    with openssl(*flags) as port:
        server = see(port).server
    assert server.groups.names == ("secp256r1", "secp384r1")
    assert tls_groups.judge(server).outcome is Outcome.PASS


def test_a_suite_without_a_certificate_shows_the_hidden_groups(ec_pem: Path) -> None:
    flags = ("-cert", str(ec_pem), "-serverpref", "-curves", "P-256:P-192", "-cipher", ANONYMOUS)
    with openssl(*flags) as port:
        server = see(port).server
    assert set(server.groups.names) == {"secp256r1", "secp192r1"}


def test_a_weak_curve_before_the_leafs_own_is_found(ec_pem: Path) -> None:
    flags = ("-cert", str(ec_pem), "-serverpref", "-curves", "P-192:P-256", "-cipher", WEAK)
    with openssl(*flags) as port:
        server = see(port).server
    assert set(server.groups.names) == {"secp256r1", "secp192r1"}
    assert tls_groups.judge(server).outcome is Outcome.FAIL


def test_one_suite_without_tickets_leaves_nothing_open(ec_pem: Path) -> None:
    one = ("-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256", "-tls1_2", "-no_ticket")
    with openssl("-cert", str(ec_pem), *one) as port:
        server = see(port).server
    assert ephemeral_key_reuse.judge(server).outcome is Outcome.PASS
    assert session_ticket_lifetime.judge(server).outcome is Outcome.PASS


def one_after_the_other(*ports: int) -> Answer:
    """A load balancer before machines that were configured apart."""
    turns = itertools.cycle(ports)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, toward = await asyncio.open_connection("127.0.0.1", next(turns))
        try:
            await asyncio.gather(_pump(behind, writer), _pump(reader, toward))
        finally:
            toward.close()
            with suppress(OSError):
                await toward.wait_closed()

    return answer


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        writer.write_eof()


def test_two_machines_behind_one_address_are_both_seen(ec_pem: Path) -> None:
    """A hello that lands on the other machine is refused: that is no intolerance, and no list."""
    key = ("-cert", str(ec_pem))
    with openssl(*key, "-no_tls1_3") as old, openssl(*key, "-tls1_3") as new:
        server = asyncio.run(served(one_after_the_other(old, new))).server
    assert server.is_mixed
    assert server.versions == ("TLSv1.3", "TLSv1.2")
    assert len(server.answer("TLSv1.3").suites) == 3
    assert "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" in server.answer("TLSv1.2").suites
    assert tls_hello_intolerance.judge(server).outcome is not Outcome.FAIL
    assert set(server.groups.names) > {"x25519", "secp256r1", "secp521r1", "ffdhe8192"}


def test_two_keys_of_one_kind_are_two_machines(tmp_path: Path) -> None:
    ledger = Ledger()
    for number in range(2):
        made = pem(tmp_path, f"{number}", ec.generate_private_key(ec.SECP256R1()))
        leaf = x509.load_pem_x509_certificate(made.read_bytes())
        assert not ledger.has_twins
        hello = ServerHello("TLSv1.2", 0xC02B)
        ledger.chain(Result(Kind.ANSWERED, hello, chain=(leaf.public_bytes(Encoding.DER),)))
    assert ledger.has_twins
