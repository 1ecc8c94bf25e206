"""The characters of a page: which encoding a browser would read it in (HTML 13.2.3)."""

from __future__ import annotations

import codecs
import re
from itertools import islice

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
_HEADER = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9_.:+-]+)", re.IGNORECASE | re.ASCII)
_META = re.compile(rb"<meta[\s/]([^>]{0,1000})", re.IGNORECASE)
_IN_META = re.compile(
    rb"charset\s{0,20}=\s{0,20}[\"']?\s{0,20}([A-Za-z0-9_.:+-]{1,40})", re.IGNORECASE
)
PRESCAN = 1024
# Labels whose encoding on the web is another than the name says (Encoding 4.2).
_ON_THE_WEB = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
}
_REFUSED = frozenset(
    {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}
)


def known(label: str) -> str:
    """Python's name of the encoding that a label stands for on the web; empty for none."""
    try:
        found = codecs.lookup(label.strip())
    except (LookupError, ValueError):
        return ""
    if found.name in _REFUSED or not getattr(found, "_is_text_encoding", False):
        return ""
    return _ON_THE_WEB.get(found.name, found.name)


def in_header(content_type: str | None) -> str:
    """The charset parameter of a Content-Type, as written; empty without one."""
    found = _HEADER.search((content_type or "")[:1000])
    return found[1] if found else ""


def in_page(body: bytes) -> str:
    """The encoding that a ``<meta>`` within the first 1,024 bytes names, as written."""
    for meta in islice(_META.finditer(body[:PRESCAN]), 20):
        if found := _IN_META.search(meta[1]):
            return found[1].decode("ascii")
    return ""


def mark(body: bytes) -> str:
    """The encoding of a byte order mark; empty without one."""
    return next((name for sign, name in _MARKS if body.startswith(sign)), "")


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a page: by its mark, its header, its ``<meta>``; else as UTF-8."""
    declared = known(in_page(body))
    if declared.startswith("utf-16"):
        declared = "utf-8"  # a meta that was read as ASCII is not UTF-16 (13.2.3.2)
    encoding = mark(body) or known(in_header(content_type)) or declared or "utf-8"
    try:
        return body.decode(encoding, "replace").removeprefix("\ufeff")
    except (ValueError, LookupError):
        return body.decode("utf-8", "replace")
