"""What two audits of a page have in common: which earlier page may be compared with at all."""

from __future__ import annotations

import re

from scanner.observation import Observed, Previous
from scanner.observation.web import Elements, Page

FAR = 20  # bits of 64 that differ between two different texts (web.md 8.6)
HALF = 0.5
REACHED = range(200, 300)
_PARKED = re.compile(
    r"(?:domain|website|\.[a-z]{2,10})[^.]{0,40} (?:is )?(?:for sale|parked|has expired)"
    r"|(?:buy this|parked|expired) domain|sedoparking|domain name expired",
    re.IGNORECASE,
)


def baseline(before: Previous[Page]) -> Elements | None:
    """The earlier page, where it was one: an error page or a guard's is never a baseline."""
    seen = before.observation
    if not isinstance(seen, Observed) or seen.value.exchange.status not in REACHED:
        return None
    return seen.value.elements


def is_parked(title: str) -> bool:
    """Whether a title is that of a domain for sale."""
    return bool(_PARKED.search(title[:300]))


def files(elements: Elements) -> frozenset[str]:
    """The scripts and styles of a page, as written, without their queries."""
    return frozenset(
        one.url.partition("?")[0]
        for one in elements.resources
        if one.element == "script" or "stylesheet" in one.rel.split()
    )


def lost(old: Elements, now: Elements) -> float:
    """The share of the earlier scripts and styles that are gone; none where there were none."""
    before = files(old)
    return len(before - files(now)) / len(before) if before else 0.0
