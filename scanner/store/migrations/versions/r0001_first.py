"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "blob",
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("codec", sa.String(length=8), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("lineage", sa.String(length=200), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("rule_set", sa.String(length=64), nullable=False),
        sa.Column("document", sa.LargeBinary(length=32), nullable=False),
        sa.Column("inventory", sa.LargeBinary(length=32), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["blob.sha256"], name=op.f("fk_run_document")),
        sa.ForeignKeyConstraint(["inventory"], ["blob.sha256"], name=op.f("fk_run_inventory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("key", name=op.f("uq_run_key")),
        sa.UniqueConstraint("lineage", "sequence", name=op.f("uq_run_lineage_sequence")),
    )
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["first_run"], ["run.id"], name=op.f("fk_target_first_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("host", name=op.f("uq_target_host")),
    )
    op.create_table(
        "finding",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("check", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("item", sa.String(length=300), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_finding_run")),
        sa.ForeignKeyConstraint(["target"], ["target.id"], name=op.f("fk_finding_target")),
        sa.PrimaryKeyConstraint(
            "run", "target", "check", "subject", "item", name=op.f("pk_finding")
        ),
    )
    op.create_index(
        op.f("ix_finding_run_check_outcome"),
        "finding",
        ["run", "check", "outcome"],
        unique=False,
    )
    op.create_table(
        "observation",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("peer", sa.String(length=60), nullable=False),
        sa.Column("volatile", sa.LargeBinary(), nullable=True),
        sa.Column("blob", sa.LargeBinary(length=32), nullable=True),
        sa.Column("absence", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["blob"], ["blob.sha256"], name=op.f("fk_observation_blob")),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_observation_run")),
        sa.ForeignKeyConstraint(["target"], ["target.id"], name=op.f("fk_observation_target")),
        sa.PrimaryKeyConstraint(
            "run", "target", "kind", "subject", "address", name=op.f("pk_observation")
        ),
    )
    op.create_table(
        "run_target",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("began", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("findings", sa.LargeBinary(length=32), nullable=True),
        sa.Column("facts", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["facts"], ["blob.sha256"], name=op.f("fk_run_target_facts")),
        sa.ForeignKeyConstraint(["findings"], ["blob.sha256"], name=op.f("fk_run_target_findings")),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_run_target_run")),
        sa.ForeignKeyConstraint(["target"], ["target.id"], name=op.f("fk_run_target_target")),
        sa.PrimaryKeyConstraint("run", "target", name=op.f("pk_run_target")),
    )
    op.create_index(op.f("ix_run_target_run_agency"), "run_target", ["run", "agency"], unique=False)
