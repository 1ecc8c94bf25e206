"""Which versions one address accepts, and its certificates; silence is no answer."""

from __future__ import annotations

from typing import NamedTuple

from scanner.formats.tls.codes import group_name, suite_name
from scanner.formats.tls.flight import Kind, Result
from scanner.gather.dialer import unobserved
from scanner.gather.gatherer import Context
from scanner.gather.tls.ask import Preamble, ask
from scanner.observation import NotObservedError, Reason, Role, Subject
from scanner.observation.tls import CertificateChain, ProtocolAnswer, TlsServer

NEWEST_FIRST = ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1.0", "SSLv3")
SILENT = {
    Kind.CLOSED: Reason.RESET,
    Kind.RESET: Reason.RESET,
    Kind.TIMED_OUT: Reason.TIMEOUT,
    Kind.MALFORMED: Reason.MALFORMED_REPLY,
}
OLD_ENOUGH = "TLSv1.0"
INTERNAL_ERROR = 80  # RFC 8446 6.2: says nothing of the offer, so it is asked once more


class Examined(NamedTuple):
    """All that one address told."""

    server: TlsServer
    chain: CertificateChain | NotObservedError


async def examine(
    on: Context, subject: Subject, address: str, preamble: Preamble | None = None
) -> Examined:
    """One hello each version, newest first; what was silence is settled by repeat and control.

    Raises where the address never answered as TLS or as anything else.
    """
    examiner = _Examiner(on, subject, address, preamble)
    for version in NEWEST_FIRST:
        if not examiner.is_mute or version == OLD_ENOUGH:
            await examiner.first(version)
        if examiner.other_protocol:
            break
    await examiner.settle()
    return examiner.examined()


class _Examiner:
    def __init__(
        self, on: Context, subject: Subject, address: str, preamble: Preamble | None
    ) -> None:
        self._on, self._subject, self._address = on, subject, address
        self._preamble = preamble
        self._results: dict[str, Result] = {}
        self._settled: dict[str, ProtocolAnswer] = {}
        self.other_protocol = ""

    async def first(self, version: str) -> None:
        """Ask one version for the first time."""
        try:
            result = await self._ask(version)
        except (NotObservedError, OSError) as error:
            if not self._results:
                raise
            known = unobserved(error)
            result = Result(Kind.RESET, detail=known.detail)
        self._results[version] = result
        if result.kind is Kind.NOT_TLS:
            self.other_protocol = result.detail

    @property
    def is_mute(self) -> bool:
        """Whether the newest hellos were all met with silence: then one old one more is enough."""
        kinds = [one.kind for one in self._results.values()]
        return len(kinds) > 1 and set(kinds) == {Kind.TIMED_OUT}

    async def settle(self) -> None:
        """Only a TLS reply refuses; a silent one is believed twice, with a good control (5.1)."""
        accepted = self._accepted()
        silent = [name for name, one in self._results.items() if one.kind in SILENT]
        if not accepted or not silent:
            return
        for version in silent:
            self._results[version] = await self._again(version)
        control = await self._again(accepted[0])
        for version in silent:
            result = self._results[version]
            if result.kind in SILENT:
                self._settled[version] = _silence(version, result, control)

    def examined(self) -> Examined:
        """What was learnt; raise where nothing but refusals or silence was."""
        if not self.other_protocol and not self._accepted():
            raise self._nothing()
        protocols = () if self.other_protocol else tuple(map(self._answer, NEWEST_FIRST))
        purpose = "mail" if self._subject.role is Role.MAIL else "web"
        server = TlsServer(self._subject.host, protocols, purpose, self.other_protocol)
        return Examined(server, self._chain(purpose))

    async def _ask(self, version: str) -> Result:
        ask_once = (self._on, self._subject, self._address, version, self._preamble)
        result = await ask(*ask_once)
        if result.kind is Kind.ALERTED and result.alert == INTERNAL_ERROR:
            result = await ask(*ask_once)
        return result

    async def _again(self, version: str) -> Result:
        try:
            return await self._ask(version)
        except (NotObservedError, OSError) as error:
            return Result(Kind.RESET, detail=unobserved(error).detail)

    def _accepted(self) -> list[str]:
        return [
            name
            for name, one in self._results.items()
            if one.kind is Kind.ANSWERED and one.version == name
        ]

    def _answer(self, version: str) -> ProtocolAnswer:
        if version in self._settled:
            return self._settled[version]
        result = self._results[version]
        if result.kind is Kind.ANSWERED and result.version == version:
            return ProtocolAnswer(
                version,
                accepted=True,
                suite=suite_name(result.suite) if result.suite is not None else "",
                group=group_name(result.group) if result.group is not None else "",
                alpn=result.alpn,
            )
        if result.kind in SILENT:
            reason = SILENT[result.kind]
            return ProtocolAnswer(version, None, reason=reason, detail=result.detail)
        return ProtocolAnswer(version, accepted=False, detail=_refusal(result))

    def _chain(self, purpose: str) -> CertificateChain | NotObservedError:
        for version in NEWEST_FIRST:
            result = self._results.get(version)
            if result and result.certificates:
                host = self._subject.host
                return CertificateChain(host, version, result.certificates, purpose)
        if self.other_protocol:
            text = f"the port does not speak TLS ({self.other_protocol})"
            return NotObservedError(Reason.TLS_HANDSHAKE_FAILED, text, reached=True)
        text = "the handshake could not be carried as far as the certificate"
        return NotObservedError(Reason.NOT_SUPPORTED_BY_US, text, reached=True)

    def _nothing(self) -> NotObservedError:
        newest = self._results[NEWEST_FIRST[0]]
        if all(one.kind is Kind.TIMED_OUT for one in self._results.values()):
            text = "the port takes connections and answers no hello"
            return NotObservedError(Reason.TIMEOUT, text, reached=True)
        text = f"no version was accepted; TLS 1.3 got: {_refusal(newest)}"
        return NotObservedError(Reason.TLS_HANDSHAKE_FAILED, text, reached=True)


def _silence(version: str, result: Result, control: Result) -> ProtocolAnswer:
    """Closing twice while the control still works is a refusal; a time-out stays unknown."""
    if control.kind is not Kind.ANSWERED:
        detail = "the server stopped answering hellos that it had answered before"
        return ProtocolAnswer(version, None, reason=Reason.RATE_LIMITED, detail=detail)
    if result.kind in {Kind.CLOSED, Kind.RESET}:
        detail = "the connection was closed, twice"
        return ProtocolAnswer(version, accepted=False, detail=detail)
    return ProtocolAnswer(version, None, reason=SILENT[result.kind], detail=result.detail)


def _refusal(result: Result) -> str:
    match result.kind:
        case Kind.ALERTED:
            return f"alert {result.alert}"
        case Kind.ANSWERED:
            return f"answered with {result.version}"
        case _:
            return result.detail or str(result.kind)
