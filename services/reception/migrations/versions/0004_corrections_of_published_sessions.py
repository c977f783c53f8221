"""Add what is kept when a published session is corrected."""

import sqlalchemy as sa
from alembic import op

from shared.database import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_corrections",
        sa.Column("document_no", sa.String(length=64), nullable=False),
        sa.Column("session", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("starts_at", sa.String(length=5), nullable=False),
        sa.Column("ends_at", sa.String(length=5), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("leaders", sa.JSON(), nullable=False),
        sa.Column("reason_sealed", sa.Text(), nullable=False),
        sa.Column("corrected_at", Instant(), nullable=False),
        sa.Column("corrected_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["session"], ["sessions.session"], name=op.f("fk_session_corrections_session")
        ),
        sa.PrimaryKeyConstraint("document_no", name=op.f("pk_session_corrections")),
    )
    with op.batch_alter_table("session_corrections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_corrections_session"), ["session"], unique=False
        )
