"""What is written wrongly in a policy, line by line, and what browsers make of it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from msgspec import Struct

from scanner.formats.csp.policy import Policy, Why
from scanner.formats.csp.source import Kind, Source, read
from scanner.message import Message

FETCH = frozenset(
    {
        "child-src",
        "connect-src",
        "default-src",
        "fenced-frame-src",
        "font-src",
        "frame-src",
        "img-src",
        "manifest-src",
        "media-src",
        "object-src",
        "script-src",
        "script-src-attr",
        "script-src-elem",
        "style-src",
        "style-src-attr",
        "style-src-elem",
        "worker-src",
    }
)
LISTS = FETCH | {"base-uri", "form-action", "frame-ancestors"}
OTHERS = frozenset(
    {
        "block-all-mixed-content",
        "report-to",
        "report-uri",
        "require-trusted-types-for",
        "sandbox",
        "trusted-types",
        "upgrade-insecure-requests",
        "webrtc",
    }
)
OBSOLETE = frozenset(
    {
        "navigate-to",
        "plugin-types",
        "prefetch-src",
        "referrer",
        "reflected-xss",
        "require-sri-for",
    }
)
KNOWN = LISTS | OTHERS | OBSOLETE
BARE = frozenset(
    {
        "none",
        "report-sample",
        "self",
        "strict-dynamic",
        "unsafe-eval",
        "unsafe-hashes",
        "unsafe-inline",
        "wasm-unsafe-eval",
    }
)
_BARE_GUARDS = ("nonce-", "sha256-", "sha384-", "sha512-")
DIGEST_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}
MOST = 50


class Problem(Struct, frozen=True):
    """One thing written wrongly; ``is_minor`` where nothing is lost by it."""

    directive: str
    token: str
    message: Message
    is_minor: bool = False


def problems(policy: Policy) -> tuple[Problem, ...]:
    """Everything that is wrong with one policy, in its order, at most fifty."""
    found = [*_ignored(policy)]
    for name, words in policy.directives.items():
        found += _directive(name, words)
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def _ignored(policy: Policy) -> Iterator[Problem]:
    for one in policy.ignored:
        if one.why is Why.DUPLICATE:
            said = "The second {name} is ignored, the first one counts"
        else:
            said = "{name} is skipped whole: it has a character that is not ASCII"
        yield Problem(one.name, one.text, Message(said, {"name": one.name}))


def _directive(name: str, words: tuple[str, ...]) -> Iterator[Problem]:
    if name in OBSOLETE or name == "block-all-mixed-content":
        said = Message("{name} is obsolete, browsers ignore it", {"name": name})
        yield Problem(name, "", said, is_minor=True)
    elif name not in KNOWN:
        said = Message("{name} is no directive, browsers ignore it", {"name": name[:60]})
        yield Problem(name[:60], "", said)
    if name in LISTS:
        tokens = tuple(map(read, words))
        for one in tokens:
            yield from _token(name, one, len(tokens))
    if name == "require-trusted-types-for" and [one.lower() for one in words] != ["'script'"]:
        yield Problem(name, " ".join(words)[:100], Message("its only value is 'script'"))


def _token(name: str, one: Source, beside: int) -> Iterator[Problem]:
    said = _said(one, beside)
    if said:
        yield Problem(name, one.text[:200], Message(said, {"token": one.text[:200]}))
    elif one.kind is Kind.HASH and not _is_digest(one):
        said = "{token} is not the length of such a digest and can match nothing"
        yield Problem(name, one.text[:200], Message(said, {"token": one.text[:200]}), is_minor=True)
    elif one.kind in {Kind.NONCE, Kind.HASH} and not name.startswith(
        ("script", "style", "default")
    ):
        said = "{token} has no effect in this directive"
        yield Problem(name, one.text[:200], Message(said, {"token": one.text[:200]}), is_minor=True)


def _said(one: Source, beside: int) -> str:
    """What is wrong with a token, as a template; empty for nothing."""
    lower = one.text.lower()
    if one.kind is Kind.NONE:
        return "{token} beside other sources has no effect" if beside > 1 else ""
    if lower in KNOWN:
        return "{token} is a directive's name inside a list: a semicolon is missing before it"
    if lower in BARE or lower.startswith(_BARE_GUARDS):
        return "{token} lacks its single quotes and is read as a host's name"
    return _junk(lower) if one.kind is Kind.JUNK else ""


def _junk(lower: str) -> str:
    reasons = (
        (
            lower.startswith("'nonce-"),
            "{token} is no nonce: empty, or with a wrong character",
        ),
        (lower.startswith("'sha"), "{token} is no hash: its algorithm or its value is not one"),
        ("," in lower, "{token} has a comma in it, which parts nothing in a page's own policy"),
        (lower.startswith("'"), "{token} is no keyword and matches nothing"),
    )
    otherwise = "{token} is no source that browsers know and matches nothing"
    return next((text for holds, text in reasons if holds), otherwise)


def _is_digest(one: Source) -> bool:
    text = one.word.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        value = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return False
    return len(value) == DIGEST_BYTES[one.scheme]
