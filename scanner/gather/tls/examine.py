"""The whole examination of one address: what it accepts, how it behaves, what it shows."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from msgspec.structs import replace

from scanner.formats.tls import codes
from scanner.formats.tls.flight import Result
from scanner.formats.tls.handshake12 import Shaken
from scanner.formats.tls.handshake13 import Completed
from scanner.formats.tls.signature import curve_of
from scanner.formats.tls.wire import Kind
from scanner.gather.gatherer import Context
from scanner.gather.tls import behaviour, certificates, groups, sessions, suites, versions
from scanner.gather.tls.ask import Preamble
from scanner.gather.tls.groups import Groups
from scanner.gather.tls.ledger import NEWEST_FIRST, Ledger
from scanner.gather.tls.prober import Prober, refused
from scanner.gather.tls.suites import Listed
from scanner.observation import NotObservedError, Reason, Role, Subject
from scanner.observation.tls import (
    CertificateChain,
    Order,
    ProtocolAnswer,
    ServedCertificates,
    TlsServer,
)

SEVERAL = "several machines answer, and not all alike"
ASKS_IN_DOUBT = 3


class Examined(NamedTuple):
    """All that one address told; ``prober`` and ``listed`` are what further probes go on with.

    ``model`` is the other examination where a digest showed no difference.
    """

    server: TlsServer
    served: ServedCertificates | NotObservedError
    prober: Prober
    listed: tuple[Listed, ...] = ()
    model: Examined | None = None

    @property
    def chain(self) -> CertificateChain | NotObservedError:
        """The chain a visitor gets: that of the newest version."""
        if isinstance(self.served, NotObservedError):
            return self.served
        first = self.served.own[0]
        name, purpose = self.served.name, self.served.purpose
        return CertificateChain(name, first.versions[0], first.certificates, purpose)


async def examine(
    on: Context, subject: Subject, address: str, preamble: Preamble | None = None
) -> Examined:
    """Everything, in the order that serves best where the server cuts us off.

    Raises where the address never answered as TLS or as anything else.
    """
    prober = Prober(on, subject, address, preamble)
    opened = await versions.climb(prober)
    examiner = _Examiner(prober, opened)
    if not opened.other_protocol and opened.sslv2 is None:
        await examiner.examine()
    return examiner.examined()


async def see_chain(
    on: Context, subject: Subject, address: str
) -> CertificateChain | NotObservedError:
    """The chain a visitor gets, and nothing else: two connections as a rule."""
    examiner = _Examiner(prober := Prober(on, subject, address, None), await versions.climb(prober))
    await examiner.leaf()
    return examiner.examined().chain


class _Examiner:
    def __init__(self, prober: Prober, opened: versions.Opened) -> None:
        self._prober, self._opened = prober, opened
        self._ledger, self._groups = Ledger(), Groups([])
        self._answers: dict[str, ProtocolAnswer] = {}
        self._first: dict[str, Result] = {}
        self._listed: dict[str, Listed] = {}
        self._oldest_leaf = b""
        self._began = asyncio.get_running_loop().time()
        self._is_mixed = False
        self._alpn = ""

    async def examine(self) -> None:
        await self._versions()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._suites())
            group.create_task(self._groups_of_13())
        done = await self._handshakes()  # alone: some servers serve one visitor after the other
        async with asyncio.TaskGroup() as group:
            group.create_task(self._groups_before_13())
            group.create_task(self._behaviour())
        await self._again_where_mixed()
        self._protocol(done)
        elapsed = asyncio.get_running_loop().time() - self._began
        await certificates.staples_again(self._prober, self._ledger, self._groups, elapsed)

    async def leaf(self) -> None:
        """What the first answered hello shows, and in TLS 1.3 one handshake more."""
        for version, result in self._opened.known.items():
            self._settle(version, versions.settled(version, result), result)
        for version in NEWEST_FIRST:
            waiting = ProtocolAnswer(version, None, reason=Reason.BUDGET_EXHAUSTED)
            self._answers.setdefault(version, waiting)
        first = self._first.get("TLSv1.3")
        if first and first.hello and first.hello.group is not None:
            self._groups.add(first.hello.group)
        if first:
            offer = self._prober.offer("TLSv1.3")
            self._ledger.completed(await certificates.complete(self._prober, offer, self._groups))

    async def _versions(self) -> None:
        for version, result in self._opened.known.items():
            if result.kind is Kind.ANSWERED and result.version != version:
                continue  # what it said of another version is asked for by itself
            self._settle(version, versions.settled(version, result), result)
        waiting = [one for one in NEWEST_FIRST[:-1] if one not in self._answers]

        async def one(version: str) -> None:
            answer, result = await versions.ask_version(self._prober, version)
            self._settle(version, answer, result)

        async def oldest() -> None:
            answer, leaf = await versions.ask_oldest(self._prober)
            self._answers["SSLv2"], self._oldest_leaf = answer, leaf

        async with asyncio.TaskGroup() as group:
            for version in waiting:
                group.create_task(one(version))
            group.create_task(oldest())

    def _settle(self, version: str, answer: ProtocolAnswer, result: Result | None) -> None:
        self._answers[version] = answer
        if result is not None and answer.accepted:
            self._first[version] = result
            self._ledger.note(result)

    @property
    def _accepted(self) -> list[str]:
        return [one for one in NEWEST_FIRST[:-1] if self._answers[one].accepted]

    @property
    def _all(self) -> list[Listed]:
        return [self._listed[one] for one in NEWEST_FIRST if one in self._listed]

    @property
    def _legacy(self) -> list[Listed]:
        return [one for one in self._all if one.version != "TLSv1.3"]

    async def _suites(self) -> None:
        async def one(version: str) -> None:
            self._listed[version] = await suites.enumerate_suites(
                self._prober, self._ledger, version, self._first.get(version)
            )

        async with asyncio.TaskGroup() as group:
            for version in self._accepted:
                group.create_task(one(version))
        await suites.enumerate_rare(self._prober, self._ledger, self._all)
        for listed in self._all:
            await suites.who_decides(self._prober, self._ledger, listed)

    async def _groups_of_13(self) -> None:
        first = self._first.get("TLSv1.3")
        if first and first.hello:
            await groups.groups_of_13(self._prober, self._groups, first.hello.group)
            await groups.hybrid_preference(self._prober, self._ledger, self._groups)

    async def _groups_before_13(self, patience: int = 0) -> None:
        await groups.with_ffdhe(self._prober, self._ledger, self._legacy)
        newest = next((one for one in self._legacy if one.version != "SSLv3"), None)
        if newest:
            curve = self._leaf_curve()
            await groups.legacy_by_removal(
                self._prober, self._ledger, self._groups, newest, curve, patience
            )

    def _leaf_curve(self) -> int | None:
        """The curve of an ECDSA leaf seen before TLS 1.3."""
        for chain in self._ledger.chains:
            if set(chain.versions) - {"TLSv1.3"}:
                name = curve_of(chain.certificates[0])
                if name in codes.groups_by_name():
                    return codes.groups_by_name()[name].number
        return None

    async def _handshakes(self) -> list[Completed]:
        done: list[Completed] = []
        shaken: Shaken | None = None
        if "TLSv1.3" in self._listed:
            done = await certificates.leaves_of_13(self._prober, self._ledger, self._groups)
            certificates.possession(self._ledger, done)
        if any(one.version != "SSLv3" for one in self._legacy):
            shaken = await sessions.before_13(self._prober, self._ledger, self._legacy)
        if shaken and self._answers["TLSv1.3"].accepted is False:
            sessions.without_13(self._ledger, shaken)
        sessions.after_13(self._ledger, done)
        return done

    async def _behaviour(self) -> None:
        prober, ledger = self._prober, self._ledger
        legacy, newest = self._legacy, self._all[0].version
        work = [
            certificates.other_names(prober, ledger, newest, self._groups),
            behaviour.tolerance(prober, ledger, newest),
            behaviour.fallback(prober, ledger, self._all),
        ]
        if legacy:
            work += [
                behaviour.compression(prober, ledger, legacy[0]),
                behaviour.signature_hash(prober, ledger, legacy[0]),
            ]
        if newest == "TLSv1.3" or legacy[0].version == "TLSv1.2":
            has_13 = newest == "TLSv1.3"
            work.append(behaviour.version_tolerance(prober, ledger, has_13=has_13))
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
        for listed in legacy[:1]:
            await behaviour.enough_exchanges(prober, ledger, listed)

    async def _again_where_mixed(self) -> None:
        """The closing control; where it differs, several machines answer: ask anew, and join.

        A server that refuses what it accepted before shows the same.
        """
        flapped = self._opened.flapped or any(one.flapped for one in self._all)
        asks = ASKS_IN_DOUBT if self._ledger.is_doubtful else 1
        differs = flapped or await self._differs(asks)
        if not differs and not self._ledger.has_twins:
            return
        self._is_mixed = True
        self._ledger.doubt(Reason.MALFORMED_REPLY, SEVERAL)
        for version in NEWEST_FIRST[:-1]:
            answer, first = await versions.ask_version(self._prober, version, ASKS_IN_DOUBT)
            if not answer.accepted:
                continue
            again = await suites.enumerate_suites(
                self._prober, self._ledger, version, first, patience=ASKS_IN_DOUBT - 1
            )
            self._settle(version, answer, first)
            self._join(version, again, differs=differs)
        if "TLSv1.3" in self._listed:
            await groups.groups_of_13(self._prober, self._groups, None, ASKS_IN_DOUBT - 1)
        await self._groups_before_13(ASKS_IN_DOUBT - 1)

    async def _differs(self, asks: int) -> bool:
        """Whether the first hello that worked gets another answer now."""
        control = self._prober.control
        for _ in range(asks if control else 0):
            try:
                result = await self._prober.ask(control)  # type: ignore[arg-type] # as above
            except NotObservedError:
                return False
            if refused(result) is not False or result.suite != self._prober.control_suite:
                return True
        return False

    def _join(self, version: str, again: Listed, *, differs: bool) -> None:
        known = self._listed.setdefault(version, again)
        if known is not again:
            known.accepted += [one for one in again.accepted if one not in known.accepted]
            known.is_complete &= again.is_complete
            known.order = Order.MIXED if known.order and differs else known.order
            known.reason = known.reason or again.reason

    def _protocol(self, done: list[Completed]) -> None:
        chosen = next((one.alpn for one in done if one.result.chain), "")
        seen = bool(done and done[0].result.chain)
        if not seen:
            found = (self._first[one].hello for one in self._accepted if one in self._first)
            legacy = next((one for one in found if one and one.version != "TLSv1.3"), None)
            chosen, seen = (legacy.alpn, True) if legacy else ("", False)
        self._alpn = chosen
        behaviour.protocols(self._prober, self._ledger, chosen, asked=seen)

    def examined(self) -> Examined:
        purpose = "mail" if self._prober.subject.role is Role.MAIL else "web"
        name = self._prober.subject.host
        if self._opened.sslv2:
            self._answers = {one: _refused(one) for one in NEWEST_FIRST[:-1]}
            self._answers["SSLv2"] = versions.oldest(self._opened.sslv2)
        protocols = () if self._opened.other_protocol else tuple(map(self._answer, NEWEST_FIRST))
        stopped = self._prober.stopped
        server = TlsServer(
            name,
            protocols,
            purpose,
            self._opened.other_protocol,
            groups=self._groups.seen(),
            exchanges=self._ledger.exchanges,
            signs=self._ledger.signs,
            hello=str(self._prober.shape),
            is_mixed=self._is_mixed,
            stopped=stopped.reason if stopped else None,
            peer=self._prober.on.dialer.peer(self._prober.subject, self._prober.address),
            volatile={"connections": self._prober.connections},
        )
        served = self._served(name, purpose)
        return Examined(server, served, self._prober, tuple(self._all))

    def _answer(self, version: str) -> ProtocolAnswer:
        answer = self._answers[version]
        listed = self._listed.get(version)
        if listed is None:
            return answer
        first = self._first.get(version)
        group = first.hello.group if first and first.hello else None
        named = self._ledger.extensions.get(version, {})
        exchange = first.exchange if first else None
        if group is None and exchange:
            group = exchange.group
        return replace(
            answer,
            suite=codes.suite_name(listed.accepted[0]) if listed.accepted else "",
            group=codes.group_name(group) if group is not None else "",
            alpn=first.hello.alpn if first and first.hello and version != "TLSv1.3" else "",
            suites=tuple(map(codes.suite_name, listed.accepted)),
            is_complete=listed.is_complete,
            reason=listed.reason,
            detail=listed.detail or answer.detail,
            order=listed.order,
            picks=listed.picks,
            extensions=tuple(map(codes.extension_name, sorted(named))),
            sentinel=self._ledger.sentinels.get(version, ""),
        )

    def _served(self, name: str, purpose: str) -> ServedCertificates | NotObservedError:
        chains = self._ledger.chains
        if chains:
            ledger, stopped = self._ledger, self._prober.stopped
            knows_all, why = ledger.knows_all_leaves, stopped.reason if stopped else None
            why = None if knows_all else why
            return ServedCertificates(name, chains, ledger.name_answers, knows_all, purpose, why)
        if self._opened.other_protocol:
            text = f"the port does not speak TLS ({self._opened.other_protocol})"
            return NotObservedError(Reason.TLS_HANDSHAKE_FAILED, text, reached=True)
        text = "the handshake could not be carried as far as the certificate"
        return NotObservedError(Reason.NOT_SUPPORTED_BY_US, text, reached=True)


def _refused(version: str) -> ProtocolAnswer:
    return ProtocolAnswer(version, accepted=False, detail="only SSL 2.0 was answered")
