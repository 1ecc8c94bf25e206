"""MTA-STS: the record and the policy file (RFC 8461 3.1, 3.2), and the TLS reporting record."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from scanner.formats.error import FormatError

LONGEST_AGE = 31_557_600
MODES = ("enforce", "testing", "none")
_PATTERN = re.compile(r"(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\.?", re.ASCII)
_REPORT = re.compile(r"mailto:[^@\s]+@[^@\s]+|https://\S+", re.IGNORECASE | re.ASCII)
_ID = re.compile(r"[A-Za-z0-9]{1,32}", re.ASCII)


class Policy(Struct, frozen=True):
    """A policy file. ``max_age`` in seconds."""

    mode: str
    max_age: int
    mx: tuple[str, ...]

    def matches(self, host: str) -> bool:
        """Whether an MX host is one of the policy's (RFC 8461 4.1): ``*.`` is exactly one label."""
        name = host.lower().rstrip(".")
        parent = name.partition(".")[2]
        return any(
            one == name or (one.startswith("*.") and one[2:] == parent)
            for one in (pattern.lower().rstrip(".") for pattern in self.mx)
        )


def record_id(texts: Iterable[str]) -> str | None:
    """The ``id`` of the one record; ``None`` without a record; ``FormatError`` where it is void."""
    found = [text for text in texts if re.match(r"v=STSv1[ \t]*;", text, re.ASCII)]
    if not found:
        return None
    if len(found) > 1:
        raise FormatError("there are {n} records, and senders then ignore all", n=len(found))
    fields = dict(_field(part) for part in found[0].split(";") if part.strip(" \t"))
    if not _ID.fullmatch(fields.get("id", "")):
        raise FormatError("id is missing or is not 1 to 32 letters and digits")
    return fields["id"]


def _field(part: str) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals:
        raise FormatError("{part} is no field", part=part.strip()[:100])
    return name.strip(" \t"), value.strip(" \t")


def policy(text: str) -> Policy:
    """Read a policy file; raise ``FormatError`` where a sender must ignore it."""
    fields: dict[str, str] = {}
    hosts: list[str] = []
    for line in filter(str.strip, text.split("\n")):
        name, colon, value = line.strip("\r").partition(":")
        key = name.strip(" \t")
        if not colon:
            raise FormatError("the line {line} has no colon", line=line.strip()[:100])
        if key == "mx":
            hosts.append(value.strip(" \t"))
        else:
            fields.setdefault(key, value.strip(" \t"))
    _demand(fields, hosts)
    return Policy(fields["mode"], int(fields["max_age"]), tuple(hosts))


def _demand(fields: dict[str, str], hosts: list[str]) -> None:
    if fields.get("version") != "STSv1":
        raise FormatError("the version is not STSv1")
    if fields.get("mode") not in MODES:
        raise FormatError("the mode is missing or unknown")
    age = fields.get("max_age", "")
    if not re.fullmatch(r"\d{1,10}", age, re.ASCII) or int(age) > LONGEST_AGE:
        raise FormatError("max_age is missing or is not 0 to 31557600 seconds")
    if not hosts and fields["mode"] != "none":
        raise FormatError("no mx is named")
    for host in hosts:
        if not _PATTERN.fullmatch(host):
            raise FormatError("{mx} is no name of a mail host", mx=host[:100])


def reporting(texts: Iterable[str]) -> tuple[str, ...] | None:
    """The ``rua`` URIs of the one TLS reporting record (RFC 8460 3); ``None`` without one."""
    found = [text for text in texts if re.match(r"v=TLSRPTv1[ \t]*;", text, re.ASCII)]
    if not found:
        return None
    if len(found) > 1:
        raise FormatError("there are {n} records, and senders then ignore all", n=len(found))
    fields = dict(_field(part) for part in found[0].split(";") if part.strip(" \t"))
    uris = tuple(one.strip() for one in fields.get("rua", "").split(",") if one.strip())
    if not uris or not all(map(_REPORT.fullmatch, uris)):
        raise FormatError("rua is missing or is neither mailto: nor https:")
    return uris
