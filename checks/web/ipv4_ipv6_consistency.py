"""Every address of a host serves the same site."""

import re

from scanner import (
    Confidence,
    Effort,
    Every,
    Judgement,
    Observed,
    Place,
    Reason,
    Reference,
    Role,
    Severity,
    Subject,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.answer import blocked, location
from scanner.formats.certificate_examples import NAME, NOW
from scanner.formats.simhash import distance
from scanner.observation import Seen
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.web import Elements, HttpExchange, HttpsAnswer, Page

FOUR, SIX = "192.0.2.7", "2001:db8::7"
HOST = HostAddresses(NAME, Presence.PRESENT, (FOUR,), (SIX,))
FAR = 20  # of 64 bits of a simhash
# What changes with a machine or a moment says nothing of the site.
OWN = frozenset(
    {
        "strict-transport-security",
        "content-security-policy",
        "content-security-policy-report-only",
        "x-frame-options",
        "x-content-type-options",
        "referrer-policy",
        "permissions-policy",
        "cross-origin-opener-policy",
        "cross-origin-embedder-policy",
        "cross-origin-resource-policy",
        "server",
        "x-powered-by",
    }
)
# Of these a value that differs is a difference, too: none of them changes by itself.
FIXED = frozenset(
    {
        "strict-transport-security",
        "x-frame-options",
        "x-content-type-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "cross-origin-embedder-policy",
        "cross-origin-resource-policy",
    }
)
DEAD = Unobserved(Reason.REFUSED, "the connection was refused", NOW)


def _place(address: str) -> Place:
    return Place(Subject(Role.WEB, NAME, 443), address)


def _answers(**said: str | Unobserved) -> Every[HttpsAnswer]:
    names = {"four": FOUR, "six": SIX, "other": "192.0.2.8"}
    return Every(
        tuple(
            Seen(
                _place(names[key]),
                Observed(HttpsAnswer.from_text(one), NOW) if isinstance(one, str) else one,
            )
            for key, one in said.items()
        )
    )


def _pages(*hashes: str) -> Every[Page]:
    return Every(
        tuple(
            Seen(_place(address), Observed(Page.from_text(elements=Elements(simhash=one)), NOW))
            for address, one in zip((FOUR, SIX), hashes, strict=False)
        )
    )


OK = "HTTP/1.1 200 OK"
NO_PAGES: Every[Page] = Every()


@check(
    id="ipv4-ipv6-consistency",
    title="Every address of the host serves the same site",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Give every address the same configuration, or take the address that is not kept up out of
        DNS. A server often listens on IPv4 alone, or shows its default site on IPv6.
    """,
    snippets={
        "nginx": "listen 443 ssl;\nlisten [::]:443 ssl;",
        "apache": "<VirtualHost *:443 [::]:443>",
        "iis": "New-WebBinding -Name Site -Protocol https -Port 443 -IPAddress *",
    },
    references=(Reference("Internet.nl", "web/IPv6"), Reference("RFC 6555", "1")),
    passes={
        "alike, with one page seen": (HOST, _answers(four=OK, six=OK), _pages("00" * 8)),
        "alike but for the session": (
            HOST,
            _answers(
                four="HTTP/1.1 302 F\nLocation: /a;jsessionid=1?x=1",
                six="HTTP/1.1 302 F\nLocation: /a;jsessionid=2?x=2",
            ),
            NO_PAGES,
        ),
        "alike": (HOST, _answers(four=OK, six=OK), _pages("00" * 8, "00" * 7 + "01")),
    },
    fails={
        "another status": (HOST, _answers(four=OK, six="HTTP/1.1 404 Not Found"), NO_PAGES),
        "another redirect": (
            HOST,
            _answers(four="HTTP/1.1 301 M\nLocation: /a", six="HTTP/1.1 301 M\nLocation: /b"),
            NO_PAGES,
        ),
        "other headers": (HOST, _answers(four=f"{OK}\nX-Frame-Options: DENY", six=OK), NO_PAGES),
        "other values": (
            HOST,
            _answers(
                four=f"{OK}\nStrict-Transport-Security: max-age=31536000",
                six=f"{OK}\nStrict-Transport-Security: max-age=0",
            ),
            NO_PAGES,
        ),
        "another page": (HOST, _answers(four=OK, six=OK), _pages("00" * 8, "ff" * 8)),
        "one does not answer": (HOST, _answers(four=OK, six=DEAD), NO_PAGES),
    },
    others={
        "only one address": (HOST, _answers(four=OK), NO_PAGES),
        "a guard answers at one": (HOST, _answers(four=OK, six="HTTP/1.1 403 F"), NO_PAGES),
        "nothing answers": (HOST, _answers(four=DEAD, six=DEAD), NO_PAGES),
        "one broke off": (
            HOST,
            _answers(four=OK, six=Unobserved(Reason.TIMEOUT, "", NOW, reached=True)),
            NO_PAGES,
        ),
    },
)
def ipv4_ipv6_consistency(
    host: HostAddresses, https: Every[HttpsAnswer], pages: Every[Page]
) -> Judgement:
    """A visitor does not choose the address; a forgotten one shows him an old or open site."""
    places = [one for one in https.on(host.name) if one.place.address]
    if len(places) < 2:  # noqa: PLR2004 - something to compare
        return not_applicable("It was asked at one address only.")
    seen = {
        one.place.address or "": one.observation.value.exchange
        for one in places
        if isinstance(one.observation, Observed)
    }
    unseen = {
        one.place.address or "": one.observation
        for one in places
        if isinstance(one.observation, Unobserved)
    }
    left = _left(host, [one.place.address or "" for one in places])
    if not seen:
        return inconclusive(
            next(iter(unseen.values())).reason, "No address answered.", evidence=left
        )
    if dead := [one for one in unseen if not unseen[one].reached]:
        return failed(
            "The address {one} gives no connection ({why}), while {other} answers.",
            one=dead[0],
            why=unseen[dead[0]].reason,
            other=next(iter(seen)),
            confidence=Confidence.FIRM,
            evidence=left,
        )
    guard = next((reason for one in seen.values() if (reason := blocked(one))), None)
    if guard or unseen:
        reason = guard or next(iter(unseen.values())).reason
        return inconclusive(reason, "Not every address gave an answer of the site.", evidence=left)
    return _compared(seen, pages, host.name, left)


def _compared(
    seen: dict[str, HttpExchange], pages: Every[Page], name: str, left: tuple[str, ...]
) -> Judgement:
    (first, one), *others = seen.items()
    for address, other in others:
        if what := _difference(one, other) or _text(pages, name, first, address):
            return failed(
                "The addresses {first} and {second} serve different sites: {what}.",
                first=first,
                second=address,
                what=what,
                confidence=Confidence.FIRM,
                evidence=(*_signs(first, one), *_signs(address, other), *left),
            )
    return passed("Its {n} addresses serve the same.", n=len(seen), evidence=left)


def _difference(one: HttpExchange, other: HttpExchange) -> str:
    if one.status != other.status:
        return f"status {one.status} and {other.status}"
    if _target(one) != _target(other):
        return "another Location"
    torn = [name for name in sorted(OWN) if bool(one.values(name)) is not bool(other.values(name))]
    if torn:
        return f"the field {torn[0]} is sent by one only"
    apart = [name for name in sorted(FIXED) if _value(one, name) != _value(other, name)]
    return f"the field {apart[0]} has another value" if apart else ""


def _target(exchange: HttpExchange) -> str:
    """Where a redirect leads, without what is made anew for each visitor."""
    return re.split(r"[;?#]", location(exchange) or "", maxsplit=1)[0]


def _value(exchange: HttpExchange, name: str) -> str:
    return (exchange.joined(name) or "").lower()


def _text(pages: Every[Page], name: str, first: str, second: str) -> str:
    hashes = {
        one.place.address: one.observation.value.elements.simhash
        for one in pages.on(name)
        if isinstance(one.observation, Observed) and one.observation.value.elements
    }
    if first not in hashes or second not in hashes:
        return ""
    bits = distance(hashes[first], hashes[second])
    return f"the text differs ({bits} of 64 bits)" if bits >= FAR else ""


def _signs(address: str, exchange: HttpExchange) -> tuple[str, ...]:
    lines = [line for line in exchange.header_lines if line.partition(":")[0].lower() in OWN]
    return (f"{address}: {exchange.status} {location(exchange) or ''}".strip(), *lines[:6])


def _left(host: HostAddresses, asked: list[str]) -> tuple[str, ...]:
    """At most two addresses of each family are asked; the others are named."""
    others = [one for one in host.addresses if one not in asked]
    return (f"not asked: {', '.join(others)}",) if others else ()
