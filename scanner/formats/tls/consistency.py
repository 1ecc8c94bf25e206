"""What tells the addresses of one service apart."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from scanner.observation import Every, Observed, Place, Seen, Subject, Unobserved
from scanner.observation.tls import ServedCertificates, TlsServer

T = TypeVar("T")
ASPECTS = ("versions", "suites", "groups", "certificates")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Differences(NamedTuple):
    """The odd address, in what it differs from most, and what each showed."""

    odd: str
    what: tuple[str, ...]
    evidence: tuple[str, ...]


def services(servers: Every[TlsServer]) -> list[Subject]:
    """The services that were looked at, each once."""
    return list(dict.fromkeys(one.place.subject for one in servers.seen if one.place.address))


def differences(
    subject: Subject, servers: Every[TlsServer], served: Every[ServedCertificates]
) -> Differences:
    """Compare what every address showed; an aspect that is not complete everywhere is left out."""
    rows = {
        one.place.address or "": _row(one.observation.value, _leaves(served, one.place))
        for one in servers.at(subject)
        if isinstance(one.observation, Observed)
    }
    evidence = tuple(
        f"{address}: {', '.join(sorted(map(str, row[0])))}; {len(row[1])} suites"
        for address, row in rows.items()
    )
    for index, _ in enumerate(ASPECTS):
        values = Counter(row[index] for row in rows.values())
        if len(values) > 1:
            usual = values.most_common(1)[0][0]
            odd = next(address for address, row in rows.items() if row[index] != usual)
            model = next(row for row in rows.values() if row[index] == usual)
            what = tuple(name for at, name in enumerate(ASPECTS) if rows[odd][at] != model[at])
            return Differences(odd, what, evidence)
    return Differences("", (), evidence)


def _row(server: TlsServer, leaves: frozenset[bytes]) -> tuple[frozenset[object], ...]:
    suites = {
        (one.version, name) for one in server.protocols if one.accepted for name in one.suites
    }
    return frozenset(server.versions), frozenset(suites), frozenset(server.groups.names), leaves


def _leaves(served: Every[ServedCertificates], place: Place) -> frozenset[bytes]:
    found = (one.observation for one in served.seen if one.place == place)
    return frozenset(
        chain.certificates[0]
        for one in found
        if isinstance(one, Observed)
        for chain in one.value.own
    )


def two(subject: Subject, *values: T | Unobserved) -> Every[T]:
    """For examples: what each of some addresses showed."""
    return Every(
        tuple(
            Seen(
                Place(subject, f"192.0.2.{number}"),
                value if isinstance(value, Unobserved) else Observed(value, LONG_AGO),
            )
            for number, value in enumerate(values, 1)
        )
    )
