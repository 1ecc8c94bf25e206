"""CAA records: who may issue (RFC 8659)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from msgspec import Struct

from scanner.formats.error import FormatError

KNOWN = frozenset(
    {"issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"}
)
CRITICAL = 128
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ISSUER = re.compile(
    rf"[ \t]*(?:{_LABEL}(?:\.{_LABEL})*)?"
    r"[ \t]*(?:;[ \t]*(?:[A-Za-z0-9]+[ \t]*=[!-:<-~]*[ \t]*)?)*",
    re.ASCII,
)


class Property(Struct, frozen=True):
    """One CAA record."""

    flags: int
    tag: str
    value: str

    @property
    def issuer(self) -> str:
        """The CA an ``issue`` names; empty where nobody may."""
        return self.value.partition(";")[0].strip(" \t").lower()

    @property
    def is_sound(self) -> bool:
        """Whether an ``issue`` value has the grammar of RFC 8659 4.2."""
        return bool(_ISSUER.fullmatch(self.value))


def parse(record: str) -> Property:
    """Read a record in presentation format."""
    try:
        flags, tag, value = shlex.split(record)
        return Property(int(flags), tag.lower(), value)
    except ValueError:
        raise FormatError("{record} is no CAA record", record=record[:200]) from None


def restricts(records: Iterable[Property]) -> bool:
    """Whether ordinary names may not be certified by just any CA (RFC 8659 4.2, 4.3)."""
    return any(one.tag == "issue" for one in records)
