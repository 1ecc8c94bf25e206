"""Gathers, tag by tag, what checks read of a page (HTML 13.2.6: what lands in the head)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import ClassVar, TypeAlias

from scanner.formats.html_forms import Forms
from scanner.formats.html_links import Links
from scanner.formats.html_script import redirect_in, signs
from scanner.formats.html_tokens import MOST_ATTRIBUTES, Tag
from scanner.formats.simhash import simhash
from scanner.observation.page import Elements, InlineScript, Library, Resource

MOST_KEPT = 500
LONGEST, LONGEST_POLICY = 2000, 64 << 10
MOST_TEXT = 400_000
MOST_SCRIPT = 1 << 20
ENFORCED, REPORTED = "content-security-policy", "content-security-policy-report-only"
_IN_HEAD = frozenset(
    [
        "html",
        "head",
        "base",
        "basefont",
        "bgsound",
        "link",
        "meta",
        "title",
        "noscript",
        "noframes",
        "style",
        "script",
        "template",
    ]
)
_IN_FRAMESET = frozenset({"frameset", "frame", "noframes", "html"})
_LOADING = {"iframe": "src", "frame": "src", "audio": "src", "embed": "src", "object": "data"}
_LINKS = {
    "stylesheet": "link",
    "preload": "link",
    "modulepreload": "link",
    "manifest": "link",
    "icon": "link",
    "apple-touch-icon": "link",
}
_CSS_URL = re.compile(r"url\(\s{0,20}[\"']?([^\"'()\s]{1,2000})", re.IGNORECASE | re.ASCII)
_CSS_IMPORT = re.compile(
    r"@import\s{1,20}(?:url\(\s{0,20})?[\"']?([^\"'()\s;]{1,2000})", re.IGNORECASE | re.ASCII
)
_SCRIPT_TYPES = frozenset(
    {
        "",
        "module",
        "text/javascript",
        "application/javascript",
        "text/ecmascript",
        "application/ecmascript",
        "application/x-javascript",
        "text/jscript",
        "text/livescript",
        "text/x-javascript",
    }
)
_VERSIONED = re.compile(r"\bv?\d{1,4}\.\d{1,4}(?:\.\d{1,6})?\b", re.ASCII)
_HANDLER = re.compile(r"[\s\"'/]on[a-z]{3,30}\s{0,10}=", re.IGNORECASE | re.ASCII)


Recognise: TypeAlias = Callable[[str], tuple[Library, ...]]


class Collector:
    """One page while it is read."""

    def __init__(self, url: str, recognise: Recognise | None = None) -> None:
        self._recognise = recognise
        self.doctype = ""
        self._in_head = True
        self._has_frames = False
        self._words: dict[str, str] = {}
        self._policies: list[str] = []
        self._stray: list[str] = []
        self._early: list[str] = []
        self._resources: list[Resource] = []
        self._scripts: list[InlineScript] = []
        self._forms = Forms()
        self._comments: list[str] = []
        self._tags: list[str] = []
        self._text: list[str] = []
        self._size = 0
        self._headings: list[str] = []
        self._heading: list[str] | None = None
        self._counts = {"handlers": 0, "styles": 0, "sheets": 0, "kept": 0}
        self._links = Links(url)
        self._code: list[str] = []

    def text(self, text: str) -> None:
        """Characters between tags."""
        if self._in_head:
            if text.isspace():
                return
            self._in_head = False
        if self._size > MOST_TEXT:
            return
        shown = unescape(text) if "&" in text else text
        self._size += len(shown)
        self._text.append(shown)
        self._links.text(shown)
        if self._heading is not None:
            self._heading.append(shown[:300])

    def comment(self, text: str) -> None:
        """A comment that names a version is kept, short."""
        if len(self._comments) < MOST_ATTRIBUTES and _VERSIONED.search(text[:300]):
            self._comments.append(" ".join(text.split())[:200])

    def end(self, name: str) -> None:
        """An end tag."""
        self._tags.append("/" + name[:20])
        if name in {"body", "html", "br"}:
            self._in_head = False
        elif name == "form":
            self._forms.end()
        elif name == "h1" and self._heading is not None:
            self._headings.append(" ".join("".join(self._heading).split())[:300])
            self._heading = None
        self._links.end(name)

    def tag(self, tag: Tag) -> None:
        """A start tag."""
        name = tag.name
        self._tags.append(name[:20])
        if self._has_frames and name not in _IN_FRAMESET:
            return  # nothing else is an element there (13.2.6.4.20)
        if name not in _IN_HEAD or tag.is_foreign:
            self._has_frames = self._has_frames or (name == "frameset" and self._in_head)
            self._in_head = False
        style = ""
        if tag.written:
            lower = tag.written[:LONGEST_POLICY].lower()
            if "on" in lower and _HANDLER.search(lower):
                self._counts["handlers"] += 1
            if "style" in lower:
                style = tag.attributes.get("style", "")
                self._style_attribute(tag, style)
        self._links.tag(tag, style)
        if handle := self._HANDLERS.get(name):
            handle(self, tag)

    def elements(self, *, truncated: bool) -> Elements:
        """All that was gathered."""
        forms, many = self._forms.made()
        text = "".join(self._text)
        visible = " ".join(text.split())
        only = self._headings[0] if len(self._headings) == 1 else ""
        words, counts = self._words, self._counts
        return Elements(
            title=words.get("title", ""),
            language=words.get("lang", ""),
            generator=words.get("generator", ""),
            base=words.get("base", ""),
            policies=tuple(self._policies),
            referrer=words.get("referrer", ""),
            resources=tuple(self._resources),
            forms=forms,
            truncated=truncated or counts["kept"] > MOST_KEPT or many > MOST_KEPT,
            direction=words.get("dir", ""),
            heading=only,
            doctype=self.doctype,
            charset=words.get("charset", ""),
            refresh=words.get("refresh", ""),
            robots=words.get("robots", ""),
            redirecting_script=words.get("redirect", ""),
            stray_policies=tuple(self._stray),
            early_scripts=tuple(self._early) if self._policies else (),
            scripts=tuple(self._scripts),
            handlers=counts["handlers"],
            style_attributes=counts["styles"],
            inline_styles=counts["sheets"],
            links=self._links.hosts(),
            plain_links=self._links.plain,
            comments=tuple(self._comments),
            libraries=self._libraries(),
            has_password=self._forms.passwords > 0,
            visible=len(visible),
            simhash=simhash(visible),
            shape=hashlib.sha256("\n".join(self._tags).encode("utf-8", "replace")).hexdigest(),
        )

    def _libraries(self) -> tuple[Library, ...]:
        """What is recognised in the scripts that stand in the page."""
        return self._recognise("\n".join(self._code)) if self._recognise and self._code else ()

    def _say(self, name: str, value: str, most: int = 300) -> None:
        """The first of a kind counts."""
        if value.strip():
            self._words.setdefault(name, value.strip()[:most])

    def _load(self, resource: Resource) -> None:
        self._counts["kept"] += 1
        if len(self._resources) < MOST_KEPT:
            self._resources.append(resource)

    def _html(self, tag: Tag) -> None:
        self._say("lang", tag.attributes.get("lang", ""), 60)
        self._say("dir", tag.attributes.get("dir", "").lower(), 10)

    def _title(self, tag: Tag) -> None:
        if not tag.is_foreign:
            self._say("title", tag.text)

    def _base(self, tag: Tag) -> None:
        self._say("base", tag.attributes.get("href", ""), LONGEST)

    def _meta(self, tag: Tag) -> None:
        found = tag.attributes
        content = found.get("content", "")
        self._say("charset", found.get("charset", ""), 40)
        name = found.get("name", "").strip().lower()
        if name in {"generator", "referrer", "robots"}:
            self._say(name, content)
        match found.get("http-equiv", "").lower():
            case "refresh":
                self._say("refresh", content, LONGEST)
            case "content-type" if "charset=" in content.lower():
                self._say("charset", content.lower().partition("charset=")[2], 40)
            case "content-security-policy":
                self._policy(content[:LONGEST_POLICY].strip())
            case "content-security-policy-report-only":
                self._stray.append(f"{REPORTED}: {content[:LONGEST]}")

    def _policy(self, content: str) -> None:
        if not content or len(self._policies) + len(self._stray) >= MOST_ATTRIBUTES:
            return
        if self._in_head:
            self._policies.append(content)
        else:
            self._stray.append(f"{ENFORCED}: {content[:LONGEST]}")

    def _script(self, tag: Tag) -> None:
        found = tag.attributes
        url = found.get("src", found.get("href", found.get("xlink:href", ""))).strip()
        nonce = bool(found.get("nonce"))
        kind = found.get("type", "").partition(";")[0].strip().lower()
        if kind not in _SCRIPT_TYPES:
            return
        if not self._policies and len(self._early) < MOST_ATTRIBUTES:
            self._early.append(url[:200] or "inline")
        if "src" in found or url:
            self._load(_resource(tag, url, found, rel="module" if kind == "module" else ""))
        elif tag.text.strip():
            self._inline(tag.text, has_nonce=nonce)

    def _inline(self, text: str, *, has_nonce: bool) -> None:
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8", "replace")).digest())
        self._counts["kept"] += 1
        if len(self._scripts) < MOST_KEPT:
            made = InlineScript(digest.decode(), len(text), has_nonce, signs(text[:MOST_SCRIPT]))
            self._scripts.append(made)
            self._code.append(text[:MOST_SCRIPT])
            self._say("redirect", redirect_in(text[:MOST_SCRIPT]), LONGEST)

    def _link(self, tag: Tag) -> None:
        found = tag.attributes
        rel = found.get("rel", "").lower()
        if set(rel.split()) & set(_LINKS):
            if found.get("href"):
                self._load(_resource(tag, found["href"], found, rel=rel[:60]))
            for url in _candidates(found.get("imagesrcset", "")):
                self._load(Resource(tag.name, url, attribute="imagesrcset"))

    def _body(self, tag: Tag) -> None:
        self._say("dir", tag.attributes.get("dir", "").lower(), 10)
        self._table(tag)

    def _table(self, tag: Tag) -> None:
        """The background of a body, table or cell is a picture (HTML 15.3)."""
        if tag.written and (url := tag.attributes.get("background")):
            self._load(Resource(tag.name, url.strip()[:LONGEST], attribute="background"))

    def _use(self, tag: Tag) -> None:
        """What a drawing takes from another file; a mere fragment is the page's own."""
        found = tag.attributes
        url = found.get("href", found.get("xlink:href", "")).strip()
        if tag.is_foreign and url and not url.startswith("#"):
            self._load(_resource(tag, url, found))

    def _image(self, tag: Tag) -> None:
        if tag.name == "image" and tag.is_foreign:
            self._use(tag)
            return
        found = tag.attributes
        if src := found.get("src"):
            self._load(_resource(tag, src, found))
        for url in _candidates(found.get("srcset", "")):
            self._load(Resource(tag.name, url, attribute="srcset"))

    def _video(self, tag: Tag) -> None:
        found = tag.attributes
        if found.get("src"):
            self._load(_resource(tag, found["src"], found))
        if found.get("poster"):
            self._load(Resource(tag.name, found["poster"][:LONGEST], attribute="poster"))

    def _loading(self, tag: Tag) -> None:
        found = tag.attributes
        if url := found.get(_LOADING[tag.name]):
            made = _resource(tag, url, found)
            self._load(made)

    def _style(self, tag: Tag) -> None:
        self._counts["sheets"] += 1
        text = tag.text[:MOST_SCRIPT]
        imported = [found[1] for found in _CSS_IMPORT.finditer(text)]
        for url in imported:
            self._load(Resource("style", url, attribute="@import"))
        for found in _CSS_URL.finditer(text):
            if found[1] not in imported:
                self._load(Resource("style", found[1], attribute="url()"))

    def _style_attribute(self, tag: Tag, style: str) -> None:
        if style:
            self._counts["styles"] += 1
            for found in _CSS_URL.finditer(style):
                self._load(Resource(tag.name, found[1], attribute="style url()"))

    def _form(self, tag: Tag) -> None:
        self._forms.begin(tag)

    def _button(self, tag: Tag) -> None:
        self._forms.field(tag)

    def _field(self, tag: Tag) -> None:
        found = tag.attributes
        if found.get("src") and found.get("type", "").strip().lower() == "image":
            self._load(_resource(tag, found["src"], found))
        self._forms.field(tag)

    def _h1(self, tag: Tag) -> None:
        del tag
        self._heading = []

    # Of the class, not of its objects: a page that refers to itself would stay until it is swept.
    _HANDLERS: ClassVar[Mapping[str, Callable[[Collector, Tag], None]]] = {
        "html": _html,
        "title": _title,
        "base": _base,
        "meta": _meta,
        "script": _script,
        "link": _link,
        "img": _image,
        "source": _image,
        "track": _image,
        "video": _video,
        **dict.fromkeys(_LOADING, _loading),
        "style": _style,
        "form": _form,
        "input": _field,
        "button": _button,
        "body": _body,
        "image": _image,
        "use": _use,
        **dict.fromkeys(("table", "tbody", "thead", "tfoot", "tr", "td", "th"), _table),
        "h1": _h1,
    }


def _resource(tag: Tag, url: str, found: dict[str, str], *, rel: str = "") -> Resource:
    return Resource(
        tag.name,
        url.strip()[:LONGEST],
        found.get("integrity", "").strip()[:LONGEST],
        found["crossorigin"].strip().lower()[:20] if "crossorigin" in found else None,
        rel=rel,
        destination=found.get("as", "").strip().lower()[:20],
        has_nonce=bool(found.get("nonce")),
        is_sandboxed="sandbox" in found,
    )


def _candidates(srcset: str) -> Iterator[str]:
    """The URLs of an image candidate list (HTML 4.8.4.2.1)."""
    for part in srcset.split(",", MOST_ATTRIBUTES)[:MOST_ATTRIBUTES]:
        if words := part.split(maxsplit=1):
            yield words[0][:LONGEST]
