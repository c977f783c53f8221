"""the first tables."""

import sqlalchemy as sa
from alembic import op

from shared.database import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_entries",
        sa.Column(
            "entry_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("case_no", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("document_no", sa.String(length=64), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("entry_no", name=op.f("pk_case_entries")),
    )
    with op.batch_alter_table("case_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_entries_petition_no"), ["petition_no"], unique=False
        )

    op.create_table(
        "case_versions",
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("petition_no", name=op.f("pk_case_versions")),
    )
    op.create_table(
        "cases",
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("case_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("route", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("organ", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=64), nullable=True),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("co_units", sa.JSON(), nullable=False),
        sa.Column("leader", sa.String(length=64), nullable=True),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("transfer_no", sa.String(length=64), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("assigned_due_on", sa.Date(), nullable=True),
        sa.Column("objected", sa.Boolean(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("answered_on_spot", sa.Boolean(), nullable=False),
        sa.Column("decision_no", sa.String(length=64), nullable=True),
        sa.Column("standards", sa.JSON(), nullable=False),
        sa.Column("decided_due_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("statutory_due_on", sa.Date(), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("was_overdue", sa.Boolean(), nullable=False),
        sa.Column("explanation_owed", sa.Boolean(), nullable=False),
        sa.Column("result_reported_on", sa.Date(), nullable=True),
        sa.Column("opinion_delivered_on", sa.Date(), nullable=True),
        sa.Column("review_until", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("petition_no", "case_no", name=op.f("pk_cases")),
        sa.UniqueConstraint("transfer_no", name=op.f("uq_cases_transfer_no")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("ix_cases_leader", ["leader"], unique=False)
        batch_op.create_index("ix_cases_state", ["state"], unique=False)
        batch_op.create_index("ix_cases_unit_state", ["unit", "state"], unique=False)
        batch_op.create_index(
            "uq_cases_current",
            ["petition_no"],
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
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
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("stored_at", Instant(), nullable=False),
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
        "file_entries",
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("document_no", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("petition_no", "document_no", name=op.f("pk_file_entries")),
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
        "issued_documents",
        sa.Column("document_no", sa.String(length=64), nullable=False),
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content_sealed", sa.Text(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("document_no", name=op.f("pk_issued_documents")),
    )
    with op.batch_alter_table("issued_documents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_issued_documents_petition_no"), ["petition_no"], unique=False
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
        "opinions",
        sa.Column("opinion_no", sa.String(length=64), nullable=False),
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("case_no", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("review_due", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no", "case_no"],
            ["cases.petition_no", "cases.case_no"],
            name=op.f("fk_opinions_petition_no_case_no"),
        ),
        sa.PrimaryKeyConstraint("opinion_no", name=op.f("pk_opinions")),
        sa.UniqueConstraint("petition_no", "case_no", name=op.f("uq_opinions_petition_no_case_no")),
    )
    op.create_table(
        "overdue_marks",
        sa.Column(
            "mark_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("case_no", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(length=64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("marked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no", "case_no"],
            ["cases.petition_no", "cases.case_no"],
            name=op.f("fk_overdue_marks_petition_no_case_no"),
        ),
        sa.PrimaryKeyConstraint("mark_no", name=op.f("pk_overdue_marks")),
        sa.UniqueConstraint(
            "petition_no",
            "case_no",
            "clock",
            name=op.f("uq_overdue_marks_petition_no_case_no_clock"),
        ),
    )
    with op.batch_alter_table("overdue_marks", schema=None) as batch_op:
        batch_op.create_index("ix_overdue_marks_due_on", ["due_on"], unique=False)

    op.create_table(
        "promises",
        sa.Column("promise_no", sa.String(length=64), nullable=False),
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("case_no", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["petition_no", "case_no"],
            ["cases.petition_no", "cases.case_no"],
            name=op.f("fk_promises_petition_no_case_no"),
        ),
        sa.PrimaryKeyConstraint("promise_no", name=op.f("pk_promises")),
        sa.UniqueConstraint(
            "petition_no", "case_no", "times", name=op.f("uq_promises_petition_no_case_no_times")
        ),
    )
    op.create_table(
        "sealed_files",
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("case_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("archived_on", sa.Date(), nullable=False),
        sa.Column("archived_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no", "case_no"],
            ["cases.petition_no", "cases.case_no"],
            name=op.f("fk_sealed_files_petition_no_case_no"),
        ),
        sa.PrimaryKeyConstraint("petition_no", "case_no", name=op.f("pk_sealed_files")),
    )
    op.create_table(
        "slip_sets",
        sa.Column("set_no", sa.String(length=64), nullable=False),
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("case_no", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("authorisation", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_no", "case_no"],
            ["cases.petition_no", "cases.case_no"],
            name=op.f("fk_slip_sets_petition_no_case_no"),
        ),
        sa.PrimaryKeyConstraint("set_no", name=op.f("pk_slip_sets")),
        sa.UniqueConstraint(
            "petition_no", "case_no", name=op.f("uq_slip_sets_petition_no_case_no")
        ),
    )
    op.create_table(
        "slips",
        sa.Column("slip_no", sa.String(length=64), nullable=False),
        sa.Column("set_no", sa.String(length=64), nullable=False),
        sa.Column("petition_no", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("is_copy", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.Column("instruction_sealed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["set_no"], ["slip_sets.set_no"], name=op.f("fk_slips_set_no")),
        sa.PrimaryKeyConstraint("slip_no", name=op.f("pk_slips")),
        sa.UniqueConstraint("set_no", "position", name=op.f("uq_slips_set_no_position")),
    )
    with op.batch_alter_table("slips", schema=None) as batch_op:
        batch_op.create_index("ix_slips_holder", ["holder"], unique=False)
        batch_op.create_index("ix_slips_petition_no", ["petition_no"], unique=False)
        batch_op.create_index(
            "uq_slips_set_no_post",
            ["set_no", "post"],
            unique=True,
            sqlite_where=sa.text("NOT is_copy"),
            postgresql_where=sa.text("NOT is_copy"),
        )
