"""Reads the dated lists of hosts that checks of web pages are given."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from scanner.dated import dated_list
from scanner.observation.web_lists import (
    CompromisedHosts,
    ScriptHost,
    ScriptHosts,
    ThirdParties,
)

_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)
MOST = 50_000


@dated_list(name="script-hosts", file="web/script_hosts.json")
def script_hosts(data: bytes) -> ScriptHosts:
    """Hosts that serve what anybody put there, or run what a caller names."""
    found = _object(data, "hosts")
    rows = (_row(one, 3) for one in found["hosts"][:MOST])
    hosts = tuple(ScriptHost(_host(host), kind, path) for host, kind, path in rows)
    return ScriptHosts(str(found["dated"]), str(found["source"]), hosts)


@dated_list(name="compromised-hosts", file="web/compromised_hosts.json")
def compromised_hosts(data: bytes) -> CompromisedHosts:
    """Hosts whose scripts were turned against their users, miners, and shorteners of addresses."""
    found = _object(data, "compromised", "miners", "shorteners")
    kinds = (
        tuple(_host(str(one)) for one in found[key][:MOST])
        for key in ("compromised", "miners", "shorteners")
    )
    return CompromisedHosts(str(found["dated"]), str(found["source"]), *kinds)


@dated_list(name="third-parties", file="web/third_parties.json")
def third_parties(data: bytes) -> ThirdParties:
    """What kind of party a host belongs to."""
    found = _object(data, "kinds")
    rows = (_row(one, 2) for one in found["kinds"][:MOST])
    kinds = tuple((_host(host), kind) for host, kind in rows)
    return ThirdParties(str(found["dated"]), str(found["source"]), kinds)


def _object(data: bytes, *lists: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("an object was expected")  # noqa: TRY004 - of text
    for key in ("dated", "source", *lists):
        if key not in found or (key in lists and not isinstance(found[key], list)):
            message = f"the key {key} is missing, or is no list"
            raise ValueError(message)
    return found


def _row(given: Any, length: int) -> list[str]:  # noqa: ANN401 - JSON
    if not isinstance(given, list) or len(given) != length:
        message = f"{str(given)[:60]}: a list of {length} texts was expected"
        raise ValueError(message)
    return [str(one) for one in given]


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        message = f"{text[:60]!r} is no host in lower case"
        raise ValueError(message)
    return text


def covers(listed: str, host: str) -> bool:
    """Whether a listed name is a host or lies above it."""
    return host == listed or host.endswith("." + listed)


def listed_as(host: str, names: tuple[str, ...]) -> str:
    """The name of a list that is a host or lies above it; empty for none."""
    return next((one for one in names if covers(one, host)), "")


def kind_of(host: str, known: ThirdParties) -> str:
    """What kind of party a host is: by the longest name that covers it; ``other`` for none."""
    found = [(len(name), kind) for name, kind in known.kinds if covers(name, host)]
    return max(found)[1] if found else "other"
