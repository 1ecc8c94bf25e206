"""The predicates of HTTPS enforcement over the four endpoints of a domain (web.md 3.1).

``D`` and ``www.D``, each over http and https. Words and rules are those of pshtt and Pulse where
they agree with today's browsers; each predicate is three-valued: ``None`` is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from itertools import product
from typing import TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from scanner.formats.hsts import Hsts
from scanner.targets import registrable

T = TypeVar("T")
ONE_YEAR = 31_536_000


class Certificate(StrEnum):
    """What browsers make of an https endpoint's certificate."""

    VALID = "valid"
    INCOMPLETE = "incomplete"
    WRONG_NAME = "wrong-name"
    REFUSED = "refused"


class Endpoint(Struct, frozen=True):
    """One of the four, at its worst address. ``status`` is 0 where TLS alone answered.

    ``immediate`` is where a redirect leads at once (absolute; empty for a void one, ``None`` for
    no redirect), ``eventual`` where following ended. ``policy`` is the HSTS that a browser notes.
    """

    url: str
    live: bool = False
    status: int = 0
    immediate: str | None = None
    eventual: str | None = None
    certificate: Certificate = Certificate.VALID
    policy: Hsts | None = None
    wants_certificate: bool = False

    @property
    def host(self) -> str:
        """The endpoint's own host."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_redirect(self) -> bool:
        """A usable redirect."""
        return bool(self.immediate)

    @property
    def is_named(self) -> bool:
        """Live, with a certificate that names the host."""
        return self.live and self.certificate is not Certificate.WRONG_NAME

    @property
    def is_unused(self) -> bool:
        """It shows nothing itself: a redirect, down, another host's certificate, or no 2xx."""
        return self.is_redirect or not self.is_named or not self._is(2)

    @property
    def is_down(self) -> bool:
        """Nobody is served or sent on from here."""
        return not self.is_named or not (self._is(2) or self._is(3))

    @property
    def is_external(self) -> bool:
        """Whether following it ends under another registrable domain."""
        target = self.eventual or self.immediate
        return bool(target) and _base(target or "") != _base(self.url)

    def leads_to(self, scheme: str, *, internal: bool = False) -> bool:
        """Whether it redirects at once to this scheme (within the domain)."""
        if not self.immediate or urlsplit(self.immediate).scheme != scheme:
            return False
        return not internal or _base(self.immediate) == _base(self.url)

    def _is(self, hundreds: int) -> bool:
        return self.status // 100 == hundreds


class Site(Struct, frozen=True):
    """The four endpoints; those of a ``www`` without an address are not live."""

    http: Endpoint
    http_www: Endpoint
    https: Endpoint
    https_www: Endpoint

    @property
    def is_live(self) -> bool:
        """Any of them answers."""
        return any(one.live for one in self._every)

    @property
    def is_www(self) -> bool:
        """Whether the canonical host is ``www``."""
        used = self.http_www.live or self.https_www.live
        unused = self.http.is_unused and self.https.is_unused
        down = self.http.is_down and self.https.is_down
        www = self.http_www.host
        moves = any(_host(one.immediate) == www for one in (self.http, self.https))
        return used and unused and (down or moves)

    @property
    def defaults_to_https(self) -> bool:
        """The canonical endpoint's scheme is https."""
        used = self.https.is_named or self.https_www.is_named
        plain = (self.http, self.http_www)
        unused = all(one.is_unused for one in plain)
        down = all(one.is_down for one in plain)
        moves = any(one.leads_to("https", internal=True) for one in plain)
        return used and unused and (down or moves)

    @property
    def canonical(self) -> Endpoint:
        """The https endpoint of the canonical host."""
        return self.https_www if self.is_www else self.https

    @property
    def canonical_url(self) -> str:
        """``https://www.agency.example``."""
        scheme = "https" if self.defaults_to_https else "http"
        return f"{scheme}://{self.canonical.host}"

    @property
    def has_valid_https(self) -> bool:
        """The canonical host's https endpoint is live, with a valid certificate."""
        return self.canonical.live and self.canonical.certificate is Certificate.VALID

    @property
    def downgrades(self) -> bool:
        """The canonical host's https endpoint sends visitors back to http within the domain."""
        named = self.https.is_named or self.https_www.is_named
        return named and self.canonical.leads_to("http", internal=True)

    @property
    def strictly_forces(self) -> bool:
        """HTTPS is live somewhere, and each http endpoint is down or leads at once to any https."""
        live = self.https.live or self.https_www.live
        return live and all(
            not one.live or one.leads_to("https") for one in (self.http, self.http_www)
        )

    @property
    def is_redirect_domain(self) -> bool:
        """Every endpoint that is not down leads to another domain, and one does."""
        return (
            self.is_live
            and any(one.is_external for one in self._every)
            and all(one.is_external or _is_dead(one) for one in self._every)
        )

    @property
    def supports(self) -> bool:
        """HTTPS works; only an incomplete chain is forgiven."""
        one = self.canonical
        good = one.certificate in {Certificate.VALID, Certificate.INCOMPLETE}
        return one.live and good and not self.downgrades

    @property
    def enforces(self) -> bool:
        """Supported, strictly forced, and where visitors end up (or sent to another domain)."""
        lands = self.defaults_to_https or self.is_redirect_domain
        return self.supports and self.strictly_forces and lands

    @property
    def has_strong_hsts(self) -> bool:
        """A policy of a year or more at the canonical host."""
        policy = self.canonical.policy
        return policy is not None and policy.max_age >= ONE_YEAR

    @property
    def uses_level(self) -> int:
        """M-15-13 *uses*: 2 valid, 1 only the chain is incomplete, 0 downgrades, -1 none."""
        if self.downgrades and self.canonical.certificate in {
            Certificate.VALID,
            Certificate.INCOMPLETE,
        }:
            return 0
        if self.has_valid_https:
            return 2
        return 1 if self.supports else -1

    @property
    def enforces_level(self) -> int:
        """M-15-13 *enforces*: 3 strict, 2 the default but late, 1 HTTPS is there, 0 none."""
        if self.uses_level <= 0:
            return 0
        if self.strictly_forces and (self.defaults_to_https or self.is_redirect_domain):
            return 3
        return 2 if self.defaults_to_https else 1

    @property
    def hsts_level(self) -> int:
        """M-15-13 *hsts*: 2 a year or more, 1 shorter, 0 none, -1 no HTTPS."""
        if self.uses_level <= 0:
            return -1
        if self.has_strong_hsts:
            return 2
        return 1 if self.canonical.policy else 0

    @property
    def meets_m_15_13(self) -> bool:
        """Late upgrades count (the reading of Pulse)."""
        return self.enforces_level >= 2 and self.hsts_level >= 2  # noqa: PLR2004 - see above

    def meets_bod_18_01(self, *, is_preloaded: bool = False) -> bool:
        """Late upgrades do not count (the reading of CISA); the versions of TLS are not asked."""
        closed = any(one.wants_certificate for one in (self.https, self.https_www))
        met = self.supports and self.enforces and self.has_strong_hsts
        return met or (self.is_live and (is_preloaded or closed))

    @property
    def _every(self) -> tuple[Endpoint, ...]:
        return self.http, self.http_www, self.https, self.https_www


def _is_dead(one: Endpoint) -> bool:
    return not one.is_named or one.status >= 400  # noqa: PLR2004 - RFC 9110 15.5


def _base(url: str) -> str:
    return registrable(_host(url))


def _host(url: str | None) -> str:
    return (urlsplit(url or "").hostname or "").rstrip(".")


def urls(domain: str) -> tuple[str, str, str, str]:
    """The four endpoints of a domain, in the order of ``Site``."""
    www = f"www.{domain}"
    return f"http://{domain}/", f"http://{www}/", f"https://{domain}/", f"https://{www}/"


def settled(domain: str, seen: Mapping[str, Endpoint | None], ask: Callable[[Site], T]) -> T | None:
    """What a predicate says where some endpoints are unknown: only what holds whatever they are.

    ``seen`` maps an endpoint's URL to what is known of it, ``None`` for unknown; one that is not
    in it is not live.
    """
    answers = {ask(site) for site in _possible(domain, seen)}
    return answers.pop() if len(answers) == 1 else None


def _possible(domain: str, seen: Mapping[str, Endpoint | None]) -> Iterator[Site]:
    ways = [_ways(url, seen.get(url, Endpoint(url))) for url in urls(domain)]
    return (Site(*one) for one in product(*ways))


def _ways(url: str, known: Endpoint | None) -> tuple[Endpoint, ...]:
    """What an endpoint could be: down, a page, a page behind a bad certificate, a redirect."""
    if known:
        return (known,)
    ways = (
        Endpoint(url),
        Endpoint(url, live=True, status=200),
        _moved(url, url.replace("http:", "https:") if url.startswith("http:") else url),
        _moved(url, url.replace("https:", "http:")),
    )
    bad = Endpoint(url, live=True, status=200, certificate=Certificate.REFUSED)
    return (*ways, bad) if url.startswith("https:") else ways


def _moved(url: str, to: str) -> Endpoint:
    return Endpoint(url, live=True, status=301, immediate=to, eventual=to)
