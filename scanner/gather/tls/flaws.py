"""The probes of known flaws, last of all and in an authorised run only (tls.md 3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from secrets import token_bytes

from msgspec.structs import replace

from scanner.formats.tls import codes, flaws
from scanner.formats.tls.flight import Result, ask
from scanner.formats.tls.handshake12 import handshake12
from scanner.formats.tls.hello import Offer
from scanner.formats.tls.legacy_keys import completable
from scanner.formats.tls.wire import Script
from scanner.gather.tls.examine import Examined
from scanner.gather.tls.injection import starttls_injection
from scanner.gather.tls.prober import Prober
from scanner.gather.tls.sessions import whole_offer
from scanner.gather.tls.suites import Listed
from scanner.observation import NotObservedError, Reason, Role
from scanner.observation.tls import Probe, TlsFlaws, Verdict

ROUNDS = 3
ID_BYTES = 16
ECHO_BYTES = 32


async def probe_flaws(seen: Examined) -> TlsFlaws:
    """Every probe that concerns what the server accepts."""
    prober, listed = seen.prober, list(seen.listed)
    purpose = seen.server.purpose
    legacy = [one for one in listed if one.version not in {"TLSv1.3", "SSLv2"}]
    found: list[Probe] = []
    if prober.subject.role is Role.MAIL:
        found.append(await starttls_injection(prober, listed))
    if not legacy:
        names = ("heartbleed", "ccs-injection", "ticketbleed", "robot", "padding-oracle")
        text = "no version before TLS 1.3 is accepted"
        found += [Probe(one, Verdict.NOT_APPLICABLE, text) for one in names]
        return TlsFlaws(tuple(found), purpose)
    newest = legacy[0]
    found.append(await _heartbleed(prober, newest))
    found.append(await _ccs(prober, newest))
    found.append(await _ticketbleed(prober, legacy))
    found.append(await _robot(prober, legacy))
    found.append(await _padding(prober, legacy))
    return TlsFlaws(tuple(found), purpose)


async def _run(prober: Prober, name: str, make: Callable[[], Script[Probe]]) -> Probe:
    """One probe; a line that could not be had leaves it open."""
    try:
        return await prober.once(make)
    except (NotObservedError, OSError) as error:
        return _open(name, error)


def _open(name: str, error: Exception) -> Probe:
    reason = error.reason if isinstance(error, NotObservedError) else Reason.RESET
    return Probe(name, Verdict.UNKNOWN, str(error), reason)


def _offer(prober: Prober, listed: Listed) -> Offer:
    return replace(prober.offer(listed.version), suites=tuple(listed.accepted[:100]))


async def _twice(ask_once: Callable[[], Awaitable[Probe]]) -> Probe:
    """What is neither the flaw nor a refusal is asked once more."""
    first = await ask_once()
    return await ask_once() if first.verdict is Verdict.UNKNOWN else first


async def _heartbleed(prober: Prober, listed: Listed) -> Probe:
    name = "heartbleed"
    if listed.version == "SSLv3":
        return Probe(name, Verdict.NOT_APPLICABLE, "SSL 3.0 knows no heartbeat")
    offer = _offer(prober, listed)
    return await _twice(lambda: _run(prober, name, lambda: flaws.heartbleed(offer)))


async def _ccs(prober: Prober, listed: Listed) -> Probe:
    offer = _offer(prober, listed)
    return await _twice(lambda: _run(prober, "ccs-injection", lambda: flaws.ccs_injection(offer)))


async def _ticketbleed(prober: Prober, legacy: list[Listed]) -> Probe:
    """Resume with a ticket and an id of 16 bytes: 32 back are foreign memory, dropped unread."""
    name = "ticketbleed"
    offer = whole_offer(prober, legacy)
    if offer is None:
        text = "no suite that we can complete is accepted"
        return Probe(name, Verdict.UNKNOWN, text, Reason.NOT_SUPPORTED_BY_US)
    try:
        shaken = await prober.once(lambda: handshake12(offer))
        if shaken.session is None:
            text = shaken.detail or shaken.result.text or "the handshake was not completed"
            return Probe(name, Verdict.UNKNOWN, text, Reason.TLS_HANDSHAKE_FAILED)
        if shaken.ticket is None or not shaken.ticket.ticket:
            return Probe(name, Verdict.NOT_APPLICABLE, "the server hands out no tickets")
        again = replace(offer, ticket=shaken.ticket.ticket, session_id=token_bytes(ID_BYTES))
        results = [await prober.once(lambda: ask(again))]
        if _is_longer(again, results[0]):  # believed twice only
            results.append(await prober.once(lambda: ask(again)))
    except (NotObservedError, OSError) as error:
        return _open(name, error)
    return _echoed(name, again, results)


def _is_longer(offer: Offer, result: Result) -> bool:
    """Whether what was sent came back, and 16 bytes more."""
    back = result.hello.session_id if result.hello else b""
    return len(back) == ECHO_BYTES and back.startswith(offer.session_id)


def _echoed(name: str, offer: Offer, results: list[Result]) -> Probe:
    if any(one.hello is None for one in results):
        text = f"the resumption got: {results[0].text}"
        return Probe(name, Verdict.UNKNOWN, text, Reason.TLS_HANDSHAKE_FAILED)
    ids = [one.hello.session_id for one in results if one.hello]
    heard = tuple(f"an id of {len(one)} bytes" for one in ids)
    if all(_is_longer(offer, one) for one in results):
        text = "it sends back 16 bytes more than the id that it was sent"
        return Probe(name, Verdict.VULNERABLE, text, heard=heard)
    return Probe(name, Verdict.NOT_VULNERABLE, heard=heard)


async def _robot(prober: Prober, legacy: list[Listed]) -> Probe:
    """Five blocks, whole and half flow; where answers differ, two rounds more settle it."""
    name = "robot"
    offer = _rsa_offer(prober, legacy)
    if offer is None:
        known = all(one.is_complete for one in legacy)
        text = "no suite with RSA key transport is accepted"
        if known:
            return Probe(name, Verdict.NOT_APPLICABLE, text)
        return Probe(name, Verdict.UNKNOWN, "the suites are not all known", Reason.TIMEOUT)
    for finishes in (True, False):

        async def hear(vector: str, finishes: bool = finishes) -> str:  # noqa: FBT001
            script = lambda: flaws.robot(offer, vector, finishes=finishes)  # noqa: E731
            return await prober.once(script)

        probe = await _oracle(prober, name, flaws.ROBOT_VECTORS, hear)
        if probe.verdict is Verdict.VULNERABLE:
            wrong = {one.partition(": ")[2] for one in probe.heard[1:4]}
            return replace(probe, grade="weak" if len(wrong) == 1 else "strong")
        if probe.verdict is not Verdict.NOT_VULNERABLE:
            return probe
    return probe


def _rsa_offer(prober: Prober, legacy: list[Listed]) -> Offer | None:
    for one in legacy:
        known = codes.suites()
        able = [
            suite
            for suite in one.accepted
            if suite in known
            and known[suite].kx == "RSA"
            and known[suite].auth == "RSA"
            and not known[suite].export
        ]
        if able:
            able.sort(key=lambda suite: (known[suite].enc != "AES", not known[suite].aead))
            return replace(prober.offer(one.version), suites=tuple(able))
    return None


async def _oracle(
    prober: Prober,
    name: str,
    vectors: tuple[str, ...],
    hear: Callable[[str], Awaitable[str]],
) -> Probe:
    """Whether stable answers differ between vectors, in interleaved rounds."""
    rounds: list[tuple[str, ...]] = []
    try:
        for _ in range(ROUNDS):
            rounds.append(tuple([await hear(vector) for vector in vectors]))
            if "" in rounds[-1]:
                text = "a handshake did not get as far as the probe"
                return Probe(name, Verdict.UNKNOWN, text, Reason.TLS_HANDSHAKE_FAILED)
            if len(set(rounds[-1])) == 1 and len(rounds) == 1:
                break
        good = await prober.is_good()
    except (NotObservedError, OSError) as error:
        return _open(name, error)
    heard = tuple(f"{one}: {two}" for one, two in zip(vectors, rounds[0], strict=True))
    if len(rounds) == 1:
        return Probe(name, Verdict.NOT_VULNERABLE, heard=heard)
    if not good:
        text = "the server stopped answering hellos that it had answered before"
        return Probe(name, Verdict.UNKNOWN, text, Reason.RATE_LIMITED, heard=heard)
    if len(set(rounds)) > 1:
        text = "the answers differ, and change from one round to the next"
        return Probe(name, Verdict.UNKNOWN, text, Reason.MALFORMED_REPLY, heard=heard)
    text = "the answers tell well and badly made blocks apart"
    return Probe(name, Verdict.VULNERABLE, text, heard=heard)


async def _padding(prober: Prober, legacy: list[Listed]) -> Probe:  # noqa: PLR0911 - a table
    """Only with --thorough: fifteen handshakes."""
    name = "padding-oracle"
    offer = _cbc_offer(prober, legacy)
    if offer is None and all(one.is_complete for one in legacy):
        return Probe(name, Verdict.NOT_APPLICABLE, "no CBC suite that we can complete is accepted")
    if offer is None or not prober.on.settings.get("thorough"):
        text = "it costs many connections, and is sent with --thorough"
        return Probe(name, Verdict.UNKNOWN, text, Reason.OUT_OF_SCOPE)

    async def hear(vector: str) -> str:
        return await prober.once(lambda: flaws.padding(offer, vector))

    try:
        control = await hear("good")
    except (NotObservedError, OSError) as error:
        return _open(name, error)
    probe = await _oracle(prober, name, flaws.PADDING_VECTORS[1:], hear)
    heard = (f"good: {control}", *probe.heard)
    probe = replace(probe, heard=heard)
    if not control:
        return Probe(name, Verdict.UNKNOWN, "no handshake", Reason.TLS_HANDSHAKE_FAILED)
    classes = [one.partition(": ")[2] for one in probe.heard[1:]]
    if classes and classes[0] == control and set(classes) != {control}:
        text = "a record with wrong padding bytes is taken as a good one"
        return Probe(name, Verdict.VULNERABLE, text, grade="TLS-POODLE", heard=heard)
    if probe.verdict is Verdict.VULNERABLE:
        return replace(probe, grade=_pair(classes))
    if probe.verdict is Verdict.NOT_VULNERABLE and set(classes) == {control}:
        text = "good and bad records get the same answer, so nothing can be told"
        return Probe(name, Verdict.UNKNOWN, text, Reason.NOT_SUPPORTED_BY_US, heard=heard)
    return probe


def _pair(classes: list[str]) -> str:
    """Which two wrong records are told apart."""
    names = flaws.PADDING_VECTORS[1:]
    first = classes[0]
    other = next(index for index, one in enumerate(classes) if one != first)
    return f"{names[0]} and {names[other]}"


def _cbc_offer(prober: Prober, legacy: list[Listed]) -> Offer | None:
    known = codes.suites()
    for one in legacy:
        able = tuple(
            suite
            for suite in one.accepted
            if suite in known
            and known[suite].mode == "CBC"
            and completable(known[suite], one.version)
        )
        if able and one.version != "SSLv3":
            offer = whole_offer(prober, [one])
            return replace(offer, suites=able) if offer else None
    return None
