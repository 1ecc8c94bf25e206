"""Whether a stranger could register the domain that a dead name lies in (dns-and-mail 6)."""

from __future__ import annotations

from scanner.formats.takeover import is_open
from scanner.observation.mail import DeadName


def is_claimable(dead: DeadName) -> bool:
    """Whether the domain is free, below an ending that is open to strangers."""
    return dead.is_registered is False and is_open(dead.registrable)
