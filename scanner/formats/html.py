"""The elements of a page that checks read; hostile markup is read in linear time, up to caps."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

from scanner.formats.charset import decode
from scanner.formats.html_collect import Collector, Recognise
from scanner.formats.html_tokens import Comment, Doctype, End, Tag, Text, tokens
from scanner.observation.page import Elements

MOST_BYTES = 2 << 20
_TRIMMED = "".join(map(chr, range(33)))  # C0 controls and space (URL 4.1)
_INSIDE = str.maketrans("", "", "\t\r\n")


def read(
    body: bytes,
    content_type: str | None = None,
    url: str = "https://agency.invalid/",
    recognise: Recognise | None = None,
) -> Elements:
    """Read a page; what lies beyond the caps is not seen, and ``truncated`` says so.

    ``recognise`` names the libraries in the text of the scripts that stand in the page.
    """
    collector = Collector(url, recognise)
    cut = len(body) > MOST_BYTES
    for one in tokens(decode(body[:MOST_BYTES], content_type)):
        match one:
            case Text():
                collector.text(one.text)
            case Tag():
                collector.tag(one)
            case End():
                collector.end(one.name)
            case Comment():
                collector.comment(one.text)
            case Doctype():
                collector.doctype = one.text
            case _:
                cut = True
    return collector.elements(truncated=cut)


def is_html(content_type: str | None) -> bool:
    """Whether a browser would show it as a page."""
    essence = (content_type or "text/html").partition(";")[0].strip().lower()
    return essence in {"text/html", "application/xhtml+xml"}


def resolved(url: str, elements: Elements, page_url: str) -> SplitResult | None:
    """Where an element loads from, with the page's base; ``None`` for what is no URL."""
    return _resolved(url, _base(elements.base, page_url))


@lru_cache(maxsize=64)
def _base(written: str, page_url: str) -> str:
    """A base that is no URL is none (HTML 2.4.3)."""
    try:
        return urljoin(page_url, _clean(written))
    except ValueError:
        return page_url


@lru_cache(maxsize=2048)  # several checks ask of the same elements
def _resolved(url: str, base: str) -> SplitResult | None:
    try:
        return urlsplit(urljoin(base, _clean(url)))
    except ValueError:
        return None


def _clean(url: str) -> str:
    """As a browser reads it: blanks around and line ends inside are nothing (URL 4.4)."""
    return url.strip(_TRIMMED).translate(_INSIDE).replace("\\", "/")
