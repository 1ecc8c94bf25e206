"""How much of the Internet a set of networks is: globally reachable unicast addresses only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
Interval: TypeAlias = tuple[int, int]

# IANA IPv4 and IPv6 special-purpose address registries: not globally reachable; and multicast.
SPECIAL_4 = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
)
SPECIAL_6 = (
    "::/3",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "4000::/2",
    "8000::/1",
)


def _interval(network: Network) -> Interval:
    first = int(network.network_address)
    return first, first + network.num_addresses


_NOWHERE = {
    version: tuple(sorted(_interval(ip_network(one)) for one in texts))
    for version, texts in ((4, SPECIAL_4), (6, SPECIAL_6))
}


def size(networks: Iterable[Network], version: int) -> int:
    """The number of globally reachable addresses in the union of the networks of one version."""
    return sum(
        end - start
        for one in _union(_interval(each) for each in networks if each.version == version)
        for start, end in _outside(one, _NOWHERE[version])
    )


def is_special(network: Network) -> bool:
    """Whether no address of it can be reached from the Internet."""
    return size((network,), network.version) == 0


def _union(intervals: Iterable[Interval]) -> Iterator[Interval]:
    start = end = -1
    for first, last in sorted(intervals):
        if first > end:
            if end > start:
                yield start, end
            start, end = first, last
        end = max(end, last)
    if end > start:
        yield start, end


def _outside(interval: Interval, holes: Iterable[Interval]) -> Iterator[Interval]:
    start, end = interval
    for first, last in holes:
        if last <= start or first >= end:
            continue
        if first > start:
            yield start, first
        start = max(start, last)
    if start < end:
        yield start, end
