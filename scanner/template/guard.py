"""Templates that can be read and are not run: they attack, or name other hosts."""

from __future__ import annotations

import re

import msgspec

from scanner.template.model import Code, Refusal, Template

TAGS = frozenset(
    {
        *("intrusive", "rce", "sqli", "xss", "lfi", "rfi", "ssrf", "ssti", "xxe", "redirect"),
        *("traversal", "fuzz", "brute-force", "dos", "default-login", "file-upload"),
        *("deserialization", "bruteforce", "fileupload", "default-logins"),
    }
)
_PATH = re.compile(
    r"(?i)\.\./|\.\.;|%2e%2e|%0d|%0a|%00|<|'|`|\$\{|\{\{7\*|;cat|cmd=|/etc/passwd|win\.ini"
)
# What a GET makes the server do: write its memory to a file, work for half a minute, end a session
# (exposure.md 1, never requested). A dump that lies as a file (heapdump.hprof) is read like any.
_WORK = re.compile(
    r"(?i)/heapdump(?:$|[?/;#])|/(?:actuator|manage|management)/(?:shutdown|restart|refresh|pause)\b"
    r"|/wp-cron\.php|/debug/pprof/(?:profile|trace|heap)\b|/jolokia/(?:exec|write)\b"
)
_LOGIN = frozenset({"default-logins", "default-login"})
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


def judged(template: Template) -> Template:
    """The template, with the reason where it is set aside."""
    aside = _credentials(template) or _path(template) or _tag(template)
    return msgspec.structs.replace(template, aside=aside) if aside else template


def _tag(template: Template) -> Refusal | None:
    tags = {one.lower() for one in template.tags}
    if found := sorted(tags & TAGS):
        return Refusal(template.id, Code.INTRUSIVE_TAG, f"tagged {found[0]}")
    return None


def _path(template: Template) -> Refusal | None:
    for block in template.blocks:
        for ask in block.asks:
            for payload in block.payloads or ("",):
                path = ask.path.replace("{{" + block.payload_name + "}}", payload)
                if found := _PATH.search(path):
                    return Refusal(template.id, Code.INTRUSIVE_PATH, f"path holds {found[0]}")
                if found := _WORK.search(path):
                    said = f"path makes the server work or write: {found[0]}"
                    return Refusal(template.id, Code.INTRUSIVE_PATH, said)
    return None


def _credentials(template: Template) -> Refusal | None:
    if _LOGIN & {one.lower() for one in template.tags}:
        return Refusal(template.id, Code.CREDENTIALS, "sends credentials (default logins)")
    for block in template.blocks:
        for ask in block.asks:
            for name, value in ask.headers:
                if name.lower() in _SECRET_HEADERS and value.strip():
                    return Refusal(template.id, Code.CREDENTIALS, f"sends credentials ({name})")
    return None
