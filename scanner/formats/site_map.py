"""Which further pages of a site lead to link spam: its site map, its own links, their words.

The vocabulary of ``is_spam`` is that of ministries too, which write of gambling and medicines. A
path of the site map therefore counts only where it also sells, and no word of an office is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from scanner.formats.answer import changes_things
from scanner.formats.defacement import is_spam
from scanner.formats.html import resolved
from scanner.observation.page import Elements

MOST_BYTES = 2 << 20
MOST_LINKED_BYTES = 512 << 10
MOST_ENTRIES, MOST_PARTS, MOST_LINKS = 20_000, 80_000, 500
LONGEST = 1000
MOST_NAMED = 5
# Only elements without a prefix: <image:loc> is a picture.
_PART = re.compile(
    r"<(urlset|sitemapindex|url|loc|lastmod)(?:\s[^<>]{0,500})?>\s{0,100}"
    r"(?:<!\[CDATA\[)?([^<>\]]{0,1000})",
    re.ASCII,
)
_LINK = re.compile(
    rb"<a\s[^<>]*?href\s{0,9}=\s{0,9}(?:\"([^\"<>]{1,500})\"|'([^'<>]{1,500})'|([^\s\"'<>]{1,500}))",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"https?://[\w.:\-]{1,260}/[\w/\-]*", re.ASCII)  # nothing to resolve in it
_NAMED = re.compile(r"[ \t]*sitemap[ \t]*:[ \t]*(\S{1,1000})", re.IGNORECASE)
_PAGE = re.compile(r"(?:^[^.]*|\.(?:x?html?|shtml|php\d?|aspx?|jspx?|jsf|do|cfm))$", re.IGNORECASE)
# Words by which somebody sells; those of the vocabulary alone are an office's as well.
_SOLD = re.compile(
    r"\b(?:gacor|maxwin|slots?[ -]?(?:88|777|deposit|demo|resmi|terpercaya)|pkv[ -]?games"
    r"|dominoqq|bandarqq|pragmatic[ -]?play|casino[ -]?bonus|deneme[ -]?bonusu"
    r"|toto[ -]?(?:slot|macau|hk|sgp)|agen[ -]?(?:slot|judi|bola)|escort[ -]?bayan"
    r"|(?:bahis|kumar)[ -]?siteleri|xxx[ -]?videos?|buy|cheap(?:est)?|discount|pills?|best|top"
    r"|bonus(?:es)?|deposit|real[ -]money|daftar|terpercaya|terbaik|rtp|alternatif|giris)\b",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"\b(?:warns?|warnings?|alerts?|recalls?|licen[cs]\w*|regulat\w+|illegal\w*|unlicen[cs]\w*"
    r"|unlawful|ban(?:s|ned)?|enforcement|block(?:s|ed|ing)|acts?|laws?|legislation|tax(?:es)?|dut(?:y|ies)"
    r"|polic(?:y|ies|e)|guidance|guidelines?|research|statistics|stud(?:y|ies)|harms?|harmful"
    r"|addiction|prevent\w*|fraud\w*|scams?|advice|seiz\w+|counterfeit\w*|fake|consultations?"
    r"|complaints?|registers?|medicines?|medicinal|epar|approv\w+|safety|risks?|dangers?|limits?"
    r"|practices?|news|press|fin(?:e|es|ed)|penalt\w+|court|arrest\w*|investigat\w+|ombudsman"
    r"|(?:di|pem)?blokir\w*|(?:di)?tangkap|cegah|(?:pen|men)cegah\w*|bahaya|(?:pem|mem)?berantas\w*"
    r"|satgas|(?:di)?larang\w*|(?:pe)?larangan|sosialisasi|hukum|polisi|polri|polres|polda"
    r"|kominfo|komdigi|waspada\w*|ungkap\w*|dampak|edukasi|korban|kasus|tersangka|berita|lawan"
    r"|perangi|tolak|stop|yasa ?disi|yasak\w*|engellen\w+|kacak)\b",
    re.IGNORECASE,
)


class Entry(NamedTuple):
    """One URL of a site map, as its path on the site; ``changed`` is its lastmod as written."""

    path: str
    changed: str = ""
    has_words: bool = False


class Listed(NamedTuple):
    """What a site map lists of its own site; an index lists other site maps, not pages."""

    entries: tuple[Entry, ...] = ()
    is_map: bool = False
    is_index: bool = False
    is_cut: bool = False

    @property
    def spam(self) -> tuple[str, ...]:
        """The paths that sell what link spam sells."""
        return tuple(one.path for one in self.entries if one.has_words and is_sold(one.path))


def read(body: bytes, base: str) -> Listed:
    """Read a site map without an XML parser: hostile text costs linear time, up to the caps."""
    text = body[:MOST_BYTES].decode("utf-8", "replace")
    entries: list[Entry] = []
    kinds: set[str] = set()
    path = changed = ""
    is_cut = len(body) > MOST_BYTES
    for number, found in enumerate(_PART.finditer(text)):
        name, value = found[1], found[2].strip()
        if name in {"urlset", "sitemapindex"}:
            kinds.add(name)
        elif name == "url":
            _add(entries, path, changed)
            path = changed = ""
        elif name == "loc":
            path = path or own_path(unescape(value), base, strict=False)
        else:
            changed = value[:40]
        if len(entries) >= MOST_ENTRIES or number >= MOST_PARTS:
            is_cut = True
            break
    _add(entries, path, changed)
    is_map = bool(kinds)
    is_index = "sitemapindex" in kinds
    return Listed(() if is_index or not is_map else tuple(entries), is_map, is_index, is_cut)


def _add(entries: list[Entry], path: str, changed: str) -> None:
    if path and len(entries) < MOST_ENTRIES:
        entries.append(Entry(path, changed, has_words(path)))


def named(robots: str, base: str) -> str:
    """The first site map of the site's own that its robots.txt names, as a path; else empty."""
    lines = (_NAMED.match(line) for line in robots.splitlines()[:MOST_ENTRIES])
    paths = (own_path(one[1], base) for one in lines if one)
    return next((one for one in paths if _is_plain(one)), "")


def _is_plain(path: str) -> bool:
    return bool(path) and not path.endswith(".gz") and not changes_things(path)


def own_path(url: str, base: str, *, strict: bool = True) -> str:
    """Path and query of a URL of this very service (``https://host``); empty for any other.

    Site maps are often written for ``http://`` or without ``www``: not ``strict`` takes those too.
    """
    if url.startswith(f"{base}/") and _PLAIN.fullmatch(url):
        return url[len(base) :][:LONGEST]
    parts = resolved(url[:LONGEST], Elements(), base)
    if parts is None:
        return ""
    if _origin(parts, strict=strict) != _origin(urlsplit(base), strict=strict):
        return ""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _origin(url: SplitResult, *, strict: bool) -> tuple[str, str]:
    host = url.netloc.lower()
    if strict or url.scheme not in {"http", "https"}:
        return url.scheme, host.removesuffix(":443")
    return "", host.removesuffix(":443").removesuffix(":80").removeprefix("www.")


def own_links(body: bytes, elements: Elements, page_url: str) -> tuple[str, ...]:
    """The paths on its own service that a page links to, each once, in their order."""
    return tuple(dict.fromkeys(_linked(body, elements, page_url)))


def _linked(body: bytes, elements: Elements, page_url: str) -> Iterator[str]:
    own = urlsplit(page_url)
    for number, found in enumerate(_LINK.finditer(body[:MOST_LINKED_BYTES])):
        if number >= MOST_LINKS:
            return
        written = next(one for one in found.groups() if one).decode("utf-8", "replace")
        parts = resolved(unescape(written), elements, page_url)
        if parts and (path := own_path(parts.geturl(), f"{own.scheme}://{own.netloc}")):
            yield path


def chosen(home: str, links: Iterable[str], entries: Iterable[Entry], most: int) -> tuple[str, ...]:
    """The pages to look at: those that sell, others with words of spam, then what changed last.

    Never one that may change something, and one with a query only for its words.
    """
    newest = sorted(entries, key=lambda one: one.changed, reverse=True)
    linked = (Entry(one, has_words=has_words(one)) for one in links)
    every = (*newest, *linked)
    fit = [one for one in every if one.path not in {home, "/"} and _is_page(one.path)]
    worded = [one.path for one in fit if one.has_words]
    sold = [one for one in worded if is_sold(one)]
    plain = [one.path for one in fit if "?" not in one.path]
    return tuple(dict.fromkeys((*sold, *worded, *plain)))[:most]


def has_words(path: str) -> bool:
    """Whether a path carries a whole word of link spam, whoever wrote it."""
    return is_spam(_words(path))


def is_sold(path: str) -> bool:
    """Whether a path carries words of link spam as a seller writes them, and none of an office."""
    words = _words(path)
    return is_spam(words) and bool(_SOLD.search(words)) and not _OFFICE.search(words)


def _words(path: str) -> str:
    """A path as people read it; its parts stay apart."""
    return unquote(path[:LONGEST])[:300].translate(_BLANKS)


_BLANKS = str.maketrans("_+.", "   ")


def _is_page(path: str) -> bool:
    last = path.partition("?")[0].rpartition("/")[2]
    return bool(_PAGE.search(last)) and not changes_things(path)
