"""What several targets of a run have in common, from their facts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scanner.fact import DNS_MAIL_HOSTS, DNS_NAME_SERVERS, DNS_NETWORKS, RunFact

WORDS = {
    DNS_NAME_SERVERS.name: "name server",
    DNS_MAIL_HOSTS.name: "mail host",
    DNS_NETWORKS.name: "network",
}


class Shared(NamedTuple):
    """One thing, what it is, and the targets that stand on it."""

    what: str
    name: str
    targets: tuple[str, ...]


def shared(facts: Iterable[RunFact]) -> tuple[Shared, ...]:
    """Everything that two targets or more stand on, what most do first."""
    users: dict[tuple[str, str], set[str]] = {}
    for one in facts:
        values = one.fact.value if isinstance(one.fact.value, tuple) else ()
        for name in values:
            users.setdefault((WORDS[one.fact.name], name), set()).add(one.target)
    found = [
        Shared(what, name, tuple(sorted(targets)))
        for (what, name), targets in users.items()
        if len(targets) > 1
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.targets), one.what, one.name)))


def targets_of(facts: Iterable[RunFact]) -> tuple[tuple[str, str], ...]:
    """Each target and the subject that its facts are about, in order."""
    return tuple(sorted({(one.target, one.fact.subject) for one in facts}))
