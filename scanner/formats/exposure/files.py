"""Structural parsers of files, by the names that the catalogue uses (exposure.md 3.1)."""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zlib

from scanner.formats.exposure.reply import LARGEST, Reply

_HEAD = re.compile(rb"(?:ref: refs/\S+|[0-9a-f]{40}|[0-9a-f]{64})\s*")
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=.*")
_TELLING = re.compile(r"(?i)KEY|SECRET|PASS|TOKEN|DB_|APP_|MAIL_|AWS_|DATABASE|REDIS|URL|HOST")
_SQL = tuple(
    re.compile(rf"(?im)^{pattern}")
    for pattern in (
        r"(?:--|/\*!?\d*) ?(?:MySQL|MariaDB|PostgreSQL|SQLite|phpMyAdmin|Host:|Adminer|pg_dump).*",
        r"CREATE TABLE\b",
        r"INSERT INTO\b",
        r"DROP TABLE\b",
        r"COPY \S+ \(",
        r"SET (?:SQL_MODE|statement_timeout)\b",
    )
)
_KEY = re.compile(
    rb"-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?)-----\r?\n(.*?)-----END \1-----", re.DOTALL
)
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_COMMANDS = re.compile(
    r"(?:sudo |time )?(?:\./\S+|cd|ls|ll|cat|cp|mv|rm|mkdir|vi|vim|nano|less|more|tail|head|grep"
    r"|find|chmod|chown|ssh|scp|rsync|ssh-keygen|git|svn|docker|docker-compose|kubectl|systemctl"
    r"|service|apt|apt-get|yum|dnf|pip|pip3|npm|yarn|composer|php|python|python3|perl|ruby|node|mysql"
    r"|mysqldump|psql|pg_dump|redis-cli|mongo|curl|wget|tar|unzip|zip|gzip|export|exit|clear|su"
    r"|passwd|useradd|htpasswd|openssl|crontab|top|htop|ps|kill|df|du|free|history|pwd|whoami|id"
    r"|ifconfig|ip|ping|netstat|telnet|nc|screen|tmux|make|echo|touch|ln|which|man|reboot|sed|awk"
    r"|source|env|set|alias|wp|artisan|drush|aws|az|gcloud|terraform|ansible-playbook)(?:\s|$)"
)
_SQL_VERB = re.compile(
    r"(?i)(?:select|insert|update|delete|show|use|create|drop|alter|grant|describe|desc|set|flush"
    r"|truncate|revoke|explain|\\[a-z]|exit|quit)\b"
)
_GZIP = b"\x1f\x8b\x08"
_LONGEST_NAME = 511


def git_head(reply: Reply) -> bool:
    """A HEAD file: one line, a reference or an object's name."""
    return len(reply.data) < 300 and bool(_HEAD.fullmatch(reply.data))  # noqa: PLR2004 - exposure.md 3.1


def git_index(reply: Reply) -> bool:
    """The index of a working copy: signature, version, count of entries."""
    body = reply.data
    if len(body) < 12 or body[:4] != b"DIRC":  # noqa: PLR2004 - signature, version, count
        return False
    version, count = struct.unpack("!II", body[4:12])
    return version in {2, 3, 4} and count < 5_000_000  # noqa: PLR2004 - exposure.md 3.1


def sqlite(reply: Reply) -> bool:
    """An SQLite database; bytes 18 and 19 are the versions of the file format."""
    versions = set(reply.data[18:20])
    return reply.data.startswith(b"SQLite format 3\0") and bool(versions) and versions <= {1, 2}


def dotenv(reply: Reply) -> bool:
    """An environment file: assignments, and a name that tells what they are for."""
    lines = [line.strip() for line in reply.text.splitlines()]
    kept = [line for line in lines if line and not line.startswith("#")]
    found = [match[1] for line in kept if (match := _ASSIGNMENT.fullmatch(line))]
    enough = len(found) >= 2 and len(found) >= 0.7 * len(kept)  # noqa: PLR2004 - exposure.md 3.1
    return (
        enough
        and not any(line.startswith("<") for line in kept)
        and any(map(_TELLING.search, found))
    )


def pem_private(reply: Reply) -> bool:
    """A private key in PEM (RFC 7468), alone or in a bundle after its certificates."""
    body = reply.data[: 16 << 10]
    found = _KEY.search(body)
    if found is None or not _is_preamble(body[: found.start()]):
        return False
    return _is_key(found[1], found[2])


def _is_preamble(before: bytes) -> bool:
    """Only comments, bag attributes, and other whole blocks stand before a key."""
    rest = [line.strip() for line in _BLOCK.sub(b"", before).splitlines()]
    is_bag = False
    for line in rest:
        is_bag = is_bag or line.startswith((b"Bag Attributes", b"Key Attributes"))
        if line and not line.startswith(b"#") and not is_bag:
            return False
    return True


def _is_key(label: bytes, inner: bytes) -> bool:
    is_encrypted = b"Proc-Type: 4,ENCRYPTED" in inner
    lines = [line.strip() for line in inner.splitlines()]
    if label.endswith(b"BLOCK"):  # OpenPGP: headers, then its own checksum line (RFC 9580 6.2)
        lines = [line for line in lines if not line.startswith(b"=")]
    text = b"".join(line for line in lines if b":" not in line)
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
    if label.endswith(b"BLOCK"):
        return bool(key) and bool(key[0] & 0x80)
    if is_encrypted:
        return bool(key) and len(key) % 8 == 0
    return key.startswith((b"\x30", b"openssh-key-v1\0"))


def archive(reply: Reply) -> bool:
    """A zip, gzip of a tar, tar, rar, 7z, bz2 or xz."""
    body = reply.data
    if body.startswith(b"PK\x03\x04") and len(body) >= 30:  # noqa: PLR2004 - APPNOTE 4.3.7
        version, name = struct.unpack_from("<H", body, 4)[0], struct.unpack_from("<H", body, 26)[0]
        return bool(version < 100 and 1 <= name <= _LONGEST_NAME)  # noqa: PLR2004 - exposure.md 3.1
    if body.startswith(_GZIP):
        return _is_tar(inflated(body))
    magic = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ\0", b"BZh")
    if body.startswith(b"BZh"):
        return body[3:4].isdigit() and body[4:10] == b"1AY&SY"
    return body.startswith(magic) or _is_tar(body)


def _is_tar(body: bytes) -> bool:
    return body[257:262] == b"ustar"


def inflated(body: bytes) -> bytes:
    """The first 64 KiB of a gzip's content; nothing where it is none."""
    if not body.startswith(_GZIP):
        return b""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, LARGEST)
    except zlib.error:
        return b""


def sqldump(reply: Reply) -> bool:
    """A dump in SQL: two of its signs at the beginning of lines."""
    return _is_dump(reply.text)


def gz_sqldump(reply: Reply) -> bool:
    """The same, packed."""
    return _is_dump(inflated(reply.data).decode("latin-1"))


def _is_dump(text: str) -> bool:
    return sum(bool(one.search(text)) for one in _SQL) >= 2  # noqa: PLR2004 - exposure.md 3.1


def hprof(reply: Reply) -> bool:
    """A dump of a Java heap, plain or packed."""
    body = inflated(reply.data) if reply.data.startswith(_GZIP) else reply.data
    return body.startswith(b"JAVA PROFILE 1.0.")


def history(reply: Reply) -> bool:
    """What was typed at a prompt; of a database client, statements."""
    text = reply.text
    if text.startswith("_HiStOrY_V2_"):  # libedit
        return True
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 3:  # noqa: PLR2004 - exposure.md 3.1
        return False
    is_sql = any(name in reply.named for name in ("mysql_history", "psql_history"))
    told = sum(_is_command(line, is_sql=is_sql) for line in lines)
    return 2 * told >= len(lines)


def _is_command(line: str, *, is_sql: bool) -> bool:
    if re.match(r"#\d{9,}$|: \d{9,}:\d+;", line):  # bash and zsh note the time
        return True
    return bool(_COMMANDS.match(line)) or (is_sql and bool(_SQL_VERB.match(line)))
