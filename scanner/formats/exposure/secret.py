"""Whether a text holds a secret, and what may be shown of it: names, never values."""

from __future__ import annotations

import re
from typing import Any

from scanner.formats.exposure.pages import title
from scanner.formats.exposure.reply import Reply
from scanner.formats.exposure.stores import log_prefix

LONGEST = 200
MOST_LINES = 60
# Nothing of these is shown: size and hash are enough (exposure.md 3.2).
HIDDEN = frozenset(
    {"private-key-file", "memory-dump", "database-dump", "backup-archive", "shell-history"}
)
_TELLING = re.compile(
    r"(?i)(pass(?:word|wd|phrase)?|pwd|secret|token|api[_\-]?key|private[_\-]?key|access[_\-]?key"
    r"|credential|connectionstring|auth[_\-]?key|secret[_\-]?key[_\-]?base|_salt|_key|account[_\-]?key)"
    r"[\w.\-\]]*[\"']?\)?\s*(?:=>|[:=,])\s*(?:!!?\w+\s+)?([\"']?)([^\s\"',;<>}\])]{1,300})"
)
_IN_CONNECTION = re.compile(
    r"(?i)(?:://[^\s/:@\"']{1,80}:([^\s/@\"']{1,80})@|\b(?:password|pwd)=([^;\"'\s]{1,80}))"
)
_PLACEHOLDER = re.compile(
    r"(?i)^(?:null|none|nil|~|true|false|empty|changeme|change[_-]?me|change[_-]?this.*|your[_\-].*"
    r"|my[_\-]?(?:secret|password|key)|xxx+|\*+|x+|\.\.\.|todo|example.*|placeholder|secret|password"
    r"|replace[_-].*|dummy|test|\d{1,3}|[%$#@{<\[(].*|env\(.*|getenv.*|process\.env.*|os\.environ.*"
    r"|\$_(?:env|server).*|string|str|required|optional)$"
)
_LINE = re.compile(
    r"^\s*(?:export\s+|set\s+|-\s+)?[\"']?([A-Za-z_][\w.\-/ ]{0,60}?)[\"']?\s*(?:=>|=|:)(?:\s|\S|$)"
)
_DEFINE = re.compile(r"(?i)(?:define|setting)\s*\(\s*['\"]([A-Z_a-z]\w{0,60})['\"]")
_VARIABLE = re.compile(
    r"(?:var|public|private|const)?\s*\$?([A-Za-z_]\w{0,40})(?:\[['\"](\w{1,40})['\"]\])*\s*="
)
_SECTION = re.compile(r"^\s*\[[\w.\- \"/:]{1,60}\]\s*$")
_ACCOUNT = re.compile(r"^([\w.@\-]{1,40}):[^\s:]{8,}")
_LONG = re.compile(r"[A-Za-z0-9+/_\-=.]{20,}")
_MAIL = re.compile(r"[\w.+\-]+@[\w.\-]+")
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}\b")


def holds_secret(text: str) -> bool:
    """Whether a value that looks like a real secret is assigned to a name that tells of one."""
    for found in _TELLING.finditer(text[:65536]):
        if not _PLACEHOLDER.match(found[3]):
            return True
    for found in _IN_CONNECTION.finditer(text[:65536]):
        if not _PLACEHOLDER.match(found[1] or found[2]):
            return True
    return False


def masked(text: str) -> str:
    """A short text without what could be a secret: tokens, addresses of mail and of machines."""
    text = _MAIL.sub("***@***", text)
    text = _ADDRESS.sub("***", text)
    return _LONG.sub(_cut, text)


def _cut(found: re.Match[str]) -> str:
    """A long run is cut to its beginning; a word of one case without a digit is a name."""
    run = found[0]
    return run if run.replace("_", "").isalpha() and run.islower() else f"{run[:4]}…"


def excerpt(check: str, proof: str, reply: Reply) -> str:
    """At most 200 characters that name what was found and hold nothing of what it keeps."""
    if check in HIDDEN or reply.is_empty:
        return ""
    shown = _shown(check, proof, reply)
    return masked(" ".join(shown.split()))[:LONGEST]


def _shown(check: str, proof: str, reply: Reply) -> str:
    if reply.is_html:
        return f"title: {title(reply.text)[:80]}"
    if reply.json is not None:
        return _keys(reply.json)
    if check == "log-file" or proof == "log_lines":
        return f"{log_prefix(reply.text)} …"
    if b"\0" in reply.data[:64]:
        return f"begins {reply.data[:16].hex()}"
    return " ".join(_names(reply.text))


def _keys(document: Any, depth: int = 2) -> str:  # noqa: ANN401 - any JSON
    if isinstance(document, list):
        inner = _keys(document[0], depth - 1) if document and depth else "…"
        return f"[{len(document)} x {inner}]"
    if not isinstance(document, dict):
        return "…"
    if not depth:
        return "{…}"
    names = (
        f"{masked(str(key)[:40])}: {_keys(value, depth - 1)}" for key, value in document.items()
    )
    return "{" + ", ".join(list(names)[:12]) + "}"


def _names(text: str) -> list[str]:
    """Of each line its name; sections whole; of all else nothing."""
    shown: list[str] = []
    in_block = False
    for line in text.splitlines()[:MOST_LINES]:
        if "-----BEGIN " in line:
            in_block = True
            shown.append("[key removed]")
        if not in_block and (name := _name(line)):
            shown.append(name)
        if "-----END " in line:
            in_block = False
    return shown


def _name(line: str) -> str:
    if _SECTION.match(line):
        return line.strip()
    if found := _DEFINE.search(line):
        return f"define({found[1]}, ***)"
    if found := _ACCOUNT.match(line):
        return f"{found[1]}:***"
    if found := _LINE.match(line):
        return f"{found[1].strip()}=***"
    if (found := _VARIABLE.match(line)) and "=" in line:
        return f"{found[2] or found[1]}=***"
    return ""
