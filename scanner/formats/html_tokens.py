"""HTML as a browser with scripting on tokenises it (HTML 13.2.5), in one pass and linear time.

Own, not a library's tree: trees of hostile markup cost quadratic time (100,000 attributes on one
tag took a C parser 103 seconds), and they read ``noscript`` as a browser without scripting would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import NamedTuple

MOST_TAGS = 40_000  # begins and ends: 20,000 elements
MOST_ATTRIBUTES = 60
LONGEST_ATTRIBUTE = 64 << 10
_SPACE = r"\t\n\f\r "
_TAG = re.compile(
    rf"([A-Za-z][^{_SPACE}/>]*+)"
    rf"((?:[{_SPACE}/]++|[^{_SPACE}/>][^{_SPACE}/>=]*+"
    rf"(?:[{_SPACE}]*+=[{_SPACE}]*+(?:\"[^\"]*+\"|'[^']*+'|[^{_SPACE}\"'>][^{_SPACE}>]*+|(?=>)))?+)*+)>"
)
_ATTRIBUTE = re.compile(
    rf"([^{_SPACE}/>][^{_SPACE}/>=]*+)"
    rf"(?:[{_SPACE}]*+=[{_SPACE}]*+(?:\"([^\"]*+)\"|'([^']*+)'|([^{_SPACE}\"'>][^{_SPACE}>]*+)|(?=>|$)))?+"
)
_RAW = frozenset({"style", "xmp", "iframe", "noembed", "noframes", "noscript", "textarea", "title"})
_ESCAPABLE = frozenset({"textarea", "title"})
_ENDS = {
    name: re.compile(rf"</{name}(?=[{_SPACE}/>])", re.IGNORECASE | re.ASCII)
    for name in (*_RAW, "script")
}
_SCRIPT = re.compile(
    rf"<!--|-->|<script(?=[{_SPACE}/>])|</script(?=[{_SPACE}/>])", re.IGNORECASE | re.ASCII
)
_NOWHERE = -1
_FOREIGN = frozenset({"svg", "math"})
_SPECIAL = _RAW | _FOREIGN | {"script", "plaintext"}
_HTML_AGAIN = frozenset({"foreignobject", "desc", "title", "annotation-xml"})
_BREAKS_OUT = frozenset(
    [
        *("b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em"),
        *("embed", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing"),
        *("menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong"),
        *("strike", "sub", "sup", "table", "tt", "u", "ul", "var"),
    ]
)


@dataclass(slots=True)
class Tag:
    """A start tag, its attributes unread, and the raw text of an element that has such."""

    name: str
    written: str
    text: str = ""
    is_foreign: bool = False
    _read: dict[str, str] | None = None

    @property
    def attributes(self) -> dict[str, str]:
        """Attributes by lower-case name, the first of a name, entities decoded; read once."""
        if self._read is None:
            self._read = _attributes(self.written)
        return self._read


def _attributes(written: str) -> dict[str, str]:
    made: dict[str, str] = {}
    for one in islice(_ATTRIBUTE.finditer(written), MOST_ATTRIBUTES):
        name, quoted, single, bare = one.groups()
        value = (quoted or single or bare or "")[:LONGEST_ATTRIBUTE]
        made.setdefault(name.lower(), unescape(value) if "&" in value else value)
    return made


class End(NamedTuple):
    """An end tag."""

    name: str


class Comment(NamedTuple):
    """A comment, or what browsers take for one."""

    text: str


class Text(NamedTuple):
    """Characters between tags, entities not decoded."""

    text: str


class Doctype(NamedTuple):
    """The document type declaration."""

    text: str


class Cut(NamedTuple):
    """There were more tags than are read."""


Token = Tag | End | Comment | Text | Doctype | Cut


def tokens(text: str) -> Iterator[Token]:
    """Every token up to the cap; elements inside a ``template`` are left out."""
    return _Reader(text).read()


class _Reader:
    """The place in the text, and whether it is inside SVG or MathML."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._foreign: list[str] = []
        self._next: dict[str, int] = {}

    def read(self) -> Iterator[Token]:
        text, tags, templates = self._text, 0, 0
        while (start := text.find("<", self._at)) >= 0:
            if start > self._at and not templates:
                yield Text(text[self._at : start])
            token = self._markup(start)
            tags += 1
            if tags > MOST_TAGS:
                yield Cut()
                return
            if token is None:
                return
            if type(token) is Tag and token.name == "template" and not token.is_foreign:
                templates += 1
            elif type(token) is End and token.name == "template":
                templates = max(0, templates - 1)
            elif not templates:
                yield token
        if self._at < len(text) and not templates:
            yield Text(text[self._at :])

    def _markup(self, start: int) -> Token | None:
        """The token at a ``<``; ``None`` where the text ends inside it."""
        text = self._text
        second = text[start + 1 : start + 2]
        if second.isascii() and second.isalpha():
            return self._tag(start)
        if second == "/":
            return self._end(start)
        if second == "!":
            return self._declaration(start)
        if second == "?":
            return self._bogus(start + 1)
        self._at = start + 1
        return Text("<")

    def _tag(self, start: int) -> Token | None:
        found = _TAG.match(self._text, start + 1)
        if not found:
            self._at = len(self._text)
            return None
        self._at = found.end()
        name, written = found[1].lower(), found[2]
        if not self._foreign and name not in _SPECIAL:
            return Tag(name, written)
        return self._special(name, written)

    def _special(self, name: str, written: str) -> Tag:
        """A tag that changes how the text after it is read, or one inside SVG or MathML."""
        was_foreign = bool(self._foreign) and self._foreign[-1] in _FOREIGN
        self._enter(name, is_closed=written.endswith("/"))
        if was_foreign and self._foreign:
            inner = self._script() if name == "script" and not written.endswith("/") else ""
            return Tag(name, written, inner, is_foreign=True)
        if name == "script":
            return Tag(name, written, self._script())
        if name in _RAW:
            return Tag(name, written, self._raw(name))
        if name == "plaintext":
            self._at = len(self._text)
        return Tag(name, written)

    def _end(self, start: int) -> Token | None:
        third = self._text[start + 2 : start + 3]
        if third.isascii() and third.isalpha():
            found = _TAG.match(self._text, start + 2)
            if not found:
                self._at = len(self._text)
                return None
            self._at = found.end()
            name = found[1].lower()
            if self._foreign:
                self._leave(name)
            return End(name)
        return self._bogus(start + 2)

    def _declaration(self, start: int) -> Token | None:
        text = self._text
        if text.startswith("<!--", start):
            return self._comment(start + 4)
        if self._foreign and text.startswith("<![CDATA[", start):
            end = text.find("]]>", start)
            self._at = len(text) if end < 0 else end + 3
            return Text(text[start + 9 : end if end >= 0 else len(text)])
        token = self._bogus(start + 2)
        if token.text[:7].lower() == "doctype":
            return Doctype(token.text[7:].strip()[:200])
        return token

    def _comment(self, start: int) -> Comment:
        text = self._text
        for short in (">", "->"):
            if text.startswith(short, start):
                self._at = start + len(short)
                return Comment("")
        ends = [
            (at, at + len(mark)) for mark in ("-->", "--!>") if (at := self._find(mark, start)) >= 0
        ]
        stop, self._at = min(ends, default=(len(text), len(text)))
        return Comment(text[start:stop])

    def _bogus(self, start: int) -> Comment:
        stop = self._text.find(">", start)
        stop = len(self._text) if stop < 0 else stop
        self._at = stop + 1
        return Comment(self._text[start:stop])

    def _find(self, mark: str, start: int) -> int:
        """Where a mark is next; what was found ahead, or nowhere, is not looked for again."""
        known = self._next.get(mark, 0)
        if known == _NOWHERE or known >= start:
            return known
        self._next[mark] = self._text.find(mark, start)
        return self._next[mark]

    def _raw(self, name: str) -> str:
        """The text up to the end tag, which stays for the next token."""
        start = self._at
        found = _ENDS[name].search(self._text, start)
        self._at = found.start() if found else len(self._text)
        inner = self._text[start : self._at]
        return unescape(inner[:LONGEST_ATTRIBUTE]) if name in _ESCAPABLE else inner

    def _script(self) -> str:
        """13.2.5.17-25: inside ``<!--`` a second ``<script`` hides the first end tag."""
        start, is_escaped, is_doubled = self._at, False, False
        for found in _SCRIPT.finditer(self._text, start):
            mark = found[0].lower()
            if mark == "<!--":
                is_escaped = True
            elif mark == "-->":
                is_escaped = is_doubled = False
            elif mark == "<script":
                is_doubled = is_escaped
            elif is_doubled:
                is_doubled = False
            else:
                self._at = found.start()
                return self._text[start : self._at]
        self._at = len(self._text)
        return self._text[start:]

    def _enter(self, name: str, *, is_closed: bool) -> None:
        if not self._foreign:
            if name in _FOREIGN and not is_closed:
                self._foreign.append(name)
            return
        if self._foreign[-1] in _FOREIGN and name in _BREAKS_OUT:
            self._foreign.clear()
            return
        opens = name in _FOREIGN or name in _HTML_AGAIN
        if opens and not is_closed and len(self._foreign) < MOST_ATTRIBUTES:
            self._foreign.append(name)

    def _leave(self, name: str) -> None:
        if name in self._foreign:
            while self._foreign.pop() != name:
                pass
