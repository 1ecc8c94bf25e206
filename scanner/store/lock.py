"""One scan at a time for a lineage of a store; the kernel frees the lock of a killed process."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path


class LockedError(Exception):
    """Another scan of the same audit is running."""


@contextmanager
def locked(folder: Path, *, store: str, lineage: str, now: datetime) -> Iterator[None]:
    """Hold the lock of a lineage; raise ``LockedError`` with its holder where it is held."""
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(f"{store}\0{lineage}".encode()).hexdigest()[:16]
    descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 200).decode(errors="replace") or "an unknown process"
            message = f"another scan of {lineage!r} is running: {holder}"
            raise LockedError(message) from None
        os.ftruncate(descriptor, 0)
        holder = f"pid {os.getpid()} on {socket.gethostname()} since {now:%Y-%m-%d %H:%M:%S} UTC"
        os.pwrite(descriptor, holder.encode(), 0)
        yield
    finally:
        os.close(descriptor)
