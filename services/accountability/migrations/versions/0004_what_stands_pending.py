"""Find the circulars that wait for somebody, however many were issued or rejected."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pending = sa.text("state IN ('proposed', 'approved', 'answered')")
    op.create_index(
        "ix_circulars_pending",
        "circulars",
        ["state"],
        unique=False,
        sqlite_where=pending,
        postgresql_where=pending,
    )
