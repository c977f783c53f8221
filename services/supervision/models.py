"""The tables of supervision: cases, slips, promises, the papers issued and the file of each case.

A case row shows where a case stands; what happened to it are rows that are only ever added:
entries, overdue marks, promises, results, opinions, papers.  A petition that comes back from an
objection gets a further case row, and exactly one of its rows is current.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.contracts.common import SlipPost
from shared.contracts.supervision import (
    CaseRoute,
    CaseState,
    OpinionOutcome,
    OverdueClock,
    SlipSetState,
    SlipState,
)
from shared.database import COLUMN_TYPES, metadata_for
from shared.database.types import ROW_NUMBER

_NUMBER = String(64)
_CODE = String(64)


class Base(DeclarativeBase):
    """The base of supervision's tables."""

    metadata = metadata_for("supervision")
    type_annotation_map = COLUMN_TYPES


class DirectoryVersion(Base):
    """A version of the office directory by codes, as triage told it; the highest is in force."""

    __tablename__ = "directory_versions"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]]
    stored_at: Mapped[datetime]


_MAY_STAND_OVERDUE = text(
    "was_overdue AND is_current AND opinion_delivered_on IS NULL AND closed_on IS NULL"
)


class Case(Base):
    """Where a matter stands at its responsible unit, with the due dates in force."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            "uq_cases_current",
            "petition_no",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        Index("ix_cases_unit_state", "unit", "state"),
        Index("ix_cases_leader", "leader"),
        Index("ix_cases_state", "state"),
        # Nothing of a case that is never late stands in it, so that it costs the others nothing.
        Index(
            "ix_cases_overdue",
            "unit",
            sqlite_where=_MAY_STAND_OVERDUE,
            postgresql_where=_MAY_STAND_OVERDUE,
        ),
    )

    petition_no: Mapped[str] = mapped_column(_NUMBER, primary_key=True)
    case_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Counts the times the petition came here: from 1, and on after each agreed objection."""
    is_current: Mapped[bool] = mapped_column(Boolean)
    route: Mapped[CaseRoute]
    state: Mapped[CaseState]
    organ: Mapped[str] = mapped_column(_CODE)
    field: Mapped[str | None] = mapped_column(_CODE)
    channel: Mapped[str | None] = mapped_column(_CODE)
    unit: Mapped[str] = mapped_column(_CODE)
    co_units: Mapped[list[str]]
    leader: Mapped[str | None] = mapped_column(_CODE)
    node: Mapped[str | None] = mapped_column(_CODE)
    """The reception node of a leader's case, and below the routing it was last heard from."""
    routing_version: Mapped[int | None]
    overrides: Mapped[dict[str, Any]]
    """Recorded substitutes by post (D-06)."""
    transfer_no: Mapped[str | None] = mapped_column(_NUMBER, unique=True)
    opened_on: Mapped[date]
    """The day the matter was routed, forwarded or assigned."""
    assigned_due_on: Mapped[date | None]
    objected: Mapped[bool]
    accepted_on: Mapped[date | None]
    answered_on_spot: Mapped[bool]
    decision_no: Mapped[str | None] = mapped_column(_NUMBER)
    standards: Mapped[list[Any]]
    decided_due_on: Mapped[date | None]
    due_on: Mapped[date | None]
    """The due date of the slip or assignment as it stands, extended included."""
    statutory_due_on: Mapped[date | None]
    extended: Mapped[bool]
    was_overdue: Mapped[bool]
    explanation_owed: Mapped[bool]
    result_reported_on: Mapped[date | None]
    opinion_delivered_on: Mapped[date | None]
    review_until: Mapped[date | None]
    closed_on: Mapped[date | None]
    archived_on: Mapped[date | None]


def _of_case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["petition_no", "case_no"], ["cases.petition_no", "cases.case_no"])


class CaseEntry(Base):
    """One thing that happened to a petition here, kept as it happened; never altered."""

    __tablename__ = "case_entries"

    entry_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    petition_no: Mapped[str] = mapped_column(_NUMBER, index=True)
    case_no: Mapped[int | None]
    step: Mapped[str] = mapped_column(_CODE)
    state: Mapped[CaseState | None]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    document_no: Mapped[str | None] = mapped_column(_NUMBER)
    facts: Mapped[dict[str, Any]]
    """Codes and numbers only."""


_SET_OPEN = text("state = 'open'")


class SlipSet(Base):
    """The eight slips of one decision (C-14); a case has one set and no second (I-17)."""

    __tablename__ = "slip_sets"
    __table_args__ = (
        _of_case(),
        UniqueConstraint("petition_no", "case_no"),
        Index(
            "ix_slip_sets_open",
            "issued_on",
            sqlite_where=_SET_OPEN,
            postgresql_where=_SET_OPEN,
        ),
    )

    set_no: Mapped[str] = mapped_column(_NUMBER, primary_key=True)
    petition_no: Mapped[str] = mapped_column(_NUMBER)
    case_no: Mapped[int]
    state: Mapped[SlipSetState]
    due_on: Mapped[date]
    authorisation: Mapped[str] = mapped_column(String(60))
    issued_on: Mapped[date]


class Slip(Base):
    """One slip of a set, or a co-unit's copy of the seventh."""

    __tablename__ = "slips"
    __table_args__ = (
        UniqueConstraint("set_no", "position"),
        Index(
            "uq_slips_set_no_post",
            "set_no",
            "post",
            unique=True,
            sqlite_where=text("NOT is_copy"),
            postgresql_where=text("NOT is_copy"),
        ),
        Index("ix_slips_petition_no", "petition_no"),
        Index("ix_slips_holder", "holder"),
        ForeignKeyConstraint(["set_no"], ["slip_sets.set_no"]),
    )

    slip_no: Mapped[str] = mapped_column(_NUMBER, primary_key=True)
    set_no: Mapped[str] = mapped_column(_NUMBER)
    petition_no: Mapped[str] = mapped_column(_NUMBER)
    position: Mapped[int]
    post: Mapped[SlipPost]
    holder: Mapped[str] = mapped_column(_CODE)
    is_copy: Mapped[bool]
    state: Mapped[SlipState]
    sha256: Mapped[str] = mapped_column(String(64))
    acknowledged_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    lost: Mapped[bool]
    instruction_sealed: Mapped[str | None] = mapped_column(Text)


class OverdueMark(Base):
    """That a clock of a case ran out (I-7): there for good."""

    __tablename__ = "overdue_marks"
    __table_args__ = (
        _of_case(),
        UniqueConstraint("petition_no", "case_no", "clock"),
        Index("ix_overdue_marks_due_on", "due_on"),
    )

    mark_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    petition_no: Mapped[str] = mapped_column(_NUMBER)
    case_no: Mapped[int]
    clock: Mapped[OverdueClock]
    due_on: Mapped[date]
    marked_at: Mapped[datetime]


class Promise(Base):
    """A day promised to the petitioner of an overdue case, and what became of it (D-23)."""

    __tablename__ = "promises"
    __table_args__ = (_of_case(), UniqueConstraint("petition_no", "case_no", "times"))

    promise_no: Mapped[str] = mapped_column(_NUMBER, primary_key=True)
    petition_no: Mapped[str] = mapped_column(_NUMBER)
    case_no: Mapped[int]
    times: Mapped[int]
    made_on: Mapped[date]
    promised_on: Mapped[date]
    standing: Mapped[str] = mapped_column(String(16))
    settled_on: Mapped[date | None]


class Opinion(Base):
    """The handling opinion of a case, delivered to the petitioner once (L22-32)."""

    __tablename__ = "opinions"
    __table_args__ = (_of_case(), UniqueConstraint("petition_no", "case_no"))

    opinion_no: Mapped[str] = mapped_column(_NUMBER, primary_key=True)
    petition_no: Mapped[str] = mapped_column(_NUMBER)
    case_no: Mapped[int]
    outcome: Mapped[OpinionOutcome]
    delivered_on: Mapped[date]
    review_due: Mapped[dict[str, Any]]
    """How the last day to ask for review was found."""


class IssuedDocument(Base):
    """The content of a paper that supervision itself issued, sealed; its hash is its identity."""

    __tablename__ = "issued_documents"

    document_no: Mapped[str] = mapped_column(_NUMBER, primary_key=True)
    petition_no: Mapped[str] = mapped_column(_NUMBER, index=True)
    item: Mapped[str] = mapped_column(_CODE)
    sha256: Mapped[str] = mapped_column(String(64))
    content_sealed: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]


class FileEntry(Base):
    """One document in a petition's file, from whichever service issued it: number and hash."""

    __tablename__ = "file_entries"

    petition_no: Mapped[str] = mapped_column(_NUMBER, primary_key=True)
    document_no: Mapped[str] = mapped_column(_NUMBER, primary_key=True)
    item: Mapped[str] = mapped_column(_CODE)
    sha256: Mapped[str] = mapped_column(String(64))
    filed_at: Mapped[datetime]


class SealedFile(Base):
    """The list of an archived file and the seal over it; what comes later stands outside."""

    __tablename__ = "sealed_files"
    __table_args__ = (_of_case(),)

    petition_no: Mapped[str] = mapped_column(_NUMBER, primary_key=True)
    case_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal: Mapped[str] = mapped_column(String(64))
    documents: Mapped[list[Any]]
    archived_on: Mapped[date]
    archived_by: Mapped[str] = mapped_column(String(100))
