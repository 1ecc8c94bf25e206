"""Inventory facts: what the operator knows and no scan can see (ARCHITECTURE.md, Decisions 22)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

BOOLEAN = ("true", "false")

# Name -> the values allowed; an empty tuple allows any text, a pattern what it matches.
FACTS: Mapping[str, tuple[str, ...] | re.Pattern[str]] = {
    "service.audience": ("public", "government-only"),
    "host.role": ("web", "api", "pki-repository"),
    "operators": (),
    "authorised_by": (),
    "contact": (),
    "public": BOOLEAN,
    "retired": re.compile(r"^\d{4}-\d{2}-\d{2}$"),
    "web.payment": BOOLEAN,
    "web.nonstandard_ports": BOOLEAN,
    "agency.primary_domain": BOOLEAN,
    "agency.us_federal_civilian": BOOLEAN,
    "domain.organizational": BOOLEAN,
    "mail.sends": BOOLEAN,
    "dkim.selectors": re.compile(r"^[A-Za-z0-9._-]+(?:[ ,;]+[A-Za-z0-9._-]+)*$"),
}


EXPECTED: Mapping[str, str] = {
    "retired": "a date such as 2026-11-24",
    "dkim.selectors": "names such as: mail2026 mail2025",
}


def checked(name: str, value: str) -> str:
    """The value of an inventory fact; ``ValueError`` where name or value is not known."""
    if name not in FACTS:
        near = difflib.get_close_matches(name, FACTS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(FACTS)}"
        message = f"{name!r} is not an inventory fact{hint}"
        raise ValueError(message)
    allowed = FACTS[name]
    if isinstance(allowed, re.Pattern):
        fits = bool(allowed.match(value))
        expected = EXPECTED[name]
    else:
        fits = not allowed or value in allowed
        expected = " or ".join(allowed)
    if not fits:
        message = f"{name} is {value!r}; {expected} was expected"
        raise ValueError(message)
    return value
