"""Web sites for the examples of checks, as they would be typed."""

from __future__ import annotations

from typing import TypeAlias

from scanner.formats.certificate_examples import NAME, NOW
from scanner.observation import Every, Observed, Place, Reason, Role, Seen, Subject, Unobserved
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.web import (
    ChainEnd,
    HttpAnswer,
    HttpExchange,
    HttpsAnswer,
    RedirectChain,
)

ADDRESS = "192.0.2.7"
HOST = HostAddresses(NAME, Presence.PRESENT, (ADDRESS,))
PLAIN = Place(Subject(Role.WEB, NAME, 80), ADDRESS)
SECURE = Place(Subject(Role.WEB, NAME, 443), ADDRESS)
SERVICE = Place(Subject(Role.WEB, NAME, 443))

Seen4: TypeAlias = tuple[HostAddresses, Every[HttpAnswer], Every[HttpsAnswer], Every[RedirectChain]]


def head(*lines: str, status: str = "200 OK") -> str:
    """An answer's head."""
    return "\n".join((f"HTTP/1.1 {status}", *lines))


def seen(
    *lines: str, http: tuple[str, ...] = (), status: str = "200 OK", hop: tuple[str, ...] = ()
) -> Seen4:
    """One host: the lines of its https answer, of its http answer, and of a second hop."""
    plain: Every[HttpAnswer] = Every(
        (Seen(PLAIN, Observed(HttpAnswer.from_text(head(*http)), NOW)),) if http else ()
    )
    first = HttpsAnswer.from_text(head(*lines, status=status))
    secure: Every[HttpsAnswer] = Every((Seen(SECURE, Observed(first, NOW)),))
    second = HttpExchange.from_text(head(*hop), f"https://{NAME}/start")
    chain = RedirectChain((first.exchange, second), ChainEnd.ANSWERED)
    return HOST, plain, secure, Every((Seen(SERVICE, Observed(chain, NOW)),))


def cookies(
    *lines: str, http: tuple[str, ...] = (), hop: tuple[str, ...] = (), has_hsts: bool = False
) -> Seen4:
    """A host that sets these cookies over https, over http, and on a second hop."""
    policy = ("Strict-Transport-Security: max-age=31536000",) if has_hsts else ()
    return seen(
        *(f"Set-Cookie: {one}" for one in lines),
        *policy,
        http=tuple(f"Set-Cookie: {one}" for one in http),
        hop=tuple(f"Set-Cookie: {one}" for one in hop),
    )


def apex_cookies(*lines: str) -> Seen4:
    """The registrable domain's own host, which sets these cookies over https."""
    host = NAME.removeprefix("www.")
    answer = HttpsAnswer.from_text(head(*(f"Set-Cookie: {one}" for one in lines)), host)
    place = Place(Subject(Role.WEB, host, 443), ADDRESS)
    known = HostAddresses(host, Presence.PRESENT, (ADDRESS,))
    return known, Every(), Every((Seen(place, Observed(answer, NOW)),)), Every()


def unseen(reason: Reason = Reason.TIMEOUT) -> Seen4:
    """A host whose https gave no answer."""
    return HOST, Every(), Every((Seen(SECURE, Unobserved(reason)),)), Every()
