"""Port 80 asked for TLS: only on wish, and what each answer means."""

from __future__ import annotations

import pytest

from scanner.observation import Inapplicable, Observed, Place, Reason, Role, Subject, Unobserved
from scanner.observation.tls_upgrade import TlsUpgrade
from tests.scanner.gather.harness import ADDRESS, HOST, observe, saying

PLACE = Place(Subject(Role.WEB, HOST, 80), ADDRESS)
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.0, HTTP/1.1\r\n\r\n"


def test_nobody_is_asked_without_the_wish() -> None:
    (seen,) = observe(TlsUpgrade, ports={80: saying(SWITCH)}).values()
    assert isinstance(seen, Inapplicable)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (SWITCH, TlsUpgrade(101, "TLS/1.0, HTTP/1.1")),
        (b"HTTP/1.1 405 Method Not Allowed\r\n\r\n", TlsUpgrade(405)),
        (b"SSH-2.0-x\r\n\r\n", None),
    ],
)
def test_answers(answer: bytes, expected: TlsUpgrade | None) -> None:
    seen = observe(TlsUpgrade, ports={80: saying(answer)}, settings={"thorough": True})[PLACE]
    if expected is None:
        assert isinstance(seen, Unobserved)
        assert seen.reason is Reason.MALFORMED_REPLY
    else:
        assert isinstance(seen, Observed)
        assert seen.value == expected
