"""What a body is, for those who need no more than that (exposure.md 3)."""

from __future__ import annotations

from scanner.formats.exposure.reply import Reply


def is_html(body: bytes) -> bool:
    """Whether a body is a web page, whatever its content type says."""
    return Reply(200, body).is_html
