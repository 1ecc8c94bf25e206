"""HTTPS records (RFC 9460) of the web hosts."""

from __future__ import annotations

import base64
import shlex

from scanner.gather.gatherer import Context, Places, gatherer
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observation,
    Observed,
    Place,
    Unobserved,
)
from scanner.observation.dns import DnsAnswer, HostAddresses, ServiceBinding

MOST = 20


@gatherer(ServiceBinding)
async def service_bindings(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The records of each host that has an address."""
    places: dict[Place, Observation] = {}
    for place, seen in hosts.seen:
        if not isinstance(seen, Observed):
            places[place] = seen
        elif not seen.value.addresses:
            why = Message("The name {host} has no address.", {"host": place.subject.host})
            places[place] = Inapplicable(why)
        else:
            places[place] = await _see(on, place.subject.host)
    return places


async def _see(on: Context, host: str) -> Observation:
    try:
        answer = await on.resolver.ask(host, "HTTPS")
    except NotObservedError as error:
        return Unobserved(error.reason, error.detail, on.clock.now(), error.reached)
    return on.observed(read(answer))


def read(answer: DnsAnswer) -> ServiceBinding:
    """The parameters that checks read, from the presentation format (RFC 9460 2.1)."""
    alpn: list[str] = []
    hints: list[str] = []
    alias, has_ech = "", False
    for record in answer.records[:MOST]:
        priority, target, *parameters = _words(record)
        if priority == "0":
            alias = target.rstrip(".")
            continue
        for one in parameters:
            key, _, value = one.partition("=")
            alpn += value.split(",") if key == "alpn" else []
            hints += value.split(",") if key in {"ipv4hint", "ipv6hint"} else []
            has_ech = has_ech or (key == "ech" and _is_base64(value))
    return ServiceBinding(
        answer.records[:MOST],
        tuple(dict.fromkeys(alpn)),
        has_ech,
        alias,
        tuple(dict.fromkeys(hints)),
        answer.security,
    )


def _words(record: str) -> list[str]:
    try:
        found = shlex.split(record)
    except ValueError:
        found = record.split()
    return found if len(found) > 1 else ["", "", *found]


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False
