"""The distinct leaves that an address served: each is judged by itself (tls.md 2.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from scanner.formats.certificate import FormatError, key_of, parse
from scanner.observation.tls import ServedCertificates, ServedChain


class Leaf(Struct, frozen=True):
    """One leaf with the chain that came with it.

    ``item`` tells it from its neighbours by the kind of its key; it is empty where it is alone.
    ``chains`` are all chains that it was sent with, of which ``chain`` is the first.
    """

    item: str
    name: str
    purpose: str
    chain: tuple[bytes, ...]
    chains: tuple[tuple[bytes, ...], ...] = ()
    staples: tuple[bytes, ...] = ()
    scts: tuple[bytes, ...] = ()


def leaves(served: ServedCertificates) -> tuple[Leaf, ...]:
    """The leaves sent for the subject's own name, or all where none was."""
    found: dict[bytes, Leaf] = {}
    for one in served.own or served.chains:
        der = one.certificates[0] if one.certificates else b""
        known = found.get(der)
        found[der] = _merged(known, one) if known else _leaf(served, one)
    return tuple(_named(tuple(found.values())))


def _leaf(served: ServedCertificates, one: ServedChain) -> Leaf:
    chain = one.certificates
    return Leaf("", served.name, served.purpose, chain, (chain,), one.staples, one.scts)


def _merged(known: Leaf, one: ServedChain) -> Leaf:
    return replace(
        known,
        chains=(*known.chains, one.certificates),
        staples=known.staples + one.staples,
        scts=tuple(dict.fromkeys(known.scts + one.scts)),
    )


def _named(found: tuple[Leaf, ...]) -> Iterator[Leaf]:
    if len(found) < 2:  # noqa: PLR2004 - alone it needs no name
        yield from found
        return
    seen: Counter[str] = Counter()
    for one in found:
        kind = _family(one.chain)
        seen[kind] += 1
        number = f" {seen[kind]}" if seen[kind] > 1 else ""
        yield replace(one, item=f"{kind}{number}")


def _family(chain: tuple[bytes, ...]) -> str:
    try:
        return key_of(parse(chain[0])).family if chain else "none"
    except FormatError:
        return "unreadable"
