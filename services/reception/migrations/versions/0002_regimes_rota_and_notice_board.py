"""Add what regimes, rotas, announcements and the notice board of all nodes need."""

import sqlalchemy as sa
from alembic import op

from shared.database import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "neighbour_sessions",
        sa.Column("session", sa.String(length=80), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.String(length=5), nullable=False),
        sa.Column("ends_at", sa.String(length=5), nullable=False),
        sa.Column("leaders", sa.JSON(), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_neighbour_sessions")),
    )
    with op.batch_alter_table("neighbour_sessions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_neighbour_sessions_held_on"), ["held_on"], unique=False
        )

    op.create_table(
        "node_announcements",
        sa.Column(
            "announcement_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("territory", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=True),
        sa.Column("regime", sa.String(length=64), nullable=False),
        sa.Column("leader_assignment", sa.String(length=64), nullable=False),
        sa.Column("metrics", sa.String(length=300), nullable=True),
        sa.Column("announced_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("announcement_no", name=op.f("pk_node_announcements")),
    )
    op.create_table(
        "receiving_points",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("territory", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=True),
        sa.Column("regime", sa.String(length=64), nullable=False),
        sa.Column("leader_assignment", sa.String(length=64), nullable=True),
        sa.Column("announced_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_receiving_points")),
    )
    op.create_table(
        "rota_places",
        sa.Column(
            "place",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("leader", sa.String(length=64), nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_rota_places")),
        sa.UniqueConstraint("leader", name=op.f("uq_rota_places_leader")),
    )
    op.create_table(
        "duty_swaps",
        sa.Column("request_id", sa.String(length=100), nullable=False),
        sa.Column("session", sa.String(length=80), nullable=False),
        sa.Column("next_session", sa.String(length=80), nullable=False),
        sa.Column("leader", sa.String(length=64), nullable=False),
        sa.Column("counterpart", sa.String(length=64), nullable=False),
        sa.Column("reason_sealed", sa.Text(), nullable=False),
        sa.Column("swapped_at", Instant(), nullable=False),
        sa.Column("swapped_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["next_session"], ["sessions.session"], name=op.f("fk_duty_swaps_next_session")
        ),
        sa.ForeignKeyConstraint(
            ["session"], ["sessions.session"], name=op.f("fk_duty_swaps_session")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_duty_swaps")),
    )
    op.create_table(
        "session_reseatings",
        sa.Column(
            "reseating_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session", sa.String(length=80), nullable=False),
        sa.Column("leader", sa.String(length=64), nullable=False),
        sa.Column("in_place_of", sa.String(length=64), nullable=False),
        sa.Column("document_no", sa.String(length=64), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("reseated_at", Instant(), nullable=False),
        sa.Column("reseated_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["session"], ["sessions.session"], name=op.f("fk_session_reseatings_session")
        ),
        sa.PrimaryKeyConstraint("reseating_no", name=op.f("pk_session_reseatings")),
        sa.UniqueConstraint("document_no", name=op.f("uq_session_reseatings_document_no")),
    )
    with op.batch_alter_table("session_reseatings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_reseatings_session"), ["session"], unique=False
        )

    # That it opened is told anew, with what it was not told of then.
    op.drop_table("node_openings")
    with op.batch_alter_table("routings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("whoever_sits", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turn", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", Instant(), nullable=True))
