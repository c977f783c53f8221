"""Keep at which reception node a milestone was reached."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.add_column(sa.Column("node", sa.String(length=64), nullable=True))
    _fill_in_routings()


def _fill_in_routings() -> None:
    """Name the node of every routing heard so far; it stands before the dash of its subject."""
    milestones = sa.table(
        "milestones",
        sa.column("milestone_no", sa.Integer),
        sa.column("kind", sa.String),
        sa.column("subject", sa.String),
        sa.column("node", sa.String),
    )
    store = op.get_bind()
    routings = store.execute(
        sa.select(milestones.c.milestone_no, milestones.c.subject).where(
            milestones.c.kind == "routed"
        )
    ).all()
    for milestone_no, subject in routings:
        store.execute(
            sa.update(milestones)
            .where(milestones.c.milestone_no == milestone_no)
            .values(node=subject.partition("-")[0])
        )
