"""Mixed content: what a secure page loads without encryption, and what browsers make of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import SplitResult

from scanner.formats.html import resolved
from scanner.formats.party import is_address, is_loopback
from scanner.observation.page import Elements, Resource

_FONTS = (".woff", ".woff2", ".ttf", ".otf", ".eot")
# Mixed Content 3.1: element and attribute (empty for the usual one) that browsers upgrade.
_UPGRADED = frozenset(
    {
        ("img", ""),
        ("input", ""),
        ("audio", ""),
        ("video", ""),
        ("source", ""),
        ("video", "poster"),
        ("image", ""),
    }
)


class Mixed(StrEnum):
    """What a browser does with it."""

    UPGRADEABLE = "upgradeable"
    BLOCKABLE = "blockable"


class Insecure(NamedTuple):
    """One load without encryption; ``is_sure`` is false where specification texts disagree."""

    resource: Resource
    kind: Mixed
    is_sure: bool = True

    @property
    def shown(self) -> str:
        """The element as evidence."""
        one = self.resource
        return f"<{one.element}{f' {one.attribute}' if one.attribute else ''}> {one.url[:200]}"


def insecure(elements: Elements, page_url: str) -> Iterator[Insecure]:
    """Every load of a secure page over plain http, loopback apart (Mixed Content 3, 4)."""
    for one in elements.resources:
        url = resolved(one.url, elements, page_url)
        if url and url.scheme == "http" and not is_loopback(url.hostname or ""):
            yield _judged(one, url)


def _judged(one: Resource, url: SplitResult) -> Insecure:
    if is_address(url.hostname or ""):
        return Insecure(one, Mixed.BLOCKABLE)  # an address is never upgraded, so it is blocked
    if (one.element, one.attribute) in _UPGRADED:
        if one.crossorigin is not None:
            return Insecure(one, Mixed.BLOCKABLE, is_sure=False)
        return Insecure(one, Mixed.UPGRADEABLE)
    is_style = one.attribute.endswith("url()") and not url.path.lower().endswith(_FONTS)
    if is_style or one.attribute == "background":
        return Insecure(one, Mixed.UPGRADEABLE)
    if one.element == "link" and "icon" in one.rel.split():
        return Insecure(one, Mixed.UPGRADEABLE)
    return Insecure(one, Mixed.BLOCKABLE)
