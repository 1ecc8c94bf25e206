"""Keeps runs: SQLite by default, PostgreSQL by URL, through SQLAlchemy Core."""

from scanner.store.lock import LockedError, locked
from scanner.store.schema import SchemaError
from scanner.store.store import NoSuchRunError, Store, default_url

__all__ = [
    "LockedError",
    "NoSuchRunError",
    "SchemaError",
    "Store",
    "default_url",
    "locked",
]
