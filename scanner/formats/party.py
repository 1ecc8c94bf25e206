"""Whose a host is: the site's own, or another party's."""

from __future__ import annotations

import re
from ipaddress import ip_address

from scanner.formats.answer import host_of
from scanner.targets import registrable

_NUMBER = re.compile(r"[0-9.]+|\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\]?", re.ASCII)


def is_foreign(url: str, page_url: str) -> bool:
    """Whether an absolute address belongs to another registrable domain than the page."""
    host = host_of(url)
    return bool(host) and not same_site(host, host_of(page_url))


def same_site(host: str, other: str) -> bool:
    """Whether two names have one registrable domain; an address is only itself."""
    if is_address(host) or is_address(other):
        return host == other
    return registrable(host) == registrable(other)


def is_address(host: str) -> bool:
    """Whether a host is written as an IP address."""
    if not _NUMBER.fullmatch(host):
        return False
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine (Secure Contexts 3.1)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    return is_address(host) and ip_address(host.strip("[]")).is_loopback
