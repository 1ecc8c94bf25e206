"""The content security policies of a page, and what they let an attacker do: one reading for all.

Pure, and shared by the checks ``csp-*``: each asks one question of every enforced policy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from scanner.finding import Confidence
from scanner.formats import csp
from scanner.formats.csp import Answer, Policy, Question
from scanner.formats.csp.source import Width
from scanner.formats.shown import seen
from scanner.message import Message
from scanner.observation.web import Page

PRESENCE = "csp-presence"
_CONFIDENCE = {
    Width.TENTATIVE: Confidence.TENTATIVE,
    Width.FIRM: Confidence.FIRM,
}


class Policies(NamedTuple):
    """The enforced policies of a page, those of its head and those in its markup."""

    header: tuple[Policy, ...]
    meta: tuple[Policy, ...]

    @property
    def enforced(self) -> tuple[Policy, ...]:
        """All of them: an action needs the leave of each."""
        return self.header + self.meta


def policies(page: Page) -> Policies:
    """The policies that browsers enforce on a page."""
    header = csp.policies(page.exchange.values(csp.ENFORCED))
    return Policies(header, csp.meta_policies(page.elements.policies if page.elements else ()))


def reported(page: Page) -> tuple[Policy, ...]:
    """The policies that browsers only report on."""
    return csp.policies(page.exchange.values(csp.REPORTED))


def sent(page: Page) -> tuple[str, ...]:
    """Every enforced policy as evidence."""
    meta = page.elements.policies if page.elements else ()
    return seen(page.exchange, csp.ENFORCED) + tuple(
        f"in a <meta> of the head: {one[:600]}" for one in meta
    )


class Asked(NamedTuple):
    """What a page's policies say of one capability, ready to be told."""

    is_allowed: bool
    how: Message
    evidence: tuple[str, ...]
    confidence: Confidence
    cause: str


def asked(page: Page, question: Question) -> Asked | None:
    """Ask one question of a page; ``None`` where it is no page and carries no policy."""
    return answered(page, lambda found: csp.ask(found, question))


def answered(page: Page, ask: Callable[[tuple[Policy, ...]], Answer]) -> Asked | None:
    """The same for a question that is more than a list."""
    found = policies(page)
    if page.elements is None and not found.header:
        return None
    answer = ask(found.enforced)
    return Asked(
        answer.is_allowed,
        _how(found, answer),
        sent(page),
        _CONFIDENCE.get(answer.width, Confidence.CERTAIN),
        PRESENCE if answer.is_ungoverned and not is_restricting(found.enforced) else "",
    )


def is_restricting(found: tuple[Policy, ...]) -> bool:
    """Whether any enforced policy governs scripts."""
    return any(one.stops_scripts or one.governing(csp.SCRIPT) is not None for one in found)


def _how(found: Policies, answer: Answer) -> Message:
    """Why it is allowed, in words that name the directive and the token."""
    if not found.enforced:
        return Message("no policy is enforced")
    hole = answer.hole
    if not hole.directive:
        return Message("no directive of the policy governs it")
    if len(found.enforced) > 1:
        said = "every one of the {n} policies allows it, such as {token} in {directive}"
        return Message(said, {"n": len(found.enforced), **_named(hole.token, hole.directive)})
    return Message("{token} in {directive} allows it", _named(hole.token, hole.directive))


def _named(token: str, directive: str) -> dict[str, str | int | float | Message]:
    return {"token": token[:200], "directive": directive}
