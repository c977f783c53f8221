"""Keep which units have a part in a case."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_units",
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("petition_no", "unit", name=op.f("pk_case_units")),
    )
    _fill_in_known_units()


def _fill_in_known_units() -> None:
    """Take over the lead unit of every case known so far, and the units of its grounds."""
    case_units = sa.table("case_units", sa.column("petition_no"), sa.column("unit"))
    known = sa.table("known_cases", sa.column("petition_no"), sa.column("unit"))
    grounds = sa.table("grounds", sa.column("petition_no"), sa.column("unit"))
    op.execute(
        sa.insert(case_units).from_select(
            ["petition_no", "unit"],
            sa.union(
                sa.select(known.c.petition_no, known.c.unit),
                sa.select(grounds.c.petition_no, grounds.c.unit).where(grounds.c.unit.is_not(None)),
            ),
        )
    )
