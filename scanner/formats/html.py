"""The elements of a page that checks read; hostile markup is bounded before it is parsed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import SplitResult, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scanner.observation.web import Elements, Form, Resource

MOST_BYTES = 2 << 20
MOST_TAGS = 20_000
MOST_KEPT = 500
LONGEST, LONGEST_POLICY = 2000, 64 << 10
_LOADING = {
    "script": "src",
    "link": "href",
    "iframe": "src",
    "frame": "src",
    "img": "src",
    "audio": "src",
    "video": "src",
    "source": "src",
    "embed": "src",
    "object": "data",
}
_LINKS = frozenset({"stylesheet", "preload", "modulepreload", "manifest"})


def read(body: bytes) -> Elements:
    """Parse a page; what lies beyond the caps is not seen, and ``truncated`` says so."""
    text, cut = _bounded(body)
    tree = LexborHTMLParser(text)
    root = tree.root
    title = tree.css_first("title")
    return Elements(
        title=(title.text() or "").strip()[:300] if title else "",
        language=_attribute(root, "lang")[:60] if root else "",
        generator=_meta(tree, "generator"),
        base=next((_attribute(one, "href") for one in tree.css("base[href]")), ""),
        policies=tuple(_policies(tree)),
        referrer=_meta(tree, "referrer"),
        resources=tuple(_resources(tree))[:MOST_KEPT],
        forms=tuple(map(_form, tree.css("form")[:MOST_KEPT])),
        truncated=cut,
    )


def is_html(content_type: str | None) -> bool:
    """Whether a browser would show it as a page."""
    essence = (content_type or "text/html").partition(";")[0].strip().lower()
    return essence in {"text/html", "application/xhtml+xml"}


def _bounded(body: bytes) -> tuple[bytes, bool]:
    kept = body[:MOST_BYTES]
    if kept.count(b"<") <= MOST_TAGS:
        return kept, len(body) > MOST_BYTES
    parts = kept.split(b"<", MOST_TAGS)[:MOST_TAGS]
    return b"<".join(parts), True


def _attribute(node: LexborNode, name: str, most: int = LONGEST) -> str:
    return (node.attributes.get(name) or "").strip()[:most]


def _meta(tree: LexborHTMLParser, name: str) -> str:
    for one in tree.css("meta[name]"):
        if _attribute(one, "name").lower() == name:
            return _attribute(one, "content")[:300]
    return ""


def _policies(tree: LexborHTMLParser) -> Iterator[str]:
    """Only in the head does a policy count (CSP Level 3, 3.3)."""
    for one in tree.css("head > meta[http-equiv]"):
        if (one.attributes.get("http-equiv") or "").lower() == "content-security-policy":
            yield _attribute(one, "content", LONGEST_POLICY)


def _resources(tree: LexborHTMLParser) -> Iterator[Resource]:
    for name, attribute in _LOADING.items():
        for one in tree.css(f"{name}[{attribute}]"):
            if name == "link" and not _LINKS & set(_attribute(one, "rel").lower().split()):
                continue
            yield Resource(
                name,
                _attribute(one, attribute),
                _attribute(one, "integrity"),
                one.attributes["crossorigin"] or "" if "crossorigin" in one.attributes else None,
            )


def _form(one: LexborNode) -> Form:
    fields = one.css("input[type]")
    return Form(
        _attribute(one, "action"),
        _attribute(one, "method").lower() or "get",
        any(_attribute(field, "type").lower() == "password" for field in fields),
    )


def resolved(url: str, elements: Elements, page_url: str) -> SplitResult | None:
    """Where an element loads from, with the page's base; ``None`` for what is no URL."""
    try:
        base = urljoin(page_url, elements.base)
    except ValueError:  # a base that is no URL is none (HTML 2.4.3)
        base = page_url
    try:
        return urlsplit(urljoin(base, url))
    except ValueError:
        return None
