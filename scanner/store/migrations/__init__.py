"""Alembic's scripts: how a store of an older govscan becomes one of today's."""
