"""Resolvers and servers that lie, drop, cut, answer from elsewhere, loop, and send 64 kB."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import dns.flags
import dns.message
import dns.rrset
import pytest

from scanner.clock import SystemClock
from scanner.demo.signed import SERVER, Making, World
from scanner.demo.zones import serve
from scanner.formats.dnssec.anchors import read
from scanner.gather.budget import Limits
from scanner.gather.dns import direct
from scanner.gather.dns import resolver as module
from scanner.gather.dns.direct import Line
from scanner.gather.dns.resolver import Resolver
from scanner.observation import NotObservedError, Reason
from scanner.observation.dns import DnsAnswer, Presence
from scanner.observation.dnssec import Code, Security

ADDRESS, ELSEWHERE = "127.89.0.1", "127.89.0.2"
SOA = f"{SERVER}. h.example. 1 7200 3600 1209600 60"
NS = (f"{SERVER}.",)
Answer = Callable[[dns.message.Message], dns.message.Message | None]
OWN = {
    ("a.example", "SOA"): (SOA,),
    ("a.example", "NS"): NS,
    ("a.example", "A"): ("192.0.2.1",),
    ("big.a.example", "TXT"): tuple(f'"{n} {"x" * 240}"' for n in range(240)),
}
GLUE = {(SERVER, "A"): (ADDRESS,)}
WORLD = World(
    (
        Making("a.example", OWN),
        Making("other.example", {("other.example", "SOA"): (SOA,), ("other.example", "NS"): NS}),
        Making(
            "example",
            {
                ("example", "SOA"): (SOA,),
                ("example", "NS"): NS,
                ("a.example", "NS"): NS,
                ("other.example", "NS"): NS,
                **GLUE,
            },
        ),
        Making("", {("", "SOA"): (SOA,), ("", "NS"): NS, ("example", "NS"): NS, **GLUE}),
    )
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UDP_SECONDS", 1.0)
    monkeypatch.setattr(module, "TCP_SECONDS", 5.0)
    monkeypatch.setattr(direct, "SECONDS", 1.0)


def _free_port(address: str = ADDRESS) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


def _through(answer: Answer, use: Callable[[Resolver], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        port = _free_port()
        started = await serve(answer, ADDRESS, port)
        made = Resolver(
            servers=((ADDRESS, port),),
            limits=Limits(),
            clock=SystemClock(),
            hosts={},
            anchors=read(WORLD.anchor),
        )
        try:
            return await use(made)
        finally:
            await made.close()
            for one in started:
                one.close()

    return asyncio.run(run())


def _look(answer: Answer, name: str = "a.example", rdtype: str = "A") -> DnsAnswer:
    seen: DnsAnswer = _through(answer, lambda made: made.look(name, rdtype))
    return seen


def test_an_honest_resolver() -> None:
    assert _look(WORLD.resolve).security is Security.SECURE
    denied = _look(WORLD.resolve, "nothing.a.example")
    assert (denied.presence, denied.security) == (Presence.NXDOMAIN, Security.SECURE)
    assert denied.soa.startswith("a.example ")


def _with(change: Callable[[dns.message.Message], None], rdtype: str = "A") -> Answer:
    def answer(asked: dns.message.Message) -> dns.message.Message:
        reply = WORLD.resolve(asked)
        if asked.question[0].to_text().endswith(f" {rdtype}"):
            change(reply)
        return reply

    return answer


def _forge(reply: dns.message.Message) -> None:
    reply.answer[0] = dns.rrset.from_text("a.example.", 60, "IN", "A", "198.51.100.66")


def _hide(reply: dns.message.Message) -> None:
    reply.answer.clear()


def _strip(reply: dns.message.Message) -> None:
    reply.answer = reply.answer[:1]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(_forge, Code.SIGNATURE_INVALID, id="another address"),
        pytest.param(_hide, Code.MISSING_NSEC_FOR_NODATA, id="there is none"),
        pytest.param(_strip, Code.MISSING_RRSIG, id="no signature"),
    ],
)
def test_a_lie_is_bogus_and_never_an_answer(
    change: Callable[[dns.message.Message], None], code: Code
) -> None:
    lying = _with(change)
    seen = _look(lying)
    assert seen.security is Security.BOGUS
    assert seen.rrsets[0].codes == (code,)
    with pytest.raises(NotObservedError) as caught:
        _through(lying, lambda made: made.ask("a.example", "A"))
    assert caught.value.reason is Reason.BOGUS


def test_a_lie_about_the_delegation_does_not_switch_validation_off() -> None:
    def unsigned(asked: dns.message.Message) -> dns.message.Message:
        reply = WORLD.resolve(asked)
        reply.answer = [one for one in reply.answer if one.rdtype != 46]
        if asked.question[0].to_text().startswith("a.example. IN DS"):
            reply.answer.clear()
        return reply if "a.example" in asked.question[0].to_text() else WORLD.resolve(asked)

    assert _look(unsigned).security is Security.BOGUS


def test_a_resolver_without_signatures_makes_dnssec_unknown_and_nothing_else() -> None:
    def stripped(asked: dns.message.Message) -> dns.message.Message:
        reply = WORLD.resolve(asked)
        for section in (reply.answer, reply.authority):
            section[:] = [one for one in section if one.rdtype not in {46, 47}]
        return reply

    seen = _look(stripped)
    assert seen.records == ("192.0.2.1",)
    assert seen.security is Security.INDETERMINATE
    assert seen.rrsets[0].detail == "resolver-strips-dnssec"


def test_a_root_of_others_is_no_fault_of_an_agency() -> None:
    other = World((Making("", {("", "SOA"): (SOA,), ("", "NS"): NS, **GLUE}),))
    seen = _look(other.resolve)
    assert seen.security is Security.INDETERMINATE
    assert Code.NO_TRUST_ANCHOR_SIGNING in seen.rrsets[0].codes


def test_keys_that_are_not_answered_make_the_zone_unknown() -> None:
    def silent(asked: dns.message.Message) -> dns.message.Message | None:
        reply = WORLD.resolve(asked)
        if asked.question[0].to_text() == "a.example. IN DNSKEY":
            reply.answer.clear()
            reply.set_rcode(dns.rcode.SERVFAIL)
        return reply

    seen = _look(silent)
    assert seen.security is Security.INDETERMINATE
    assert seen.rrsets[0].reason is Reason.SERVFAIL


def test_one_lost_datagram_is_asked_again() -> None:
    lost = 0

    def sometimes(asked: dns.message.Message) -> dns.message.Message | None:
        nonlocal lost
        if asked.question[0].to_text().endswith("IN A") and not lost:
            lost += 1
            return None
        return WORLD.resolve(asked)

    assert _look(sometimes).security is Security.SECURE


def test_sixty_kilobytes_come_by_stream() -> None:
    seen = _look(WORLD.resolve, "big.a.example", "TXT")
    assert sum(map(len, seen.texts)) > 57_000
    assert seen.security is Security.SECURE


def test_an_answer_from_another_address_is_not_heard() -> None:
    async def run() -> Any:
        loop = asyncio.get_running_loop()
        elsewhere = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        elsewhere.bind((ELSEWHERE, 0))

        class Astray(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, peer: Any) -> None:
                elsewhere.sendto(WORLD.resolve(dns.message.from_wire(data)).to_wire(), peer)

        port = _free_port()
        transport, _ = await loop.create_datagram_endpoint(Astray, local_addr=(ADDRESS, port))
        made = Resolver(servers=((ADDRESS, port),), limits=Limits(), clock=SystemClock(), hosts={})
        try:
            return await asyncio.gather(made.ask("a.example", "A"), return_exceptions=True)
        finally:
            await made.close()
            transport.close()
            elsewhere.close()

    (failure,) = asyncio.run(run())
    assert isinstance(failure, NotObservedError)
    assert failure.reason in {Reason.TIMEOUT, Reason.REFUSED}


def _line(answer: Answer, use: Callable[[Line], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        port = _free_port()
        started = await serve(answer, ADDRESS, port)
        try:
            return await use(Line((ADDRESS, port), ""))
        finally:
            for one in started:
                one.close()

    return asyncio.run(run())


def _served(asked: dns.message.Message) -> dns.message.Message:
    return WORLD.serve(asked, ("a.example",))


def test_an_authoritative_server() -> None:
    said = _line(_served, lambda line: line.udp(direct.soa("a.example"), "a.example"))
    assert said.answer.is_authoritative
    assert direct.timers(said.reply, "a.example").serial == 1
    assert direct.signatures(said.reply)[0].rdtype == "SOA"


def test_a_transfer_is_left_at_the_first_record_after_the_soa() -> None:
    def gives(asked: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(asked)
        reply.answer += [
            dns.rrset.from_text("a.example.", 60, "IN", "SOA", SOA),
            dns.rrset.from_text("a.example.", 60, "IN", "A", "192.0.2.1"),
        ]
        return reply

    assert _line(gives, lambda line: line.transfer("a.example")).given
    refused = _line(lambda asked: WORLD.serve(asked, ("other.example",)), _transfer)
    assert not refused.given
    assert refused.detail == "REFUSED"


async def _transfer(line: Line) -> Any:
    return await line.transfer("a.example")


def test_an_upward_referral_is_seen() -> None:
    def upward(asked: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(asked)
        reply.authority.append(dns.rrset.from_text(".", 60, "IN", "NS", "a.root-servers.net."))
        return reply

    said = _line(upward, lambda line: line.udp(direct.soa("a.example"), "a.example"))
    assert said.answer.referral == "."
    assert not said.answer.is_authoritative
