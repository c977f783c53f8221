"""Keep every part that was split off from a petition."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "split_parts",
        sa.Column("part_no", sa.String(length=32), nullable=False),
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no"],
            ["triaged_petitions.petition_no"],
            name=op.f("fk_split_parts_petition_no"),
        ),
        sa.PrimaryKeyConstraint("part_no", name=op.f("pk_split_parts")),
    )
    with op.batch_alter_table("split_parts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_split_parts_petition_no"), ["petition_no"], unique=False
        )
    _fill_in_known_parts()


def _fill_in_known_parts() -> None:
    parts = sa.table("split_parts", sa.column("part_no"), sa.column("petition_no"))
    petitions = sa.table("triaged_petitions", sa.column("petition_no"), sa.column("split_part"))
    op.execute(
        sa.insert(parts).from_select(
            ["part_no", "petition_no"],
            sa.select(petitions.c.split_part, petitions.c.petition_no).where(
                petitions.c.split_part.is_not(None)
            ),
        )
    )
