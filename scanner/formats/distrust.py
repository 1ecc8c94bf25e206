"""The dated list of authorities that browsers refuse, and whether it concerns a certificate."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

import msgspec
from cryptography.x509 import Certificate

from scanner.formats.certificate import keys_of, links
from scanner.formats.certificate_parts import parse, spki_sha256
from scanner.observation.certificate import (
    DistrustedAuthorities,
    DistrustedAuthority,
    DistrustRule,
)

NAME = "distrusted-authorities"


class _List(msgspec.Struct):
    list: str
    dated: str
    source: str
    authorities: tuple[DistrustedAuthority, ...]


def read_distrusted(data: bytes) -> DistrustedAuthorities:
    """The list; raise ``ValueError`` where it is none."""
    try:
        found = msgspec.json.decode(data, type=_List)
    except msgspec.MsgspecError as error:
        message = f"no list of distrusted authorities: {error}"
        raise ValueError(message) from None
    if found.list != NAME:
        message = f"it is the list {found.list!r}, not {NAME!r}"
        raise ValueError(message)
    for one in found.authorities:
        parse(one.root)
    return DistrustedAuthorities(found.dated, found.source, found.authorities)


def distrusted(
    leaf: Certificate,
    others: list[Certificate],
    roots: tuple[bytes, ...],
    known: DistrustedAuthorities,
) -> DistrustedAuthority | None:
    """The authority of the list under which it was issued, by names and signatures.

    Where another root is reached as well (a cross-signed one), browsers take that way.
    """
    listed = tuple(one.root for one in known.authorities)
    found = links(leaf, others, listed)
    if found is None or links(leaf, others, _without(roots, listed)) is not None:
        return None
    return next(one for one in known.authorities if parse(one.root) == found[-1])


@lru_cache(maxsize=8)
def _without(roots: tuple[bytes, ...], listed: tuple[bytes, ...]) -> tuple[bytes, ...]:
    keys = keys_of(listed)
    return tuple(one for one in roots if spki_sha256(parse(one)) not in keys)


def refusals(
    authority: DistrustedAuthority, issued: datetime, earliest_sct: datetime | None
) -> Iterable[DistrustRule]:
    """The rules by which a certificate of this authority is refused.

    It is the certificate's date that counts, not today's.
    """
    dates = {"not-before": issued, "sct": earliest_sct}
    for rule in authority.rules:
        date = dates.get(rule.counts)
        if rule.after is None or (date is not None and date > rule.after):
            yield rule
