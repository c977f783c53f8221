"""The four-party meeting and its one outcome: decision, or answer on the spot (C-13, C-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.reception import metrics
from services.reception.models import (
    Appointment,
    Preparation,
    Reception,
    Routing,
)
from services.reception.rules import decision as rules
from services.reception.rules.cards import accepted_on
from services.reception.rules.decision import (
    Meeting,
    Ruling,
    may_hold,
    may_rule,
    statutory_limit,
)
from services.reception.usecases.card_sets import unit_had_its_card_on
from services.reception.usecases.preparations import (
    appointment_in_force,
    move,
    not_the_day,
    preparation_in_hand,
    routing_of,
    step_of,
)
from services.reception.usecases.presences import is_complete
from services.reception.usecases.records import reception_view, require_signatures, sign
from services.reception.usecases.refusing import require
from shared.contracts.common import (
    DateInPast,
    DueDateBeyondStatutory,
)
from shared.contracts.fields import Document
from shared.contracts.reception import (
    AnsweredOnSpotV1,
    AppointmentMissing,
    CompletionStandard,
    DecidedAmount,
    DecidedStandard,
    DecisionAlreadyMade,
    DecisionIncomplete,
    DecisionMadeV1,
    FourPartiesIncomplete,
    HoldReception,
    LeadUnitNotAtTable,
    NotTheDay,
    NotTheReceivingLeader,
    PreparationState,
    ReceptionHeldV1,
    ReceptionOutcome,
    ReceptionView,
    SpotAnswerLeavesWork,
)
from shared.messaging import Work

_MEETING_RECORD: Final = "MR"
_DOCUMENT_KINDS: Final = {
    ReceptionOutcome.DECISION: "DE",
    ReceptionOutcome.ANSWERED_ON_SPOT: "SA",
}
_END_STATES: Final = {
    ReceptionOutcome.DECISION: PreparationState.DECIDED,
    ReceptionOutcome.ANSWERED_ON_SPOT: PreparationState.ANSWERED_ON_SPOT,
}


@dataclass(frozen=True, kw_only=True)
class _Table:
    """The table at which a meeting is held, and the day its matter was accepted."""

    preparation: Preparation
    routing: Routing
    appointment: Appointment
    lead_unit: str
    accepted_on: date

    @property
    def co_units(self) -> tuple[str, ...]:
        """Give the other units at the table."""
        return tuple(unit for unit in self.routing.units if unit != self.lead_unit)


def hold_reception(work: Work, request: HoldReception) -> ReceptionView:
    """Hold the meeting, by the receiving leader in person, and take its one outcome.

    Raises:
        PetitionNotFound, AppointmentMissing, NotTheDay, FourPartiesIncomplete,
            NotTheReceivingLeader, DecisionAlreadyMade, DecisionIncomplete, LeadUnitNotAtTable,
            DueDateBeyondStatutory, DateInPast, SpotAnswerLeavesWork, SignaturesIncomplete: as
            their docstrings say.
    """
    table = _table(work, request)
    _require_complete(work, table, request)
    require_signatures(table.routing, request)
    reception = _keep(work, table, request)
    sign(work, reception, request.signatures)
    move(
        work,
        table.preparation,
        _END_STATES[request.outcome],
        session=table.appointment.session,
    )
    _tell(work, table, reception, request)
    work.count(metrics.RECEPTIONS, outcome=request.outcome.value)
    return reception_view(work, reception)


# --- What must hold -----------------------------------------------------------------------------


def _table(work: Work, request: HoldReception) -> _Table:
    preparation = preparation_in_hand(work, request.petition_no, missing=AppointmentMissing)
    routing = routing_of(work, preparation)
    appointment = appointment_in_force(work, preparation)
    complete = is_complete(work, appointment, routing) if appointment else None
    number = request.petition_no
    day = appointment.held_on if appointment else None
    missing = AppointmentMissing(
        f"no appointment of {number} is notified; call notify_appointment first"
    )
    require(
        may_hold(
            Meeting(
                step=step_of(preparation),
                appointed_on=day,
                receiving_leader=appointment.leader if appointment else None,
                caller=work.actor.code,
                complete=complete,
            ),
            on=work.today,
        ),
        {
            "no_decision_yet": DecisionAlreadyMade(
                f"the meeting on {number} has its outcome; there is no second one"
            ),
            "appointment_notified": missing,
            "received_in_person": NotTheReceivingLeader(
                f"{number} is received by {preparation.leader} in person, not by {work.actor.id}"
            ),
            "is_the_day": NotTheDay(not_the_day(work, number, day)),
            "four_parties_complete": FourPartiesIncomplete(
                f"not all four parties are recorded present on {number}; call record_attendance"
            ),
        },
    )
    if appointment is None:
        raise missing  # The rule said so above; mypy reads only this line.
    return _Table(
        preparation=preparation,
        routing=routing,
        appointment=appointment,
        lead_unit=request.lead_unit or routing.lead_unit,
        accepted_on=_accepted_on(work, routing, appointment),
    )


def _accepted_on(work: Work, routing: Routing, appointment: Appointment) -> date:
    return accepted_on(
        unit_card_delivered_on=unit_had_its_card_on(work, routing), met_on=appointment.held_on
    )


def _require_complete(work: Work, table: _Table, request: HoldReception) -> None:
    number = request.petition_no
    limit = statutory_limit(calendar=work.calendar, accepted_on=table.accepted_on)
    ruling = Ruling(
        outcome=rules.Outcome(request.outcome.value),
        lead_unit=table.lead_unit,
        units_at_table=table.routing.units,
        due_on=request.due_on,
        standards=len(request.standards),
        remaining_work=request.remaining_work,
        limit_on=limit.due_on,
    )
    incomplete = DecisionIncomplete(
        f"the decision on {number} needs due_on and at least one of standards"
    )
    require(
        may_rule(ruling, on=work.today),
        {
            "lead_unit_at_table": LeadUnitNotAtTable(
                f"{table.lead_unit} was not at the table of {number};"
                f" name one of {', '.join(table.routing.units)}"
            ),
            "nothing_remains": SpotAnswerLeavesWork(
                f"{number} leaves something to be executed: decide it, with due_on and standards"
            ),
            "due_date_stated": incomplete,
            "standard_stated": incomplete,
            "due_date_ahead": DateInPast(
                f"due_on {request.due_on} of {number} lies before today, {work.today}"
            ),
            "within_the_statute": DueDateBeyondStatutory(
                f"due_on {request.due_on} of {number} lies beyond {limit.due_on}, the 60th day"
                f" from its acceptance on {table.accepted_on} ({limit.article})"
            ),
        },
    )


# --- What is kept and told ------------------------------------------------------------------------


def _keep(work: Work, table: _Table, request: HoldReception) -> Reception:
    number = request.petition_no
    held_on = table.appointment.held_on
    record = work.document(
        number,
        _MEETING_RECORD,
        {
            "appointment": table.appointment.appointment_no,
            "on": held_on,
            "leader": table.appointment.leader,
            "units": list(table.routing.units),
            "outcome": request.outcome.value,
            "record": request.record,
        },
    )
    standards = [standard.dump() for standard in request.standards]
    document = work.document(
        number,
        _DOCUMENT_KINDS[request.outcome],
        {
            "record": record.no,
            "on": held_on,
            "leader": table.appointment.leader,
            "lead_unit": table.lead_unit,
            "co_units": list(table.co_units),
            "accepted_on": table.accepted_on,
            "due_on": request.due_on,
            "standards": standards,
            "text": request.text,
        },
    )
    reception = Reception(
        record_no=record.no,
        petition_no=number,
        appointment_no=table.appointment.appointment_no,
        session=table.appointment.session,
        held_on=held_on,
        leader=table.appointment.leader,
        outcome=request.outcome,
        lead_unit=table.lead_unit,
        co_units=list(table.co_units),
        accepted_on=table.accepted_on,
        due_on=request.due_on,
        standards=standards,
        record_sha256=record.sha256,
        document_no=document.no,
        document_sha256=document.sha256,
        record_sealed=work.vault.seal(request.record, context=f"receptions|{record.no}|record"),
        text_sealed=work.vault.seal(request.text, context=f"receptions|{record.no}|text"),
        held_at=work.now,
        held_by=work.actor.id,
    )
    work.session.add(reception)
    work.session.flush()
    return reception


def _tell(work: Work, table: _Table, reception: Reception, request: HoldReception) -> None:
    document = Document(no=reception.document_no, sha256=reception.document_sha256)
    work.record(
        ReceptionHeldV1(
            petition_no=reception.petition_no,
            session=reception.session,
            on=reception.held_on,
            leader=reception.leader,
            outcome=reception.outcome,
            document=Document(no=reception.record_no, sha256=reception.record_sha256),
        )
    )
    if request.due_on is None:
        work.record(
            AnsweredOnSpotV1(
                petition_no=reception.petition_no,
                on=reception.held_on,
                leader=reception.leader,
                lead_unit=reception.lead_unit,
                accepted_on=reception.accepted_on,
                document=document,
            )
        )
        return
    work.record(
        DecisionMadeV1(
            petition_no=reception.petition_no,
            on=reception.held_on,
            leader=reception.leader,
            organ=table.routing.organ,
            field=table.routing.field,
            lead_unit=reception.lead_unit,
            co_units=tuple(reception.co_units),
            accepted_on=reception.accepted_on,
            due_on=request.due_on,
            standards=tuple(map(_decided, request.standards)),
            document=document,
        )
    )


def _decided(standard: CompletionStandard) -> DecidedStandard:
    amount = standard.amount
    return DecidedStandard(
        kind=standard.kind,
        amount=DecidedAmount(quantity=amount.quantity, unit=amount.unit) if amount else None,
    )
