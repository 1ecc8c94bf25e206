"""What one hello each shows: fallback, hashes, compression, tolerance (tls.md 2.6, 5.2)."""

from __future__ import annotations

from msgspec.structs import replace

from scanner.formats.tls import codes
from scanner.formats.tls.flight import Result
from scanner.formats.tls.hello import Offer
from scanner.formats.tls.wire import Kind
from scanner.gather.tls.ledger import Ledger
from scanner.gather.tls.prober import Prober, refused, silence
from scanner.gather.tls.suites import Listed
from scanner.observation import NotObservedError, Role
from scanner.observation.tls import Question

DEFLATE_LZS_NULL = b"\x01\x40\x00"
INAPPROPRIATE_FALLBACK = 86
LONG = 1700
ENOUGH = 3  # handshakes of one kind: fewer do not tell that a value is used again
SIZED = frozenset({*range(0x0100, 0x0105), *range(0x0200, 0x0203), 0x11EC, 0x6399, 0x639A})
GREASED = {
    "suites": 0x0A0A,
    "groups": 0x1A1A,
    "extensions": 0x2A2A,
    "versions": 0x3A3A,
    "alpn": 0x4A4A,
}


async def compression(prober: Prober, ledger: Ledger, listed: Listed) -> None:
    """Offer DEFLATE and LZS beside none."""
    offer = replace(prober.offer(listed.version), compression=DEFLATE_LZS_NULL)
    result = await _ask(prober, ledger, Question.COMPRESSION, offer)
    if result is None:
        return
    if refused(result, listed.version) is False and result.hello:
        ledger.sign(Question.COMPRESSION, str(result.hello.compression))
    else:
        ledger.sign(Question.COMPRESSION, "0", detail=f"refused: {result.text}")


async def fallback(prober: Prober, ledger: Ledger, listed: list[Listed]) -> None:
    """The second-highest version with TLS_FALLBACK_SCSV (RFC 7507 3)."""
    if len(listed) < 2:  # noqa: PLR2004 - with one version there is nothing to fall back from
        return
    version = listed[1].version
    plain = prober.offer(version)
    suites = (*listed[1].accepted[:20], codes.FALLBACK_SCSV)
    result = await _ask(prober, ledger, Question.FALLBACK_SCSV, replace(plain, suites=suites))
    if result is None:
        return
    if result.kind is Kind.ALERTED:
        ledger.sign(Question.FALLBACK_SCSV, str(result.alert), detail=version)
    elif refused(result) is False:
        ledger.sign(Question.FALLBACK_SCSV, "accepted", detail=version)
    else:
        ledger.sign(Question.FALLBACK_SCSV, "closed", detail=version)


async def signature_hash(prober: Prober, ledger: Ledger, listed: Listed) -> None:
    """A TLS 1.2 hello that lists SHA-1 and MD5 schemes only, and suites that are signed."""
    known = codes.suites()
    signed = tuple(
        one
        for one in listed.accepted
        if one in known and known[one].pfs and known[one].auth in {"RSA", "ECDSA", "DSS"}
    )
    if listed.version != "TLSv1.2" or not signed:
        return
    weak = tuple(
        code for code, one in codes.schemes().items() if one.tls12 and one.hash in {"SHA1", "MD5"}
    )[::-1]
    offer = replace(prober.offer("TLSv1.2"), suites=signed, schemes=weak)
    result = await _ask(prober, ledger, Question.SIGNATURE_HASH, offer)
    if result is None:
        return
    if refused(result, "TLSv1.2") is not False:
        ledger.sign(Question.SIGNATURE_HASH, "refused", detail=result.text)
    elif result.exchange and result.exchange.scheme:
        ledger.sign(Question.SIGNATURE_HASH, codes.scheme_name(result.exchange.scheme))
        ledger.note(replace(result, exchange=None))


async def tolerance(prober: Prober, ledger: Ledger, version: str) -> None:
    """A hello as long as one with a hybrid's share, full of reserved values (RFC 8701).

    Where the two together are not borne, each is asked by itself.
    """
    plain = prober.offer(version)
    both = replace(_greased(plain, tuple(GREASED)), length=LONG)
    try:
        result = await prober.ask(both)
        if refused(result) is False:
            ledger.sign(Question.GREASE, "tolerated")
            ledger.sign(Question.LONG_HELLO, "tolerated")
            return
        await _long(prober, ledger, plain)
        await _each_grease(prober, ledger, plain)
    except NotObservedError as error:
        for question in (Question.GREASE, Question.LONG_HELLO):
            ledger.sign(question, reason=error.reason, detail=error.detail)


async def _long(prober: Prober, ledger: Ledger, plain: Offer) -> None:
    result = await prober.ask(replace(plain, length=LONG))
    _tolerated(ledger, Question.LONG_HELLO, result)


async def _each_grease(prober: Prober, ledger: Ledger, plain: Offer) -> None:
    places = [one for one in GREASED if _has(plain, one)]
    stumbles: list[str] = []
    for place in places:
        result = await prober.ask(_greased(plain, (place,)))
        if refused(result) is not False:
            stumbles.append(f"{place} ({result.text})")
    ledger.sign(Question.GREASE, ", ".join(stumbles) or "tolerated")


def _has(plain: Offer, place: str) -> bool:
    if place == "versions":
        return plain.is_13
    return place != "alpn" or bool(plain.alpn)


def _greased(plain: Offer, places: tuple[str, ...]) -> Offer:
    made = plain
    if "suites" in places:
        made = replace(made, suites=(GREASED["suites"], *made.suites))
    if "groups" in places:
        made = replace(made, groups=(GREASED["groups"], *made.groups))
    if "extensions" in places:
        made = replace(made, extra=((GREASED["extensions"], b""),))
    if "versions" in places and plain.is_13:
        made = replace(made, versions=(GREASED["versions"], 0x0304))
    if "alpn" in places and plain.alpn:
        made = replace(made, alpn=("\x4a\x4a", *made.alpn))
    return made


def _tolerated(ledger: Ledger, question: Question, result: Result) -> None:
    no = refused(result)
    if no is None:
        reason, detail = silence(result)
        if result.kind is Kind.TIMED_OUT:  # twice, with a good control: it does not bear it
            ledger.sign(question, "refused", detail=detail)
        else:
            ledger.sign(question, reason=reason, detail=detail)
    else:
        ledger.sign(question, "refused" if no else "tolerated", detail=result.text)


async def version_tolerance(prober: Prober, ledger: Ledger, *, has_13: bool) -> None:
    """A hello of TLS 1.3 and 1.2 together, to a server that takes TLS 1.2 alone.

    A server that answers hellos of TLS 1.3 bears them, and is not asked.
    """
    if has_13:
        ledger.sign(Question.VERSION_TOLERANCE, "tolerated")
        return
    offer = prober.offer("TLSv1.3")
    older = prober.offer("TLSv1.2")
    joint = replace(
        offer,
        suites=(*offer.suites, *older.suites)[:125],
        versions=(0x0304, 0x0303),
        groups=(*(one for one in offer.groups if one not in SIZED), 0x11EC),
    )
    result = await _ask(prober, ledger, Question.VERSION_TOLERANCE, joint)
    if result is not None:
        _tolerated(ledger, Question.VERSION_TOLERANCE, result)


async def enough_exchanges(prober: Prober, ledger: Ledger, listed: Listed) -> None:
    """As many handshakes of each ephemeral kind as tell whether its values differ (tls.md 2.1)."""
    known = codes.suites()
    for kind in ("DHE", "ECDHE"):
        suites = tuple(
            one
            for one in listed.accepted
            if one in known and known[one].kx == kind and known[one].auth != "anon"
        )
        if not suites or known[suites[0]].export:
            continue
        offer = replace(prober.offer(listed.version), suites=suites[:1])
        for _ in range(ENOUGH - ledger.most_exchanges(kind.lower())):
            try:
                result = await prober.ask(offer)
            except NotObservedError:
                return
            if refused(result, listed.version) is not False:
                break
            ledger.note(result)


def protocols(prober: Prober, ledger: Ledger, chosen: str, *, asked: bool) -> None:
    """The protocol that ALPN chose, on web servers."""
    if prober.subject.role is not Role.WEB:
        return
    if not prober.alpn:
        ledger.sign(Question.ALPN, "refused", detail="alert 120 (no_application_protocol)")
    elif asked:
        ledger.sign(Question.ALPN, chosen or "none")


async def _ask(prober: Prober, ledger: Ledger, question: Question, offer: Offer) -> Result | None:
    """The settled reaction; ``None`` where the question stays open, and the reason is noted."""
    try:
        result = await prober.ask(offer)
    except NotObservedError as error:
        ledger.sign(question, reason=error.reason, detail=error.detail)
        return None
    if refused(result) is None and question is not Question.VERSION_TOLERANCE:
        reason, detail = silence(result)
        ledger.sign(question, reason=reason, detail=detail)
        return None
    return result
