"""The log: plain on standard error, or one JSON object a line for a collector."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import msgspec


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(entry).decode()


def set_up(*, as_json: bool, is_quiet: bool) -> None:
    """Send the log to standard error; a quiet run logs what broke, and nothing else."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(levelname)s %(name)s: %(message)s")
    handler.setFormatter(_Json() if as_json else plain)
    logging.basicConfig(
        level=logging.ERROR if is_quiet else logging.WARNING, handlers=[handler], force=True
    )
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)


def log_requests(folder: Path | None) -> None:
    """Write every HTTP request into ``requests.jsonl``: when, to whom, under which name.

    With it an administrator recognises us in his own log. It holds no answer but its status.
    """
    where = (folder or Path()) / "requests.jsonl"
    where.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(where, mode="a", encoding="utf-8")
    handler.setFormatter(_Request())
    logger = logging.getLogger("govscan.requests")
    for old in list(logger.handlers):
        logger.removeHandler(old)
        old.close()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


class _Request(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = record.args if isinstance(record.args, dict) else {}
        return msgspec.json.encode(told).decode()
