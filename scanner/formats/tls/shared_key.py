"""Joins the recorded versions and keys of every service of a run: what DROWN is told from."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from scanner.fact import TLS_RSA_KEYS, TLS_VERSIONS, RunFact, State
from scanner.observation import Reason


class Service(Struct):
    """One service of one target, its addresses joined; ``reason`` where something is unknown."""

    target: str
    subject: str
    speaks: bool = False
    keys: set[str] = set()
    reason: Reason | None = None
    told: set[str] = set()


def gathered(facts: Iterable[RunFact]) -> list[Service]:
    """Every service that a fact was recorded of, by target and subject.

    The versions must be complete where they acquit: a list that broke off may hide SSL 2.0.
    """
    found: dict[tuple[str, str], Service] = {}
    for one in facts:
        key = one.target, one.fact.subject
        service = found.setdefault(key, Service(*key))
        if one.fact.state is State.ABSENT:
            continue
        if one.fact.state is State.UNKNOWN:
            service.reason = one.fact.reason or Reason.DEPENDENCY_MISSING
            continue
        values = one.fact.value if isinstance(one.fact.value, tuple) else ()
        service.told.add(one.fact.name)
        if one.fact.name == TLS_VERSIONS.name:
            service.speaks = service.speaks or "SSLv2" in values
        if one.fact.name == TLS_RSA_KEYS.name:
            service.keys.update(values)
        if not one.fact.complete:
            service.reason = service.reason or Reason.TIMEOUT
    for service in found.values():
        if service.told and service.told != {TLS_VERSIONS.name, TLS_RSA_KEYS.name}:
            service.reason = service.reason or Reason.DEPENDENCY_MISSING
    return [found[key] for key in sorted(found) if found[key].told or found[key].reason]
