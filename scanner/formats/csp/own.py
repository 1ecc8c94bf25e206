"""What of a page's own content its policies refuse (CSP Level 3, 4.1.2)."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.formats import integrity
from scanner.formats.csp import capability
from scanner.formats.csp import policy as of
from scanner.formats.csp.policy import Policy, sources
from scanner.formats.csp.source import Address, Kind, Source, address, matches
from scanner.formats.html import resolved
from scanner.observation.page import Elements, InlineScript, Resource

_CHAINS = {
    "script": of.SCRIPT,
    "img": of.IMAGE,
    "image": of.IMAGE,
    "input": of.IMAGE,
    "use": of.IMAGE,
    "iframe": of.FRAME,
    "frame": of.FRAME,
    "object": of.OBJECT,
    "embed": of.OBJECT,
    "audio": of.MEDIA,
    "video": of.MEDIA,
    "track": of.MEDIA,
}
_LINKS = {"stylesheet": of.STYLE, "manifest": of.MANIFEST, "icon": of.IMAGE}
_UNKNOWN_YET = frozenset({"nonce-", "'strict-dynamic'"})


def refusals(policies: tuple[Policy, ...], elements: Elements, url: str) -> Iterator[str]:
    """Each thing that the page loads and a policy refuses: ``img-src refuses <img> URL``."""
    page = address(url)
    if page is None:
        return
    upgrades = any(one.upgrades for one in policies)
    for policy in policies:
        for one in elements.resources:
            if chain := _chain(one):
                target = _target(one, elements, url, upgrades=upgrades)
                if target and not _lets_in(policy, chain, one, target, page):
                    name = policy.name_of(chain)
                    yield f"{name} refuses <{one.element}> {one.url[:200]}"
        yield from _inline(policy, elements.scripts)


def _chain(one: Resource) -> tuple[str, ...] | None:
    if one.element == "link":
        return next((_LINKS[word] for word in one.rel.split() if word in _LINKS), None)
    if one.attribute in {"poster", "background"}:
        return of.IMAGE
    return _CHAINS.get(one.element)


def _target(one: Resource, elements: Elements, url: str, *, upgrades: bool) -> Address | None:
    found = resolved(one.url, elements, url)
    target = address(found.geturl()) if found else None
    if target and upgrades and target.scheme == "http":
        port = "443" if target.port == "80" else target.port
        return target._replace(scheme="https", port=port)
    return target


def _lets_in(
    policy: Policy, chain: tuple[str, ...], one: Resource, target: Address, page: Address
) -> bool:
    """A nonce or ``strict-dynamic`` lets in what cannot be told here: then it is not accused."""
    words = policy.governing(chain)
    if words is None:
        return True
    found = sources(words)
    if chain is of.SCRIPT and (
        capability.keyword(found, "'strict-dynamic'")
        or (one.has_nonce and capability.is_guarded(found))
        or _is_listed(one, found)
    ):
        return True
    if chain is of.STYLE and one.has_nonce and capability.is_guarded(found):
        return True
    return any(matches(each, target, page) for each in found)


def _is_listed(one: Resource, found: tuple[Source, ...]) -> bool:
    """Whether every checksum of an external script is a hash of the list (6.7.2.4)."""
    asked = integrity.metadata(one.integrity)
    listed = {(each.scheme, _standard(each.word)) for each in found if each.kind is Kind.HASH}
    return bool(asked.digests) and all(
        (algorithm, _standard(digest)) in listed
        for algorithm, digest in integrity.written(one.integrity)
    )


def _standard(digest: str) -> str:
    """Base64url and base64 are the same here (6.7.2.4)."""
    return digest.replace("-", "+").replace("_", "/")


def _inline(policy: Policy, scripts: tuple[InlineScript, ...]) -> Iterator[str]:
    """Inline scripts without nonce whose hash is not in the list."""
    name = policy.name_of(of.SCRIPT)
    if name is None or not scripts:
        return
    found = sources(policy.directives[name])
    if capability.inline(found):
        return
    known = {_standard(one.word) for one in found if one.kind is Kind.HASH}
    others = any(one.scheme in {"sha384", "sha512"} for one in found if one.kind is Kind.HASH)
    bare = [one for one in scripts if not one.has_nonce and one.sha256 not in known]
    if bare and not others:
        yield f"{name} refuses {len(bare)} inline scripts"
