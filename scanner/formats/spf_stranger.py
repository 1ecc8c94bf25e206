"""Does a stranger pass SPF: check_host() over what was seen, as a receiver would judge him.

A record that reads as open may still end in permerror before its open term, and a term that leads
to a free name passes only with ``+``, and only if it is reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from scanner.formats.address_space import Network
from scanner.formats.spf_check import Question, Reply, Result, check_host
from scanner.formats.spf_macro import Client
from scanner.observation.mail import SpfHost, SpfRecords

# Addresses of the Internet like any other: one of each family that no network of a record names.
SOMEWHERE = {
    4: ("5.39.10.77", "66.39.10.77", "129.39.10.77", "203.39.10.77"),
    6: ("2a0e:3910::77", "2620:3910::77", "2400:3910::77"),
}
OPEN = Reply(("v=spf1 +all",))


def passes(records: SpfRecords, networks: Iterable[Network], *, taken: str = "") -> bool:
    """Whether he may pass from an address that the record does not name, in either family.

    ``taken`` is a name that he has registered. True as well where that cannot be told.
    """
    named = tuple(networks)
    return any(_may_pass(records, one, taken) for one in _strangers(named))


def passes_from(records: SpfRecords, network: Network) -> bool:
    """Whether an address of a network that the record names may pass."""
    return _may_pass(records, str(network[network.num_addresses // 2]), "")


def _strangers(named: tuple[Network, ...]) -> tuple[str, ...]:
    found = []
    for version, addresses in SOMEWHERE.items():
        own = [one for one in named if one.version == version]
        free = [one for one in addresses if not any(ip_address(one) in each for each in own)]
        found.append((free or list(addresses))[0])
    return tuple(found)


def _may_pass(records: SpfRecords, address: str, taken: str) -> bool:
    name = records.lookups[0].name
    client = Client(address, "postmaster", name, "mail.stranger.example")
    asking = check_host(client)
    try:
        question = next(asking)
        while True:
            question = asking.send(_reply(records, question, client, taken))
    except StopIteration as done:
        return done.value.result in {Result.PASS, Result.TEMPERROR}


def _reply(records: SpfRecords, asked: Question, client: Client, taken: str) -> Reply:
    name = asked.name.lower().removesuffix(".")
    is_his = bool(taken) and name == taken
    match asked.rdtype:
        case "TXT":
            return OPEN if is_his else _texts(records, name)
        case "MX":
            return _mail_hosts(records.host(name, "MX"))
        case "PTR":
            return Reply()
        case _:
            return Reply((client.ip,)) if is_his else _addresses(records, name, client)


def _texts(records: SpfRecords, name: str) -> Reply:
    seen = records.at(name)
    if seen is None or seen.reason:
        return Reply(failed="not seen")
    return Reply(seen.texts)


def _mail_hosts(seen: SpfHost | None) -> Reply:
    if seen is None or seen.reason:
        return Reply(failed="not seen")
    return Reply(tuple(f"10 {one}" for one in seen.hosts))


def _addresses(records: SpfRecords, name: str, client: Client) -> Reply:
    """Those of the name, or of the mail hosts that it is one of; of a macro's name, none."""
    seen = records.host(name, "A")
    seen = seen or next((one for one in records.hosts if name in one.hosts), None)
    if seen is None:
        return Reply()
    if seen.reason:
        return Reply(failed="not seen")
    return Reply(seen.ipv6 if client.is_ipv6 else seen.ipv4)
