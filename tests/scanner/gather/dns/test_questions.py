"""How many questions a domain costs, counted at the resolver (dns-and-mail 15)."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

import dns.message
import pytest

from scanner import registry
from scanner.clock import SystemClock
from scanner.demo.signed import SERVER, Making, World
from scanner.demo.zones import serve
from scanner.engine import Plan, assess, surroundings
from scanner.formats.dnssec.anchors import read
from scanner.gather.budget import Limits
from scanner.gather.dialer import Network, Route, Scope
from scanner.observation.dnssec import TrustAnchors
from scanner.targets import target

ADDRESS = "127.88.0.1"
FOUND = registry.load()
KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAioNnwP9ogfTO/8WO2CRFrzsq1WoU9OlZPnuz"
    "akSHq2S244ksVkZb5OMPzGC7IoT49FKsaj1P1zm69R4M5iMsMVK9dq2AdPaTf6d0jJCWCbyMo9uxABvk"
    "nD/FjfkYt+IruQ4qZ3fbVlLFGkw2yXSvQTgAeigUsj6Fad0+FOBuSvtBDMFvvUSsHp6m4PtnE2boExF9"
    "hT6etCveRR00WXtA9Oe3lSxDw0TbttErxQegB6ptAjbXbIIF1zK9+CksuIzUOuvLcjMcWjJbtD8Uuwbo"
    "jPhIvTDBXQwWQ9GagTdF74hKNZGE75vmh22gQMbo8aTDC2b0PIIhlZY9YNAEOZA1MQIDAQAB"
)
DKIM = f'"v=DKIM1; k=rsa; p={KEY[:200]}" "{KEY[200:]}"'
CHECKS = {
    name: one
    for name, one in FOUND.checks.items()
    if one.family in {"dns", "mail"} and name != "lookalike-domains"
}


def _zone(name: str) -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (name, "SOA"): (f"ns1.{name}. h.{name}. 1 7200 3600 1209600 60",),
        (name, "NS"): (f"ns1.{name}.", f"ns2.{name}."),
        (f"ns1.{name}", "A"): (ADDRESS,),
        (f"ns2.{name}", "A"): (ADDRESS,),
        (name, "A"): (ADDRESS,),
        (f"www.{name}", "A"): (ADDRESS,),
    }


def _parked(name: str) -> dict[tuple[str, str], tuple[str, ...]]:
    return _zone(name) | {
        (name, "NS"): (f"{SERVER}.",),
        (name, "MX"): ("0 .",),
        (name, "TXT"): ('"v=spf1 -all"',),
        (f"_dmarc.{name}", "TXT"): ('"v=DMARC1; p=reject"',),
    }


def _aliased(name: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """As most sites are: ``www`` is an alias of the domain itself."""
    kept = {key: texts for key, texts in _parked(name).items() if key[0] != f"www.{name}"}
    return kept | {(f"www.{name}", "CNAME"): (f"{name}.",)}


def _hosted(name: str) -> dict[tuple[str, str], tuple[str, ...]]:
    return _zone(name) | {
        (name, "NS"): (f"{SERVER}.",),
        (name, "MX"): ("10 mx.provider.example.",),
        (name, "TXT"): ('"v=spf1 include:spf.provider.example -all"',),
        (f"_dmarc.{name}", "TXT"): (f'"v=DMARC1; p=reject; rua=mailto:d@{name}"',),
        **{(f"{one}._domainkey.{name}", "TXT"): (DKIM,) for one in ("default", "selector1")},
    }


def _own(name: str) -> dict[tuple[str, str], tuple[str, ...]]:
    return _zone(name) | {
        (name, "MX"): (f"10 mx1.{name}.", f"20 mx2.{name}."),
        (f"mx1.{name}", "A"): (ADDRESS,),
        (f"mx2.{name}", "A"): (ADDRESS,),
        (name, "TXT"): ('"v=spf1 mx -all"',),
        (f"_dmarc.{name}", "TXT"): (f'"v=DMARC1; p=reject; rua=mailto:d@{name}"',),
    }


PROVIDER = _zone("provider.example") | {
    ("mx.provider.example", "A"): (ADDRESS,),
    ("spf.provider.example", "TXT"): ('"v=spf1 ip4:192.0.2.0/24 -all"',),
}
MAKINGS = (
    Making("warm.example", _hosted("warm.example"), signed=False),
    Making("parked.example", _parked("parked.example"), signed=False),
    Making("aliased.example", _aliased("aliased.example"), signed=False),
    Making("hosted.example", _hosted("hosted.example"), signed=False),
    Making("own.example", _own("own.example")),
    Making("provider.example", PROVIDER),
)


def _world() -> World:
    soa = f"{SERVER}. h.example. 1 7200 3600 1209600 60"
    glue = {(SERVER, "A"): (ADDRESS,)}
    cuts = {
        key: texts
        for one in MAKINGS
        for key, texts in one.records.items()
        if key == (one.apex, "NS")
    }
    tld = {("example", "SOA"): (soa,), ("example", "NS"): (f"{SERVER}.",), **glue, **cuts}
    root = {("", "SOA"): (soa,), ("", "NS"): (f"{SERVER}.",), ("example", "NS"): (f"{SERVER}.",)}
    return World((*MAKINGS, Making("example", tld), Making("", root | glue)))


def _port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port: int = probe.getsockname()[1]
        return port


class _Counted:
    def __init__(self, world: World) -> None:
        self.asked: Counter[str] = Counter()
        self.direct: Counter[str] = Counter()
        self._world = world

    def resolve(self, asked: dns.message.Message) -> dns.message.Message:
        if asked.flags & 0x0010:  # CD: those of 1.1; others are counted apart
            self.asked[asked.question[0].to_text()] += 1
        return self._world.resolve(asked)

    def serve(self, asked: dns.message.Message) -> dns.message.Message:
        self.direct[asked.question[0].to_text()] += 1
        return self._world.serve(asked, ("", "example", *(one.apex for one in MAKINGS)))


@pytest.fixture(scope="module")
def counted() -> Mapping[str, tuple[Counter[str], Counter[str]]]:
    async def run() -> dict[str, tuple[Counter[str], Counter[str]]]:
        seen = _Counted(_world())
        anchor = TrustAnchors(_world_anchor(seen), "test")
        port, behind = _port(), _port()
        made: dict[str, tuple[Counter[str], Counter[str]]] = {}
        async with AsyncExitStack() as stack:
            held = stack.enter_context(socket.socket())  # bound and deaf: nobody else can listen
            held.bind((ADDRESS, 0))
            closed = held.getsockname()[1]
            for answer, where in ((seen.resolve, port), (seen.serve, behind)):
                for one in await serve(answer, ADDRESS, where):
                    stack.callback(one.close)
            routes = [Route("", 53, None, behind)]
            routes += [Route("", one, None, closed) for one in (25, 80, 443)]
            lists: dict[type, Any] = {**_lists(), TrustAnchors: anchor}
            plan = Plan(
                checks=CHECKS,
                gatherers=FOUND.gatherers,
                lists=lists,
                limits=Limits(seconds=5),
                network=Network(allowed=("127.0.0.0/8",), routes=tuple(routes), has_ipv6=False),
                scope=Scope({one.apex for one in MAKINGS}, set()),
                resolvers=((ADDRESS, port),),
                user_agent="govscan/test",
            )
            around = await stack.enter_async_context(surroundings(plan, SystemClock()))
            for name in ("warm", "parked", "aliased", "hosted", "own"):
                seen.asked.clear()
                seen.direct.clear()
                await assess(target(f"{name}.example", "agency"), around)
                made[name] = Counter(seen.asked), Counter(seen.direct)
        return made

    return asyncio.run(run())


def _world_anchor(seen: _Counted) -> str:
    anchor: str = seen._world.anchor
    assert read(anchor)
    return anchor


def _lists() -> Mapping[type, object]:
    from scanner import lists  # noqa: PLC0415

    return {
        **lists.load(),
        **{one.kind: one.read(lists.bundled(one)) for one in FOUND.lists.values()},
    }


@pytest.mark.parametrize(
    ("name", "most"), [("parked", 15), ("aliased", 13), ("hosted", 26), ("own", 44)]
)
def test_a_domain_costs_no_more_than_its_kind(
    counted: Mapping[str, tuple[Counter[str], Counter[str]]], name: str, most: int
) -> None:
    asked, _ = counted[name]
    assert max(asked.values()) == 1, asked.most_common(5)
    assert asked.total() <= most, "\n".join(sorted(asked))


def test_a_server_is_asked_at_most_eight_questions(
    counted: Mapping[str, tuple[Counter[str], Counter[str]]],
) -> None:
    _, direct = counted["own"]
    about = {name: n for name, n in direct.items() if name.startswith("own.example.")}
    assert sum(about.values()) <= 2 * 8 + 1, direct
