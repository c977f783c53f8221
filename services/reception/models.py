"""The tables of one reception node: sittings, petitions on their way to the table, and meetings.

Papers and acts (cards, opinions, notices, attendances, records) are rows that stay; a later one
names what it replaces.  `Preparation` alone says where a petition stands now, and every step it
took is a row of `preparation_steps`.  What the invariants of procedure §3.3 call "once" or
"exactly" is a unique constraint here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.contracts.common import LeaderAssignment
from shared.contracts.reception import (
    AbsenceReason,
    CardKind,
    DeliveryMethod,
    Party,
    PreparationState,
    ReceptionOutcome,
    SignatureKind,
)
from shared.contracts.triage import Severity
from shared.database import COLUMN_TYPES, metadata_for
from shared.database.types import ROW_NUMBER

_CODE = String(64)
_DOCUMENT_NO = String(64)
_SHA256 = String(64)
_PETITION_NO = String(32)
_SESSION = String(80)
_TIME = String(5)
_ACTOR = String(100)
_ADDRESS = String(300)


class Base(DeclarativeBase):
    """The base of reception's tables."""

    metadata = metadata_for("reception")
    type_annotation_map = COLUMN_TYPES


class NodeAnnouncement(Base):
    """What this node told the others of itself; the last one is what they know (D-30)."""

    __tablename__ = "node_announcements"

    announcement_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    service: Mapped[str] = mapped_column(_CODE)
    territory: Mapped[str] = mapped_column(_CODE)
    department: Mapped[str | None] = mapped_column(_CODE)
    regime: Mapped[str] = mapped_column(_CODE)
    leader_assignment: Mapped[LeaderAssignment]
    metrics: Mapped[str | None] = mapped_column(_ADDRESS)
    announced_at: Mapped[datetime]


class ReceivingPoint(Base):
    """A node, this one or another, as it last announced itself: for the notice board."""

    __tablename__ = "receiving_points"

    node: Mapped[str] = mapped_column(_CODE, primary_key=True)
    territory: Mapped[str] = mapped_column(_CODE)
    department: Mapped[str | None] = mapped_column(_CODE)
    regime: Mapped[str] = mapped_column(_CODE)
    leader_assignment: Mapped[LeaderAssignment | None]
    announced_at: Mapped[datetime]


class NeighbourSession(Base):
    """A session of another node as it was last published there: for the notice board."""

    __tablename__ = "neighbour_sessions"

    session: Mapped[str] = mapped_column(_SESSION, primary_key=True)
    node: Mapped[str] = mapped_column(_CODE)
    held_on: Mapped[date] = mapped_column(index=True)
    starts_at: Mapped[str] = mapped_column(_TIME)
    ends_at: Mapped[str] = mapped_column(_TIME)
    leaders: Mapped[list[str]]
    published_at: Mapped[datetime]


class DirectoryVersion(Base):
    """One version of the office directory as triage announced it: codes only."""

    __tablename__ = "directory_versions"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    territories: Mapped[list[Any]]
    leaders: Mapped[list[Any]]
    received_at: Mapped[datetime]


# --- Sittings ---------------------------------------------------------------------------------


class ReceptionSession(Base):
    """One dated sitting (C-03): corrected until it is published, after that only by a swap.

    `nominal_days` are ISO dates; `turn` is the leader whose turn it is where the node has a rota,
    also when another sits; `withdrawn_at` says since when it is none any more.
    """

    __tablename__ = "sessions"

    session: Mapped[str] = mapped_column(_SESSION, primary_key=True)
    held_on: Mapped[date] = mapped_column(unique=True)
    nominal_days: Mapped[list[str]]
    starts_at: Mapped[str] = mapped_column(_TIME)
    ends_at: Mapped[str] = mapped_column(_TIME)
    slot_minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(200))
    turn: Mapped[str | None] = mapped_column(_CODE)
    planned_at: Mapped[datetime]
    planned_by: Mapped[str] = mapped_column(_ACTOR)
    withdrawn_at: Mapped[datetime | None]


class RotaPlace(Base):
    """A leader's place in the rota, in the order of `place`; kept also while they are away."""

    __tablename__ = "rota_places"

    place: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    leader: Mapped[str] = mapped_column(_CODE, unique=True)
    joined_at: Mapped[datetime]


class SessionSeat(Base):
    """One leader at a sitting, as it stands now."""

    __tablename__ = "session_seats"

    session: Mapped[str] = mapped_column(ForeignKey("sessions.session"), primary_key=True)
    leader: Mapped[str] = mapped_column(_CODE, primary_key=True, index=True)


class SessionPublication(Base):
    """That a sitting was put on the notice board, and the notice's document (L22-18)."""

    __tablename__ = "session_publications"

    session: Mapped[str] = mapped_column(ForeignKey("sessions.session"), primary_key=True)
    document_no: Mapped[str] = mapped_column(_DOCUMENT_NO, unique=True)
    sha256: Mapped[str] = mapped_column(_SHA256)
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(_ACTOR)


class SessionNotice(Base):
    """One leader on the notice board, named as the directory named them when it was published."""

    __tablename__ = "session_notices"

    session: Mapped[str] = mapped_column(
        ForeignKey("session_publications.session"), primary_key=True
    )
    leader: Mapped[str] = mapped_column(_CODE, primary_key=True)
    leader_name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    portfolio: Mapped[list[str]]


class SessionReseating(Base):
    """That another leader sits at a session than before, in place of the one who did (M-14).

    `document_no` and `sha256` are of the notice put up anew, where it was published before.
    """

    __tablename__ = "session_reseatings"

    reseating_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    session: Mapped[str] = mapped_column(ForeignKey("sessions.session"), index=True)
    leader: Mapped[str] = mapped_column(_CODE)
    in_place_of: Mapped[str] = mapped_column(_CODE)
    document_no: Mapped[str | None] = mapped_column(_DOCUMENT_NO, unique=True)
    sha256: Mapped[str | None] = mapped_column(_SHA256)
    reseated_at: Mapped[datetime]
    reseated_by: Mapped[str] = mapped_column(_ACTOR)


class SessionCorrection(Base):
    """That a published session was corrected before its day, what stood there before, and why."""

    __tablename__ = "session_corrections"

    document_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    session: Mapped[str] = mapped_column(ForeignKey("sessions.session"), index=True)
    sha256: Mapped[str] = mapped_column(_SHA256)
    starts_at: Mapped[str] = mapped_column(_TIME)
    ends_at: Mapped[str] = mapped_column(_TIME)
    slot_minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(200))
    leaders: Mapped[list[str]]
    reason_sealed: Mapped[str] = mapped_column(Text)
    corrected_at: Mapped[datetime]
    corrected_by: Mapped[str] = mapped_column(_ACTOR)


class DutySwap(Base):
    """A swap of duty: who could not sit, the next who agreed, and the reason stated (M-14)."""

    __tablename__ = "duty_swaps"

    request_id: Mapped[str] = mapped_column(_ACTOR, primary_key=True)
    session: Mapped[str] = mapped_column(ForeignKey("sessions.session"))
    next_session: Mapped[str] = mapped_column(ForeignKey("sessions.session"))
    leader: Mapped[str] = mapped_column(_CODE)
    counterpart: Mapped[str] = mapped_column(_CODE)
    reason_sealed: Mapped[str] = mapped_column(Text)
    swapped_at: Mapped[datetime]
    swapped_by: Mapped[str] = mapped_column(_ACTOR)


# --- On the way to the table ------------------------------------------------------------------


class Routing(Base):
    """What sorting fixed: leaders and units (C-07); a later routing replaces it.

    Where `whoever_sits` it was sorted for a rota, and `leader` is only whom the portfolio gives.
    """

    __tablename__ = "routings"
    __table_args__ = (UniqueConstraint("petition_no", "case_version"),)

    routing_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO)
    case_version: Mapped[int]
    organ: Mapped[str] = mapped_column(_CODE)
    leader: Mapped[str] = mapped_column(_CODE)
    leader_in_charge: Mapped[str] = mapped_column(_CODE)
    principal: Mapped[bool]
    severity: Mapped[Severity]
    field: Mapped[str] = mapped_column(_CODE)
    lead_unit: Mapped[str] = mapped_column(_CODE)
    co_units: Mapped[list[str]]
    whoever_sits: Mapped[bool] = mapped_column(server_default=false())
    accepted_on: Mapped[date | None]
    """Since when it counts as accepted, where another node had it before (D-21, D-30)."""
    routed_at: Mapped[datetime]

    @property
    def units(self) -> tuple[str, ...]:
        """Give every unit concerned, the lead unit first."""
        return (self.lead_unit, *self.co_units)


class Preparation(Base):
    """Where a routed petition stands at this node now.

    `session` is the reserved sitting, None while one is waited for; `set_no`, `opinion_no` and
    `appointment_no` are the papers in force.  `leader` is who receives: the routing's, or where
    whoever sits does, the one of the reserved sitting.
    """

    __tablename__ = "preparations"
    __table_args__ = (
        Index("ix_preparations_session_leader", "session", "leader"),
        Index("ix_preparations_state_petition_no", "state", "petition_no"),
    )

    petition_no: Mapped[str] = mapped_column(_PETITION_NO, primary_key=True)
    state: Mapped[PreparationState]
    routing_no: Mapped[int] = mapped_column(ForeignKey("routings.routing_no"))
    leader: Mapped[str] = mapped_column(_CODE)
    session: Mapped[str | None] = mapped_column(ForeignKey("sessions.session"))
    set_no: Mapped[str | None] = mapped_column(_DOCUMENT_NO)
    opinion_no: Mapped[str | None] = mapped_column(_DOCUMENT_NO)
    appointment_no: Mapped[str | None] = mapped_column(_DOCUMENT_NO)


class PreparationStep(Base):
    """One step a petition took here, in the order of `step_no`."""

    __tablename__ = "preparation_steps"

    step_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO, index=True)
    state: Mapped[PreparationState]
    session: Mapped[str | None] = mapped_column(_SESSION)
    taken_at: Mapped[datetime]
    taken_by: Mapped[str] = mapped_column(_ACTOR)


_SET_IN_FORCE = text("voided_at IS NULL")


class CardSet(Base):
    """A set of four cards: one in force for each petition (C-08, C-09)."""

    __tablename__ = "card_sets"
    __table_args__ = (
        Index(
            "uq_card_sets_in_force",
            "petition_no",
            unique=True,
            sqlite_where=_SET_IN_FORCE,
            postgresql_where=_SET_IN_FORCE,
        ),
    )

    set_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO, index=True)
    routing_no: Mapped[int] = mapped_column(ForeignKey("routings.routing_no"))
    session: Mapped[str] = mapped_column(ForeignKey("sessions.session"))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200))
    leader: Mapped[str] = mapped_column(_CODE)
    lead_unit: Mapped[str] = mapped_column(_CODE)
    co_units: Mapped[list[str]]
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(_ACTOR)
    reason_sealed: Mapped[str | None] = mapped_column(Text)
    voided_at: Mapped[datetime | None]


class Card(Base):
    """One card of a set (`copy` 0) or a numbered copy of card 2 for a further unit (C-08)."""

    __tablename__ = "cards"
    __table_args__ = (
        UniqueConstraint("set_no", "kind", "copy"),
        CheckConstraint("kind <> 'office_stub' OR delivered_on IS NULL", name="stub_is_kept"),
        CheckConstraint("copy = 0 OR kind = 'unit_notice'", name="copies_of_card_2_only"),
        Index("ix_cards_petition_no_kind", "petition_no", "kind"),
    )

    card_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    set_no: Mapped[str] = mapped_column(ForeignKey("card_sets.set_no"))
    petition_no: Mapped[str] = mapped_column(_PETITION_NO)
    kind: Mapped[CardKind]
    copy: Mapped[int]
    addressee: Mapped[str] = mapped_column(_CODE)
    sha256: Mapped[str] = mapped_column(_SHA256)
    delivered_on: Mapped[date | None]
    method: Mapped[DeliveryMethod | None]
    delivery_recorded_at: Mapped[datetime | None]
    delivery_recorded_by: Mapped[str | None] = mapped_column(_ACTOR)


class PreliminaryOpinion(Base):
    """The preliminary opinion on a set of cards; a later one names the one it replaces (C-11)."""

    __tablename__ = "preliminary_opinions"

    opinion_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO, index=True)
    set_no: Mapped[str] = mapped_column(ForeignKey("card_sets.set_no"))
    leader_consulted: Mapped[str] = mapped_column(_CODE)
    opinion_sealed: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(_SHA256)
    replaces: Mapped[str | None] = mapped_column(_DOCUMENT_NO)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(_ACTOR)


class UnitPosition(Base):
    """What one unit says to the matter: an annex of the opinion (D-11)."""

    __tablename__ = "unit_positions"

    opinion_no: Mapped[str] = mapped_column(
        ForeignKey("preliminary_opinions.opinion_no"), primary_key=True
    )
    unit: Mapped[str] = mapped_column(_CODE, primary_key=True)
    position_sealed: Mapped[str] = mapped_column(Text)


_HOUR_IN_FORCE = text("released_at IS NULL")


class DocketHour(Base):
    """One petition's hour before its leader: one petition an hour, one hour a petition (D-10)."""

    __tablename__ = "docket_hours"
    __table_args__ = (
        Index(
            "uq_docket_hours_hour",
            "session",
            "leader",
            "starts_at",
            unique=True,
            sqlite_where=_HOUR_IN_FORCE,
            postgresql_where=_HOUR_IN_FORCE,
        ),
        Index(
            "uq_docket_hours_petition",
            "petition_no",
            unique=True,
            sqlite_where=_HOUR_IN_FORCE,
            postgresql_where=_HOUR_IN_FORCE,
        ),
    )

    hour_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO)
    session: Mapped[str] = mapped_column(ForeignKey("sessions.session"))
    leader: Mapped[str] = mapped_column(_CODE)
    starts_at: Mapped[str] = mapped_column(_TIME)
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(_ACTOR)
    released_at: Mapped[datetime | None]


class Appointment(Base):
    """An appointment notice: the hour, on the basis of an opinion (C-12)."""

    __tablename__ = "appointments"

    appointment_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO, index=True)
    opinion_no: Mapped[str] = mapped_column(ForeignKey("preliminary_opinions.opinion_no"))
    session: Mapped[str] = mapped_column(ForeignKey("sessions.session"))
    held_on: Mapped[date]
    starts_at: Mapped[str] = mapped_column(_TIME)
    leader: Mapped[str] = mapped_column(_CODE)
    sha256: Mapped[str] = mapped_column(_SHA256)
    notified_at: Mapped[datetime]
    notified_by: Mapped[str] = mapped_column(_ACTOR)


# --- The meeting ------------------------------------------------------------------------------


class Attendance(Base):
    """Who came to an appointment, as recorded; a later version of the day corrects it (C-13)."""

    __tablename__ = "attendances"
    __table_args__ = (UniqueConstraint("appointment_no", "version"),)

    attendance_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    appointment_no: Mapped[str] = mapped_column(ForeignKey("appointments.appointment_no"))
    petition_no: Mapped[str] = mapped_column(_PETITION_NO, index=True)
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(_SHA256)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(_ACTOR)


class AttendanceParty(Base):
    """One party of an attendance; `unit` is empty for the three that are no unit."""

    __tablename__ = "attendance_parties"

    attendance_no: Mapped[str] = mapped_column(
        ForeignKey("attendances.attendance_no"), primary_key=True
    )
    party: Mapped[Party] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(_CODE, primary_key=True)
    present: Mapped[bool]
    arrived_at: Mapped[str | None] = mapped_column(_TIME)
    excused: Mapped[bool]
    excused_by: Mapped[str | None] = mapped_column(_ACTOR)
    excuse_sealed: Mapped[str | None] = mapped_column(Text)


class PartyAbsence(Base):
    """That a party's absence from an appointment was reported, once (C-25, D-13)."""

    __tablename__ = "party_absences"

    appointment_no: Mapped[str] = mapped_column(
        ForeignKey("appointments.appointment_no"), primary_key=True
    )
    party: Mapped[Party] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(_CODE, primary_key=True)
    late: Mapped[bool]
    excused: Mapped[bool]
    reported_at: Mapped[datetime]


class Rescheduling(Base):
    """That an absence moved a meeting; `session` is None while no sitting is planned (D-13)."""

    __tablename__ = "reschedulings"

    rescheduling_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO)
    appointment_no: Mapped[str] = mapped_column(
        ForeignKey("appointments.appointment_no"), index=True
    )
    reason: Mapped[AbsenceReason]
    session: Mapped[str | None] = mapped_column(ForeignKey("sessions.session"))
    held_on: Mapped[date | None]
    document_no: Mapped[str] = mapped_column(_DOCUMENT_NO)
    sha256: Mapped[str] = mapped_column(_SHA256)
    recorded_at: Mapped[datetime]


class Reception(Base):
    """A held meeting with its one outcome: one for each petition (C-13)."""

    __tablename__ = "receptions"

    record_no: Mapped[str] = mapped_column(_DOCUMENT_NO, primary_key=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO, unique=True)
    appointment_no: Mapped[str] = mapped_column(
        ForeignKey("appointments.appointment_no"), unique=True
    )
    session: Mapped[str] = mapped_column(ForeignKey("sessions.session"))
    held_on: Mapped[date]
    leader: Mapped[str] = mapped_column(_CODE)
    outcome: Mapped[ReceptionOutcome]
    lead_unit: Mapped[str] = mapped_column(_CODE)
    co_units: Mapped[list[str]]
    accepted_on: Mapped[date]
    due_on: Mapped[date | None]
    standards: Mapped[list[Any]]
    record_sha256: Mapped[str] = mapped_column(_SHA256)
    document_no: Mapped[str] = mapped_column(_DOCUMENT_NO, unique=True)
    document_sha256: Mapped[str] = mapped_column(_SHA256)
    record_sealed: Mapped[str] = mapped_column(Text)
    text_sealed: Mapped[str] = mapped_column(Text)
    held_at: Mapped[datetime]
    held_by: Mapped[str] = mapped_column(_ACTOR)


class Signature(Base):
    """One party's hand to a meeting's record, or its refusal with the witness (D-15)."""

    __tablename__ = "signatures"

    signature_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    record_no: Mapped[str] = mapped_column(ForeignKey("receptions.record_no"), index=True)
    party: Mapped[Party]
    unit: Mapped[str | None] = mapped_column(_CODE)
    kind: Mapped[SignatureKind]
    witness: Mapped[str | None] = mapped_column(_ACTOR)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(_ACTOR)


# --- Retirement of a node ---------------------------------------------------------------------


class NodeRetirement(Base):
    """That a node, this one or another, was retired; one that opens again may be retired again."""

    __tablename__ = "node_retirements"

    node: Mapped[str] = mapped_column(_CODE, primary_key=True)
    retired_at: Mapped[datetime] = mapped_column(primary_key=True)
    parent: Mapped[str] = mapped_column(_CODE)


class HandOver(Base):
    """That a petition left this node when it was retired, and the notice of it, once a routing."""

    __tablename__ = "hand_overs"

    hand_over_no: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    petition_no: Mapped[str] = mapped_column(_PETITION_NO, index=True)
    routing_no: Mapped[int] = mapped_column(ForeignKey("routings.routing_no"), unique=True)
    stood_at: Mapped[PreparationState]
    set_no: Mapped[str | None] = mapped_column(_DOCUMENT_NO)
    appointment_no: Mapped[str | None] = mapped_column(_DOCUMENT_NO)
    held_on: Mapped[date | None]
    starts_at: Mapped[str | None] = mapped_column(_TIME)
    place: Mapped[str | None] = mapped_column(String(200))
    document_no: Mapped[str | None] = mapped_column(_DOCUMENT_NO, unique=True)
    sha256: Mapped[str | None] = mapped_column(_SHA256)
    handed_over_at: Mapped[datetime]
