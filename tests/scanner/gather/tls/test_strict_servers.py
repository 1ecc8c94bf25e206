"""Servers that refuse what others let pass: a protocol, a name, a curve, a second ticket."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.tls.alpn_protocols import alpn_protocols
from checks.tls.ephemeral_key_reuse import ephemeral_key_reuse
from checks.tls.session_ticket_lifetime import session_ticket_lifetime
from checks.tls.tls_groups import tls_groups
from checks.tls.tls_version_intolerance import tls_version_intolerance
from scanner.finding import Outcome
from scanner.observation import NotObservedError
from scanner.observation.tls import Question
from tests.scanner.gather.tls.harness import openssl, see

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
