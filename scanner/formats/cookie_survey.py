"""Every cookie that a host sets, at each address and each hop, as a browser would keep it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from scanner.formats import hsts
from scanner.formats.answer import blocked, host_of, located
from scanner.formats.cookie import (
    LONG_AGO,
    Cookie,
    Purpose,
    Rejected,
    cookie_date,
    is_known_session,
    purpose,
    read,
)
from scanner.observation import Every, Observed, Reason, Seen, Unobserved
from scanner.observation.web import HttpAnswer, HttpExchange, HttpsAnswer, RedirectChain


class Told(NamedTuple):
    """One Set-Cookie line, what a browser makes of it, and where it stood."""

    made: Cookie | Rejected
    evidence: str
    is_https: bool

    @property
    def name(self) -> str:
        """The cookie's name, or a word for one without."""
        return self.made.name or "(without a name)"


class Kept(NamedTuple):
    """A cookie that is stored, and is no deletion."""

    cookie: Cookie
    evidence: str
    is_https: bool

    @property
    def purpose(self) -> Purpose:
        """What it is for."""
        return purpose(self.cookie)

    @property
    def is_certain(self) -> bool:
        """Whether its purpose is known, not only suggested."""
        return self.purpose is not Purpose.SESSION or is_known_session(self.cookie)


class Survey(NamedTuple):
    """The cookies of one host; ``missing`` is why its own HTTPS answer was not seen."""

    kept: tuple[Kept, ...]
    rejected: tuple[Told, ...]
    missing: Reason | None
    has_hsts: bool

    @property
    def secure(self) -> tuple[Kept, ...]:
        """Those that came over https."""
        return tuple(one for one in self.kept if one.is_https)

    @property
    def plain(self) -> tuple[Kept, ...]:
        """Those that came over http."""
        return tuple(one for one in self.kept if not one.is_https)

    @property
    def sessions(self) -> tuple[Kept, ...]:
        """Those over https that stand for a login, or look so."""
        return tuple(one for one in self.secure if one.purpose is Purpose.SESSION)


def survey(
    host: str,
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
) -> Survey:
    """All lines of a host's first answers and of its hops; the same cookie again replaces it."""
    exchanges = tuple(_exchanges(host, http, https, chains))
    told = [one for exchange in exchanges for one in _told(exchange)]
    kept: dict[tuple[str, str, str, bool], Kept] = {}
    rejected: dict[tuple[str, bool], Told] = {}
    for one in told:
        if isinstance(one.made, Cookie):
            key = one.made.name, one.made.domain, one.made.path, one.is_https
            kept[key] = Kept(one.made, one.evidence, one.is_https)
        else:
            rejected.setdefault((one.made.name, one.is_https), one)
    return Survey(
        tuple(one for one in kept.values() if not one.cookie.deletes),
        tuple(rejected.values()),
        _missing(https.on(host)),
        any(hsts.effective(one.first("Strict-Transport-Security")) for one in exchanges),
    )


def _missing(places: tuple[Seen[HttpsAnswer], ...]) -> Reason | None:
    """No answer of the site itself over https: none at all, or a guard's."""
    answers = [one.observation for one in places if isinstance(one.observation, Observed)]
    reasons = [reason for one in answers if (reason := blocked(one.value.exchange))]
    if reasons or answers:
        return reasons[0] if reasons else None
    unseen = [one.observation for one in places if isinstance(one.observation, Unobserved)]
    return unseen[0].reason if unseen else None


def _exchanges(
    host: str,
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
) -> Iterator[HttpExchange]:
    """First answers at each address, then the further hops at this host, none twice."""
    answers: tuple[Seen[Any], ...] = (*http.on(host), *https.on(host))
    firsts = [
        one.observation.value.exchange for one in answers if isinstance(one.observation, Observed)
    ]
    yield from firsts
    known = {one.url for one in firsts}
    for chain in chains.values:
        for hop in chain.hops:
            if host_of(hop.url) == host and hop.url not in known:
                known.add(hop.url)
                yield hop


def _told(exchange: HttpExchange) -> Iterator[Told]:
    host, is_https = host_of(exchange.url), exchange.url.startswith("https:")
    at = cookie_date(exchange.first("Date") or "") or LONG_AGO
    lines = located(exchange, "Set-Cookie")
    for line, evidence in zip(exchange.values("Set-Cookie"), lines, strict=True):
        yield Told(read(line, host, is_https=is_https, at=at), evidence, is_https)
