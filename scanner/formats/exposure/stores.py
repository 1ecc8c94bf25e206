"""Structural parsers of key stores, process images and logs."""

from __future__ import annotations

import re
import struct

from scanner.formats.exposure.reply import Reply

_LOG_LINES = re.compile(
    r"(?m)^(?:"
    r"\[\d{4}-\d\d-\d\d[ T][\d:]{8}[^\]\n]*\] \w+\.\w+:"  # Monolog (Laravel, Symfony)
    r"|\[\d\d-\w{3}-\d{4} [\d:]{8}[^\]\n]*\] "  # PHP
    r"|\S+ \S+ \S+ \[\d\d/\w{3}/\d{4}:[\d:]{8} [+\-]\d{4}\] \"[A-Z]+ "  # common log format
    r"|\[\w{3} \w{3} \d\d [\d:.]+ \d{4}\] \["  # Apache
    r"|\d{4}/\d\d/\d\d [\d:]{8} \[(?:error|warn|crit|alert|emerg|notice)\]"  # nginx
    r"|\d+ (?:info|verbose|error|silly|http) "  # npm
    r"|\d{4}-\d\d-\d\d[ T][\d:]{8}(?:[.,]\d+)?Z?\s+(?:\[?[\w.\-]+\]?\s+)?"
    r"\[?(?:DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL|TRACE)\b"  # log4j, logback, Python
    r"|[A-Z], \[\d{4}-\d\d-\d\dT[\d:.]+ #\d+\] +(?:DEBUG|INFO|WARN|ERROR|FATAL) "  # Ruby
    r"|#Software: Microsoft Internet Information Services"  # W3C extended
    r"|(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}) [\w.\-]+ [\w./\-]+(?:\[\d+\])?: "  # syslog
    r")"
)


def keystore(reply: Reply) -> bool:
    """A Java key store (JKS, JCEKS) or a PKCS #12 container (RFC 7292 4)."""
    body = reply.data
    if body[:4] in {b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"}:
        return len(body) >= 12 and struct.unpack_from("!I", body, 4)[0] in {1, 2}  # noqa: PLR2004
    return _is_pkcs12(body)


def _is_pkcs12(body: bytes) -> bool:
    """SEQUENCE { version 3, contentInfo ... }."""
    if body[:1] != b"\x30" or len(body) < 20:  # noqa: PLR2004 - the smallest container is larger
        return False
    length = 2 + (body[1] & 0x7F if body[1] & 0x80 else 0)
    data = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"  # pkcs-7
    start = body[length : length + 24]
    return start.startswith(b"\x02\x01\x03") and data in start


def putty_key(reply: Reply) -> bool:
    """A private key of PuTTY."""
    return bool(re.match(rb"PuTTY-User-Key-File-[23]: \S+\r?\nEncryption: \S+\r?\n", reply.data))


def keepass(reply: Reply) -> bool:
    """A password database of KeePass 1 or 2."""
    return reply.data[:4] == b"\x03\xd9\xa2\x9a" and reply.data[4:8] in {
        b"\x65\xfb\x4b\xb5",
        b"\x67\xfb\x4b\xb5",
        b"\x66\xfb\x4b\xb5",
    }


def core_dump(reply: Reply) -> bool:
    """An ELF core file (e_type 4) or a Windows minidump."""
    body = reply.data
    if body.startswith(b"MDMP\x93\xa7"):
        return True
    if not body.startswith(b"\x7fELF") or len(body) < 18:  # noqa: PLR2004 - e_type's place
        return False
    order = "<H" if body[5] == 1 else ">H"
    return bool(struct.unpack_from(order, body, 16)[0] == 4)  # noqa: PLR2004 - ET_CORE


def access_db(reply: Reply) -> bool:
    """A database file of Access, or a backup of SQL Server."""
    start = reply.data[:20]
    return start[4:19] in {b"Standard Jet DB", b"Standard ACE DB"} or start.startswith(b"TAPE\0")


def redis_dump(reply: Reply) -> bool:
    """A snapshot of Redis."""
    return bool(re.match(rb"REDIS00\d\d[\x00-\xff]", reply.data))


def log_lines(reply: Reply) -> bool:
    """A line in a known format, near the beginning (not a word somewhere)."""
    return bool(_LOG_LINES.search(reply.text[:16384]))


def log_prefix(text: str) -> str:
    """The sign by which a log was known: format and time, never what happened."""
    found = _LOG_LINES.search(text[:16384])
    return found[0] if found else ""
