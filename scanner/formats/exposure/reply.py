"""A reply as proofs read it: the decoded body, its text, whether it is a page, its JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec

LARGEST = 64 << 10
LARGEST_JSON = 1 << 20
_HTML_START = re.compile(
    rb"(?is)\A\s*(?:<!--.*?-->\s*)?(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html|head|body)\b"
)
_HTML_TAG = re.compile(rb"(?i)<!?(doctype|html|head|body|title|script|div|meta|p|h1|pre|center)\b")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\Z)|[{}\[\],]', re.DOTALL)
_ERROR_KEYS = frozenset({"error", "message", "path", "status", "timestamp", "trace"})
_CLOSERS = {ord("{"): b"}", ord("["): b"]"}
MOST_DEPTH = 200


class Reply:
    """One answer: status, header fields by lower-case name, and a body whose coding is undone.

    Everything derived is worked out once, however many entries look at it. ``named`` is the path
    that gave the entry its name: a control is judged as if it were there. ``broken`` is why the
    body did not come whole, where that was not our own cap.
    """

    def __init__(  # noqa: PLR0913 - keyword-only, the parts of an answer
        self,
        status: int,
        body: bytes,
        *,
        fields: Mapping[str, str] | None = None,
        lines: tuple[str, ...] = (),
        is_cut: bool = False,
        broken: str = "",
        path: str = "/",
        host: str = "",
    ) -> None:
        self.status = status
        self.body = body
        self.lines = lines
        self._fields = fields
        self.is_cut = is_cut
        self.broken = broken
        self.path = path
        self.named = path
        self.host = host

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Names and values of the header lines, in order."""
        split = (line.partition(":") for line in self.lines)
        return tuple((name.strip(), value.strip()) for name, _, value in split)

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """Values by lower-case name, those of one name joined (RFC 9110 5.3)."""
        made: dict[str, str] = dict(self._fields or {})
        for name, value in self.pairs:
            key = name.lower()
            made[key] = f"{made[key]}, {value}" if key in made else value
        return made

    @cached_property
    def data(self) -> bytes:
        """The body without a byte order mark; UTF-16 as UTF-8 (exposure.md 3)."""
        if self.body.startswith((b"\xff\xfe", b"\xfe\xff")):
            return self.body.decode("utf-16", "replace").encode()
        return self.body.removeprefix(b"\xef\xbb\xbf")

    @cached_property
    def text(self) -> str:
        """The first 64 KiB as latin-1, which loses nothing."""
        return self.data[:LARGEST].decode("latin-1")

    @cached_property
    def is_empty(self) -> bool:
        """Nothing, or white space alone."""
        return not self.data.strip()

    @cached_property
    def is_html(self) -> bool:
        """Whether the body is a web page, whatever its content type says."""
        head = self.data[:8192]
        if _HTML_START.match(head):
            return True
        start = head.lstrip()
        if not start.startswith(b"<") or start.startswith(b"<?xml"):
            return False
        return len({tag.lower() for tag in _HTML_TAG.findall(head[:4096])}) >= 3  # noqa: PLR2004 - exposure.md 3

    @cached_property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """The document; of one that was cut, its members complete before the cut; else ``None``.

        An object made only of what error handlers say is none (exposure.md 3.1).
        """
        if self.data.lstrip()[:1] not in {b"{", b"["}:
            return None
        value = _decoded(self.data)
        if value is None and self.is_cut:
            value = _decoded(completed(self.data))
        if isinstance(value, dict) and value.keys() <= _ERROR_KEYS:
            return None
        return value


def _decoded(data: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        pass
    try:  # bytes that are not UTF-8 in a string spoil nothing else
        return msgspec.json.decode(data.decode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None


def completed(data: bytes) -> bytes:
    """A JSON text that was cut, ended after its last complete member."""
    stack: list[int] = []
    cut, closers = 0, b""
    for found in _TOKEN.finditer(data):
        token = found[0]
        if token[0] in _CLOSERS:
            stack.append(token[0])
            if len(stack) > MOST_DEPTH:
                break
            cut, closers = found.end(), _closing(stack)
        elif token in {b"}", b"]"}:
            if not stack:
                break
            stack.pop()
        elif token == b",":
            cut, closers = found.start(), _closing(stack)
        elif not token.endswith(b'"') or token == b'"':
            break
    return data[:cut] + closers


def _closing(stack: list[int]) -> bytes:
    return b"".join(_CLOSERS[one] for one in reversed(stack))


def at(document: object, dotted: str) -> object:
    """The value at a dotted key, ``None`` where there is none or it is null.

    A key may itself hold dots (``Logging.LogLevel``), so the longest prefix is tried as well.
    """
    if not isinstance(document, dict):
        return None
    if dotted in document:
        value: object = document[dotted]
        return value
    first, _, rest = dotted.partition(".")
    return at(document.get(first), rest) if rest else None
