"""Our validation against Unbound's, on every name of zones with every fault."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import NamedTuple

import dns.asyncquery
import dns.flags
import dns.message
import dns.rcode
import pytest

from scanner import lists
from scanner.clock import SystemClock
from scanner.formats.dnssec.anchors import read
from scanner.gather.budget import Limits
from scanner.gather.dns.resolver import Resolver
from scanner.observation import NotObservedError
from scanner.observation.dns import DnsAnswer
from scanner.observation.dnssec import Security
from tests.conftest import needs_program
from tests.real.signed import NAMES, TYPES, World, world

pytestmark = pytest.mark.xdist_group("real")


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    for program, package in (
        ("knotd", "knot"),
        ("unbound", ""),
        ("dnssec-signzone", "bind9-utils"),
        ("delv", "bind9-dnsutils"),
    ):
        needs_program(program, package)
    with world(tmp_path_factory.mktemp("signed")) as made:
        yield made


class Opinion(NamedTuple):
    ours: Security
    unbound: Security
    answer: DnsAnswer | None
    errors: tuple[str, ...]


def resolver(made: World) -> Resolver:
    anchors = read(lists.trust_anchors(made.anchor).text)
    return Resolver(
        servers=(made.resolver,), limits=Limits(), clock=SystemClock(), hosts={}, anchors=anchors
    )


async def _unbound(made: World, name: str, rdtype: str) -> dns.message.Message:
    """What Unbound makes of it; it asks a bogus zone several times before it says so."""
    asked = dns.message.make_query(name, rdtype, use_edns=0, want_dnssec=True, payload=1232)
    asked.flags |= dns.flags.AD
    address, port = made.resolver
    reply, _ = await dns.asyncquery.udp_with_fallback(asked, address, timeout=90, port=port)
    return reply


async def _ours(mine: Resolver, name: str, rdtype: str) -> tuple[Security, DnsAnswer | None]:
    try:
        answer = await mine.look(name, rdtype)
    except NotObservedError:
        return Security.INDETERMINATE, None
    return answer.security, answer


def _opinions(made: World, questions: list[tuple[str, str]]) -> dict[tuple[str, str], Opinion]:
    places = asyncio.Semaphore(40)

    async def both(mine: Resolver, name: str, rdtype: str) -> Opinion:
        async with places:
            ours, answer = await _ours(mine, name, rdtype)
            said = await _unbound(made, name, rdtype)
        known = tuple(one.to_text() for one in said.options)
        if said.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
            return Opinion(ours, Security.BOGUS, answer, known)
        secure = bool(said.flags & dns.flags.AD)
        return Opinion(ours, Security.SECURE if secure else Security.INSECURE, answer, known)

    async def run() -> dict[tuple[str, str], Opinion]:
        mine = resolver(made)
        try:
            found = await asyncio.gather(*(both(mine, *one) for one in questions))
            return dict(zip(questions, found, strict=True))
        finally:
            await mine.close()

    return asyncio.run(run())


def test_our_status_is_unbounds_on_every_name(signed: World) -> None:
    questions = [
        (f"{name}.{zone}".strip("."), rdtype)
        for zone in signed.zones
        for name in NAMES
        for rdtype in TYPES
        if not (name == "" and zone == "" and rdtype == "DS")
    ]
    opinions = _opinions(signed, questions)
    differing = {
        f"{name} {rdtype}": (one.ours, one.unbound, one.answer and one.answer.rrsets, one.errors)
        for (name, rdtype), one in opinions.items()
        if one.ours != one.unbound
    }
    assert not differing, "\n".join(f"{name}: {why}" for name, why in differing.items())
    assert len({one.ours for one in opinions.values()}) == 3
