"""Small files that are published to be read, and what stands at their places."""

from __future__ import annotations

from msgspec import Struct

from scanner.observation.base import Level, Place, Reason, kind
from scanner.observation.web import HttpExchange


def _curl(path: str, place: Place) -> str:
    return f"curl -siL https://{place.subject.host}{path}"


@kind(Level.TARGET, command=lambda place: _curl("/vulnerability-disclosure-policy", place))
class DisclosurePolicy(Struct, frozen=True, omit_defaults=True):
    """The last answer at the place of the policy, whose words are not judged."""

    exchange: HttpExchange
    is_empty: bool = False
    reason: Reason | None = None
    detail: str = ""


@kind(Level.TARGET, command=lambda place: _curl("/robots.txt", place))
class RobotsTxt(Struct, frozen=True, omit_defaults=True):
    """The answer at /robots.txt, and its text where it is one (RFC 9309)."""

    exchange: HttpExchange
    text: str = ""


@kind(Level.TARGET, command=lambda place: _curl("/.well-known/change-password", place))
class ChangePassword(Struct, frozen=True, omit_defaults=True):
    """The answers at the place that password managers open, and at one that cannot exist."""

    exchange: HttpExchange
    control: int = 0
