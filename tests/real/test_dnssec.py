"""Our validation against Unbound's, on every name of zones with every fault."""

from __future__ import annotations

import asyncio
import subprocess
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
from scanner.observation.dnssec import Code, Security
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


TRUTH = {
    "secure.example": "secure",
    "nsec3.example": "secure",
    "salted.example": "secure",
    "optout.example": "secure",
    "many.example": "secure",
    "rsa.example": "secure",
    "sha1.example": "secure",
    "ed.example": "secure",
    "standby.example": "secure",
    "child.secure.example": "secure",
    "signed.optout.example": "secure",
    "no-signature.example": "secure",
    "bad-signature.example": "secure",
    "no-nsec.example": "secure",
    "no-nsec3.example": "secure",
    "half-nsec.example": "secure",
    "plain.example": "insecure",
    "island.example": "insecure",
    "below.island.example": "insecure",
    "unknown-algorithm.example": "insecure",
    "unknown-digest.example": "insecure",
    "child-without.nsec3.example": "insecure",
    "unsigned.optout.example": "insecure",
    "expired.example": "bogus",
    "below.expired.example": "bogus",
    "future.example": "bogus",
    "no-keys.example": "bogus",
    "wrong-digest.example": "bogus",
    "wrong-tag.example": "bogus",
    "wrong-algorithm.example": "bogus",
}
CODES = {
    "expired.example": Code.EXPIRATION_IN_PAST,
    "future.example": Code.INCEPTION_IN_FUTURE,
    "no-keys.example": Code.NO_SEP,
    "wrong-digest.example": Code.DIGEST_INVALID,
    "wrong-tag.example": Code.NO_SEP,
    "wrong-algorithm.example": Code.NO_SEP,
    "unknown-algorithm.example": Code.ALGORITHM_NOT_SUPPORTED,
    "unknown-digest.example": Code.DIGEST_ALGORITHM_NOT_SUPPORTED,
    "island.example": Code.NO_DS,
    "unsigned.optout.example": Code.OPT_OUT,
}
RECORDS = {
    ("no-signature.example", "MX"): Code.MISSING_RRSIG,
    ("bad-signature.example", "MX"): Code.SIGNATURE_INVALID,
    ("no-nsec.example", "CNAME"): Code.MISSING_NSEC_FOR_NODATA,
    ("nothing.no-nsec3.example", "A"): Code.MISSING_NSEC_FOR_NXDOMAIN,
    ("x.wild.half-nsec.example", "A"): Code.MISSING_NSEC_FOR_WILDCARD,
}


def test_our_status_is_unbounds_on_every_name(signed: World) -> None:
    questions = [
        (f"{name}.{zone}".strip("."), rdtype)
        for zone in signed.zones
        for number, name in enumerate(NAMES)
        for rdtype in (TYPES if not name else ("A", TYPES[1 + number % (len(TYPES) - 1)]))
        if (name, zone, rdtype) != ("", "", "DS")
    ]
    opinions = _opinions(signed, questions)
    differing = {
        f"{name} {rdtype}": (one.ours, one.unbound, one.answer and one.answer.rrsets, one.errors)
        for (name, rdtype), one in opinions.items()
        if one.ours != one.unbound
    }
    assert not differing, "\n".join(f"{name}: {why}" for name, why in differing.items())
    for zone, expected in TRUTH.items():
        found = opinions[zone, "SOA"]
        assert found.ours == found.unbound == expected, (zone, found)


def test_every_state_has_its_reason(signed: World) -> None:
    opinions = _opinions(signed, [*((zone, "SOA") for zone in CODES), *RECORDS])
    for zone, code in CODES.items():
        answer = opinions[zone, "SOA"].answer
        assert answer
        assert code in answer.rrsets[0].codes, (zone, answer.rrsets)
    for question, code in RECORDS.items():
        answer = opinions[question].answer
        assert answer
        assert answer.security is Security.BOGUS
        assert code in answer.rrsets[0].codes, (question, answer.rrsets)


@pytest.mark.parametrize("zone", sorted(TRUTH))
def test_delv_says_the_same(signed: World, zone: str) -> None:
    """The third opinion, whose reasons stand in the log of the test."""
    tag, algorithm, digest, *parts = signed.anchor.read_text().split()[3:]
    joined = "".join(parts)
    anchors = signed.folder / "delv.anchors"
    anchors.write_text(f'trust-anchors {{ . static-ds {tag} {algorithm} {digest} "{joined}"; }};')
    address, port = signed.resolver
    command = ["delv", f"@{address}", "-p", str(port), "-a", str(anchors), "+root", zone, "SOA"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    print(said.stdout, said.stderr)  # noqa: T201 - the log
    words = {"secure": "fully validated", "insecure": "unsigned answer", "bogus": "failed"}
    assert words[TRUTH[zone]] in said.stdout + said.stderr
