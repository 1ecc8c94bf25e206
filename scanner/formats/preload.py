"""The list of names that browsers know as HTTPS only before any visit (HSTS preload)."""

from __future__ import annotations

import gzip
import re
import zlib
from datetime import date

import msgspec
from msgspec import Struct

from scanner.dated import dated_list
from scanner.observation.base import Level, kind

LARGEST = 128 << 20
_FIRST = re.compile(rb"# hsts-preload (\d{4}-\d\d-\d\d)\r?\n# source: ([^\n]{1,500})\n")
_COMMENT = re.compile(rb"^\s*//.*$", re.MULTILINE)
_MARK = b" +"


@kind(Level.RUN)
class PreloadList(Struct, frozen=True):
    """Names, one a line, sorted as bytes; `` +`` behind a name includes its sub-domains."""

    dated: str
    source: str
    names: bytes

    def covering(self, host: str) -> str | None:
        """The entry that covers a host: its own, or a parent's with sub-domains."""
        labels = host.lower().split(".")
        for start in range(len(labels)):
            name = ".".join(labels[start:])
            includes = self.includes_subdomains(name)
            if includes or (includes is not None and start == 0):
                return name
        return None

    def includes_subdomains(self, name: str) -> bool | None:
        """Whether the entry of this very name includes sub-domains; ``None`` without one."""
        wanted = name.encode("ascii", "replace")
        low, high = 0, len(self.names)
        while low < high:  # lines between the two; both stand at the beginning of one
            begin = self.names.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self.names.find(b"\n", begin)
            end = len(self.names) if end < 0 else end
            line = self.names[begin:end]
            entry = line.removesuffix(_MARK)
            if entry == wanted:
                return entry != line
            low, high = (end + 1, high) if entry < wanted else (low, begin)
        return None


def of(dated: str, *names: str) -> PreloadList:
    """A small list, for examples: ``agency.example +``."""
    text = "\n".join(sorted(names, key=lambda one: one.removesuffix(" +"))).encode()
    return PreloadList(dated, "example", text)


@dated_list(name="hsts-preload", file="web/hsts-preload.txt.gz")
def preload_list(data: bytes) -> PreloadList:
    """Our own text, plain or gzip, or Chromium's transport_security_state_static.json."""
    text = _plain(data)
    first = _FIRST.match(text)
    if first:
        day = first[1].decode("ascii")
        date.fromisoformat(day)
        return PreloadList(day, first[2].decode("utf-8", "replace"), text[first.end() :])
    return _chromium(text)


def _plain(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        inner = zlib.decompressobj(zlib.MAX_WBITS | 16)
        text = inner.decompress(data, LARGEST)
    except zlib.error as error:
        message = f"no gzip file ({error})"
        raise ValueError(message) from None
    if not inner.eof:
        raise ValueError("the gzip file is cut short or larger than 128 MiB")
    return text


class _Entry(Struct, frozen=True):
    name: str
    mode: str = ""
    include_subdomains: bool = False


class _Document(Struct, frozen=True):
    entries: tuple[_Entry, ...]


def _chromium(text: bytes) -> PreloadList:
    """Its JSON has comment lines; it carries no date but, in some copies, ``// dated: …``."""
    said = re.search(rb"^// dated: (\d{4}-\d\d-\d\d)$", text, re.MULTILINE)
    try:
        document = msgspec.json.decode(_COMMENT.sub(b"", text), type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = (
            "line 1: neither '# hsts-preload YYYY-MM-DD' nor Chromium's "
            f"transport_security_state_static.json ({error})"
        )
        raise ValueError(message) from None
    forced = sorted(
        one.name.encode() + (_MARK if one.include_subdomains else b"")
        for one in document.entries
        if one.mode == "force-https"
    )
    day = said[1].decode("ascii") if said else "of unknown date"
    forced.sort(key=lambda line: line.removesuffix(_MARK))
    return PreloadList(day, "Chromium's transport_security_state_static.json", b"\n".join(forced))


def packed(one: PreloadList) -> bytes:
    """The list as it is bundled."""
    head = f"# hsts-preload {one.dated}\n# source: {one.source}\n".encode()
    return gzip.compress(head + one.names, 9, mtime=0)
