"""Make the first tables of intake: the register, the people, what they said, and progress."""

import sqlalchemy as sa
from alembic import op

from shared.database import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_versions",
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("petition_no", name=op.f("pk_case_versions")),
    )
    op.create_table(
        "commands",
        sa.Column("request_id", sa.String(length=100), nullable=False),
        sa.Column("method", sa.String(length=128), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("reply_sealed", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(length=100), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("now", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_commands")),
    )
    op.create_table(
        "day_counts",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_day_counts")),
    )
    op.create_table(
        "deadlines",
        sa.Column(
            "deadline_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("petition_no", sa.String(length=64), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("fires_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("scheduled_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("correlation_id", sa.String(length=100), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Instant(), nullable=True),
        sa.Column("error", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("deadline_no", name=op.f("pk_deadlines")),
        sa.UniqueConstraint(
            "kind", "subject", "version", name=op.f("uq_deadlines_kind_subject_version")
        ),
    )
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deadlines_pending",
            ["fires_at", "deadline_no"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.create_index(batch_op.f("ix_deadlines_petition_no"), ["petition_no"], unique=False)

    op.create_table(
        "directory_versions",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("territories", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("leaders", sa.JSON(), nullable=False),
        sa.Column("announced_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_directory_versions")),
    )
    op.create_table(
        "document_counters",
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=2), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("petition_no", "kind", name=op.f("pk_document_counters")),
    )
    op.create_table(
        "early_messages",
        sa.Column(
            "early_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=128), nullable=False),
        sa.Column("petition_no", sa.String(length=64), nullable=True),
        sa.Column("waits_for", sa.String(length=128), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("early_no", name=op.f("pk_early_messages")),
        sa.UniqueConstraint(
            "message_id", "consumer", name=op.f("uq_early_messages_message_id_consumer")
        ),
    )
    with op.batch_alter_table("early_messages", schema=None) as batch_op:
        batch_op.create_index(
            "ix_early_messages_waiting",
            ["petition_no"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "handling_attempts",
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=100), nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("first_failed_at", Instant(), nullable=False),
        sa.Column("last_failed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "consumer", name=op.f("pk_handling_attempts")),
    )
    op.create_table(
        "outbox_messages",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=128), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=True),
        sa.Column("routing_key", sa.String(length=255), nullable=False),
        sa.Column("petition_no", sa.String(length=64), nullable=True),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Instant(), nullable=True),
        sa.Column("last_failure", sa.String(length=200), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox_messages")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_messages_event_id")),
    )
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outbox_messages_petition_no"), ["petition_no"], unique=False
        )
        batch_op.create_index(
            "ix_outbox_messages_unsent",
            ["seq"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )

    op.create_table(
        "parked_messages",
        sa.Column(
            "parked_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=128), nullable=False),
        sa.Column("petition_no", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=True),
        sa.Column("times_seen", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("sealed_body", sa.Text(), nullable=False),
        sa.Column("replays", sa.Integer(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("parked_no", name=op.f("pk_parked_messages")),
        sa.UniqueConstraint(
            "message_id", "consumer", name=op.f("uq_parked_messages_message_id_consumer")
        ),
    )
    op.create_table(
        "petitions",
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("day_number", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("territory", sa.String(length=64), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("sorting_due_on", sa.Date(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("linked_to", sa.String(length=32), nullable=True),
        sa.Column("receipt_digest", sa.String(length=64), nullable=False),
        sa.Column("registered_by", sa.String(length=100), nullable=False),
        sa.Column("registered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["linked_to"], ["petitions.petition_no"], name=op.f("fk_petitions_linked_to")
        ),
        sa.PrimaryKeyConstraint("petition_no", name=op.f("pk_petitions")),
        sa.UniqueConstraint("receipt_digest", name=op.f("uq_petitions_receipt_digest")),
        sa.UniqueConstraint(
            "registered_on", "day_number", name=op.f("uq_petitions_registered_on_day_number")
        ),
    )
    with op.batch_alter_table("petitions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petitions_linked_to"), ["linked_to"], unique=False)

    op.create_table(
        "processed_messages",
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=128), nullable=False),
        sa.Column("petition_no", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("error", sa.String(length=100), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("processed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "consumer", name=op.f("pk_processed_messages")),
    )
    with op.batch_alter_table("processed_messages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_processed_messages_petition_no"), ["petition_no"], unique=False
        )

    op.create_table(
        "refused_calls",
        sa.Column(
            "call_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("method", sa.String(length=128), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("request_id", sa.String(length=100), nullable=True),
        sa.Column("correlation_id", sa.String(length=100), nullable=False),
        sa.Column("error", sa.String(length=100), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("refused_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("call_no", name=op.f("pk_refused_calls")),
    )
    op.create_table(
        "access_log",
        sa.Column(
            "access_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("opened", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=True),
        sa.Column("sealed_reason", sa.Text(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no"], ["petitions.petition_no"], name=op.f("fk_access_log_petition_no")
        ),
        sa.PrimaryKeyConstraint("access_no", name=op.f("pk_access_log")),
    )
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.create_index(
            "ix_access_log_petition_no_access_no", ["petition_no", "access_no"], unique=False
        )

    op.create_table(
        "evaluations",
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("grade", sa.String(length=64), nullable=False),
        sa.Column("sealed_comment", sa.Text(), nullable=True),
        sa.Column("evaluated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no"], ["petitions.petition_no"], name=op.f("fk_evaluations_petition_no")
        ),
        sa.PrimaryKeyConstraint("petition_no", "party", name=op.f("pk_evaluations")),
    )
    op.create_table(
        "issued_receipts",
        sa.Column("receipt_no", sa.String(length=64), nullable=False),
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("visit_no", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no"], ["petitions.petition_no"], name=op.f("fk_issued_receipts_petition_no")
        ),
        sa.PrimaryKeyConstraint("receipt_no", name=op.f("pk_issued_receipts")),
    )
    with op.batch_alter_table("issued_receipts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_issued_receipts_petition_no"), ["petition_no"], unique=False
        )

    op.create_table(
        "milestones",
        sa.Column(
            "milestone_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("hour", sa.String(length=5), nullable=True),
        sa.ForeignKeyConstraint(
            ["petition_no"], ["petitions.petition_no"], name=op.f("fk_milestones_petition_no")
        ),
        sa.PrimaryKeyConstraint("milestone_no", name=op.f("pk_milestones")),
        sa.UniqueConstraint(
            "petition_no", "kind", "subject", name=op.f("uq_milestones_petition_no_kind_subject")
        ),
    )
    op.create_table(
        "petition_contents",
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("declared_category", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(length=100), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no"],
            ["petitions.petition_no"],
            name=op.f("fk_petition_contents_petition_no"),
        ),
        sa.PrimaryKeyConstraint("petition_no", "version", name=op.f("pk_petition_contents")),
    )
    op.create_table(
        "petition_standings",
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("day_number", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("territory", sa.String(length=64), nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("was_overdue", sa.Boolean(), nullable=False),
        sa.Column("was_sorted", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("transferred", sa.Boolean(), nullable=False),
        sa.Column("receiving_organ", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["petition_no"],
            ["petitions.petition_no"],
            name=op.f("fk_petition_standings_petition_no"),
        ),
        sa.PrimaryKeyConstraint("petition_no", name=op.f("pk_petition_standings")),
    )
    with op.batch_alter_table("petition_standings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_petition_standings_form", ["form", "registered_on", "day_number"], unique=False
        )
        batch_op.create_index(
            "ix_petition_standings_number", ["registered_on", "day_number"], unique=False
        )
        batch_op.create_index(
            "ix_petition_standings_stage", ["stage", "registered_on", "day_number"], unique=False
        )
        batch_op.create_index(
            "ix_petition_standings_territory",
            ["territory", "registered_on", "day_number"],
            unique=False,
        )

    op.create_table(
        "petitioners",
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("visit_no", sa.String(length=64), nullable=False),
        sa.Column("identity_digest", sa.String(length=64), nullable=True),
        sa.Column("phone_digest", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no"], ["petitions.petition_no"], name=op.f("fk_petitioners_petition_no")
        ),
        sa.PrimaryKeyConstraint("petition_no", "position", name=op.f("pk_petitioners")),
    )
    with op.batch_alter_table("petitioners", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_petitioners_identity_digest"), ["identity_digest"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_petitioners_phone_digest"), ["phone_digest"], unique=False
        )

    op.create_table(
        "representative_lists",
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("named_by", sa.String(length=100), nullable=False),
        sa.Column("named_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no"],
            ["petitions.petition_no"],
            name=op.f("fk_representative_lists_petition_no"),
        ),
        sa.PrimaryKeyConstraint("petition_no", "version", name=op.f("pk_representative_lists")),
    )
    op.create_table(
        "splits",
        sa.Column("accusation_no", sa.String(length=32), nullable=False),
        sa.Column("claim_no", sa.String(length=32), nullable=False),
        sa.Column("sealed_reason", sa.Text(), nullable=False),
        sa.Column("split_by", sa.String(length=100), nullable=False),
        sa.Column("split_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accusation_no"], ["petitions.petition_no"], name=op.f("fk_splits_accusation_no")
        ),
        sa.ForeignKeyConstraint(
            ["claim_no"], ["petitions.petition_no"], name=op.f("fk_splits_claim_no")
        ),
        sa.PrimaryKeyConstraint("accusation_no", name=op.f("pk_splits")),
    )
    with op.batch_alter_table("splits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_splits_claim_no"), ["claim_no"], unique=False)

    op.create_table(
        "visits",
        sa.Column("visit_no", sa.String(length=64), nullable=False),
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("sealed_note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no"], ["petitions.petition_no"], name=op.f("fk_visits_petition_no")
        ),
        sa.PrimaryKeyConstraint("visit_no", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(
            "ix_visits_petition_no_position", ["petition_no", "position"], unique=False
        )

    op.create_table(
        "representatives",
        sa.Column("petition_no", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("identity_digest", sa.String(length=64), nullable=True),
        sa.Column("phone_digest", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no", "version"],
            ["representative_lists.petition_no", "representative_lists.version"],
            name=op.f("fk_representatives_petition_no_version"),
        ),
        sa.PrimaryKeyConstraint(
            "petition_no", "version", "position", name=op.f("pk_representatives")
        ),
    )
    with op.batch_alter_table("representatives", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_representatives_identity_digest"), ["identity_digest"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_representatives_phone_digest"), ["phone_digest"], unique=False
        )
