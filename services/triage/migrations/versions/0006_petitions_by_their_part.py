"""Find the petition that a part was parted from without looking at every petition."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("triaged_petitions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_triaged_petitions_split_part",
            ["split_part"],
            unique=False,
            sqlite_where=sa.text("split_part IS NOT NULL"),
            postgresql_where=sa.text("split_part IS NOT NULL"),
        )
