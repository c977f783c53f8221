"""The tables of triage: the directory, the nodes, what waits for sorting, and each sorting made.

A directory version, a sorting entry, an objection and a document are written once and stay.
Only `triaged_petitions` changes in place: it says where a petition stands, and each change of it
has its entry beside it.
What people wrote, whom a petition complains of and what a notice says is sealed.
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
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.contracts.common import LeaderAssignment, PetitionCategory
from shared.contracts.intake import IntakeForm
from shared.contracts.triage import (
    LegalChannel,
    Severity,
    SortingOutcome,
    SortingState,
    SuggestionAnswer,
)
from shared.database import COLUMN_TYPES, metadata_for

_PETITION_NO = String(32)
_DOCUMENT_NO = String(64)
_CODE = String(64)
_ACTOR = String(100)
_SHA256 = String(64)
_ADDRESS = String(300)


class Base(DeclarativeBase):
    """The base of triage's tables."""

    metadata = metadata_for("triage")
    type_annotation_map = COLUMN_TYPES


class DirectoryVersion(Base):
    """One version of the office directory, whole, as it was put; the highest is in force."""

    __tablename__ = "directory_versions"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(_SHA256)
    put_by: Mapped[str] = mapped_column(_ACTOR)
    put_at: Mapped[datetime]


class Node(Base):
    """A reception node as it last announced itself."""

    __tablename__ = "nodes"

    node: Mapped[str] = mapped_column(_CODE, primary_key=True)
    service: Mapped[str] = mapped_column(_CODE)
    territory: Mapped[str] = mapped_column(_CODE)
    regime: Mapped[str] = mapped_column(_CODE)
    department: Mapped[str | None] = mapped_column(_CODE)
    leader_assignment: Mapped[LeaderAssignment | None]
    metrics: Mapped[str | None] = mapped_column(_ADDRESS)
    opened_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    """When it was last retired; it receives again once it has opened later than that."""

    @property
    def serves(self) -> str:
        """Give the organ it receives for: its department, or its territory."""
        return self.department or self.territory


class NodeRetirement(Base):
    """That a node was retired, by whom and why; a node that opened again may be retired again."""

    __tablename__ = "node_retirements"

    node: Mapped[str] = mapped_column(_CODE, ForeignKey("nodes.node"), primary_key=True)
    retired_at: Mapped[datetime] = mapped_column(primary_key=True)
    parent: Mapped[str] = mapped_column(_CODE)
    reason_sealed: Mapped[str] = mapped_column(Text)
    retired_by: Mapped[str] = mapped_column(_ACTOR)


class TriagedPetition(Base):
    """Where a registered petition stands in triage; `overdue` is never taken back (I-7)."""

    __tablename__ = "triaged_petitions"
    __table_args__ = (
        Index("ix_triaged_petitions_waiting", "state", "due_on", "petition_no"),
        # Asked at every sorting; nearly no petition has a part.
        Index(
            "ix_triaged_petitions_split_part",
            "split_part",
            sqlite_where=text("split_part IS NOT NULL"),
            postgresql_where=text("split_part IS NOT NULL"),
        ),
    )

    petition_no: Mapped[str] = mapped_column(_PETITION_NO, primary_key=True)
    form: Mapped[IntakeForm]
    territory: Mapped[str] = mapped_column(_CODE)
    registered_on: Mapped[date]
    received_on: Mapped[date]
    urgent: Mapped[bool]
    linked_to: Mapped[str | None] = mapped_column(_PETITION_NO)
    split_part: Mapped[str | None] = mapped_column(_PETITION_NO)
    """The last part, written for instances of the version before; `split_parts` has them all."""
    state: Mapped[SortingState]
    due_on: Mapped[date]
    overdue: Mapped[bool]
    sortings: Mapped[int]
    """How many times it has been sorted; the last entry has this position."""


class SplitPart(Base):
    """An accusation that was parted from a claim before sorting; a claim may have several."""

    __tablename__ = "split_parts"

    part_no: Mapped[str] = mapped_column(_PETITION_NO, primary_key=True)
    petition_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("triaged_petitions.petition_no"), index=True
    )
    """The claim it was parted from."""


class SortingEntry(Base):
    """One sorting of a petition, by a person; never changed (I-16).

    Of an accusation no field, unit or leader stands here: what was found is in `sealed`.
    """

    __tablename__ = "sorting_entries"
    __table_args__ = (UniqueConstraint("transfer_no"),)

    petition_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("triaged_petitions.petition_no"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[PetitionCategory]
    severity: Mapped[Severity | None]
    outcome: Mapped[SortingOutcome]
    channel: Mapped[LegalChannel | None]
    field: Mapped[str | None] = mapped_column(_CODE)
    leader: Mapped[str | None] = mapped_column(_CODE)
    leader_in_charge: Mapped[str | None] = mapped_column(_CODE)
    lead_unit: Mapped[str | None] = mapped_column(_CODE)
    co_units: Mapped[list[str]]
    node: Mapped[str | None] = mapped_column(_CODE)
    due_on: Mapped[date | None]
    transfer_no: Mapped[str | None] = mapped_column(_DOCUMENT_NO)
    notice_no: Mapped[str | None] = mapped_column(
        _DOCUMENT_NO, ForeignKey("issued_documents.document_no")
    )
    directory_version: Mapped[int]
    sealed: Mapped[str] = mapped_column(Text)
    sorted_by: Mapped[str] = mapped_column(_ACTOR)
    sorted_on: Mapped[date]
    sorted_at: Mapped[datetime]


class HandOver(Base):
    """That a retired node gave a petition back, with what the next node has to know (D-30).

    `numbers` are pairs of a document kind and the last number of it.
    """

    __tablename__ = "hand_overs"

    petition_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("triaged_petitions.petition_no"), primary_key=True
    )
    node: Mapped[str] = mapped_column(_CODE, primary_key=True)
    routing_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    accepted_on: Mapped[date | None]
    numbers: Mapped[list[Any]]
    handed_over_at: Mapped[datetime]


class Rerouting(Base):
    """Where a sorted petition went when its node was retired: the sorting itself stands (I-16)."""

    __tablename__ = "reroutings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["petition_no", "position"],
            ["sorting_entries.petition_no", "sorting_entries.position"],
        ),
    )

    petition_no: Mapped[str] = mapped_column(_PETITION_NO, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Which sorting of the petition it carries on."""
    count: Mapped[int] = mapped_column("reroutings", primary_key=True, autoincrement=False)
    """Counts the reroutings of one sorting from 1."""
    from_node: Mapped[str] = mapped_column(_CODE)
    node: Mapped[str] = mapped_column(_CODE)
    leader: Mapped[str] = mapped_column(_CODE)
    leader_in_charge: Mapped[str] = mapped_column(_CODE)
    directory_version: Mapped[int]
    sealed: Mapped[str] = mapped_column(Text)
    rerouted_at: Mapped[datetime]


class IssuedDocument(Base):
    """A notice, transfer, report or decision as it was issued: hash in the clear, text sealed."""

    __tablename__ = "issued_documents"

    document_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    petition_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("triaged_petitions.petition_no"), index=True
    )
    sha256: Mapped[str] = mapped_column(_SHA256)
    sealed: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]


class TransferAnswer(Base):
    """What a unit answered to a transfer: accepted it, or objected; one answer for each transfer.

    `agreed` is None while an objection waits; an acceptance has neither `agreed` nor a decision.
    """

    __tablename__ = "transfer_answers"

    transfer_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    petition_no: Mapped[str] = mapped_column(
        _PETITION_NO, ForeignKey("triaged_petitions.petition_no"), index=True
    )
    unit: Mapped[str] = mapped_column(_CODE)
    accepted_at: Mapped[datetime | None]
    objected_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]
    decided_by: Mapped[str | None] = mapped_column(_ACTOR)
    decided_at: Mapped[datetime | None]
    decision_no: Mapped[str | None] = mapped_column(
        _DOCUMENT_NO, ForeignKey("issued_documents.document_no")
    )
    reason_sealed: Mapped[str | None] = mapped_column(Text)


class EarlierMatter(Base):
    """What supervision has told of a matter, for the bar on declining it (T4); flags only rise."""

    __tablename__ = "earlier_matters"

    petition_no: Mapped[str] = mapped_column(_PETITION_NO, primary_key=True)
    promised: Mapped[bool] = mapped_column(default=False)
    opinion_delivered: Mapped[bool] = mapped_column(default=False)
    supported: Mapped[bool] = mapped_column(default=False)
    closed: Mapped[bool] = mapped_column(default=False)


class SuggestionDay(Base):
    """The last suggestion number given on a day."""

    __tablename__ = "suggestion_days"

    on: Mapped[date] = mapped_column("submitted_on", primary_key=True)
    last: Mapped[int]


class Suggestion(Base):
    """A suggestion to a leader from recurring causes (C-10), and the leader's one answer."""

    __tablename__ = "suggestions"
    __table_args__ = (Index("ix_suggestions_leader", "leader"),)

    suggestion_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    leader: Mapped[str] = mapped_column(_CODE)
    field: Mapped[str] = mapped_column(_CODE)
    petitions: Mapped[list[str]]
    title_sealed: Mapped[str] = mapped_column(Text)
    text_sealed: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(_SHA256)
    submitted_by: Mapped[str] = mapped_column(_ACTOR)
    submitted_at: Mapped[datetime]
    answer: Mapped[SuggestionAnswer | None]
    answer_reason_sealed: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(_ACTOR)
    answered_at: Mapped[datetime | None]
