"""security.txt, the disclosure policy, robots.txt, change-password: published to be read."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from secrets import token_hex
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from scanner.formats.answer import location
from scanner.formats.proof import is_html
from scanner.formats.security_txt import is_absence, is_security_txt
from scanner.gather.dialer import unobserved
from scanner.gather.dns.hosts import web_endpoints
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.gather.http.chain import reach
from scanner.gather.http.purse import Purpose
from scanner.gather.http.site import Fetched, visit
from scanner.observation import (
    Every,
    NotObservedError,
    Observation,
    Observed,
    Place,
    Reason,
    Unobserved,
)
from scanner.observation.dns import HostAddresses
from scanner.observation.exposure import SecurityTxt
from scanner.observation.published import ChangePassword, DisclosurePolicy, RobotsTxt
from scanner.observation.web import HttpExchange

HTTP, HTTPS = 80, 443
LARGEST = 64 << 10
LARGEST_ROBOTS = 500 << 10  # RFC 9309 2.5
_RULE = re.compile(r"(?i)\s*(user-agent|disallow|allow|sitemap|crawl-delay|host)\s*:")
MOST_HOPS = 3
OK = 200
WELL_KNOWN, OLD = "/.well-known/security.txt", "/security.txt"


See: TypeAlias = Callable[[Context, Place], Awaitable[Struct]]


class Followed(NamedTuple):
    """The last answer behind a place, how it was reached, and why it went no further."""

    answer: Fetched
    first: str
    hops: tuple[str, ...] = ()
    reason: Reason | None = None
    detail: str = ""

    @property
    def exchange(self) -> HttpExchange:
        """The last answer."""
        return self.answer.exchange

    @property
    def text(self) -> str:
        """Its text, where it is a good answer."""
        good = self.exchange.status == OK and not self.reason
        return self.answer.body.decode("utf-8", "replace") if good else ""


@gatherer(SecurityTxt)
async def security_txt(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The file at its well-known place; at the old one only where it is absent there."""
    seen = await _of_site(on, hosts, HTTPS, _security_txt)
    if isinstance(seen, Unobserved) and seen.reason is Reason.REFUSED:
        plain = await _of_site(on, hosts, HTTP, _security_txt)
        if isinstance(plain, Observed) and plain.value.text:
            return {on.domain: plain}
    return {on.domain: seen}


@gatherer(DisclosurePolicy)
async def disclosure_policy(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The page of BOD 20-01, at its place on the site."""
    return {on.domain: await _of_site(on, hosts, HTTPS, _policy)}


@gatherer(RobotsTxt)
async def robots_txt(on: Context, hosts: Every[HostAddresses]) -> Places:
    """What the site asks robots not to visit."""
    return {on.domain: await robots_seen(on, hosts)}


async def robots_seen(on: Context, hosts: Every[HostAddresses]) -> Observation:
    """Asked once for a target, whoever wants to know."""
    return await on.own.once(("robots.txt",), lambda: _of_site(on, hosts, HTTPS, _robots))


@gatherer(ChangePassword)
async def change_password(on: Context, hosts: Every[HostAddresses]) -> Places:
    """Where the site lets people change a password, and a place that cannot exist beside it."""
    return {on.domain: await _of_site(on, hosts, HTTPS, _change_password)}


async def _of_site(on: Context, hosts: Every[HostAddresses], port: int, see: See) -> Observation:
    """What the site's first host that answers shows."""
    last: Observation | None = None
    for place, waiting in web_endpoints(on, hosts, port).items():
        last = await _seen(on, place, see) if place.address else waiting
        if not isinstance(last, Unobserved):
            break
    return last or Unobserved(Reason.UNREACHABLE, "no address of the site could be asked")


async def _seen(on: Context, place: Place, see: See) -> Observation:
    try:
        return on.observed(await see(on, place))
    except (NotObservedError, OSError) as error:
        known = unobserved(error)
        return Unobserved(known.reason, known.detail, on.clock.now(), known.reached)


async def _security_txt(on: Context, place: Place) -> SecurityTxt:
    first = await _follow(on, place, WELL_KNOWN, LARGEST)
    if first.reason or not is_absence(first.exchange.status, first.text):
        return _file(first)
    second = await _follow(on, place, OLD, LARGEST)
    settled = second.reason or not is_absence(second.exchange.status, second.text)
    return _file(second if settled else first)


def _file(one: Followed) -> SecurityTxt:
    """Whatever else is served there is not ours to keep."""
    text = one.text if is_security_txt(one.text) else ""
    return SecurityTxt(
        one.exchange,
        text,
        one.first,
        one.hops,
        is_utf8=_is_utf8(one.answer.body) if text else True,
        reason=one.reason,
        detail=one.detail,
    )


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


async def _policy(on: Context, place: Place) -> DisclosurePolicy:
    one = await _follow(on, place, "/vulnerability-disclosure-policy", LARGEST)
    return DisclosurePolicy(
        one.exchange, is_empty=not one.answer.body.strip(), reason=one.reason, detail=one.detail
    )


async def _robots(on: Context, place: Place) -> RobotsTxt:
    one = await _follow(on, place, "/robots.txt", LARGEST_ROBOTS)
    is_text = not is_html(one.answer.body)
    return RobotsTxt(one.exchange, _rules(one.text) if is_text else "")


def _rules(text: str) -> str:
    """The lines of RFC 9309 alone: whatever else is served there is not ours to keep."""
    return "".join(line for line in text.splitlines(keepends=True) if _RULE.match(line))


async def _change_password(on: Context, place: Place) -> ChangePassword:
    """The specification of the place has the same control: some sites answer anything."""
    none = f"/.well-known/resource-that-should-not-exist-{token_hex(8)}"
    async with visit(on, place.subject, place.address or "") as site:
        asked = await site.fetch("/.well-known/change-password", most_bytes=LARGEST)
        control = await site.fetch(none, most_bytes=LARGEST)
    return ChangePassword(asked.exchange, control.exchange.status)


async def _follow(on: Context, place: Place, path: str, most_bytes: int) -> Followed:
    """A place and at most three redirects from it, each hop inside the scope (RFC 9116 3)."""
    async with visit(on, place.subject, place.address or "") as site:
        answer = await site.fetch(path, most_bytes=most_bytes)
    first = answer.exchange.url
    hops: list[str] = []
    while (url := location(answer.exchange)) is not None:
        if not url or len(hops) >= MOST_HOPS or url in {first, *hops}:
            detail = "it redirects to no proper address, in a circle, or too often"
            return Followed(answer, first, tuple(hops), Reason.MALFORMED_REPLY, detail)
        try:
            answer = await reach(on, url, purpose=Purpose.CHAIN)
        except (NotObservedError, OSError) as error:
            known = unobserved(error)
            detail = f"{url[:200]}: {known.detail}"
            return Followed(answer, first, (*hops, url), known.reason, detail)
        hops.append(url)
    return Followed(answer, first, tuple(hops))
