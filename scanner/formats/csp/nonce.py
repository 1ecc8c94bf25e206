"""The nonces of policies: which lists carry them, and whether two answers share one."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.formats.csp.policy import Policy, sources
from scanner.formats.csp.source import Kind


def _nonces(policies: Iterable[Policy], beginning: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        one.word
        for policy in policies
        for name, words in policy.directives.items()
        if name.startswith(beginning)
        for one in sources(words)
        if one.kind is Kind.NONCE
    )


def script_nonces(policies: Iterable[Policy]) -> frozenset[str]:
    """The nonces that let scripts run."""
    return _nonces(policies, ("script-src", "default-src"))


def style_nonces(policies: Iterable[Policy]) -> frozenset[str]:
    """The nonces that let styles have their effect, and no scripts."""
    found = tuple(policies)
    return _nonces(found, ("style-src",)) - script_nonces(found)


def look_counted(one: str, other: str) -> bool:
    """Whether two nonces look like a clock or a counter: ordered, three quarters the same."""
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return one != other and len(one) == len(other) and shared >= 0.75 * len(one)
