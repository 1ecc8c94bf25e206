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
_ISSUER = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*)?", re.ASCII)
_PARAMETER = re.compile(r"[A-Za-z0-9](?:-*[A-Za-z0-9])*[ \t]*=[ \t]*[!-:<-~]*", re.ASCII)
_TAG = re.compile(r"[a-z0-9]+", re.ASCII)
MOST_FLAGS = 255


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
        issuer, _, rest = self.value.partition(";")
        if not _ISSUER.fullmatch(issuer.strip(" \t")):
            return False
        parameters = rest.split(";") if rest.strip(" \t") else []
        return all(_PARAMETER.fullmatch(one.strip(" \t")) for one in parameters)


def parse(record: str) -> Property:
    """Read a record in presentation format."""
    try:
        flags, tag, value = shlex.split(record)
    except ValueError:
        raise FormatError("{record} is no CAA record", record=record[:200]) from None
    number = int(flags) if re.fullmatch(r"\d{1,3}", flags, re.ASCII) else MOST_FLAGS + 1
    if number > MOST_FLAGS or not _TAG.fullmatch(tag.lower()):
        raise FormatError("{record} is no CAA record", record=record[:200])
    return Property(number, tag.lower(), value)


def restricts(records: Iterable[Property]) -> bool:
    """Whether ordinary names may not be certified by just any CA (RFC 8659 4.2, 4.3)."""
    return any(one.tag == "issue" for one in records)
