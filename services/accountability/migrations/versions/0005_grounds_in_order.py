"""Find the first grounds of a unit in their order, however many it has had."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_grounds_unit", table_name="grounds")
    op.create_index("ix_grounds_unit", "grounds", ["unit", "occurred_on", "ground_no"])
