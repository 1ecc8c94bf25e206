"""Where a site has violations reported: Reporting-Endpoints, and Report-To of older browsers."""

from __future__ import annotations

from typing import Any

import msgspec

from scanner.formats import structured
from scanner.observation.web import HttpExchange

LONGEST = 16 << 10


def endpoints(exchange: HttpExchange) -> dict[str, tuple[str, ...]]:
    """The addresses by their names, of both headers; a header with a defect has none."""
    return {
        **_groups(exchange.joined("Report-To")),
        **_named(exchange.joined("Reporting-Endpoints")),
    }


def _named(field: str | None) -> dict[str, tuple[str, ...]]:
    """Reporting API 3.2: a dictionary of strings."""
    try:
        members = structured.dictionary(field or "")
    except ValueError:
        return {}
    return {
        key: (one.value,)
        for key, one in members.items()
        if isinstance(one, structured.Item)
        and isinstance(one.value, str)
        and not isinstance(one.value, structured.Token)
    }


def _groups(field: str | None) -> dict[str, tuple[str, ...]]:
    """The old form: JSON objects parted by commas."""
    made: dict[str, tuple[str, ...]] = {}
    for one in _objects(field or ""):
        group = one.get("group", "default")
        places = one.get("endpoints")
        if isinstance(group, str) and isinstance(places, list):
            urls = (place.get("url") for place in places if isinstance(place, dict))
            made[group] = tuple(url for url in urls if isinstance(url, str))
    return {group: urls for group, urls in made.items() if urls}


def _objects(field: str) -> list[dict[str, Any]]:
    try:
        found = msgspec.json.decode(f"[{field[:LONGEST]}]".encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return []
    return [one for one in found if isinstance(one, dict)]


def is_report_to(field: str) -> bool:
    """Whether a Report-To or NEL field is what a browser can read."""
    return bool(_objects(field))
