"""Brings an older store up to date. Imported only when its revision is not the code's."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from scanner.store.schema import SchemaError

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration() -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(engine: Engine, found: str | None) -> None:
    """Apply the missing migrations, after a backup where the store is a file."""
    config = configuration()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        message = f"the store is of revision {found}, made by a newer govscan: nothing was touched"
        raise SchemaError(message)
    if found is not None:
        _back_up(engine, found)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _back_up(engine: Engine, found: str) -> None:
    if engine.dialect.name == "sqlite" and engine.url.database:
        copy = f"{engine.url.database}.before-{found}"
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM INTO :copy"), {"copy": copy})
