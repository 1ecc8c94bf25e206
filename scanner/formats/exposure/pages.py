"""Structural parsers of pages and headers: listings, the echo of TRACE, WebDAV, policies."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

from scanner.formats.exposure.reply import Reply

_TITLE = re.compile(r"(?is)<title[^>]*>(.{0,300}?)</title>")
_HEADING = re.compile(r"(?is)<h1[^>]*>(.{0,300}?)</h1>")
_TAGS = re.compile(r"<[^>]{0,200}>")
_SORT = re.compile(r"(?i)href=[\"']?\?(?:C=[NMSD]|(?:sort|order|s|dir)[a-z_]*=)")
_PARENT = re.compile(
    r"(?i)parent directory|\[to parent directory\]|href=[\"']?(?:\.\./|\.\.[\"'>])"
)
_DATE = re.compile(
    r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d|\b\d{1,2}-[A-Z][a-z]{2}-\d{4} \d\d:\d\d"
    r"|\b\d{1,2}/\d{1,2}/\d{2,4}\s+\d{1,2}:\d\d|\b\d{4}/\d\d/\d\d \d\d:\d\d"
    r"|\b[A-Z][a-z]{2} \d{1,2},? \d{4}|\b\d{1,2} [A-Z][a-z]{2} \d{4}"
)
_IIS_ROW = re.compile(
    r"(?i)\d{1,2}/\d{1,2}/\d{4}\s+\d{1,2}:\d\d [AP]M[^<]*<A HREF=|<dir> *<A HREF="
)
_PYTHON = re.compile(r"(?i)directory listing for ")
_LINK = re.compile(r"(?i)<a\b[^>]*\bhref=[\"']?([^\"'>\s?]{1,200})")
_WRITING = frozenset({"PUT", "DELETE", "MKCOL", "PROPFIND"})
_DEFACED = re.compile(r"(?i)\b(?:hacked|defaced|pwned) by\b")


def title(text: str) -> str:
    """The title of a page, its references undone, white space folded."""
    found = _TITLE.search(text)
    return _plain(found[1]) if found else ""


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAGS.sub("", markup)).split())


def _names_path(reply: Reply) -> bool:
    """Whether title or heading end with the path that was asked."""
    wanted = unquote(reply.path.partition("?")[0]).rstrip("/")
    heading = _HEADING.search(reply.text)
    for shown in (title(reply.text), _plain(heading[1]) if heading else ""):
        named = unquote(shown).rstrip("/")
        if named.endswith(wanted) and named.removesuffix(wanted)[-1:] in {" ", "", ":"} and named:
            rest = named.removesuffix(wanted).strip(" :-").lower()
            if rest == "" and not wanted:
                continue
            return "index of" in rest or "directory" in rest or "listing" in rest or rest == ""
    return False


def dirlist(reply: Reply) -> bool:
    """An automatic index of the path that was asked, of any of the usual servers."""
    text = reply.text
    if _is_iis(reply):
        return True
    if _PYTHON.search(title(text)):  # python -m http.server knows neither dates nor a parent
        return _names_path(reply) and bool(re.search(r"(?i)<li><a href=", text))
    return (
        _names_path(reply)
        and bool(_SORT.search(text) or _PARENT.search(text))
        and bool(_DATE.search(text))
    )


def _is_iis(reply: Reply) -> bool:
    wanted = unquote(reply.path.partition("?")[0])
    shown = title(reply.text)
    rows = bool(_IIS_ROW.search(reply.text)) and "<pre>" in reply.text.lower()
    return rows and shown.endswith(f" - {wanted}")


def listed(text: str) -> tuple[str, ...]:
    """The names in a listing, at most 200: links that are neither parents nor elsewhere."""
    names = (unquote(one) for one in _LINK.findall(text))
    kept = (one.rstrip("/").rpartition("/")[2] for one in names if "://" not in one)
    return tuple(dict.fromkeys(one for one in kept if one and one != ".."))[:200]


def trace(reply: Reply) -> bool:
    """The request comes back in the body (RFC 9110 9.3.8)."""
    return reply.status == 200 and bool(re.match(rb"TRACE / HTTP/1\.\d\r?\n", reply.data))  # noqa: PLR2004


def dav(reply: Reply) -> bool:
    """WebDAV is on: the header of RFC 4918 10.1 and a method that writes, or its author's mark."""
    if reply.status >= 300:  # noqa: PLR2004 - RFC 9110 15.3
        return False
    if "ms-author-via" in reply.fields:
        return True
    return "dav" in reply.fields and bool(methods(reply) & _WRITING)


def methods(reply: Reply) -> frozenset[str]:
    """What Allow and Public claim; Access-Control-Allow-Methods never counts."""
    claimed = ",".join(reply.fields.get(name, "") for name in ("allow", "public"))
    return frozenset(one.strip().upper() for one in claimed.split(",") if one.strip())


def defaced(reply: Reply) -> bool:
    """The title says by whom; words in the text never count."""
    shown = title(reply.text)
    return bool(_DEFACED.search(shown)) or shown.lower().startswith("owned by")


def wildcard_policy(reply: Reply) -> bool:
    """A cross-domain policy that lets every domain in."""
    text = _uncommented(reply.text)
    return bool(
        re.search(r"<(?:cross-domain-policy|access-policy)[\s>]", text)
        and re.search(r"<(?:allow-access-from|domain)\s[^>]*(?:domain|uri)=[\"']\*[\"']", text)
    )


def _uncommented(text: str) -> str:
    first, *rest = text.split("<!--")
    return first + "".join(one.partition("-->")[2] for one in rest)
