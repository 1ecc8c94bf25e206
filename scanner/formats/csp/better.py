"""A policy that does what the given one was meant to do, without its holes."""

from __future__ import annotations

from scanner.formats.csp import capability
from scanner.formats.csp.policy import EVAL, SCRIPT, Policy, sources
from scanner.formats.csp.problems import BARE, FETCH, LISTS, OBSOLETE, OTHERS
from scanner.formats.csp.source import Kind, Source, width

OWN = ("'self'",)
NONCE = "'nonce-{RANDOM}'"  # the server replaces it in every answer
DROPPED = frozenset({"script-src", "script-src-elem", "script-src-attr", "block-all-mixed-content"})
GUARDED = ("object-src 'none'", "base-uri 'none'")


def better(policy: Policy) -> str:
    """A stricter policy: its own hosts stay, what lets strangers in goes, what lacks is added."""
    lines = ["default-src " + _kept(policy, "default-src", OWN), _script(policy)]
    lines += GUARDED
    for name in ("form-action", "frame-ancestors"):
        lines.append(f"{name} " + _kept(policy, name, OWN))
    said = {line.partition(" ")[0] for line in lines}
    for name, words in policy.directives.items():
        if name in said | DROPPED | OBSOLETE or name not in LISTS | OTHERS:
            continue
        if name in FETCH:
            lines.append(f"{name} {_kept(policy, name, OWN)}")
        else:
            lines.append(" ".join((name, *words)))
    return "; ".join(lines)


def _script(policy: Policy) -> str:
    """Nonces where inline scripts were meant to run, else the hosts that no stranger has."""
    words = policy.governing(SCRIPT) or policy.governing(EVAL) or ()
    found = sources(words)
    hashes = [one.text for one in found if one.kind is Kind.HASH]
    strict = capability.keyword(found, "'strict-dynamic'") or capability.is_guarded(found)
    if strict or capability.keyword(found, "'unsafe-inline'"):
        return " ".join(
            ("script-src", NONCE, *hashes, "'strict-dynamic'", "'unsafe-inline'", "https:")
        )
    named = [one for one in found if one.kind is not Kind.SCHEME]
    kept = [one for one in map(_closed, named) if one and not one.startswith("'unsafe")]
    return " ".join(("script-src", *(kept or ["'self'"])))


def _kept(policy: Policy, name: str, instead: tuple[str, ...]) -> str:
    words = policy.directives.get(name)
    if words is None:
        return " ".join(instead)
    kept = [text for one in sources(words) if (text := _closed(one))]
    was_open = any(width(one).is_open for one in sources(words))
    return " ".join(kept or (instead if was_open else ("'none'",)))


def _closed(one: Source) -> str:
    """A source as it may stay; empty for one that lets strangers in or means nothing."""
    if one.text.lower() in BARE:
        return f"'{one.text.lower()}'" if one.text.lower() == "self" else ""
    if width(one).is_open or one.kind is Kind.JUNK or one.word in _UNSAFE:
        return ""
    if one.kind is Kind.NONCE:
        return NONCE
    if one.kind is Kind.SCHEME and one.scheme != "data":
        return ""
    if one.kind is Kind.HOST and one.scheme in {"http", "ws"}:
        return one.text.replace("://", "s://", 1)
    return one.text


_UNSAFE = frozenset({"'unsafe-eval'", "'unsafe-hashes'"})
