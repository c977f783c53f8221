"""Add what a node keeps when it is retired and hands its open work over."""

import sqlalchemy as sa
from alembic import op

from shared.database import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "node_retirements",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("retired_at", Instant(), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("node", "retired_at", name=op.f("pk_node_retirements")),
    )
    op.create_table(
        "hand_overs",
        sa.Column(
            "hand_over_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column(
            "routing_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("stood_at", sa.String(length=64), nullable=False),
        sa.Column("set_no", sa.String(length=64), nullable=True),
        sa.Column("appointment_no", sa.String(length=64), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("starts_at", sa.String(length=5), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("document_no", sa.String(length=64), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("handed_over_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["routing_no"], ["routings.routing_no"], name=op.f("fk_hand_overs_routing_no")
        ),
        sa.PrimaryKeyConstraint("hand_over_no", name=op.f("pk_hand_overs")),
        sa.UniqueConstraint("document_no", name=op.f("uq_hand_overs_document_no")),
        sa.UniqueConstraint("routing_no", name=op.f("uq_hand_overs_routing_no")),
    )
    with op.batch_alter_table("hand_overs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_hand_overs_petition_no"), ["petition_no"], unique=False
        )

    with op.batch_alter_table("routings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accepted_on", sa.Date(), nullable=True))
