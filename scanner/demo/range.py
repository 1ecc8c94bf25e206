"""Starts and stops every server of the practice government, and says how to reach them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from cryptography import x509
from msgspec import Struct

from scanner.demo import post, sites, zones
from scanner.demo.authority import Authority
from scanner.demo.content import site
from scanner.demo.government import AGENCIES, Agency, Fault, inventory
from scanner.demo.signed import SERVER, Making, World
from scanner.formats.dane import association
from scanner.formats.mail_examples import BIG

DNS_PORT, HTTP_PORT, HTTPS_PORT, SMTP_PORT = 53, 80, 443, 25
IANA_TEST_NAME = ("example.com", "A")


class Range(Struct, frozen=True):
    """How a scanner reaches the practice government; the words are those of its options."""

    resolver: str
    connect_to: tuple[str, ...]
    allow_network: str
    trust_store: str
    trust_anchor: str
    targets: str
    shares_one_address: bool


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Range]:
    """The practice government, up from here to the end of the block."""
    shared = not _has_own_addresses()
    async with AsyncExitStack() as stack:
        made = _Range(folder, shared=shared)
        await made.start(stack)
        yield made.described()


def _has_own_addresses() -> bool:
    """Whether this system answers on all of 127.0.0.0/8, as Linux does."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.80.0.1", 0))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class _Range:
    def __init__(self, folder: Path, *, shared: bool) -> None:
        self._folder = folder
        self._shared = shared
        self._authority = Authority(folder)
        self._routes: list[str] = []
        self._posts: dict[str, Path] = {}
        self._world = World(_above((), "127.0.0.1"))
        self._resolver = ("127.0.0.1" if shared else "127.80.0.53", _free_port())
        self._ports = {port: _free_port() for port in (DNS_PORT, HTTP_PORT, HTTPS_PORT, SMTP_PORT)}

    async def start(self, stack: AsyncExitStack) -> None:
        there = [
            (self._address(number), agency)
            for number, agency in enumerate(AGENCIES, 1)
            if Fault.GONE not in agency.faults
        ]
        self._posts = {
            agency.domain: self._authority.issue((f"mail.{agency.domain}",)) for _, agency in there
        }
        makings = [
            _making(agency, {**_names(agency, address), **self._pins(agency)})
            for address, agency in there
        ]
        above = "127.0.0.1" if self._shared else "127.83.0.1"
        self._world = World((*makings, *_above(makings, above)))
        for address, agency in there:
            await self._agency(stack, agency, address)
        port = self._port((SERVER,), DNS_PORT, above)
        registry = partial(self._world.serve, apexes=("", "example"))
        await self._keep(stack, zones.serve(registry, above, port))
        await self._keep(stack, zones.serve(self._world.resolve, *self._resolver))

    def described(self) -> Range:
        """What is to be said to a scanner."""
        common = [f":{port}::{ours}" for port, ours in self._ports.items()]
        targets = self._folder / "practice-government.txt"
        targets.write_text(inventory(), encoding="utf-8")
        anchor = self._folder / "practice-root.key"
        anchor.write_text(self._world.anchor, encoding="ascii")
        return Range(
            resolver=f"{self._resolver[0]}:{self._resolver[1]}",
            connect_to=tuple(self._routes or common),
            allow_network="127.0.0.0/8",
            trust_store=str(self._authority.roots),
            trust_anchor=str(anchor),
            targets=str(targets),
            shares_one_address=self._shared,
        )

    def _pins(self, agency: Agency) -> zones.Records:
        """The exemplary agency pins the key of its mail server (RFC 7672)."""
        if agency.faults:
            return {}
        leaf = x509.load_pem_x509_certificates(self._posts[agency.domain].read_bytes())[0]
        pin = association(leaf, 1, 1).hex()
        return {(f"_25._tcp.mail.{agency.domain}", "TLSA"): (f"3 1 1 {pin}",)}

    def _address(self, number: int) -> str:
        return "127.0.0.1" if self._shared else f"127.80.0.{number}"

    async def _agency(self, stack: AsyncExitStack, agency: Agency, address: str) -> None:
        await self._dns(stack, agency, _names(agency, address), address)
        if Fault.DOWN in agency.faults:
            return
        await self._web(stack, agency, address)
        if Fault.NO_MAIL not in agency.faults:
            await self._mail(stack, agency, address)

    async def _web(self, stack: AsyncExitStack, agency: Agency, address: str) -> None:
        hosts = (agency.domain, f"www.{agency.domain}", f"mta-sts.{agency.domain}")
        plain = self._port(hosts, HTTP_PORT, address)
        secure = self._port(hosts, HTTPS_PORT, address)
        if Fault.TARPIT in agency.faults:
            await self._keep(stack, sites.tarpit(address, plain))
            await self._keep(stack, sites.tarpit(address, secure))
            return
        answer = site(agency, datetime.now(UTC).year)
        tls = sites.context(self._certificate(agency, hosts), is_old=Fault.OLD_TLS in agency.faults)
        await self._keep(stack, sites.serve(answer, address, plain))
        await self._keep(stack, sites.serve(answer, address, secure, tls))

    def _certificate(self, agency: Agency, hosts: tuple[str, ...]) -> Path:
        faults = agency.faults
        names = (f"intranet.{agency.domain}",) if Fault.WRONG_NAME in faults else hosts
        return self._authority.issue(
            names,
            age=120 if Fault.EXPIRED in faults else 10,
            with_chain=Fault.NO_CHAIN not in faults,
            self_signed=Fault.SELF_SIGNED in faults,
        )

    async def _mail(self, stack: AsyncExitStack, agency: Agency, address: str) -> None:
        name = f"mail.{agency.domain}"
        tls = sites.context(self._posts[agency.domain])
        port = self._port((name,), SMTP_PORT, address)
        await self._keep(stack, post.serve(name, address, port, agency.mail, tls))

    async def _dns(
        self, stack: AsyncExitStack, agency: Agency, names: zones.Records, address: str
    ) -> None:
        """Two name servers for each zone, at addresses of their own where there are such."""
        last = address.rpartition(".")[2]
        for host, where in (("ns1", f"127.81.0.{last}"), ("ns2", f"127.82.0.{last}")):
            if (f"{host}.{agency.domain}", "A") not in names:
                continue
            lame = Fault.LAME in agency.faults and host == "ns2"
            zone = f"lame.{agency.domain}" if lame else agency.domain
            opened = Fault.OPEN_RESOLVER in agency.faults and host == "ns1"
            server = _Server(self._world, zone, opened)
            port = self._port((f"{host}.{agency.domain}",), DNS_PORT, address)
            at = address if self._shared else where
            await self._keep(stack, zones.serve(server.answer, at, port))

    def _port(self, hosts: tuple[str, ...], port: int, address: str) -> int:
        """The port that is listened on: one for all, or with one address one for each service."""
        if not self._shared:
            return self._ports[port]
        own = _free_port()
        self._routes += [f"{host}:{port}:{address}:{own}" for host in hosts]
        return own

    async def _keep(self, stack: AsyncExitStack, starting: Any) -> None:
        started = await starting
        for one in started if isinstance(started, list) else [started]:
            stack.callback(one.close)


class _Server:
    """A name server: authoritative for its zone, and for some careless ones a resolver too."""

    def __init__(self, world: World, zone: str, opened: bool) -> None:  # noqa: FBT001 - private
        self._world, self._zone, self._opened = world, zone, opened

    def answer(self, asked: Any) -> Any:
        """Its own zone first."""
        reply = self._world.serve(asked, (self._zone,))
        refused = reply.rcode() == 5  # noqa: PLR2004 - RFC 1035 4.1.1
        return self._world.resolve(asked) if self._opened and refused else reply


def _making(agency: Agency, names: zones.Records) -> Making:
    return Making(
        agency.domain,
        names,
        signed=Fault.UNSIGNED not in agency.faults,
        other_key=Fault.BOGUS in agency.faults,
    )


def _above(makings: Iterable[Making], address: str) -> Iterator[Making]:
    """The zones above the agencies': the root, the registry's, and one that nobody signed."""
    soa = f"{SERVER}. hostmaster.nic.example. 1 7200 3600 1209600 60"
    ns = (f"{SERVER}.",)
    delegations = {
        key: texts
        for one in makings
        for key, texts in one.records.items()
        if key == (one.apex, "NS")
        or (key[1] == "A" and f"{key[0]}." in one.records[one.apex, "NS"])
    }
    glue = {(SERVER, "A"): (address,)}
    own = {("example", "SOA"): (soa,), ("example", "NS"): ns}
    yield Making("example", {**own, **glue, **delegations})
    test = {("com", "SOA"): (soa,), ("com", "NS"): ns, IANA_TEST_NAME: ("192.0.2.1",)}
    yield Making("com", test, signed=False)
    cuts = {("example", "NS"): ns, ("com", "NS"): ns}
    yield Making("", {("", "SOA"): (soa,), ("", "NS"): ns, **cuts, **glue})


def _names(agency: Agency, address: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Every DNS record of an agency."""
    domain, faults = agency.domain, agency.faults
    last = address.rpartition(".")[2]
    servers = ("ns1",) if Fault.ONE_SERVER in faults else ("ns1", "ns2")
    records = {
        (domain, "SOA"): (f"ns1.{domain}. hostmaster.{domain}. 2026112401 7200 3600 1209600 60",),
        (domain, "NS"): tuple(f"{one}.{domain}." for one in servers),
        (domain, "A"): (address,),
        (f"www.{domain}", "A"): (address,),
    }
    for one, net in zip(servers, (81, 82), strict=False):
        own = address if address == "127.0.0.1" else f"127.{net}.0.{last}"
        records[f"{one}.{domain}", "A"] = (own,)
    if Fault.DANGLING in faults:
        del records[f"www.{domain}", "A"]
        records[f"www.{domain}", "CNAME"] = ("portal.practice-lapsed-hosting.com.",)
    if Fault.NO_CAA not in faults:
        records[domain, "CAA"] = ('0 issue "practice-ca.example"',)
    return records | _mail_names(agency, address)


def _mail_names(agency: Agency, address: str) -> dict[tuple[str, str], tuple[str, ...]]:
    domain, faults = agency.domain, agency.faults
    records: dict[tuple[str, str], tuple[str, ...]] = {}
    if Fault.NO_MAIL in faults:
        records[domain, "MX"] = ("0 .",)
        records[domain, "TXT"] = ('"v=spf1 -all"',)
        records[f"_dmarc.{domain}", "TXT"] = ('"v=DMARC1; p=reject"',)
        return records
    records[domain, "MX"] = (f"10 mail.{domain}.",)
    records[f"mail.{domain}", "A"] = (address,)
    if Fault.NO_SPF not in faults:
        ending = "+all" if Fault.OPEN_SPF in faults else "-all"
        records[domain, "TXT"] = (f'"v=spf1 mx {ending}"',)
    if Fault.NO_DMARC not in faults:
        policy = "none" if Fault.WEAK_DMARC in faults else "reject"
        reports = f"rua=mailto:dmarc@{domain}"
        records[f"_dmarc.{domain}", "TXT"] = (f'"v=DMARC1; p={policy}; {reports}"',)
    if not faults:
        strings = " ".join(f'"{one}"' for one in ("v=DKIM1; k=rsa; p=", BIG[:200], BIG[200:]))
        records[f"selector1._domainkey.{domain}", "TXT"] = (strings,)
    if not faults or Fault.BAD_STS in faults:
        records[f"_mta-sts.{domain}", "TXT"] = ('"v=STSv1; id=20261124"',)
        records[f"mta-sts.{domain}", "A"] = (address,)
        records[f"_smtp._tls.{domain}", "TXT"] = (f'"v=TLSRPTv1; rua=mailto:tls@{domain}"',)
    return records


async def serve_until_closed(folder: Path) -> None:
    """Say on standard output how to reach it, and stay up until standard input ends."""
    import sys  # noqa: PLC0415 - only the child process

    import msgspec  # noqa: PLC0415

    async with running(folder) as made:
        sys.stdout.write(msgspec.json.encode(made).decode() + "\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
