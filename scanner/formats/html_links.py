"""The other hosts that a page links to, and which of those links look like spam."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from scanner.formats.defacement import is_hidden, is_spam
from scanner.formats.html_tokens import Tag
from scanner.observation.page import LinkedHost

MOST_HOSTS = 300
DEEPEST = 512
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_WEB = re.compile(r"(?:https?:)?//", re.IGNORECASE | re.ASCII)


@lru_cache(maxsize=2048)
def _origin(url: str) -> tuple[str, str]:
    """The scheme and host of a link to another origin; empty for what is no URL."""
    try:
        parts = urlsplit(url[:2000])
        return parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    except ValueError:
        return "", ""


class Links:
    """The links of one page while it is read; knows which open elements are hidden."""

    def __init__(self, url: str) -> None:
        self._own = urlsplit(url).hostname or ""
        self._hosts: dict[str, LinkedHost] = {}
        self._hidden: list[str] = []
        self._deep = 0
        self._host = ""
        self._text: list[str] = []
        self._is_hidden = False
        self.plain = 0

    def tag(self, tag: Tag, style: str) -> None:
        """A start tag with its inline style: a link begins, or a hidden element."""
        name = tag.name
        if name == "a":
            self._close()
            self._open(tag, style)
        if self._hidden:
            if name not in _VOID and name == self._hidden[0]:
                self._deep += 1
        elif style and name not in _VOID and is_hidden(style):
            self._hidden, self._deep = [name], 1

    def end(self, name: str) -> None:
        """An end tag: a link ends, or a hidden element."""
        if name == "a":
            self._close()
        if self._hidden and name == self._hidden[0]:
            self._deep -= 1
            if self._deep == 0:
                self._hidden = []

    def text(self, text: str) -> None:
        """Characters that may be the text of a link."""
        if self._host and len(self._text) < DEEPEST:
            self._text.append(text[:300])

    def hosts(self) -> tuple[LinkedHost, ...]:
        """Every other host, in the order of its first link."""
        self._close()
        return tuple(self._hosts.values())

    def _open(self, tag: Tag, style: str) -> None:
        url = tag.attributes.get("href", "").strip()
        if not _WEB.match(url):
            return
        scheme, host = _origin(url)
        self.plain += scheme == "http"
        if host and host != self._own and (host in self._hosts or len(self._hosts) < MOST_HOSTS):
            self._host, self._text = host[:253], []
            self._is_hidden = bool(self._hidden) or is_hidden(style)

    def _close(self) -> None:
        if not self._host:
            return
        host, self._host = self._host, ""
        spam = is_spam(" ".join("".join(self._text).split())) or is_spam(_words(host))
        known = self._hosts.get(host, LinkedHost(host, 0))
        self._hosts[host] = LinkedHost(
            host,
            known.links + 1,
            known.spam + spam,
            known.hidden_spam + (spam and self._is_hidden),
        )


def _words(host: str) -> str:
    """A host's labels as words: ``slot-gacor.example`` as people read it."""
    return host.replace(".", " ").replace("_", " ")
