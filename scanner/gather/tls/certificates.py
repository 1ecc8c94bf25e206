"""Every distinct leaf: by key type, without a name, with an unknown one; and its staples."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from scanner.formats.tls import codes
from scanner.formats.tls.flight import Result, ask
from scanner.formats.tls.groups import COMPLETABLE_13, X25519
from scanner.formats.tls.handshake13 import Completed, handshake13
from scanner.formats.tls.hello import ECH, Offer
from scanner.formats.tls.wire import Kind
from scanner.gather.tls.ech import grease_ech
from scanner.gather.tls.groups import Groups
from scanner.gather.tls.ledger import Ledger
from scanner.gather.tls.prober import Prober, refused, silence
from scanner.observation import NotObservedError, Role
from scanner.observation.tls import NameAnswer, Question, ServerNameSent

FAMILIES = (
    frozenset({"RSA", "RSA-PSS"}),
    frozenset({"ECDSA"}),
    frozenset({"Ed25519", "Ed448"}),
    frozenset({"ML-DSA"}),
    frozenset({"SM2"}),
)
UNKNOWN_NAME = "unknown.invalid"
BETWEEN_STAPLES = 3.0
OCSP_POINTER = bytes.fromhex("2b06010505073001")  # id-ad-ocsp (RFC 5280 4.2.2.1)
TLS_FEATURE = bytes.fromhex("2b06010505070118")  # id-pe-tlsfeature (RFC 7633)
MOST_LEAVES = 4


def request(prober: Prober) -> bytes:
    """What is asked after Finished: harmless, and enough that held-back tickets are sent."""
    if prober.subject.role is Role.MAIL:
        return f"EHLO {prober.on.helo_name}\r\n".encode()
    lines = (
        "HEAD / HTTP/1.1",
        f"Host: {prober.subject.host}",
        f"User-Agent: {prober.on.user_agent}",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def leaves_of_13(prober: Prober, ledger: Ledger, groups: Groups) -> list[Completed]:
    """Whole handshakes, each without the key families already seen, until one is refused."""
    schemes = prober.offer("TLSv1.3").schemes
    done: list[Completed] = []
    seen: set[tuple[bytes, ...]] = set()
    while len(done) < MOST_LEAVES and schemes:
        offer = replace(prober.offer("TLSv1.3"), schemes=schemes)
        if not done:
            offer = replace(offer, extra=((ECH, grease_ech()),))
        try:
            one = await complete(prober, offer, groups, None if done else request(prober))
        except NotObservedError:
            ledger.knows_all_leaves = False
            return done
        if one.result.kind is not Kind.ANSWERED:
            ledger.knows_all_leaves &= refused(one.result) is True
            return done
        if not one.result.chain:
            ledger.knows_all_leaves &= bool(done) and one.closed_by is not None
            if not done:
                done.append(one)
            return done
        if one.result.chain in seen:
            return done  # a server may answer with a leaf of a family not offered (4.4.2.2)
        seen.add(one.result.chain)
        done.append(one)
        ledger.completed(one)
        family = _family(one.scheme)
        schemes = tuple(code for code in schemes if _family(code) != family)
    return done


async def complete(
    prober: Prober, offer: Offer, groups: Groups, asked: bytes | None = None
) -> Completed:
    """One whole handshake with a group that the server takes."""
    able = [one for one in groups.names if one in COMPLETABLE_13]
    share = (X25519,) if X25519 in able or not able else (able[0],)
    offer = replace(offer, groups=tuple(able) or offer.groups)
    return await prober.put(lambda: handshake13(offer, share, asked), lambda one: one.result)


def _family(scheme: int) -> frozenset[str]:
    known = codes.schemes().get(scheme)
    key = known.key if known else ""
    return next((one for one in FAMILIES if key in one), frozenset())


async def other_names(prober: Prober, ledger: Ledger, version: str, groups: Groups) -> None:
    """What comes without a server name, and on the web with one that nobody serves."""
    asked = ((ServerNameSent.NONE, ""), (ServerNameSent.UNKNOWN, UNKNOWN_NAME))
    for sent, name in asked[: 1 if prober.subject.role is Role.MAIL else 2]:
        ledger.names.append(await _named(prober, ledger, version, groups, sent, name))


async def _named(
    prober: Prober,
    ledger: Ledger,
    version: str,
    groups: Groups,
    sent: ServerNameSent,
    name: str,
) -> NameAnswer:
    offer = replace(prober.offer(version), server_name=name)
    try:
        if version == "TLSv1.3":
            result = (await complete(prober, offer, groups)).result
        else:
            result = await prober.ask(offer)
    except NotObservedError as error:
        return NameAnswer(sent, None, reason=error.reason, detail=error.detail)
    no = refused(result, version)
    if no is None:
        reason, detail = silence(result)
        return NameAnswer(sent, None, reason=reason, detail=detail)
    if no or not result.chain:
        return NameAnswer(sent, accepted=not no, detail=result.text if no else result.detail)
    return NameAnswer(sent, accepted=True, chain=ledger.chain(result, sent))


def wants_staple(chain: tuple[bytes, ...]) -> bool:
    """Whether the leaf names an OCSP responder or promises a staple."""
    return bool(chain) and (OCSP_POINTER in chain[0] or TLS_FEATURE in chain[0])


async def staples_again(prober: Prober, ledger: Ledger, groups: Groups, elapsed: float) -> None:
    """Ask a second time where a staple may be wanted: many servers fetch it on first use."""
    for chain in ledger.chains:
        if ServerNameSent.OWN not in chain.names or not wants_staple(chain.certificates):
            continue
        if not any(chain.staples):
            await asyncio.sleep(max(0.0, BETWEEN_STAPLES - elapsed))
        try:
            await _staple(prober, ledger, groups, chain.versions[0], chain.certificates)
        except NotObservedError:
            return


async def _staple(
    prober: Prober, ledger: Ledger, groups: Groups, version: str, chain: tuple[bytes, ...]
) -> None:
    offer = prober.offer(version)
    family = ledger.family(chain)
    if version == "TLSv1.3":
        if family:
            same = tuple(code for code in offer.schemes if _family(code) == _family(family))
            offer = replace(offer, schemes=same or offer.schemes)
        result: Result = (await complete(prober, offer, groups)).result
    else:
        if suites := ledger.suites_of(chain):
            offer = replace(offer, suites=suites)
        result = await prober.put(lambda: ask(offer), lambda one: one)
    if refused(result, version) is False:
        ledger.note(result)


def possession(ledger: Ledger, done: list[Completed]) -> None:
    """Whether the certificate's key was proved to be the server's."""
    proofs = [one.proved for one in done if one.result.chain]
    if False in proofs:
        ledger.sign(Question.POSSESSION, "wrong", detail="a handshake signature does not verify")
    elif True in proofs:
        ledger.sign(Question.POSSESSION, "proved")
