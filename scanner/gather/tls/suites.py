"""Every accepted suite by removal, accepted + 1 connections, and who decides (tls.md 1.3, 1.4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct
from msgspec.structs import replace

from scanner.formats.tls import codes
from scanner.formats.tls.codes import suite_name, suites
from scanner.formats.tls.flight import Result
from scanner.formats.tls.hello import rare_suites
from scanner.gather.tls.ledger import Ledger
from scanner.gather.tls.prober import Prober, refused, silence
from scanner.observation import NotObservedError, Reason, Role
from scanner.observation.tls import Order

CLASSES = ("RC4", "64-bit", "none", "RSA", "CBC", "AEAD")


class Listed(Struct):
    """The suites of one version so far, in the order of the server's picks."""

    version: str
    accepted: list[int]
    is_complete: bool = False
    reason: Reason | None = None
    detail: str = ""
    order: Order | None = None
    picks: tuple[str, ...] = ()
    flapped: bool = False

    def stop(self, reason: Reason, detail: str) -> None:
        """The list breaks off here."""
        self.is_complete, self.reason, self.detail = False, reason, detail


async def enumerate_suites(
    prober: Prober, ledger: Ledger, version: str, first: Result | None, patience: int = 0
) -> Listed:
    """Offer everything, remove what was picked, until it is refused.

    ``patience``: how often what was refused is offered again, to another machine perhaps.
    """
    listed = Listed(version, [])
    left = list(prober.offer(version).suites)
    if first is not None and first.suite is not None:
        _pick(listed, left, first.suite)
    if prober.subject.role is Role.MAIL and version != "TLSv1.3":
        await _classes_first(prober, ledger, listed, left)
    await _remove(prober, ledger, listed, left, patience)
    return listed


async def _remove(
    prober: Prober, ledger: Ledger, listed: Listed, left: list[int], patience: int = 0
) -> None:
    refusals = 0
    while left and refusals <= patience:
        result = await _ask(prober, ledger, listed, tuple(left))
        if result is None:
            return
        if result.suite is None or result.suite not in left:
            refusals += 1
        else:
            _pick(listed, left, result.suite)
            refusals = 0
    listed.is_complete = listed.reason is None


def _pick(listed: Listed, left: list[int], suite: int) -> None:
    if suite in left:
        left.remove(suite)
    if suite not in listed.accepted:
        listed.accepted.append(suite)


async def _ask(
    prober: Prober, ledger: Ledger, listed: Listed, offered: tuple[int, ...]
) -> Result | None:
    """The settled reaction to some suites; ``None`` where the list breaks off."""
    try:
        result = await prober.ask(replace(prober.offer(listed.version), suites=offered))
    except NotObservedError as error:
        listed.stop(error.reason, error.detail)
        return None
    no = refused(result, listed.version)
    if no is None:
        listed.stop(*silence(result))
        return None
    if no:
        return replace(result, hello=None)
    ledger.note(result)
    return result


async def _classes_first(prober: Prober, ledger: Ledger, listed: Listed, left: list[int]) -> None:
    """One hello per weak class, so that a server that cuts us off still has class verdicts."""
    for name in CLASSES:
        offered = tuple(one for one in left if class_of(suites()[one]) == name)
        if not offered or any(class_of(suites()[one]) == name for one in listed.accepted):
            continue
        result = await _ask(prober, ledger, listed, offered)
        if result is None:
            return
        if result.suite is None:
            left[:] = [one for one in left if one not in offered]
        else:
            _pick(listed, left, result.suite)


def class_of(suite: codes.Suite) -> str:
    """The weakest class that a suite belongs to."""
    if suite.enc == "RC4" and not suite.export and suite.auth != "anon":
        return "RC4"
    if suite.bits < 112 or suite.auth == "anon":  # noqa: PLR2004 - SP 800-131A
        return "none"
    if suite.block_bits == 64:  # noqa: PLR2004
        return "64-bit"
    if not suite.pfs:
        return "RSA"
    return "AEAD" if suite.aead else "CBC"


async def enumerate_rare(prober: Prober, ledger: Ledger, listed: list[Listed]) -> None:
    """Rare suites at the highest version, and at the lowest where that is TLS 1.0 or SSL 3.0.

    Where one answers, by removal in every version.
    """
    legacy = [one for one in listed if one.version != "TLSv1.3"]
    if not legacy or prober.most_suites:
        return
    ends = [legacy[0]]
    if len(legacy) > 1 and legacy[-1].version in {"TLSv1.0", "SSLv3"}:
        ends.append(legacy[-1])
    for offered in rare_suites():
        answered = False
        for one in ends:
            result = await _ask(prober, ledger, one, offered)
            if result is not None and result.suite is not None:
                answered = True
                if result.suite not in one.accepted:
                    one.accepted.append(result.suite)
        if not answered:
            continue
        for one in legacy:
            left = [suite for suite in offered if suite not in one.accepted]
            was = one.is_complete
            await _remove(prober, ledger, one, left)
            one.is_complete = one.is_complete and was


async def who_decides(prober: Prober, ledger: Ledger, listed: Listed) -> None:
    """Offer what is accepted the other way round; three more hellos where that leaves it open."""
    if len(listed.accepted) < 2:  # noqa: PLR2004 - one suite leaves nothing to decide
        return
    offered = [one for one in prober.offer(listed.version).suites if one in listed.accepted]
    offered += [one for one in listed.accepted if one not in offered]
    first = listed.accepted[0] if listed.accepted[0] in offered else offered[0]
    try:
        await _judge_order(prober, ledger, listed, offered, first)
    except NotObservedError:
        return


async def _judge_order(
    prober: Prober, ledger: Ledger, listed: Listed, offered: list[int], first: int
) -> None:
    async def pick(order: tuple[int, ...]) -> int | None:
        asked = replace(prober.offer(listed.version), suites=order)
        result = await prober.ask(asked)
        if refused(result, listed.version) is not False:
            listed.flapped = listed.flapped or refused(result, listed.version) is True
            return None
        ledger.note(result)
        return result.suite

    chacha = [one for one in offered if _is_chacha(one)]
    plain = [one for one in offered if one not in chacha]
    back = (*plain[::-1], *chacha[::-1]) if plain else tuple(offered[::-1])
    second = await pick(back)
    if second is None:
        return
    listed.picks = suite_name(first), suite_name(second)
    if second == back[0] != first:
        # The first offered won: the client's order, unless the other first one had not won.
        listed.order = Order.CLIENT if first == offered[0] else Order.MIXED
    elif first == second or (_is_chacha(first) and len(plain) > 1):
        listed.order = await _of_server(pick, plain, chacha, second)
    else:
        listed.order = Order.MIXED


async def _of_server(
    pick: Callable[[tuple[int, ...]], Awaitable[int | None]],
    plain: list[int],
    chacha: list[int],
    second: int,
) -> Order | None:
    """The server decides; whether ChaCha20 wins all the same where the client puts it first."""
    if not chacha or not plain or second in chacha:
        return Order.SERVER
    third = await pick((*chacha, *plain))
    if third is None:
        return None
    return Order.CHACHA if third in chacha else Order.SERVER


def _is_chacha(suite: int) -> bool:
    return suites()[suite].enc == "CHACHA20" if suite in suites() else False
