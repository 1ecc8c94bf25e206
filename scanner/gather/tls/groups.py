"""Every named group by removal, groups + 1 connections; hybrids by HelloRetryRequest."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from scanner.formats.tls import codes
from scanner.formats.tls.codes import group_name
from scanner.formats.tls.flight import Result
from scanner.formats.tls.groups import X25519, X25519MLKEM768, key_pair
from scanner.formats.tls.hello import Offer, legacy_groups
from scanner.gather.tls.ledger import Ledger
from scanner.gather.tls.prober import Prober, Share, refused, silence
from scanner.gather.tls.suites import Listed
from scanner.observation import NotObservedError, Reason
from scanner.observation.tls import GroupsSeen, Question

FFDHE = tuple(range(0x0100, 0x0105))


class Groups(Struct):
    """The groups so far, in the order of the server's picks."""

    names: list[int]
    is_complete: bool = True
    reason: Reason | None = None
    detail: str = ""

    def add(self, group: int) -> None:
        """Note one more."""
        if group not in self.names:
            self.names.append(group)

    def stop(self, reason: Reason, detail: str) -> None:
        """The list breaks off."""
        self.is_complete, self.reason, self.detail = False, reason, detail

    def seen(self) -> GroupsSeen:
        """As it is observed."""
        names = tuple(map(group_name, self.names))
        return GroupsSeen(names, self.is_complete, self.reason, self.detail)


async def groups_of_13(
    prober: Prober, groups: Groups, first: int | None, patience: int = 0
) -> None:
    """By removal with an empty key_share: no key is ever computed.

    ``patience``: how often what was refused is offered again, to another machine perhaps.
    """
    offer = prober.offer("TLSv1.3")
    left = [one for one in offer.groups if one not in {codes.GREASE, *groups.names}]
    refusals = 0
    if first is not None and first in left:
        left.remove(first)
        groups.add(first)
    while left and refusals <= patience:
        if prober.share is Share.REAL and not any(key_pair(one) for one in left):
            groups.stop(Reason.NOT_SUPPORTED_BY_US, "the server wants a key of ours at once")
            return
        result = await _ask(prober, groups, _offering(prober, tuple(left)), "TLSv1.3")
        if result is None or result.hello is None:
            if not groups.is_complete:
                return
            refusals += 1
            continue
        picked = result.hello.group
        if picked is None or picked not in left:
            groups.stop(Reason.MALFORMED_REPLY, "the server chose a group that was not offered")
            return
        left.remove(picked)
        groups.add(picked)
        refusals = 0


def _offering(prober: Prober, left: tuple[int, ...]) -> Offer:
    return prober.unkeyed(replace(prober.offer("TLSv1.3"), groups=left))


async def _ask(prober: Prober, groups: Groups, offer: Offer, version: str) -> Result | None:
    """The settled reaction; ``None`` where the list ends, or breaks off."""
    try:
        result = await prober.ask(offer)
    except NotObservedError as error:
        groups.stop(error.reason, error.detail)
        return None
    no = refused(result, version)
    if no is None:
        groups.stop(*silence(result))
    return result if no is False else None


async def legacy_by_removal(
    prober: Prober,
    ledger: Ledger,
    groups: Groups,
    listed: Listed,
    leaf_curve: int | None,
    patience: int = 0,
) -> None:
    """The curves before TLS 1.3 that were not seen in it.

    With an RSA leaf RSA-signed suites are offered. With an ECDSA leaf alone most servers want its
    own curve in the list, so it stands last. Where the server picks it though others are listed,
    the others are offered without it: refused then, no client whatever can bring the server to
    them, since whoever lists the leaf's curve gets that.
    """
    suites = _curve_suites(listed)
    if not suites:
        return
    if leaf_curve is not None and any(_auth(one) == "RSA" for one in suites):
        leaf_curve = None
    if leaf_curve is None:
        suites = tuple(one for one in suites if _auth(one) != "ECDSA") or suites
    _add_seen(groups, ledger)
    left = [one for one in legacy_groups() if one not in groups.names]
    refusals = 0
    while left and refusals <= patience:
        listed_groups = (*left, leaf_curve) if leaf_curve is not None else tuple(left)
        offer = replace(prober.offer(listed.version), suites=suites, groups=listed_groups)
        result = await _ask(prober, groups, offer, listed.version)
        if result is None or result.exchange is None:
            if not groups.is_complete:
                return
            refusals += 1
            continue
        ledger.note(result)
        picked = result.exchange.group
        if picked is not None and picked == leaf_curve:
            suites, leaf_curve = (*suites, *_anonymous(listed)), None
            continue
        if picked is None or picked not in left:
            return
        left.remove(picked)
        groups.add(picked)
        refusals = 0


def _curve_suites(listed: Listed) -> tuple[int, ...]:
    known = codes.suites()
    return tuple(
        one
        for one in listed.accepted
        if one in known and known[one].kx == "ECDHE" and known[one].auth in {"RSA", "ECDSA"}
    )


def _add_seen(groups: Groups, ledger: Ledger) -> None:
    for name in ledger.legacy_groups:
        if name in codes.groups_by_name():
            groups.add(codes.groups_by_name()[name].number)


def _anonymous(listed: Listed) -> tuple[int, ...]:
    """Suites that need no certificate, and so not its curve."""
    known = codes.suites()
    return tuple(
        one
        for one in listed.accepted
        if one in known and known[one].kx == "ECDHE" and known[one].auth == "anon"
    )


def _auth(suite: int) -> str:
    return codes.suites()[suite].auth


async def with_ffdhe(prober: Prober, ledger: Ledger, listed: list[Listed]) -> None:
    """A DHE suite once more, the groups of RFC 7919 listed: the prime depends on the hello."""
    for one in listed:
        dhe = tuple(
            suite
            for suite in one.accepted
            if (known := codes.suites().get(suite)) and known.kx == "DHE" and not known.export
        )
        if not dhe or one.version == "TLSv1.3":
            continue
        offer = prober.offer(one.version)
        offer = replace(offer, suites=dhe, groups=(*offer.groups, *FFDHE))
        try:
            result = await prober.ask(offer)
        except NotObservedError:
            return
        if refused(result, one.version) is False:
            ledger.note(result, "ffdhe")
        return


async def hybrid_preference(prober: Prober, ledger: Ledger, groups: Groups) -> None:
    """Whether the server asks for the hybrid though a share of X25519 is there already."""
    hybrids = [one for one in groups.names if codes.groups()[one].kind == "hybrid"]
    if X25519 not in groups.names or not hybrids:
        return
    wanted = X25519MLKEM768 if X25519MLKEM768 in hybrids else hybrids[0]
    pair = key_pair(X25519)
    if pair is None:
        return
    offer = replace(
        prober.offer("TLSv1.3"), groups=(wanted, X25519), shares=((X25519, pair.public),)
    )
    try:
        result = await prober.ask(offer)
    except NotObservedError as error:
        ledger.sign(Question.HYBRID_PREFERENCE, reason=error.reason, detail=error.detail)
        return
    if refused(result, "TLSv1.3") is False and result.hello:
        answer = "yes" if result.hello.group == wanted else "no"
        ledger.sign(Question.HYBRID_PREFERENCE, answer)
