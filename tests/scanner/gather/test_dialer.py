"""Scope, addresses, routes, places: what every connection passes."""

from __future__ import annotations

import asyncio
import os
import socket

import pytest

from scanner.clock import SystemClock
from scanner.gather.budget import Budget, Limits
from scanner.gather.dialer import Dialer, Network, Route, Scope
from scanner.observation import NotObservedError, Reason, Role, Subject

SCOPE = Scope({"agency.example", "sub.other.example"}, {"agency.example"})


def _dialer(**network: object) -> Dialer:
    return Dialer(Network(**network), SCOPE, Budget(Limits(), SystemClock()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "permitted"),
    [
        ("192.0.2.1", False),  # documentation
        ("8.8.8.8", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("2606:4700::1111", True),
        ("::1", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("2001:db8::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::", False),
        ("2002:a00:1::", False),
    ],
)
def test_only_public_addresses_are_dialled(address: str, permitted: bool) -> None:
    assert _dialer().permits(address) is permitted


def test_an_allowed_range_opens_no_back_door() -> None:
    dialer = _dialer(allowed=("127.0.0.0/8", "::/0"))
    assert dialer.permits("127.0.0.1")
    assert dialer.permits("2001:db8::1")
    assert not dialer.permits("10.0.0.1")
    assert not dialer.permits("::ffff:10.0.0.1")
    assert not dialer.permits("64:ff9b::a00:1")


@pytest.mark.parametrize(
    ("subject", "included"),
    [
        (Subject(Role.WEB, "agency.example", 443), True),
        (Subject(Role.WEB, "www.agency.example", 80), True),
        (Subject(Role.WEB, "mta-sts.agency.example", 443), True),
        (Subject(Role.WEB, "sub.other.example", 443), True),
        (Subject(Role.WEB, "www.sub.other.example", 443), True),
        (Subject(Role.WEB, "other.example", 443), False),
        (Subject(Role.WEB, "evilagency.example", 443), False),
        (Subject(Role.WEB, "agency.example.evil.test", 443), False),
        (Subject(Role.WEB, "example", 443), False),
        (Subject(Role.MAIL, "mx.provider.test", 25), True),
        (Subject(Role.MAIL, "mx.provider.test", 443), False),
        (Subject(Role.NAME_SERVER, "ns.provider.test"), True),
    ],
)
def test_scope(subject: Subject, included: bool) -> None:
    assert SCOPE.includes(subject) is included


def test_what_is_out_of_scope_is_refused_before_a_packet() -> None:
    with pytest.raises(NotObservedError) as caught:
        _dialer().admit(Subject(Role.WEB, "other.example", 443), "8.8.8.8")
    assert caught.value.reason is Reason.OUT_OF_SCOPE


def test_a_family_without_a_route_is_unreachable() -> None:
    dialer = _dialer(has_ipv6=False)
    with pytest.raises(NotObservedError) as caught:
        dialer.admit(Subject(Role.WEB, "agency.example", 443), "2606:4700::1111")
    assert caught.value.reason is Reason.UNREACHABLE
    assert _dialer(has_ipv6=False, allowed=("::1/128",)).has_family("::1")


def test_connect_to_means_what_curl_means() -> None:
    routes = (
        Route("www.agency.example", 443, "127.0.0.9", 8443),
        Route("", 80, None, 8080),
    )
    dialer = _dialer(routes=routes, allowed=("127.0.0.0/8",))
    assert dialer.endpoints("www.agency.example", 443, ("8.8.8.8",)) == ("127.0.0.9",)
    assert dialer.endpoints("agency.example", 443, ("8.8.8.8", "8.8.8.8")) == ("8.8.8.8",)
    assert dialer.port("www.agency.example", 443) == 8443
    assert dialer.port("agency.example", 80) == 8080
    assert dialer.port("agency.example", 443) == 443
    assert dialer.is_routed("www.agency.example", 443)
    assert not dialer.is_routed("agency.example", 80)
    subject = Subject(Role.WEB, "www.agency.example", 443)
    assert dialer.peer(subject, "127.0.0.9") == "127.0.0.9:8443"


def test_places_per_address_are_kept_and_waiting_costs_no_time() -> None:
    open_now = peak = 0

    async def one(budget: Budget) -> None:
        nonlocal open_now, peak
        async with budget.connection("192.0.2.1", seconds=1.0):
            open_now += 1
            peak = max(peak, open_now)
            await asyncio.sleep(0.2)
            open_now -= 1

    async def run() -> None:
        budget = Budget(Limits(per_address=2), SystemClock())
        await asyncio.gather(*(one(budget) for _ in range(12)))  # 1.2 s in all, 1 s each

    asyncio.run(run())
    assert peak == 2


def test_requests_to_one_address_are_paced() -> None:
    async def run() -> float:
        clock = SystemClock()
        budget = Budget(Limits(requests_per_second=50), clock)
        began = clock.monotonic()
        await asyncio.gather(*(budget.request("192.0.2.1") for _ in range(11)))
        return clock.monotonic() - began

    assert asyncio.run(run()) >= 0.19


def test_the_number_of_a_lost_transport_is_not_used() -> None:
    """A transport whose socket was closed under it claims its number for as long as it lives."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
        number = ours.fileno()
        os.close(number)
        dialer = _dialer(allowed=("127.0.0.0/8",))
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        with dialer.socket("127.0.0.1") as sock:
            assert sock.fileno() != number
            await loop.sock_connect(sock, server.sockets[0].getsockname())
        server.close()
        for one in dialer._lost:
            one.close()
        os.dup2(
            theirs.fileno(), number
        )  # so that the transport can close what it thinks is its own
        transport.abort()
        await asyncio.sleep(0)
        theirs.close()

    asyncio.run(run())
