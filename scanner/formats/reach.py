"""Whether something was reached over IPv6, told apart from our own lack of it. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from scanner.observation import Every, Observed, Reason, Seen, Unobserved

NO_IPV6 = "no-ipv6-here"
# What proves that the address itself does not serve: the rest may lie on the way.
DEFINITE = frozenset({Reason.REFUSED})


class Reached(NamedTuple):
    """``yes``: an IPv6 address answered; else why none did, and whether that settles it."""

    yes: bool
    reason: Reason = Reason.UNREACHABLE
    detail: str = NO_IPV6
    is_definite: bool = False


def over_ipv6(host: str, *every: Every[Any]) -> Reached:
    """What became of the IPv6 addresses of a host."""
    tried = [
        one
        for kind in every
        for one in kind.on(host)
        if one.place.address and ":" in one.place.address
    ]
    if any(_answered(one) for one in tried):
        return Reached(yes=True)
    missing = [one.observation for one in tried if isinstance(one.observation, Unobserved)]
    if not missing:
        return _untried(*every)
    definite = all(one.reason in DEFINITE for one in missing)
    first = missing[0]
    return Reached(
        yes=False,
        reason=first.reason,
        detail=first.detail or str(first.reason),
        is_definite=definite,
    )


def _untried(*every: Every[Any]) -> Reached:
    """No IPv6 address was dialled: nobody was asked at all, or we have no IPv6."""
    seen = [one.observation for kind in every for one in kind.seen]
    unseen = [one for one in seen if isinstance(one, Unobserved)]
    if unseen and not any(isinstance(one, Observed) for one in seen):
        return Reached(yes=False, reason=unseen[0].reason, detail=str(unseen[0].reason))
    return Reached(yes=False)


def _answered(one: Seen[Any]) -> bool:
    seen = one.observation
    return isinstance(seen, Observed) or (isinstance(seen, Unobserved) and seen.reached)
