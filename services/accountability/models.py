"""The tables of accountability: grounds, circulars with their entries, and who is in the directory.

A ground is never changed, a circular moves forward only, and each step of it is an entry that
stays: who decided, who answered, who issued, when and in which words.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database import COLUMN_TYPES, metadata_for


class Base(DeclarativeBase):
    """The base of accountability's tables."""

    metadata = metadata_for("accountability")
    type_annotation_map = COLUMN_TYPES


class DirectoryEntry(Base):
    """A unit or leader of the directory in force, by code; names are asked of triage."""

    __tablename__ = "directory_entries"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]


class KnownCase(Base):
    """A case that supervision has opened, so that a ground can only be recorded on a real one."""

    __tablename__ = "known_cases"

    petition_no: Mapped[str] = mapped_column(String(32), primary_key=True)
    unit: Mapped[str] = mapped_column(String(64))
    route: Mapped[str] = mapped_column(String(16))
    opened_on: Mapped[date]


class CaseUnit(Base):
    """A unit that has or had a part in a case: a ground is recorded against one of these only."""

    __tablename__ = "case_units"

    petition_no: Mapped[str] = mapped_column(String(32), primary_key=True)
    unit: Mapped[str] = mapped_column(String(64), primary_key=True)


class Ground(Base):
    """One duty failure (C-25): its kind, its day, whom it concerns, and where it came from."""

    __tablename__ = "grounds"
    __table_args__ = (
        UniqueConstraint("petition_no", "kind", "occasion"),
        Index("ix_grounds_unit", "unit", "occurred_on", "ground_no"),
        Index("ix_grounds_leader", "leader"),
    )

    ground_no: Mapped[str] = mapped_column(String(64), primary_key=True)
    petition_no: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    occasion: Mapped[str] = mapped_column(String(160))
    """What makes this failure one failure: told twice, it is still recorded once."""
    unit: Mapped[str | None] = mapped_column(String(64))
    leader: Mapped[str | None] = mapped_column(String(64))
    occurred_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(100))
    facts_sealed: Mapped[str | None] = mapped_column(Text)
    consequence_sealed: Mapped[str | None] = mapped_column(Text)
    circular_no: Mapped[str | None] = mapped_column(ForeignKey("circulars.circular_no"), index=True)


_PENDING = text("state IN ('proposed', 'approved', 'answered')")


class Circular(Base):
    """A circular on its way from proposal to issue (C-17, C-25, D-25, D-27)."""

    __tablename__ = "circulars"
    __table_args__ = (
        Index("ix_circulars_unit_state", "unit", "state"),
        Index("ix_circulars_petition_no", "petition_no"),
        Index(
            "ix_circulars_pending",
            "state",
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
    )

    circular_no: Mapped[str] = mapped_column(String(64), primary_key=True)
    petition_no: Mapped[str] = mapped_column(String(32))
    unit: Mapped[str | None] = mapped_column(String(64))
    leader: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    to_joint_conference: Mapped[bool]
    proposed_on: Mapped[date]
    issuing_body: Mapped[str | None] = mapped_column(String(32))
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decided_on: Mapped[date | None]
    reason_sealed: Mapped[str | None] = mapped_column(Text)
    answer_by: Mapped[date | None]
    issued_by: Mapped[str | None] = mapped_column(String(100))
    issued_on: Mapped[date | None]
    document_no: Mapped[str | None] = mapped_column(String(64))
    document_sha256: Mapped[str | None] = mapped_column(String(64))
    text_sealed: Mapped[str | None] = mapped_column(Text)


class CircularAnswer(Base):
    """What one of those a circular names answered before its issue; each answers once (D-27)."""

    __tablename__ = "circular_answers"

    circular_no: Mapped[str] = mapped_column(ForeignKey("circulars.circular_no"), primary_key=True)
    party: Mapped[str] = mapped_column(String(64), primary_key=True)
    answered_by: Mapped[str] = mapped_column(String(100))
    answered_on: Mapped[date]
    answer_sealed: Mapped[str] = mapped_column(Text)


class CircularEntry(Base):
    """One step of a circular, kept as it was taken."""

    __tablename__ = "circular_entries"

    entry_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    circular_no: Mapped[str] = mapped_column(ForeignKey("circulars.circular_no"), index=True)
    step: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    document_no: Mapped[str | None] = mapped_column(String(64))
    document_sha256: Mapped[str | None] = mapped_column(String(64))
