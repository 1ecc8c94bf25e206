"""The tables. Times are integers (UTC, milliseconds), hashes 32 bytes; no address is in a key."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    inspect,
    text,
)

from scanner.damage import DamagedError

REVISION = "0001"

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=NAMES)

blob = Table(
    "blob",
    METADATA,
    Column("sha256", LargeBinary(32), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("codec", String(8), nullable=False),
    Column("data", LargeBinary, nullable=False),
)
run = Table(
    "run",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", String(40), nullable=False, unique=True),
    Column("lineage", String(200), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("rule_set", String(64), nullable=False),
    Column("document", LargeBinary(32), ForeignKey("blob.sha256"), nullable=False),
    Column("inventory", LargeBinary(32), ForeignKey("blob.sha256"), nullable=False),
    Column("notes", String, nullable=False),
    UniqueConstraint("lineage", "sequence"),
)
target = Table(
    "target",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("host", String(253), nullable=False, unique=True),
    Column("first_run", Integer, ForeignKey("run.id"), nullable=False),
)
run_target = Table(
    "run_target",
    METADATA,
    Column("run", Integer, ForeignKey("run.id"), primary_key=True),
    Column("target", Integer, ForeignKey("target.id"), primary_key=True),
    Column("agency", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", String(200)),
    Column("began", BigInteger),
    Column("ended", BigInteger),
    Column("findings", LargeBinary(32), ForeignKey("blob.sha256")),
    Column("facts", LargeBinary(32), ForeignKey("blob.sha256")),
    Index(None, "run", "agency"),
)
observation = Table(
    "observation",
    METADATA,
    Column("run", Integer, ForeignKey("run.id"), primary_key=True),
    Column("target", Integer, ForeignKey("target.id"), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("subject", String(300), primary_key=True),
    Column("address", String(45), primary_key=True),
    Column("at", BigInteger),
    Column("peer", String(60), nullable=False),
    Column("volatile", LargeBinary),
    Column("blob", LargeBinary(32), ForeignKey("blob.sha256")),
    Column("absence", LargeBinary),
)
finding = Table(
    "finding",
    METADATA,
    Column("run", Integer, ForeignKey("run.id"), primary_key=True),
    Column("target", Integer, ForeignKey("target.id"), primary_key=True),
    Column("check", String(100), primary_key=True),
    Column("subject", String(300), primary_key=True),
    Column("item", String(300), primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("reason", String(32)),
    Column("fingerprint", String(16), nullable=False),
    Index(None, "run", "check", "outcome"),
)
version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), primary_key=True),
)


class SchemaError(DamagedError):
    """The store was made by a newer version of govscan, or is no store of ours."""


def prepare(engine: Engine) -> None:
    """Create an empty store, or bring an older one up to date; never touch a newer one."""
    found = revision(engine)
    if found == REVISION:
        return
    if found is None and not inspect(engine).get_table_names():
        create(engine)
        return
    from scanner.store.migrate import upgrade  # noqa: PLC0415 - Alembic is imported only if needed

    upgrade(engine, found)


def create(engine: Engine) -> None:
    """Create the tables as the newest revision has them."""
    with engine.begin() as connection:
        METADATA.create_all(connection)
        version.create(connection)
        connection.execute(version.insert().values(version_num=REVISION))


def revision(engine: Engine) -> str | None:
    """The revision of the stored tables; ``None`` where there is none."""
    if not inspect(engine).has_table(version.name):
        return None
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
