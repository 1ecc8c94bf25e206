"""Issuers that a server did not send: seen at others of the run, or named in the certificate."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import BasicConstraints, Certificate

from scanner.formats.certificate import links, pointers
from scanner.formats.certificate_parts import UNREADABLE, extension, is_signed_by, parse, quietly
from scanner.formats.error import FormatError
from scanner.gather.certificate.fetch import get
from scanner.gather.gatherer import Context
from scanner.observation import NotObservedError
from scanner.observation.certificate import KnownIssuer
from scanner.observation.tls import ServedCertificates, TrustStore

MOST_STEPS = 4
LARGEST = 256 << 10
MOST_KEPT = 5000


class Pool:
    """The CA certificates of the whole run, by subject."""

    def __init__(self) -> None:
        self._by_subject: dict[bytes, dict[bytes, str]] = {}
        self._count = 0

    def add(self, der: bytes, source: str) -> None:
        """Keep one, if it is a CA's."""
        made = _parsed(der)
        constraints = extension(made, BasicConstraints) if made else None
        if made is None or constraints is None or not constraints.ca or self._count >= MOST_KEPT:
            return
        same = self._by_subject.setdefault(made.subject.public_bytes(), {})
        if der not in same:
            same[der] = source
            self._count += 1

    def issuer(self, child: Certificate) -> KnownIssuer | None:
        """One whose key signed it."""
        for der, source in self._by_subject.get(child.issuer.public_bytes(), {}).items():
            if is_signed_by(child, parse(der)):
                return KnownIssuer(der, source)
        return None


async def pool(on: Context) -> Pool:
    """The run's pool."""

    async def make() -> Pool:
        return Pool()

    return await on.shared.once(("issuers",), make)


def anchors(on: Context) -> tuple[bytes, ...]:
    """Every root of the run, whatever its store."""
    store = on.lists.get(TrustStore) or TrustStore((), "none")
    return (*store.public, *(der for one in store.extra.values() for der in one))


def note(known: Pool, served: ServedCertificates, source: str) -> None:
    """Keep what this server sent, for others that do not."""
    for chain in served.chains:
        for der in chain.certificates[1:]:
            known.add(der, source)


async def missing(
    on: Context, known: Pool, chain: tuple[bytes, ...], *, may_fetch: bool
) -> tuple[KnownIssuer, ...]:
    """The issuers that complete a chain which was sent without them."""
    sent = [made for der in chain if (made := _parsed(der))]
    if not sent or links(sent[0], sent[1:], anchors(on)) is not None:
        return ()
    found: list[KnownIssuer] = []
    child: Certificate | None = _top(sent)
    while child is not None and len(found) < MOST_STEPS:
        one = known.issuer(child) or (await _fetched(on, known, child) if may_fetch else None)
        if one is None or any(one.certificate == each.certificate for each in found):
            break
        found.append(one)
        parent = parse(one.certificate)
        child = None if parent.issuer == parent.subject else parent
    return tuple(found)


def _top(sent: list[Certificate]) -> Certificate:
    """The last certificate that can be reached from the leaf by issuers that were sent."""
    child, rest = sent[0], sent[1:]
    while True:
        parent = next((one for one in rest if is_signed_by(child, one)), None)
        if parent is None:
            return child
        child, rest = parent, [one for one in rest if one is not parent]


async def _fetched(on: Context, known: Pool, child: Certificate) -> KnownIssuer | None:
    """The issuer from where the certificate says it is (RFC 5280 4.2.2.1)."""
    for url in pointers(child).ca_issuers[:2]:
        for der in await _file(on, url):
            known.add(der, url)
    return known.issuer(child)


async def _file(on: Context, url: str) -> tuple[bytes, ...]:
    async def see() -> tuple[bytes, ...]:
        try:
            return tuple(certificates_in(await get(on, url, most_bytes=LARGEST)))
        except NotObservedError:
            return ()

    return await on.shared.once(("issuer", url), see)


def certificates_in(data: bytes) -> Iterable[bytes]:
    """One certificate, or those of a certs-only message (RFC 5280 4.2.2.1)."""
    try:
        parse(data)
    except FormatError:
        pass
    else:
        return (data,)
    try:
        found = quietly(lambda: pkcs7.load_der_pkcs7_certificates(data))
    except UNREADABLE:
        return ()
    return tuple(one.public_bytes(Encoding.DER) for one in found)


def _parsed(der: bytes) -> Certificate | None:
    try:
        return parse(der)
    except FormatError:
        return None
