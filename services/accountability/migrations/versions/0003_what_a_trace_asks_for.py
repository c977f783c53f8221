"""Keep which petition and which conversation a command was part of, and what set a deadline."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("commands", schema=None) as batch_op:
        batch_op.add_column(sa.Column("petition_no", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("correlation_id", sa.String(length=100), nullable=True))
        batch_op.create_index(
            "ix_commands_of_petition",
            ["petition_no"],
            unique=False,
            sqlite_where=sa.text("petition_no IS NOT NULL"),
            postgresql_where=sa.text("petition_no IS NOT NULL"),
        )
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("causation_id", sa.String(length=100), nullable=True))
