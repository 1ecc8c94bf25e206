"""Where link spam lies beside the start page: three more requests of a host, the last of all."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.formats import site_map
from scanner.formats.answer import blocked, location
from scanner.formats.html import is_html, read
from scanner.formats.robots import Rule, forbidding, rules
from scanner.gather.dialer import unobserved
from scanner.gather.http.chain import encoded
from scanner.gather.http.purse import Purpose
from scanner.gather.http.site import Fetched, Site
from scanner.observation import NotObservedError, Reason
from scanner.observation.web_probes import LinkedPage, LinkedPages, SiteMap

MOST = 3
USUAL = "/sitemap.xml"
ROBOTS = "/robots.txt"
LARGEST_ROBOTS = 500 << 10  # RFC 9309 2.5
MOST_READ = (2 << 20) + 1  # what is longer is seen to be
PRODUCT = "govscan"
OK, ABSENT = 200, range(400, 500)
RATE_LIMITED = 429


class Looker:
    """One host's further pages; with ``obeys`` none that its robots.txt forbids."""

    def __init__(self, site: Site, *, obeys: bool) -> None:
        self._site = site
        self._obeys = obeys
        self._left = MOST
        self._rules: tuple[Rule, ...] = ()

    async def look(self, home: str, links: Iterable[str], robots: str) -> LinkedPages:
        """The site map, then the pages that it and the start page lead to."""
        if self._obeys:
            robots = await self._obey()
        path = encoded(site_map.named(robots, self._site.base)) or USUAL
        seen, entries = await self._site_map(path)
        links = (encoded(one) for one in links)
        fit = (one._replace(path=encoded(one.path)) for one in entries)
        paths = site_map.chosen(home, links, fit, min(2, self._left))
        return LinkedPages(seen, tuple([await self._page(one) for one in paths]))

    async def _fetch(self, path: str, purpose: Purpose, most_bytes: int = MOST_READ) -> Fetched:
        if line := forbidding(self._rules, path):
            text = f"not asked, robots.txt says {line}"
            raise NotObservedError(Reason.OUT_OF_SCOPE, text, reached=True)
        self._left -= 1
        got = await self._site.fetch(path, most_bytes=most_bytes, purpose=purpose)
        if path != ROBOTS and (reason := blocked(got.exchange)):
            text = f"the answer is that of a guard before the site (status {got.exchange.status})"
            raise NotObservedError(reason, text, reached=True)
        return got

    async def _obey(self) -> str:
        """The rules of robots.txt; where it is no file and not absent, all is forbidden."""
        got = await self._fetch(ROBOTS, Purpose.LISTING, LARGEST_ROBOTS)
        status = got.exchange.status
        if status == OK and not got.exchange.body.error:
            is_page = is_html(got.exchange.first("Content-Type") or "text/plain")
            text = "" if is_page else got.body.decode("utf-8", "replace")
            self._rules = rules(text, PRODUCT)
            return text
        if status in ABSENT and status != RATE_LIMITED:
            return ""
        text = f"robots.txt, which was to be respected, is answered with status {status}"
        raise NotObservedError(Reason.OUT_OF_SCOPE, text, reached=True)

    async def _site_map(self, path: str) -> tuple[SiteMap, tuple[site_map.Entry, ...]]:
        url = self._site.base + path
        try:
            got = await self._fetch(path, Purpose.LISTING)
        except (NotObservedError, OSError) as error:
            missing = _missing(error)
            detail = missing.detail or str(missing.reason)
            return SiteMap(url, reason=missing.reason, detail=detail), ()
        status = got.exchange.status
        if status != OK:
            return SiteMap(url, status, detail=f"it is answered with status {status}"), ()
        listed = site_map.read(got.body, self._site.base)
        if not listed.is_map:
            return SiteMap(url, status, detail="it is no site map"), ()
        spam = listed.spam
        body = got.exchange.body
        seen = SiteMap(
            url,
            status,
            urls=len(listed.entries),
            spam=len(spam),
            examples=tuple(self._site.base + encoded(one) for one in spam[: site_map.MOST_NAMED]),
            is_index=listed.is_index,
            is_cut=listed.is_cut or body.truncated or body.error is not None,
        )
        return seen, listed.entries

    async def _page(self, path: str) -> LinkedPage:
        url = self._site.base + path
        try:
            got = await self._fetch(path, Purpose.LINK)
        except (NotObservedError, OSError) as error:
            missing = _missing(error)
            detail = missing.detail or str(missing.reason)
            return LinkedPage(url, reason=missing.reason, detail=detail)
        exchange, kind = got.exchange, got.exchange.first("Content-Type")
        if location(exchange) is not None:
            return LinkedPage(url, detail="it redirects")
        if exchange.status != OK:
            return LinkedPage(url, detail=f"it is answered with status {exchange.status}")
        if not is_html(kind):
            return LinkedPage(url, detail="it is not HTML")
        elements = read(got.body, kind, url)
        is_whole = not exchange.body.truncated and exchange.body.error is None
        return LinkedPage(url, elements.links, truncated=elements.truncated or not is_whole)


def _missing(error: NotObservedError | OSError) -> NotObservedError:
    """Why an answer is missing; the visit's own clock ends the visit."""
    if isinstance(error, TimeoutError):
        raise error
    return unobserved(error)
