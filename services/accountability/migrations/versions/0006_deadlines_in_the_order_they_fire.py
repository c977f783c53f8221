"""Find the deadline that fires next in the order they fire, however many come due at once."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pending = sa.text("state = 'pending'")
    op.drop_index("ix_deadlines_pending", "deadlines")
    op.create_index(
        "ix_deadlines_pending",
        "deadlines",
        ["fires_at", "kind", "subject", "version"],
        unique=False,
        sqlite_where=pending,
        postgresql_where=pending,
    )
