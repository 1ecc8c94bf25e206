"""The resolver: what an answer means, and that unknown is never absent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest

from scanner.clock import SystemClock
from scanner.demo.zones import Zones, serve
from scanner.gather.budget import Limits
from scanner.gather.dns import resolver as module
from scanner.gather.dns.resolver import Resolver
from scanner.observation import NotObservedError, Reason
from scanner.observation.dns import DnsAnswer, Presence

ADDRESS = "127.87.0.53"
LONG = tuple(f'"{number} {"x" * 200}"' for number in range(30))
RECORDS = {
    ("a.example", "A"): ("192.0.2.2", "192.0.2.10"),
    ("a.example", "AAAA"): ("2001:db8::1",),
    ("a.example", "TXT"): ('"one" "two"', '"three"'),
    ("long.example", "TXT"): LONG,
    ("www.example", "CNAME"): ("a.example.",),
    ("x.loop.example", "CNAME"): ("y.loop.example.",),
    ("y.loop.example", "CNAME"): ("x.loop.example.",),
    ("mx.example", "MX"): ("10 Mail.Example.", "0 ."),
}
Answer = Callable[[dns.message.Message], dns.message.Message | None]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UDP_SECONDS", 0.3)
    monkeypatch.setattr(module, "TCP_SECONDS", 0.5)


class _Server:
    """Counts questions; answers as the test says, else from the records."""

    def __init__(self, special: Answer | None = None) -> None:
        self.asked: list[str] = []
        self._zones = Zones(RECORDS, recursive=True)
        self._special = special

    def answer(self, asked: dns.message.Message) -> dns.message.Message | None:
        self.asked.append(asked.question[0].to_text())
        if self._special:
            return self._special(asked)
        return self._zones.answer(asked)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port: int = probe.getsockname()[1]
        return port


def _with(server: _Server, *questions: tuple[str, str], hosts: Any = None) -> list[Any]:
    async def run() -> list[Any]:
        port = _free_port()
        started = await serve(server.answer, ADDRESS, port)
        made = Resolver(
            servers=((ADDRESS, port),), limits=Limits(), clock=SystemClock(), hosts=hosts or {}
        )
        try:
            asked = (
                made.addresses(name) if kind == "ADDRESSES" else made.ask(name, kind)
                for name, kind in questions
            )
            return list(await asyncio.gather(*asked, return_exceptions=True))
        finally:
            await made.close()
            for one in started:
                one.close()

    return asyncio.run(run())


def _one(name: str, kind: str, special: Answer | None = None) -> DnsAnswer:
    (seen,) = _with(_Server(special), (name, kind))
    if isinstance(seen, Exception):
        raise seen
    assert isinstance(seen, DnsAnswer)
    return seen


def test_data_in_order() -> None:
    assert _one("A.Example.", "A").records == ("192.0.2.10", "192.0.2.2")
    assert _one("a.example", "TXT").texts == ("onetwo", "three")
    assert _one("mx.example", "MX").records == ("0 .", "10 mail.example")


def test_no_data_and_no_name_are_kept_apart() -> None:
    assert _one("a.example", "CAA").presence is Presence.NODATA
    assert _one("nowhere.example", "A").presence is Presence.NXDOMAIN
    assert _one("example", "A").presence is Presence.NODATA  # names lie below it (RFC 8020)


def test_what_stands_at_the_end_of_a_known_alias_is_not_asked_twice() -> None:
    server = _Server()

    async def run() -> tuple[DnsAnswer, DnsAnswer]:
        port = _free_port()
        started = await serve(server.answer, ADDRESS, port)
        made = Resolver(servers=((ADDRESS, port),), limits=Limits(), clock=SystemClock(), hosts={})
        try:
            await made.ask("www.example", "A")
            return await made.ask("a.example", "CAA"), await made.ask("www.example", "CAA")
        finally:
            await made.close()
            for one in started:
                one.close()

    target, alias = asyncio.run(run())
    assert [one for one in server.asked if "CAA" in one] == ["a.example. IN CAA"]
    assert (alias.name, alias.aliases) == ("www.example", ("a.example",))
    assert (alias.presence, alias.records) == (target.presence, target.records)


def test_aliases_are_followed() -> None:
    seen = _one("www.example", "A")
    assert seen.aliases == ("a.example",)
    assert seen.presence is Presence.PRESENT


def test_a_long_answer_comes_by_tcp() -> None:
    assert len(_one("long.example", "TXT").texts) == 30


def _rcode(code: int) -> Answer:
    def answer(asked: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(asked)
        reply.set_rcode(dns.rcode.Rcode(code))
        return reply

    return answer


def _wrong_id(asked: dns.message.Message) -> dns.message.Message:
    reply = dns.message.make_response(asked)
    reply.id = (asked.id + 1) % 65536
    return reply


def _wrong_question(asked: dns.message.Message) -> dns.message.Message:
    return dns.message.make_response(dns.message.make_query("other.example", "A", id=asked.id))


@pytest.mark.parametrize(
    ("special", "reason"),
    [
        pytest.param(_rcode(2), Reason.SERVFAIL, id="servfail"),
        pytest.param(_rcode(5), Reason.REFUSED, id="refused"),
        pytest.param(_rcode(1), Reason.MALFORMED_REPLY, id="formerr"),
        pytest.param(_rcode(4), Reason.MALFORMED_REPLY, id="notimp"),
        pytest.param(lambda _: None, None, id="silent"),
        pytest.param(_wrong_id, Reason.MALFORMED_REPLY, id="wrong id"),
        pytest.param(_wrong_question, Reason.MALFORMED_REPLY, id="wrong question"),
    ],
)
def test_everything_else_is_unknown(special: Answer, reason: Reason | None) -> None:
    with pytest.raises(NotObservedError) as caught:
        _one("a.example", "A", special)
    if reason:
        assert caught.value.reason is reason


def test_a_loop_is_no_answer() -> None:
    with pytest.raises(NotObservedError) as caught:
        _one("x.loop.example", "A")
    assert caught.value.reason is Reason.MALFORMED_REPLY


def test_identical_questions_are_asked_once_and_answers_are_kept() -> None:
    server = _Server()
    seen = _with(server, *[("a.example", "A")] * 20, ("A.EXAMPLE.", "A"))
    assert len({one.records for one in seen}) == 1
    assert len(server.asked) == 1


def test_an_unknown_answer_is_not_kept() -> None:
    count = 0

    def sometimes(asked: dns.message.Message) -> dns.message.Message | None:
        nonlocal count
        count += 1
        return _rcode(2)(asked) if count == 1 else Zones(RECORDS, recursive=True).answer(asked)

    async def run() -> tuple[Any, Any]:
        port = _free_port()
        started = await serve(sometimes, ADDRESS, port)
        made = Resolver(servers=((ADDRESS, port),), limits=Limits(), clock=SystemClock(), hosts={})
        try:
            first, *_ = await asyncio.gather(made.ask("a.example", "A"), return_exceptions=True)
            return first, await made.ask("a.example", "A")
        finally:
            await made.close()
            for one in started:
                one.close()

    first, second = asyncio.run(run())
    assert isinstance(first, NotObservedError)
    assert second.presence is Presence.PRESENT


def test_addresses_of_both_families_or_of_the_hosts_file() -> None:
    server = _Server()
    (seen,) = _with(server, ("a.example", "ADDRESSES"))
    assert seen.addresses == ("192.0.2.2", "192.0.2.10", "2001:db8::1")
    (seen,) = _with(server, ("h.example", "ADDRESSES"), hosts={"h.example": ("127.0.0.9",)})
    assert seen.from_hosts_file
    assert seen.addresses == ("127.0.0.9",)


def test_one_family_that_was_not_answered_does_not_hide_the_other() -> None:
    def only_v4(asked: dns.message.Message) -> dns.message.Message | None:
        if "AAAA" in asked.question[0].to_text():
            return _rcode(2)(asked)
        return Zones(RECORDS, recursive=True).answer(asked)

    (seen,) = _with(_Server(only_v4), ("a.example", "ADDRESSES"))
    assert seen.ipv4
    assert seen.ipv6 == ()
    (failure,) = _with(_Server(only_v4), ("mx.example", "ADDRESSES"))
    assert isinstance(failure, NotObservedError)


def test_a_name_that_cannot_be_asked_is_said() -> None:
    (seen,) = _with(_Server(), ("a" * 64 + ".example", "A"))
    assert isinstance(seen, NotObservedError)


def test_validation_by_the_resolver_is_noted() -> None:
    def validated(asked: dns.message.Message) -> dns.message.Message | None:
        reply = Zones(RECORDS, recursive=True).answer(asked)
        assert reply
        reply.flags |= dns.flags.AD
        return reply

    assert _one("a.example", "A", validated).authenticated
