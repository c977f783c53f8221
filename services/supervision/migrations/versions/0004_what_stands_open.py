"""Find the cases that may stand overdue and the slip sets that are out, however many are closed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    overdue = sa.text(
        "was_overdue AND is_current AND opinion_delivered_on IS NULL AND closed_on IS NULL"
    )
    op.create_index(
        "ix_cases_overdue",
        "cases",
        ["unit"],
        unique=False,
        sqlite_where=overdue,
        postgresql_where=overdue,
    )
    out = sa.text("state = 'open'")
    op.create_index(
        "ix_slip_sets_open",
        "slip_sets",
        ["issued_on"],
        unique=False,
        sqlite_where=out,
        postgresql_where=out,
    )
