"""Macros of SPF: what a domain or an explanation comes to for one sender (RFC 7208 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote

from msgspec import Struct

LONGEST_NAME = 253
_MACRO = re.compile(
    r"%(?:\{(?P<letter>[A-Za-z])(?P<digits>\d*)(?P<reverse>[rR]?)(?P<cut>[.\-+,/_=]*)\}|(?P<sign>[%_-]))",
    re.ASCII,
)
_SIGNS = {"%": "%", "_": " ", "-": "%20"}
_UNRESERVED = "-._~"


class Client(Struct, frozen=True):
    """Who wants to deliver: the values that macros stand for.

    ``at`` in seconds since 1970; ``receiver`` the name of the host that judges.
    """

    ip: str
    local: str
    domain: str
    helo: str
    receiver: str = "unknown"
    at: int = 0

    @property
    def address(self) -> IPv4Address | IPv6Address:
        """The address; an IPv4-mapped IPv6 address is IPv4 (RFC 7208 5)."""
        found = ip_address(self.ip)
        return getattr(found, "ipv4_mapped", None) or found

    @property
    def is_ipv6(self) -> bool:
        """Whether AAAA and ``ip6`` count for it."""
        return isinstance(self.address, IPv6Address)

    @property
    def sender(self) -> str:
        """The whole address: ``%{s}``."""
        return f"{self.local}@{self.domain}"

    @classmethod
    def from_mail(cls, *, ip: str, sender: str, helo: str, at: int = 0) -> Client:
        """A MAIL FROM and HELO: without a local part ``postmaster``, without a sender HELO."""
        local, at_sign, domain = sender.rpartition("@")
        if not sender:
            local, domain = "", helo
        elif not at_sign:
            local, domain = "", sender
        return cls(ip, local or "postmaster", domain, helo, at=at)


def needs_validated_name(text: str) -> bool:
    """Whether the name of the client's address must be looked up first (``%{p}``)."""
    return any((found["letter"] or "").lower() == "p" for found in _MACRO.finditer(text))


def expand(text: str, client: Client, domain: str, *, validated: str = "unknown") -> str:
    """What a text comes to: ``domain`` is that of the record, ``validated`` the value of p."""
    return _MACRO.sub(lambda found: _value(found, client, domain, validated), text)


def expand_domain(text: str, client: Client, domain: str, *, validated: str = "unknown") -> str:
    """A domain that is longer than a name may be loses whole labels on its left (RFC 7208 7.3)."""
    name = expand(text, client, domain, validated=validated).removesuffix(".")
    while len(name) > LONGEST_NAME and "." in name:
        name = name.partition(".")[2]
    return name


def _value(found: re.Match[str], client: Client, domain: str, validated: str) -> str:
    if found["sign"]:
        return _SIGNS[found["sign"]]
    letter = found["letter"]
    value = _letters(client, domain, validated).get(letter.lower(), "")
    kept = list(_split(value, found["cut"] or "."))
    if found["reverse"]:
        kept.reverse()
    if found["digits"]:
        kept = kept[-int(found["digits"]) :]
    made = ".".join(kept)
    return quote(made, safe=_UNRESERVED, encoding="latin-1") if letter.isupper() else made


def _split(value: str, delimiters: str) -> Iterator[str]:
    part = ""
    for character in value:
        if character in delimiters:
            yield part
            part = ""
        else:
            part += character
    yield part


def _letters(client: Client, domain: str, validated: str) -> dict[str, str]:
    address = client.address
    dotted = ".".join(address.exploded.replace(":", "")).upper() if client.is_ipv6 else str(address)
    return {
        "s": client.sender,
        "l": client.local,
        "o": client.domain,
        "d": domain,
        "i": dotted,
        "p": validated,
        "v": "ip6" if client.is_ipv6 else "in-addr",
        "h": client.helo,
        "c": str(address),
        "r": client.receiver,
        "t": str(client.at),
    }
