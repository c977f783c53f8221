"""Add retired nodes, what they handed over, and where it went."""

import sqlalchemy as sa
from alembic import op

from shared.database import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hand_overs",
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("routing_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("handed_over_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no"],
            ["triaged_petitions.petition_no"],
            name=op.f("fk_hand_overs_petition_no"),
        ),
        sa.PrimaryKeyConstraint(
            "petition_no", "node", "routing_version", name=op.f("pk_hand_overs")
        ),
    )
    op.create_table(
        "node_retirements",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("retired_at", Instant(), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=False),
        sa.Column("reason_sealed", sa.Text(), nullable=False),
        sa.Column("retired_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["node"], ["nodes.node"], name=op.f("fk_node_retirements_node")),
        sa.PrimaryKeyConstraint("node", "retired_at", name=op.f("pk_node_retirements")),
    )
    op.create_table(
        "reroutings",
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reroutings", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_node", sa.String(length=64), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("leader", sa.String(length=64), nullable=False),
        sa.Column("leader_in_charge", sa.String(length=64), nullable=False),
        sa.Column("directory_version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("rerouted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no", "position"],
            ["sorting_entries.petition_no", "sorting_entries.position"],
            name=op.f("fk_reroutings_petition_no_position"),
        ),
        sa.PrimaryKeyConstraint(
            "petition_no", "position", "reroutings", name=op.f("pk_reroutings")
        ),
    )
    with op.batch_alter_table("nodes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retired_at", Instant(), nullable=True))
