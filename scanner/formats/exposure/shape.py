"""Controls: names of the same shape that nobody gave a file, and how alike two pages are."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from scanner.formats.exposure.reply import Reply

Invent = Callable[[int], str]
ALIKE = 0.8
_SHINGLE = 4
_NOISE = re.compile(
    r"(?i)\b[0-9a-f]{8,}\b|\d{5,}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d\d(?::\d\d)?"
    r"|(?:nonce|csrf[\w\-]*|_token)[\"']?\s*[=:]\s*[\"'][^\"']{0,200}"
)
_WORD = re.compile(r"[A-Za-z0-9_]+")


def siblings(path: str, invent: Invent) -> dict[str, str]:
    """Controls of a path by their shape: same folder, and other first folder (exposure.md 3).

    The query and a last slash are kept, a leading dot and a whole extension too; of a name that is
    nothing but an extension there is one that ends in it. ``/`` has none.
    """
    shapes = _shapes(path, lambda: "*")
    return dict(zip(shapes, _shapes(path, lambda: invent(10)), strict=True))


def _shapes(path: str, word: Callable[[], str]) -> list[str]:
    where, mark, query = path.partition("?")
    tail = ("/" if where.endswith("/") else "") + mark + query
    *folders, name = where.strip("/").split("/")
    if not name:
        return []
    dot, extension = _parts(name)
    made = ["/".join(("", *folders, f"{dot}q{word()}{extension}")) + tail]
    if dot and not extension:  # a rule for ``*.env`` answers for ``.env`` as well
        made.append("/".join(("", *folders, f"q{word()}{name}")) + tail)
    if folders:
        first = ("." if folders[0].startswith(".") else "") + f"q{word()}"
        made.append("/".join(("", first, *folders[1:], name)) + tail)
    return made


def _parts(name: str) -> tuple[str, str]:
    """The leading dot and the whole extension of a name (``.php.bak``); a host's dots are none."""
    dot = "." if name.startswith(".") else ""
    rest = name.removeprefix(".")
    for filled in ("{host}", "{label}"):
        if rest.startswith(filled):
            return dot, rest.removeprefix(filled)
    _, mark, extension = rest.partition(".")
    return dot, mark + extension


def filled(path: str, names: Mapping[str, str]) -> str:
    """A path of the catalogue with the host's names in it."""
    for key, value in names.items():
        path = path.replace("{" + key + "}", value)
    return path


def shingles(reply: Reply, path: str) -> frozenset[tuple[str, ...]]:
    """The page's runs of four words, without the path that was asked and without what changes."""
    text = reply.text
    encoded = base64.b64encode(path.encode()).decode()
    for form in {path, quote(path, safe=""), html.escape(path), path.replace("/", "\\/"), encoded}:
        if len(form) > 1:
            text = text.replace(form, " ")
    words = _WORD.findall(_NOISE.sub(" ", text))
    if len(words) < _SHINGLE:
        return frozenset({tuple(words)})
    return frozenset(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))


def is_alike(reply: Reply, path: str, control: Reply, control_path: str) -> bool:
    """Whether a page is what the site shows at an invented place as well."""
    own, other = shingles(reply, path), shingles(control, control_path)
    return len(own & other) >= ALIKE * len(own)
