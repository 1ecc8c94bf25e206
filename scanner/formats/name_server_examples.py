"""Name servers as the examples of the checks need them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    Observed,
    Place,
    Reason,
    Role,
    Seen,
    Subject,
    Unobserved,
)
from scanner.observation.name_server import AuthoritativeServer, DirectAnswer, Timers

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
GOOD = DirectAnswer("NOERROR", is_authoritative=True, answers=1)
REFUSED = DirectAnswer("REFUSED")
SILENT = DirectAnswer(reason=Reason.TIMEOUT, detail="no answer in time")
CLOSED = DirectAnswer(reason=Reason.REFUSED, detail="the connection was refused")
TIMERS = Timers(1, 3600, 600, 1_209_600, 3600, "ns1.agency.example")
GOOD_SERVER = AuthoritativeServer(
    "agency.example",
    GOOD,
    GOOD,
    REFUSED,
    1,
    "192.0.2.1",
    TIMERS,
    ns=("ns1.agency.example", "ns2.agency.example"),
    keys=(),
    signatures=(),
    edns=True,
)


def server(
    udp: DirectAnswer = GOOD,
    tcp: DirectAnswer = GOOD,
    foreign: DirectAnswer = REFUSED,
    **more: Any,  # noqa: ANN401 - any field
) -> AuthoritativeServer:
    """A server that said this."""
    return replace(GOOD_SERVER, by_udp=udp, by_tcp=tcp, foreign=foreign, **more)


NO_SERVER: Every[AuthoritativeServer] = Every(
    (
        Seen(
            Place(Subject(Role.DOMAIN, "agency.example")),
            Inapplicable(Message("The zone {zone} has no NS record.", {"zone": "agency.example"})),
        ),
    )
)


def at(*given: AuthoritativeServer | Unobserved) -> Every[AuthoritativeServer]:
    """Servers, each at an address of its own."""
    return Every(
        tuple(
            Seen(
                Place(Subject(Role.NAME_SERVER, f"ns{number}.agency.example"), f"192.0.2.{number}"),
                one if isinstance(one, Unobserved) else Observed(one, NOW),
            )
            for number, one in enumerate(given, 1)
        )
    )
