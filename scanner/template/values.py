"""What a template sees of a response: its dictionary (exposure.md 4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from scanner.targets import registrable

_CHINESE = re.compile(r"(?i)charset\s*=\s*[\"']?(gbk|gb2312|gb18030|windows-1251)")
_FIRST = ("Content-Length", "Transfer-Encoding")


class Answer(Struct, frozen=True):
    """One answer as it came: status, header fields in order, the body with its coding undone."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    url: str = ""
    seconds: float = 0.0
    request: str = ""
    version: str = "1.1"


def canonical(name: str) -> str:
    """A field's name as Go writes it: ``Www-Authenticate``, ``Etag``."""
    return "-".join(part[:1].upper() + part[1:].lower() for part in name.split("-"))


def all_headers(answer: Answer) -> str:
    """Status line and fields as the public engine writes them again, a blank line last."""
    pairs = [(canonical(name), value) for name, value in answer.headers]
    first = sorted((one for one in pairs if one[0] in _FIRST), key=lambda one: _FIRST.index(one[0]))
    others = sorted((one for one in pairs if one[0] not in _FIRST), key=lambda one: one[0])
    lines = [f"HTTP/{answer.version} {answer.status} {_phrase(answer.status)}".rstrip()]
    lines += [f"{name}: {value}" for name, value in (*first, *others)]
    return "\r\n".join((*lines, "", ""))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def body_text(answer: Answer) -> bytes:
    """The body in UTF-8 where its charset is one that the engine converts."""
    kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    found = _CHINESE.search(kind)
    if found is None:
        return answer.body
    return answer.body.decode(found[1].lower(), "replace").encode()


def dictionary(answer: Answer) -> dict[str, Any]:
    """Every value by its name."""
    body = body_text(answer)
    heads = all_headers(answer)
    fields: dict[str, str] = {}
    for name, value in answer.headers:
        key = name.lower().replace("-", "_")
        fields[key] = f"{fields[key]} {value}" if key in fields else value
    length = fields.get("content_length", "")
    made: dict[str, Any] = {
        **fields,
        **_cookies(answer.headers),
        "status_code": answer.status,
        "body": body,
        "raw_body": answer.body,
        "all_headers": heads,
        "header": heads,
        "response": heads.encode("utf-8", "surrogatepass") + body,
        "content_length": int(length)
        if length.isascii() and length.isdigit()
        else len(answer.body),
        "duration": answer.seconds,
        "host": answer.url,
        "matched": answer.url,
        "type": "http",
        "request": answer.request,
    }
    return made


def _cookies(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    made: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == "set-cookie":
            key, mark, rest = value.partition(";")[0].partition("=")
            if mark and key.strip():
                made[key.strip().lower()] = rest.strip()
    return made


def of_target(url: str) -> dict[str, str]:
    """The variables of a target."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    path = parts.path.rstrip("/")
    base = f"{parts.scheme}://{parts.netloc}{path}"
    folder, _, file = path.rpartition("/")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    domain = registrable(host)
    return {
        "BaseURL": base,
        "RootURL": f"{parts.scheme}://{parts.netloc}",
        "Hostname": parts.netloc,
        "Host": host,
        "Port": str(port),
        "Scheme": parts.scheme,
        "Path": folder or ("/" if path else ""),
        "File": file,
        "Query": parts.query,
        "Input": base,
        "FQDN": host,
        "RDN": domain,
        "DN": domain.partition(".")[0],
        "TLD": domain.partition(".")[2],
        "SD": host.removesuffix(domain).rstrip("."),
    }


def numbered(values: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The same under ``key_1``, ``key_2``."""
    return {f"{name}_{number}": value for name, value in values.items()}
