"""A further address, or a further name at one: a few hellos tell whether it is as the first."""

from __future__ import annotations

from msgspec.structs import replace

from scanner.formats.tls.codes import extension_name
from scanner.formats.tls.flight import Result
from scanner.formats.tls.wire import Kind
from scanner.gather.gatherer import Context
from scanner.gather.tls.ask import Preamble
from scanner.gather.tls.certificates import complete
from scanner.gather.tls.examine import Examined, examine
from scanner.gather.tls.groups import Groups
from scanner.gather.tls.prober import Prober
from scanner.observation import NotObservedError, Subject
from scanner.observation.tls import TlsServer

LEGACY = ("TLSv1.2", "TLSv1.1", "TLSv1.0", "SSLv3")


async def examine_further(
    on: Context, subject: Subject, address: str, known: Examined, preamble: Preamble | None
) -> Examined:
    """As the first where nothing differs; else the whole plan (tls.md 2.8)."""
    is_partial = known.server.stopped or known.server.is_mixed
    if known.server.other_protocol or known.prober.control is None or is_partial:
        return await examine(on, subject, address, preamble)
    prober = Prober(on, subject, address, preamble)
    prober.shape, prober.most_suites = known.prober.shape, known.prober.most_suites
    prober.share, prober.control = known.prober.share, known.prober.control
    prober.alpn = known.prober.alpn
    prober.control_suite = known.prober.control_suite
    try:
        same = await _is_same(prober, known)
    except NotObservedError:
        same = False
    if not same:
        return await examine(on, subject, address, preamble)
    cost = {"connections": prober.connections}
    server: TlsServer = replace(
        known.server,
        name=subject.host,
        same_as=known.prober.address,
        peer=on.dialer.peer(subject, address),
        volatile=cost,
    )
    served = known.served
    if not isinstance(served, NotObservedError):
        served = replace(served, name=subject.host)
    return Examined(server, served, prober, known.listed, known)


async def _is_same(prober: Prober, known: Examined) -> bool:
    """Each version, its weakest suite, the highest group, the leaf, the extensions echoed."""
    for listed in known.listed:
        answer = known.server.answer(listed.version)
        offer = prober.offer(listed.version)
        full = await _whole(prober, listed.version)
        if not _agrees(full, listed.version, listed.accepted[:1]):
            return False
        if full.chain and full.chain not in _chains(known):
            return False
        if full.hello and not _echoed(full) <= set(answer.extensions):
            return False
        last = listed.accepted[-1:]
        if len(listed.accepted) > 1:
            weakest = await prober.ask(replace(offer, suites=tuple(last)))
            if not _agrees(weakest, listed.version, last):
                return False
    accepted = {one.version for one in known.listed}
    for version in LEGACY:
        if version not in accepted:
            refused = await prober.ask(prober.offer(version))
            if refused.kind is Kind.ANSWERED and refused.version == version:
                return False
    return True


async def _whole(prober: Prober, version: str) -> Result:
    """The answer to the usual hello; in TLS 1.3 with the certificate, which is encrypted."""
    offer = prober.offer(version)
    result = await prober.ask(offer)
    if version != "TLSv1.3" or result.hello is None or result.hello.group is None:
        return result
    groups = Groups([result.hello.group])
    chain = (await complete(prober, offer, groups)).result.chain
    return replace(result, chain=chain)


def _agrees(result: Result, version: str, suites: list[int]) -> bool:
    answered = result.kind is Kind.ANSWERED and result.version == version
    return answered and result.suite in suites


def _chains(known: Examined) -> set[tuple[bytes, ...]]:
    if isinstance(known.served, NotObservedError):
        return set()
    return {one.certificates for one in known.served.chains}


def _echoed(result: Result) -> set[str]:
    return {extension_name(one) for one in result.hello.extensions} if result.hello else set()
