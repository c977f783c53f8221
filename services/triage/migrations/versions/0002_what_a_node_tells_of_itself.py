"""Keep the department, the way of finding leaders and the metrics address of a node."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("nodes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("department", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("leader_assignment", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("metrics", sa.String(length=300), nullable=True))
