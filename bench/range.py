"""A fleet of loopback names for measurements, in a process of its own: healthy, dead and slow."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from scanner.demo import post, sites, zones
from scanner.demo.authority import Authority
from scanner.demo.content import GOOD, HSTS
from scanner.demo.sites import Reply, Request
from scanner.demo.zones import Zones

ADDRESSES = 100
DNS_PORT, HTTP_PORT, HTTPS_PORT, SMTP_PORT = 5453, 8480, 8443, 8425
BODY = b"<!DOCTYPE html><html lang=en><title>A</title><p>" + b"text " * 2000
EVERY_TENTH = 10


def names(count: int, *, mixed: bool) -> list[tuple[str, str]]:
    """Names and what they are; of a mixed fleet a tenth is dead and a tenth slow."""
    kinds = {1: "dead", 2: "slow"} if mixed else {}
    return [
        (f"n{number:05}.example", kinds.get(number % EVERY_TENTH, "good"))
        for number in range(count)
    ]


def _address(number: int, kind: str) -> str:
    net = {"good": 90, "dead": 91, "slow": 92}[kind]
    return f"127.{net}.0.{1 + number // EVERY_TENTH % ADDRESSES}"  # ten names to an address


def records(fleet: list[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The DNS of a fleet: shared name servers, mail and policies of its own."""
    found: dict[tuple[str, str], tuple[str, ...]] = {
        ("ns1.provider.example", "A"): ("127.90.0.201",),
        ("ns2.provider.example", "A"): ("127.90.0.202",),
        ("mx.provider.example", "A"): ("127.90.0.203",),
        ("example.com", "A"): ("192.0.2.1",),
    }
    for number, (name, kind) in enumerate(fleet):
        address = (_address(number, kind),)
        found |= {
            (name, "A"): address,
            (f"www.{name}", "A"): address,
            (name, "SOA"): (f"ns1.provider.example. h.{name}. 1 7200 3600 1209600 60",),
            (name, "NS"): ("ns1.provider.example.", "ns2.provider.example."),
            (name, "MX"): ("10 mx.provider.example.",),
            (name, "TXT"): ('"v=spf1 mx -all"',),
            (f"_dmarc.{name}", "TXT"): ('"v=DMARC1; p=reject"',),
            (name, "CAA"): ('0 issue "ca.example"',),
        }
    return found


class _Counted:
    """Counts what arrives."""

    def __init__(self) -> None:
        self.requests = self.questions = 0

    def site(self, request: Request) -> Reply:
        self.requests += 1
        if not request.is_tls:
            return Reply("301 Moved", (f"Location: https://{request.host}{request.path}",))
        if request.path != "/":
            return Reply("404 Not Found", GOOD, b"<!DOCTYPE html>none")
        return Reply("200 OK", (HSTS, *GOOD), BODY)

    def zone(self, inner: Zones) -> Any:  # noqa: ANN401 - dnspython's message
        def answer(asked: Any) -> Any:  # noqa: ANN401 - dnspython's message
            self.questions += 1
            return inner.answer(asked)

        return answer


def _by_name(authority: Authority, first: str) -> ssl.SSLContext:
    """A certificate for each name, made when it is first asked for."""
    made: dict[str, ssl.SSLContext] = {}

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        host = (name or first).removeprefix("www.")
        if host not in made:
            made[host] = sites.context(authority.issue((host, f"www.{host}")))
        connection.context = made[host]

    chosen = sites.context(authority.issue((first, f"www.{first}")))
    chosen.sni_callback = choose
    return chosen


async def serve(folder: Path, count: int, *, mixed: bool) -> None:
    """Be up until standard input ends; then tell what was counted."""
    fleet = names(count, mixed=mixed)
    authority = Authority(folder)
    tls = _by_name(authority, fleet[0][0])
    counted = _Counted()
    async with AsyncExitStack() as stack:
        everything = records(fleet)
        started: list[Any] = await zones.serve(
            counted.zone(Zones(everything, recursive=True)), "127.90.0.200", DNS_PORT
        )
        for last in (201, 202):
            started += await zones.serve(
                counted.zone(Zones(everything, zone="example")), f"127.90.0.{last}", DNS_PORT
            )
        mail = sites.context(authority.issue(("mx.provider.example",)))
        args = ("mx.provider.example", "127.90.0.203", SMTP_PORT, post.Encryption.WORKS, mail)
        started.append(await post.serve(*args))
        for last in range(1, ADDRESSES + 1):
            good, slow = f"127.90.0.{last}", f"127.92.0.{last}"
            started.append(await sites.serve(counted.site, good, HTTP_PORT))
            started.append(await sites.serve(counted.site, good, HTTPS_PORT, tls))
            started.append(await sites.tarpit(slow, HTTP_PORT))
            started.append(await sites.tarpit(slow, HTTPS_PORT))
        for one in started:
            stack.callback(one.close)
        (folder / "targets.txt").write_text("\n".join(name for name, _ in fleet))
        print(str(authority.roots), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(json.dumps({"requests": counted.requests, "questions": counted.questions}), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), mixed=sys.argv[3] == "mixed"))
