"""The tables of intake: the register, who petitioned, what they said, and how it goes on.

Three things are kept apart, so that a reader of one learns nothing of the others: the bare entry
in the register, the people behind it, and what the petition says.
The last two are sealed.
Nothing is overwritten or deleted; a correction is a row with the next version.
Only `petition_standings` changes in place: it is worked out from `milestones` and holds nothing
that could not be worked out again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.contracts.common import PetitionCategory
from shared.contracts.intake import EvaluatedParty, Grade, IntakeForm, Stage
from shared.database import COLUMN_TYPES, metadata_for
from shared.database.types import ROW_NUMBER

_PETITION_NO = String(32)
_DOCUMENT_NO = String(64)
_CODE = String(64)
_ACTOR = String(100)
_DIGEST = String(64)
_PLACE = String(60)


class Base(DeclarativeBase):
    """The base of intake's tables."""

    metadata = metadata_for("intake")
    type_annotation_map = COLUMN_TYPES


class DirectoryVersion(Base):
    """One version of the office directory, by codes, as triage announced it; the highest counts."""

    __tablename__ = "directory_versions"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    territories: Mapped[list[str]]
    fields: Mapped[list[str]]
    units: Mapped[list[str]]
    leaders: Mapped[list[str]]
    announced_at: Mapped[datetime]


class DayCount(Base):
    """The last petition number given on a day."""

    __tablename__ = "day_counts"

    on: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Petition(Base):
    """One entry of the register: the bare facts, written once."""

    __tablename__ = "petitions"
    __table_args__ = (UniqueConstraint("registered_on", "day_number"),)

    petition_no: Mapped[str] = mapped_column(_PETITION_NO, primary_key=True)
    registered_on: Mapped[date]
    day_number: Mapped[int]
    form: Mapped[IntakeForm]
    territory: Mapped[str] = mapped_column(_CODE)
    received_on: Mapped[date]
    sorting_due_on: Mapped[date]
    headcount: Mapped[int]
    group: Mapped[bool] = mapped_column("is_group")
    urgent: Mapped[bool]
    linked_to: Mapped[str | None] = mapped_column(
        _PETITION_NO, ForeignKey("petitions.petition_no"), index=True
    )
    receipt_digest: Mapped[str] = mapped_column(_DIGEST, unique=True)
    registered_by: Mapped[str] = mapped_column(_ACTOR)
    registered_at: Mapped[datetime]


class PetitionContent(Base):
    """What a petition says, sealed; a split writes the next version."""

    __tablename__ = "petition_contents"

    petition_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("petitions.petition_no"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    declared_category: Mapped[PetitionCategory | None]
    sealed: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(_ACTOR)
    written_at: Mapped[datetime]


class Petitioner(Base):
    """One person behind a petition, sealed, findable only by those who know who it is."""

    __tablename__ = "petitioners"

    petition_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("petitions.petition_no"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    visit_no: Mapped[str] = mapped_column(_DOCUMENT_NO)
    identity_digest: Mapped[str | None] = mapped_column(_DIGEST, index=True)
    phone_digest: Mapped[str | None] = mapped_column(_DIGEST, index=True)
    sealed: Mapped[str] = mapped_column(Text)


class RepresentativeList(Base):
    """One list of representatives a group elected; the highest version speaks for it."""

    __tablename__ = "representative_lists"

    petition_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("petitions.petition_no"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    named_by: Mapped[str] = mapped_column(_ACTOR)
    named_at: Mapped[datetime]


class Representative(Base):
    """One person of a list, sealed, findable as petitioners are."""

    __tablename__ = "representatives"
    __table_args__ = (
        ForeignKeyConstraint(
            ["petition_no", "version"],
            ["representative_lists.petition_no", "representative_lists.version"],
        ),
    )

    petition_no: Mapped[str] = mapped_column(_PETITION_NO, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    identity_digest: Mapped[str | None] = mapped_column(_DIGEST, index=True)
    phone_digest: Mapped[str | None] = mapped_column(_DIGEST, index=True)
    sealed: Mapped[str] = mapped_column(Text)


class Visit(Base):
    """One visit, letter, call or message on a petition, with what was said on it, sealed."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_petition_no_position", "petition_no", "position"),)

    visit_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO, ForeignKey("petitions.petition_no"))
    position: Mapped[int]
    form: Mapped[IntakeForm]
    visited_on: Mapped[date]
    headcount: Mapped[int]
    sealed_note: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(_ACTOR)
    recorded_at: Mapped[datetime]


class IssuedReceipt(Base):
    """A receipt that was handed out, as it was hashed; the code for asking is not among it."""

    __tablename__ = "issued_receipts"

    receipt_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    petition_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("petitions.petition_no"), index=True
    )
    visit_no: Mapped[str] = mapped_column(_DOCUMENT_NO)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(_DIGEST)
    issued_at: Mapped[datetime]


class Split(Base):
    """A mixed petition that a person split: the claim kept its number, the accusation got one."""

    __tablename__ = "splits"

    accusation_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("petitions.petition_no"), primary_key=True
    )
    claim_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("petitions.petition_no"), index=True
    )
    sealed_reason: Mapped[str] = mapped_column(Text)
    split_by: Mapped[str] = mapped_column(_ACTOR)
    split_at: Mapped[datetime]


class Evaluation(Base):
    """A petitioner's grade of one party, given once (I-15)."""

    __tablename__ = "evaluations"

    petition_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("petitions.petition_no"), primary_key=True
    )
    party: Mapped[EvaluatedParty] = mapped_column(primary_key=True)
    grade: Mapped[Grade]
    sealed_comment: Mapped[str | None] = mapped_column(Text)
    evaluated_at: Mapped[datetime]


class AccessEntry(Base):
    """One reading of a content or opening of an identity: who, when, in which duty, for what."""

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_petition_no_access_no", "petition_no", "access_no"),)

    access_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO, ForeignKey("petitions.petition_no"))
    opened: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(_ACTOR)
    roles: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str | None] = mapped_column(String(64))
    sealed_reason: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime]


class MilestoneHeard(Base):
    """One thing heard of a petition on its way; heard twice, it is still one row."""

    __tablename__ = "milestones"
    __table_args__ = (UniqueConstraint("petition_no", "kind", "subject"),)

    milestone_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO, ForeignKey("petitions.petition_no"))
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(128))
    occurred_at: Mapped[datetime]
    day: Mapped[date | None]
    hour: Mapped[str | None] = mapped_column(String(5))
    node: Mapped[str | None] = mapped_column(_CODE)
    """The reception node it happened at, or that the petition was routed to."""
    place: Mapped[str | None] = mapped_column(_PLACE)
    """Of a routing the name of the territory or department whose leaders receive there."""


class PetitionStanding(Base):
    """Where a petition stands now, worked out from its milestones, ready to be listed."""

    __tablename__ = "petition_standings"
    __table_args__ = (
        Index("ix_petition_standings_number", "registered_on", "day_number"),
        Index("ix_petition_standings_stage", "stage", "registered_on", "day_number"),
        Index("ix_petition_standings_territory", "territory", "registered_on", "day_number"),
        Index("ix_petition_standings_form", "form", "registered_on", "day_number"),
    )

    petition_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("petitions.petition_no"), primary_key=True
    )
    registered_on: Mapped[date]
    day_number: Mapped[int]
    form: Mapped[IntakeForm]
    territory: Mapped[str] = mapped_column(_CODE)
    group: Mapped[bool] = mapped_column("is_group")
    stage: Mapped[Stage]
    visits: Mapped[int]
    was_overdue: Mapped[bool] = mapped_column(default=False)
    was_sorted: Mapped[bool] = mapped_column(default=False)
    sealed: Mapped[bool] = mapped_column(default=False)
    transferred: Mapped[bool] = mapped_column(default=False)
    receiving_organ: Mapped[str | None] = mapped_column(_CODE)
    """The discipline organ an accusation went to, which alone reads it from then on."""
    category: Mapped[PetitionCategory | None]
    """What a person sorted it into last; what a petitioner declares stands with the content."""
    sorted_at: Mapped[datetime | None]
    """When the sorting happened that `category` is of."""
