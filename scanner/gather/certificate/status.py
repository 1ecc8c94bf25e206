"""What issuers say of the certificates that were seen: OCSP and CRLs, only with --revocation."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from cryptography.x509 import Certificate
from msgspec.structs import replace

from scanner.formats.certificate import fingerprint, is_short_lived, links, pointers
from scanner.formats.certificate_leaf import Leaf, leaves
from scanner.formats.certificate_parts import is_signed_by, parse
from scanner.formats.crl import read_crl
from scanner.formats.error import FormatError
from scanner.formats.ocsp import LARGEST, Said, request, staple
from scanner.gather.certificate.fetch import Question, get, post
from scanner.gather.certificate.issuers import Pool, anchors, missing, note, pool
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.observation import Every, NotObservedError, Observation, Observed, Reason
from scanner.observation.certificate import (
    CertificateStatus,
    CrlSight,
    KnownIssuer,
    StatusAnswer,
    StatusMethod,
)
from scanner.observation.tls import ServedCertificates

LARGEST_CRL = 20 << 20
MOST_URLS = 2
LONGEST_GET = 255  # RFC 6960 A.1
MALFORMED_REQUEST = bytes.fromhex("30030a0101")  # what who reads posts only says to a GET


@gatherer(CertificateStatus)
async def certificate_status(on: Context, served: Every[ServedCertificates]) -> Places:
    """For each endpoint the issuers it does not send, and what issuers say of its certificates."""
    known = await pool(on)
    for place, seen in served.seen:
        if isinstance(seen, Observed):
            note(known, seen.value, place.subject.text)
    return {place: await _status(on, known, seen) for place, seen in served.seen}


async def _status(on: Context, known: Pool, seen: Observation) -> Observation:
    if not isinstance(seen, Observed):
        return seen
    may_ask = bool(on.settings.get("revocation"))
    issuers: dict[bytes, KnownIssuer] = {}
    answers: list[StatusAnswer] = []
    for leaf in leaves(seen.value):
        more = await missing(on, known, leaf.chain, may_fetch=may_ask)
        issuers |= {one.certificate: one for one in more}
        if may_ask:
            answers += await _ask(on, leaf, tuple(one.certificate for one in more))
    return on.observed(CertificateStatus(tuple(issuers.values()), tuple(answers), may_ask))


async def _ask(on: Context, leaf: Leaf, more: tuple[bytes, ...]) -> list[StatusAnswer]:
    """Nobody is asked about what a staple settled, what is short-lived, or has no root."""
    try:
        certificate, *others = [parse(der) for der in (*leaf.chain, *more)]
    except (FormatError, ValueError):
        return []
    path = links(certificate, others, anchors(on))
    if path is None or is_short_lived(certificate):
        return []
    issuer = next(one for one in path if is_signed_by(certificate, one))
    if isinstance(staple(leaf.staples, certificate, (issuer,), on.clock.now()), Said):
        return []
    return await _by_network(on, leaf.chain[0], certificate, issuer)


async def _by_network(
    on: Context, der: bytes, certificate: Certificate, issuer: Certificate
) -> list[StatusAnswer]:
    named, found = pointers(certificate), []
    name = fingerprint(der)
    for url in named.crls[:MOST_URLS]:
        one = StatusAnswer(name, StatusMethod.CRL, url)
        found.append(await _answer(one, _crl(on, url, certificate, issuer)))
        if (crl := found[-1].crl) and crl.is_authentic:
            return found
    for url in named.ocsp[:MOST_URLS]:
        one = StatusAnswer(name, StatusMethod.OCSP, url)
        found.append(await _answer(one, _ocsp(on, url, certificate, issuer)))
        if found[-1].response:
            return found
    return found


async def _answer(one: StatusAnswer, see: Awaitable[bytes | CrlSight]) -> StatusAnswer:
    try:
        seen = await see
    except NotObservedError as error:
        return replace(one, reason=error.reason, detail=error.detail)
    if isinstance(seen, CrlSight):
        return replace(one, crl=seen)
    return replace(one, response=seen)


async def _ocsp(on: Context, url: str, certificate: Certificate, issuer: Certificate) -> bytes:
    """RFC 6960 A.1: the question, in base64, at the end of the responder's address.

    A long one is posted, and one that the responder does not take there.
    """
    question = request(certificate, issuer)
    asked = quote(b64encode(question), safe="")
    whole = f"{url.rstrip('/')}/{asked}"
    if len(asked) <= LONGEST_GET:
        try:
            said = await _once(on, whole, lambda: get(on, whole, most_bytes=LARGEST))
        except NotObservedError as error:
            if error.reason is not Reason.MALFORMED_REPLY or not error.reached:
                raise
        else:
            if said != MALFORMED_REQUEST:
                return said
    body = Question(question, "application/ocsp-request")
    return await _once(on, f"POST {whole}", lambda: post(on, url, body, most_bytes=LARGEST))


async def _crl(on: Context, url: str, certificate: Certificate, issuer: Certificate) -> CrlSight:
    data = await _once(on, url, lambda: get(on, url, most_bytes=LARGEST_CRL))
    try:
        return read_crl(data, certificate, (issuer,), url)
    except FormatError as error:
        raise NotObservedError(Reason.MALFORMED_REPLY, str(error), reached=True) from None


async def _once(on: Context, url: str, see: Callable[[], Awaitable[bytes]]) -> bytes:
    """One address is asked once in a run, however many certificates name it."""

    async def safely() -> bytes | NotObservedError:
        try:
            return await see()
        except NotObservedError as error:
            return error

    seen = await on.shared.once(("certificate file", url), safely)
    if isinstance(seen, NotObservedError):
        raise seen
    return seen
