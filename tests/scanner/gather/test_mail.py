"""Mail servers that behave and mail servers that do not."""

from __future__ import annotations

import asyncio
import threading

import pytest

from scanner.demo.zones import Zones, serve
from scanner.gather.smtp import talk
from scanner.observation import (
    Inapplicable,
    Observation,
    Observed,
    Place,
    Reason,
    Role,
    Subject,
    Unobserved,
)
from scanner.observation.mail import MailServer
from tests.scanner.gather.harness import ADDRESS, Answer, observe, silent

DOMAIN = "agency.example"
MX = "mail.agency.example"
PLACE = Place(Subject(Role.MAIL, MX, 25), ADDRESS)
HELLO = b"220 mail ESMTP\r\n"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "GREETING_SECONDS", 1.0)
    monkeypatch.setattr(talk, "REPLY_SECONDS", 1.0)


def _script(*replies: bytes) -> Answer:
    """Greets, then one reply for each line it is told."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in replies:
            writer.write(reply)
            await writer.drain()
            if not await reader.readline():
                return

    return answer


def _see(
    answer: Answer | None, *, mx: tuple[str, ...] = (f"10 {MX}.",)
) -> dict[Place, Observation]:
    records = {
        (DOMAIN, "MX"): mx,
        (DOMAIN, "A"): (ADDRESS,),
        (MX, "A"): (ADDRESS,),
    }
    records = {key: value for key, value in records.items() if value}

    return _with_zone(records, answer)


def _with_zone(
    records: dict[tuple[str, str], tuple[str, ...]], answer: Answer | None
) -> dict[Place, Observation]:
    ready = threading.Event()
    found: dict[str, int] = {}
    loop = asyncio.new_event_loop()
    started: list[object] = []

    async def begin() -> None:
        servers = await serve(Zones(records, recursive=True).answer, "127.86.0.53", 0)
        started.extend(servers)
        found["port"] = servers[0].get_extra_info("sockname")[1]
        ready.set()

    def work() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(begin())
        loop.run_forever()

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait(5)
    try:
        return observe(
            MailServer,
            ports={25: answer},
            host=DOMAIN,
            hosts={},
            resolvers=(("127.86.0.53", found["port"]),),
        )
    finally:
        for one in started:
            loop.call_soon_threadsafe(one.close)  # type: ignore[attr-defined]
        loop.call_soon_threadsafe(loop.call_later, 0.05, loop.stop)
        thread.join(5)
        loop.close()


def test_starttls_is_seen() -> None:
    answer = _script(HELLO, b"250-mail\r\n250-SIZE 10\r\n250 starttls\r\n", b"220 Go\r\n")
    seen = _see(answer)[PLACE]
    assert isinstance(seen, Observed)
    assert seen.value.offers_starttls
    assert seen.value.starttls == "220 Go"
    assert seen.value.extensions == ("SIZE 10", "starttls")


@pytest.mark.parametrize(
    "replies",
    [(), (b"220 Go\r\n\x15\x03\x01 no\r\n",), (b"hello\r\n",)],
    ids=("hangs up", "at once", "babbles"),
)
def test_who_hangs_up_or_babbles_at_starttls_has_offered_it(replies: tuple[bytes, ...]) -> None:
    seen = _see(_script(HELLO, b"250-mail\r\n250 STARTTLS\r\n", *replies))[PLACE]
    assert isinstance(seen, Observed)
    assert seen.value.offers_starttls
    assert seen.value.starttls.startswith("nothing of SMTP")


def test_its_absence_is_believed_twice() -> None:
    seen = _see(_script(HELLO, b"250 mail\r\n", b"221 bye\r\n"))[PLACE]
    assert isinstance(seen, Observed)
    assert not seen.value.offers_starttls
    assert seen.value.confirmed


def test_an_old_server_without_ehlo_offers_nothing() -> None:
    seen = _see(_script(HELLO, b"502 what\r\n", b"221 bye\r\n"))[PLACE]
    assert isinstance(seen, Observed)
    assert not seen.value.offers_starttls


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(None, Reason.REFUSED, id="refuses"),
        pytest.param(silent, Reason.TIMEOUT, id="silent"),
        pytest.param(_script(b"421 later\r\n"), Reason.RATE_LIMITED, id="421"),
        pytest.param(_script(b"554 go away\r\n"), Reason.BLOCKED, id="554"),
        pytest.param(_script(HELLO, b"450 later\r\n"), Reason.RATE_LIMITED, id="450"),
        pytest.param(_script(HELLO, b"550 no\r\n"), Reason.BLOCKED, id="550"),
        pytest.param(_script(b"SSH-2.0-x\r\n"), Reason.MALFORMED_REPLY, id="ssh"),
        pytest.param(_script(b"220-a\r\n221 b\r\n"), Reason.MALFORMED_REPLY, id="two codes"),
        pytest.param(_script(b"220-" + b"x" * 20_000), Reason.MALFORMED_REPLY, id="endless"),
        pytest.param(_script(), Reason.RESET, id="closes"),
    ],
)
def test_what_does_not_talk_to_us_is_unknown(answer: Answer | None, reason: Reason) -> None:
    seen = _see(answer)[PLACE]
    assert isinstance(seen, Unobserved), seen
    assert seen.reason is reason


def test_a_null_mx_has_no_server_to_look_at() -> None:
    (seen,) = _see(None, mx=("0 .",)).values()
    assert isinstance(seen, Inapplicable)


def test_without_mx_the_name_itself_is_asked_and_may_refuse() -> None:
    (seen,) = _see(None, mx=()).values()
    assert isinstance(seen, Inapplicable), seen


def test_without_mx_the_name_itself_may_take_mail() -> None:
    answer = _script(HELLO, b"250-mail\r\n250 STARTTLS\r\n", b"220 Go\r\n")
    ((place, seen),) = _see(answer, mx=()).items()
    assert place.subject == Subject(Role.MAIL, DOMAIN, 25)
    assert isinstance(seen, Observed)


def test_a_host_that_does_not_resolve_is_unknown() -> None:
    (seen,) = _see(None, mx=("10 gone.agency.example.",)).values()
    assert isinstance(seen, Unobserved)
    assert seen.reason is Reason.NO_SUCH_NAME
