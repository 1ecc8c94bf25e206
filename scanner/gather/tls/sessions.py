"""What needs a whole handshake before TLS 1.3: renegotiation, tickets, resumption (tls.md 2.6)."""

from __future__ import annotations

import hashlib
from secrets import token_bytes

from msgspec.structs import replace

from scanner.formats.tls import codes
from scanner.formats.tls.groups import LEGACY
from scanner.formats.tls.handshake12 import Shaken
from scanner.formats.tls.handshake13 import Completed
from scanner.formats.tls.hello import ECH, Offer
from scanner.formats.tls.legacy_keys import completable
from scanner.formats.tls.messages import SessionTicket
from scanner.formats.tls.renegotiation import Renegotiated, renegotiate
from scanner.gather.tls.certificates import request
from scanner.gather.tls.ledger import Ledger
from scanner.gather.tls.prober import Prober, refused
from scanner.gather.tls.suites import Listed
from scanner.observation import NotObservedError, Reason
from scanner.observation.tls import Question

TICKET_NAME_BYTES = 16  # where most servers put the name of the key
ENCRYPTED = (
    Question.EARLY_DATA,
    Question.TICKET_LIFETIME,
    Question.CLIENT_AUTH,
    Question.ECH,
    Question.ALPN,
)
WITHOUT = (
    Question.RENEGOTIATION,
    Question.TICKET_RESUMPTION,
    Question.ID_RESUMPTION,
    Question.TICKET_LIFETIME,
)


def whole_offer(prober: Prober, listed: list[Listed]) -> Offer | None:
    """A hello of the highest version that we can complete; ``None`` where there is none."""
    for one in listed:
        if one.version not in {"TLSv1.2", "TLSv1.1", "TLSv1.0"}:
            continue
        able = tuple(
            suite
            for suite in one.accepted
            if (known := codes.suites().get(suite)) and completable(known, one.version)
        )
        if able:
            cheap = sorted(able, key=lambda suite: codes.suites()[suite].kx == "DHE")
            offer = prober.offer(one.version)
            return replace(offer, suites=tuple(cheap), groups=LEGACY)
    return None


async def before_13(prober: Prober, ledger: Ledger, listed: list[Listed]) -> Shaken | None:
    """One handshake with its renegotiation; the session's ticket and id are tried again after."""
    offer = whole_offer(prober, listed)
    if offer is None:
        for question in WITHOUT:
            text = "no suite that we can complete is accepted"
            ledger.sign(question, reason=Reason.NOT_SUPPORTED_BY_US, detail=text)
        return None
    asked = request(prober)
    try:
        seen = await prober.put(lambda: renegotiate(offer, asked), lambda one: one.first.result)
    except NotObservedError as error:
        for question in WITHOUT:
            ledger.sign(question, reason=error.reason, detail=error.detail)
        return None
    ledger.note(seen.first.result)
    _renegotiation(ledger, seen)
    _client_auth(ledger, seen.first)
    if seen.first.proved is not None:
        ledger.sign(Question.POSSESSION, "proved" if seen.first.proved else "wrong")
    if seen.first.session is not None:
        await _resume(prober, ledger, offer, seen.first)
    return seen.first


def _renegotiation(ledger: Ledger, seen: Renegotiated) -> None:
    if not seen.is_known:
        detail = seen.first.detail or seen.how or "the handshake was not completed"
        reason = Reason.TIMEOUT if seen.how else Reason.NOT_SUPPORTED_BY_US
        if seen.first.client_auth == "required":
            reason = Reason.TLS_HANDSHAKE_FAILED
            detail = f"a client certificate is demanded, {detail}"
        ledger.sign(Question.RENEGOTIATION, reason=reason, detail=detail)
    elif not seen.accepted:
        ledger.sign(Question.RENEGOTIATION, "refused", detail=seen.how)
    else:
        word = "secure" if seen.is_secure else "insecure"
        ledger.sign(Question.RENEGOTIATION, f"{word} {seen.accepted}", detail=seen.how)


def _client_auth(ledger: Ledger, seen: Shaken) -> None:
    ledger.sign(Question.CLIENT_AUTH, seen.client_auth, detail=seen.detail)


async def _resume(prober: Prober, ledger: Ledger, offer: Offer, seen: Shaken) -> None:
    """Whether a second hello with the ticket, and one with the id, is taken up."""
    hello = seen.result.hello
    if seen.ticket and seen.ticket.ticket:
        _lifetime(ledger, (seen.ticket,), "TLS 1.2")
        with_ticket = replace(offer, ticket=seen.ticket.ticket, session_id=token_bytes(32))
        await _echoes(prober, ledger, Question.TICKET_RESUMPTION, with_ticket)
    else:
        ledger.sign(Question.TICKET_RESUMPTION, "no", detail="no ticket was sent")
    if hello and hello.session_id:
        by_id = replace(offer, session_id=hello.session_id, ticket=None)
        await _echoes(prober, ledger, Question.ID_RESUMPTION, by_id)
    else:
        ledger.sign(Question.ID_RESUMPTION, "no", detail="no session id was sent")


async def _echoes(prober: Prober, ledger: Ledger, question: Question, offer: Offer) -> None:
    try:
        result = await prober.ask(offer)
    except NotObservedError as error:
        ledger.sign(question, reason=error.reason, detail=error.detail)
        return
    if refused(result, offer.version) is False and result.hello:
        taken = result.hello.session_id == offer.session_id
        ledger.sign(question, "yes" if taken else "no")
    else:
        ledger.sign(question, "no", detail=result.text)


def without_13(ledger: Ledger, seen: Shaken) -> None:
    """Where TLS 1.2 is the newest version, no ticket in it means none at all."""
    if seen.session and not (seen.ticket and seen.ticket.ticket):
        ledger.sign(Question.TICKET_LIFETIME, "none", detail="TLS 1.2")


def _lifetime(ledger: Ledger, tickets: tuple[SessionTicket, ...], version: str) -> None:
    longest = max(one.lifetime for one in tickets)
    ledger.sign(Question.TICKET_LIFETIME, str(longest), detail=version)
    name = hashlib.sha256(tickets[0].ticket[:TICKET_NAME_BYTES]).hexdigest()[:16]
    ledger.sign(Question.TICKET_KEY, name, detail=version)


def after_13(ledger: Ledger, done: list[Completed]) -> None:
    """What the whole handshakes of TLS 1.3 told of tickets, early data, and client certificates."""
    if not done:
        return
    first = done[0]
    if not first.result.chain:
        text = first.detail or first.result.detail or "the handshake was not completed"
        for question in ENCRYPTED:
            ledger.sign(question, reason=Reason.NOT_SUPPORTED_BY_US, detail=text)
        return
    ledger.sign(Question.CLIENT_AUTH, first.client_auth, detail=first.detail)
    tickets = tuple(ticket for one in done for ticket in one.tickets)
    if not first.is_finished:
        text = first.detail or "the handshake was refused after Finished"
        for question in (Question.EARLY_DATA, Question.TICKET_LIFETIME):
            ledger.sign(question, reason=Reason.TLS_HANDSHAKE_FAILED, detail=text)
    elif not tickets:
        ledger.sign(Question.EARLY_DATA, "none", detail="no ticket was sent")
        ledger.sign(Question.TICKET_LIFETIME, "none", detail="TLS 1.3")
    else:
        sizes = [one.early_data for one in tickets if one.early_data is not None]
        ledger.sign(Question.EARLY_DATA, str(max(sizes)) if sizes else "none")
        _lifetime(ledger, tickets, "TLS 1.3")
    ech = ECH in first.encrypted
    ledger.sign(Question.ECH, "yes" if ech else "no")
