"""Every name server answers at all."""

from collections.abc import Iterator

from scanner import (
    Effort,
    Every,
    Judgement,
    Message,
    Observed,
    Reason,
    Reference,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.direct_answers import unheard
from scanner.formats.name_server_examples import NO_SERVER, at, server
from scanner.observation.name_server import AuthoritativeServer

DEAD = Unobserved(Reason.TIMEOUT, "no answer in time")
OURS = frozenset({Reason.OUT_OF_SCOPE, Reason.BUDGET_EXHAUSTED, Reason.NOT_SUPPORTED_BY_US})


@check(
    id="ns-reachability",
    title="Every name server of the zone is reached at one of its addresses",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Start that server again, or take its NS record out of the zone and its parent.",
    references=(Reference("RFC 2182", "3.1"), Reference("RFC 1912", "2.8")),
    passes={"all": at(server(), server())},
    fails={"one of two is dead from here": at(server(), DEAD)},
    others={
        "none is reached: that may lie with us": at(DEAD, DEAD),
        "no server at all": NO_SERVER,
        "one was not to be asked": at(server(), Unobserved(Reason.OUT_OF_SCOPE)),
    },
)
def ns_reachability(servers: Every[AuthoritativeServer]) -> Iterator[Judgement]:
    """A dead server costs every visitor seconds, and leaves the domain with one server fewer."""
    match unheard(servers):
        case Message() as why:
            yield not_applicable(why)
            return
        case Reason() as reason:
            yield inconclusive(reason, "No name server of the zone was reached.")
            return
    names = list(dict.fromkeys(one.place.subject.host for one in servers.seen))
    dead = [name for name in names if not _answers(servers, name)]
    if not dead:
        yield passed("All {n} name servers answer.", n=len(names))
        return
    reasons = {name: _reason(servers, name) for name in dead}
    if OURS & set(reasons.values()):
        yield inconclusive(
            next(iter(reasons.values())),
            "Not reached: {names}.",
            names=", ".join(dead),
        )
        return
    for name in dead:
        yield failed(
            "The server {name} gave no answer at any address, over UDP or TCP, while others did.",
            name=name,
            item=name,
            evidence=tuple(
                f"{one.place.address}: {one.observation.detail or one.observation.reason}"
                for one in servers.on(name)
                if isinstance(one.observation, Unobserved)
            ),
        )


def _answers(servers: Every[AuthoritativeServer], name: str) -> bool:
    return any(isinstance(one.observation, Observed) for one in servers.on(name))


def _reason(servers: Every[AuthoritativeServer], name: str) -> Reason:
    seen = (one.observation for one in servers.on(name))
    return next((one.reason for one in seen if isinstance(one, Unobserved)), Reason.TIMEOUT)
