"""The first hello that a server answers, and which versions it takes (tls.md 5.1, 5.2)."""

from __future__ import annotations

from typing import NamedTuple

from scanner.formats.tls.codes import cipher_kinds
from scanner.formats.tls.flight import Result, ask
from scanner.formats.tls.hello import Offer, Shape
from scanner.formats.tls.sslv2 import Ssl2Answer, ask_sslv2
from scanner.formats.tls.wire import Kind
from scanner.gather.tls.prober import Prober, Share, refused, silence
from scanner.observation import NotObservedError, Reason
from scanner.observation.tls import ProtocolAnswer

LEGACY = ("TLSv1.2", "TLSv1.1", "TLSv1.0", "SSLv3")
COMMON_SUITES = 20
AGAIN = 2
PROTOCOL_VERSION = 70
UNRECOGNIZED_NAME = 112
NO_APPLICATION_PROTOCOL = 120
CLOSED = "the connection was closed, though a control hello was answered"


class Rung(NamedTuple):
    """One hello of the ladder; ``after_silence`` where it is tried though others timed out."""

    version: str
    shape: Shape = Shape.FULL
    most_suites: int = 0
    after_silence: bool = False


LADDER = (
    Rung("TLSv1.3", after_silence=True),
    Rung("TLSv1.2"),
    Rung("TLSv1.2", Shape.PLAIN),
    Rung("TLSv1.2", Shape.PLAIN, COMMON_SUITES, after_silence=True),
    Rung("TLSv1.2", Shape.NAME),
    Rung("TLSv1.0"),
    Rung("TLSv1.0", Shape.BARE, after_silence=True),
    Rung("SSLv3", Shape.BARE),
)


class Opened(NamedTuple):
    """What the ladder found: the versions already known by it, or another protocol.

    ``flapped`` where a hello that was refused is answered when it is asked again.
    """

    known: dict[str, Result]
    other_protocol: str = ""
    sslv2: Ssl2Answer | None = None
    flapped: bool = False


async def climb(prober: Prober) -> Opened:
    """Find the fullest hello that is answered: it becomes the control.

    Raises where no hello ever was.
    """
    known: dict[str, Result] = {}
    silent = False
    for rung in LADDER:
        if silent and not rung.after_silence:
            continue
        prober.shape, prober.most_suites = rung.shape, rung.most_suites
        result = await _first(prober, rung.version, known)
        if result.alert == NO_APPLICATION_PROTOCOL and prober.alpn:
            prober.alpn = ()  # it knows neither of ours, and asks for one of its own (RFC 7301 3.2)
            result = await _first(prober, rung.version, known)
        if rung.shape is Shape.FULL or result.kind is Kind.ANSWERED:
            known[rung.version] = result
        if result.kind is Kind.NOT_TLS:
            return Opened({}, result.detail)
        if result.kind is Kind.ANSWERED:
            full = await _full_after_all(prober, rung, 1 if silent else AGAIN)
            flapped = full is not None
            known[rung.version] = result = full or result
            _settle_on(prober, prober.offer(result.version), result)
            firm = {name: one for name, one in known.items() if _is_firm(one)}
            return Opened(firm, flapped=flapped)
        if result.alert == UNRECOGNIZED_NAME and rung.version != "TLSv1.3":
            raise _nameless(prober)
        silent = result.kind is Kind.TIMED_OUT
    ssl2 = await prober.once(ask_sslv2)
    if ssl2.kind is Kind.ANSWERED:
        return Opened({}, sslv2=ssl2)
    raise nothing(known)


async def _full_after_all(prober: Prober, rung: Rung, asks: int) -> Result | None:
    """The answer to the full hello, where its refusal before was chance (tls.md 5.2)."""
    if rung.shape is Shape.FULL and not rung.most_suites:
        return None
    prober.shape, prober.most_suites = Shape.FULL, 0
    for _ in range(asks):
        result = await _once(prober, rung.version, {rung.version: Result(Kind.RESET)})
        if result.kind is Kind.ANSWERED:
            return result
    prober.shape, prober.most_suites = rung.shape, rung.most_suites
    return None


def _nameless(prober: Prober) -> NotObservedError:
    """What another name is shown says nothing of this one (RFC 6066 3)."""
    text = f"it refuses the name {prober.subject.host} (alert 112, unrecognized_name)"
    return NotObservedError(Reason.TLS_HANDSHAKE_FAILED, text, reached=True)


def _is_firm(result: Result) -> bool:
    return result.kind is Kind.ANSWERED or (
        result.kind is Kind.ALERTED and result.alert == PROTOCOL_VERSION
    )


def _settle_on(prober: Prober, control: Offer, result: Result) -> None:
    prober.control = control
    prober.control_suite = result.suite


async def _first(prober: Prober, version: str, known: dict[str, Result]) -> Result:
    """One hello, and for TLS 1.3 the other ways to ask without a key."""
    result = await _once(prober, version, known)
    if version != "TLSv1.3" or _is_firm(result) or result.kind in {Kind.NOT_TLS, Kind.TIMED_OUT}:
        return result
    for share in (Share.GREASE, Share.REAL):
        prober.share = share
        again = await _once(prober, version, {version: result})
        if again.kind is Kind.ANSWERED:
            return again
        if (
            again.kind is Kind.ALERTED
            and result.kind is Kind.ALERTED
            and again.alert == result.alert
        ):
            break
    prober.share = Share.EMPTY
    return result


async def _once(prober: Prober, version: str, known: dict[str, Result]) -> Result:
    """Raises only where no connection at all was had and none was before."""
    offer = prober.offer(version)
    try:
        return await prober.once(lambda: ask(offer))
    except (NotObservedError, OSError) as error:
        if not known:
            raise
        return Result(Kind.RESET, detail=str(error))


def nothing(known: dict[str, Result]) -> NotObservedError:
    """Why an address that takes connections told nothing."""
    if all(one.kind is Kind.TIMED_OUT for one in known.values()):
        text = "the port takes connections and answers no hello"
        return NotObservedError(Reason.TIMEOUT, text, reached=True)
    newest = next(iter(known.values()))
    text = f"no version was accepted; TLS 1.3 got: {newest.text}"
    return NotObservedError(Reason.TLS_HANDSHAKE_FAILED, text, reached=True)


async def ask_version(
    prober: Prober, version: str, asks: int = 1
) -> tuple[ProtocolAnswer, Result | None]:
    """Whether a version is accepted, with the first answer where it is; refused ``asks`` times."""
    try:
        result = await prober.ask(prober.offer(version))
        while asks > 1 and refused(result, version):
            asks -= 1
            result = await prober.ask(prober.offer(version))
        if version == "TLSv1.3" and refused(result) and result.alert != PROTOCOL_VERSION:
            result = await _other_shares(prober, result)
    except NotObservedError as error:
        return ProtocolAnswer(version, None, reason=error.reason, detail=error.detail), None
    return settled(version, result), result


async def _other_shares(prober: Prober, result: Result) -> Result:
    prober.share = Share.GREASE
    again = await prober.ask(prober.offer("TLSv1.3"))
    if again.kind is Kind.ANSWERED:
        return again
    prober.share = Share.EMPTY
    return result


def settled(version: str, result: Result) -> ProtocolAnswer:
    """What a settled reaction means for a version."""
    no = refused(result, version)
    if no is None:
        reason, detail = silence(result)
        return ProtocolAnswer(version, None, reason=reason, detail=detail)
    if no:
        closed = result.kind in {Kind.CLOSED, Kind.RESET}
        return ProtocolAnswer(version, accepted=False, detail=CLOSED if closed else result.text)
    return ProtocolAnswer(version, accepted=True)


async def ask_oldest(prober: Prober) -> tuple[ProtocolAnswer, bytes]:
    """Whether SSL 2.0 is offered, and the certificate that came with it."""
    try:
        seen = await prober.put(ask_sslv2, lambda one: Result(one.kind, detail=one.detail))
    except NotObservedError as error:
        return ProtocolAnswer("SSLv2", None, reason=error.reason, detail=error.detail), b""
    return oldest(seen), seen.certificate


def oldest(seen: Ssl2Answer) -> ProtocolAnswer:
    """What the answer to an SSL 2.0 hello means; whatever is no SERVER-HELLO refuses."""
    if seen.kind is Kind.ANSWERED:
        known = cipher_kinds()
        kinds = tuple(known[one].name if one in known else f"0x{one:06X}" for one in seen.kinds)
        return ProtocolAnswer("SSLv2", accepted=True, suite=kinds[0] if kinds else "", suites=kinds)
    if seen.kind is Kind.TIMED_OUT:
        return ProtocolAnswer("SSLv2", None, reason=Reason.TIMEOUT, detail=seen.detail)
    if seen.kind is Kind.MALFORMED:
        detail = seen.detail
        return ProtocolAnswer("SSLv2", None, reason=Reason.MALFORMED_REPLY, detail=detail)
    detail = CLOSED if seen.kind in {Kind.CLOSED, Kind.RESET} else seen.detail
    return ProtocolAnswer("SSLv2", accepted=False, detail=detail)
