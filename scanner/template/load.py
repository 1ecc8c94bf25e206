"""From a template's text to a template, or to the reason why it is refused (exposure.md 4)."""

from __future__ import annotations

import re
import secrets
import string

from scanner.template import blocks, guard
from scanner.template.document import DocumentError, Node, read
from scanner.template.fields import Fields, words
from scanner.template.model import Block, Code, Refusal, RefusedError, Template

SEVERITIES = frozenset({"info", "low", "medium", "high", "critical"})
_ID = re.compile(r"([a-zA-Z0-9]+[-_])*[a-zA-Z0-9]+")
_FLOW = re.compile(r"\s*http\(1\)(?:\s*&&\s*http\((\d)\))*\s*;?\s*")
_RANDSTR = re.compile(rb"\{\{\s*(randstr(?:_[a-z0-9_]+)?)\s*\}\}")
_ANYWHERE = re.compile(rb"(?i)interactsh")
PROTOCOLS = frozenset(
    {
        *("dns", "ssl", "network", "tcp", "headless", "code", "javascript", "file"),
        *("websocket", "whois", "workflows"),
    }
)
KNOWN = frozenset(
    {
        *("id", "info", "http", "requests", "variables", "constants", "stop-at-first-match"),
        *("flow", "self-contained", "signature"),
        *PROTOCOLS,
    }
)


def load(data: bytes, *, name: str = "") -> Template | Refusal:
    """Read one template; a refusal carries its code."""
    shown = name or "template"
    try:
        root = read(_with_random(data))
    except DocumentError as error:
        return Refusal(shown, Code.INVALID_YAML, str(error)[:200])
    given = root.get("id")
    shown = given if isinstance(given, str) and _ID.fullmatch(given) else shown
    try:
        return _template(root, data, shown)
    except RefusedError as error:
        return Refusal(shown, error.code, error.said[:200])


def _with_random(data: bytes) -> bytes:
    """Each ``{{randstr}}`` is one random word in the whole text of a template."""
    made: dict[bytes, bytes] = {}
    letters = string.ascii_letters + string.digits

    def word(found: re.Match[bytes]) -> bytes:
        fresh = "".join(secrets.choice(letters) for _ in range(27)).encode()
        return made.setdefault(found[1], fresh)

    return _RANDSTR.sub(word, data)


def _template(root: dict[str, Node], data: bytes, name: str) -> Template:
    used = sorted(PROTOCOLS & root.keys())
    if used:
        raise RefusedError(Code.PROTOCOL, f"uses {used[0]}, only http is run")
    if unknown := sorted(root.keys() - KNOWN):
        raise RefusedError(Code.INVALID_YAML, f"the key {unknown[0]!r} is not known")
    fields = Fields(root, "template", Code.INVALID_TEMPLATE)
    if not _ID.fullmatch(fields.text("id")):
        raise RefusedError(Code.INVALID_TEMPLATE, "id is missing or has other characters")
    if fields.flag("self-contained"):
        raise RefusedError(Code.SELF_CONTAINED, "names its own host")
    if "signature" in root:
        raise RefusedError(Code.SIGNATURE, "needs request signing")
    if _ANYWHERE.search(data):
        raise RefusedError(Code.OUT_OF_BAND, "needs a call-back server")
    info = Fields(fields.mapping("info"), "info", Code.INVALID_TEMPLATE)
    made = _blocks(fields)
    template = Template(
        id=name,
        name=_needed(info, "name"),
        severity=_severity(info)[0],
        blocks=made,
        tags=words(info, "tags"),
        references=tuple(one for one in words(info, "reference") if one.startswith("http"))[:8],
        remedy=info.text("remediation")[:500],
        cwe=_cwe(info),
        variables=_pairs(fields, "variables"),
        constants=_pairs(fields, "constants"),
        is_flow=_is_flow(fields, len(made)),
        stop_at_first=fields.flag("stop-at-first-match"),
        warnings=_severity(info)[1],
    )
    _needed_author(info)
    blocks.check_holes(template)
    return guard.judged(template)


def _blocks(fields: Fields) -> tuple[Block, ...]:
    given = fields.items("http") or fields.items("requests")
    if not given:
        raise RefusedError(Code.INVALID_TEMPLATE, "it has no http block")
    return tuple(blocks.block(one, number) for number, one in enumerate(given, 1))


def _needed(info: Fields, name: str) -> str:
    value = info.text(name)
    if not value:
        raise RefusedError(Code.INVALID_TEMPLATE, f"info.{name} is missing")
    return value[:200]


def _needed_author(info: Fields) -> None:
    if not words(info, "author"):
        raise RefusedError(Code.INVALID_TEMPLATE, "info.author is missing")


def _severity(info: Fields) -> tuple[str, tuple[str, ...]]:
    given = info.text("severity").strip().lower()
    if given in SEVERITIES:
        return given, ()
    said = f"severity {given!r} is read as info" if given != "unknown" else ""
    return "info", (said,) if said else ()


def _cwe(info: Fields) -> str:
    found = info.inner("classification")
    given = words(found, "cwe-id") if found else ()
    return given[0].upper() if given else ""


def _pairs(fields: Fields, name: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, str(value)) for key, value in fields.mapping(name).items())


def _is_flow(fields: Fields, count: int) -> bool:
    flow = fields.text("flow")
    if not flow:
        return False
    terms = [int(one) for one in re.findall(r"http\((\d)\)", flow)]
    if not _FLOW.fullmatch(flow) or terms != list(range(1, len(terms) + 1)) or len(terms) > 5:  # noqa: PLR2004 - exposure.md 4.3
        raise RefusedError(Code.FLOW, "flow is not http(1) && http(2)")
    if len(terms) > count:
        raise RefusedError(Code.FLOW, "flow names a block that there is not")
    return True
