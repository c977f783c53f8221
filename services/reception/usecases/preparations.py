"""The petition on its way to the table: found, moved a step, and asked what it stands on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update

from services.reception.models import (
    Appointment,
    CardSet,
    DocketHour,
    Preparation,
    PreparationStep,
    ReceptionSession,
    Routing,
)
from services.reception.rules.retirement import may_go_on_here
from services.reception.rules.terms import ENDED, Step
from services.reception.usecases.refusing import require
from shared.contracts.base import Refusal
from shared.contracts.common import PetitionNotFound
from shared.contracts.reception import PetitionHandedOver, PreparationState
from shared.messaging import Work


def preparation_of(
    work: Work, petition_no: str, *, missing: type[Refusal] = PetitionNotFound
) -> Preparation:
    """Find a petition that was routed to this node.

    Where none of this number was, the refusal may name what is `missing`: the cards, say, that
    would come first.

    Raises:
        PetitionNotFound: none of this number was, and nothing else is named as missing.
    """
    found = work.session.get(Preparation, petition_no)
    if found is None:
        msg = f"{petition_no} was not routed to node {work.source.node}; see triage.get_sorting"
        raise missing(msg)
    return found


def preparation_in_hand(
    work: Work, petition_no: str, *, missing: type[Refusal] = PetitionNotFound
) -> Preparation:
    """Find a petition that goes on at this node.

    Raises:
        PetitionNotFound: as `preparation_of`.
        PetitionHandedOver: this node was retired, and another one has it now.
    """
    found = preparation_of(work, petition_no, missing=missing)
    require_here(found)
    return found


def require_here(preparation: Preparation) -> None:
    """Go on only with a petition that this node has not handed over.

    Raises:
        PetitionHandedOver: as its docstring says.
    """
    number = preparation.petition_no
    require(
        may_go_on_here(step_of(preparation)),
        {
            "is_still_here": PetitionHandedOver(
                f"{number} was handed over when this node was retired; triage.get_sorting tells"
                " where it is received now"
            )
        },
    )


def routing_of(work: Work, preparation: Preparation) -> Routing:
    """Give the routing in force of a petition."""
    return work.session.get_one(Routing, preparation.routing_no)


def leaders_of_case(preparation: Preparation, routing: Routing) -> frozenset[str]:
    """Name the leaders whose case a petition is: who receives, and who is in charge."""
    return frozenset({preparation.leader, routing.leader_in_charge})


def step_of(preparation: Preparation) -> Step:
    """Give the step a petition stands on, in the words of the rules."""
    return Step(preparation.state.value)


def has_ended(preparation: Preparation) -> bool:
    """Tell whether the petition's meeting has its outcome."""
    return step_of(preparation) in ENDED


def move(
    work: Work,
    preparation: Preparation,
    state: PreparationState,
    *,
    session: str | None,
) -> None:
    """Move a petition to a step, with the sitting reserved for it, and keep the step."""
    preparation.state = state
    preparation.session = session
    work.session.add(
        PreparationStep(
            petition_no=preparation.petition_no,
            state=state,
            session=session,
            taken_at=work.now,
            taken_by=work.actor.id,
        )
    )
    work.session.flush()


def set_in_force(work: Work, preparation: Preparation) -> CardSet | None:
    """Give the set of cards in force, or None before the first."""
    return work.session.get(CardSet, preparation.set_no) if preparation.set_no else None


def reserved_session(work: Work, preparation: Preparation) -> ReceptionSession | None:
    """Give the reserved sitting, or None while one is waited for."""
    if preparation.session is None:
        return None
    return work.session.get_one(ReceptionSession, preparation.session)


def appointment_in_force(work: Work, preparation: Preparation) -> Appointment | None:
    """Give the appointment a meeting can be held on.

    One that an absence used up still counts until its day ends, so that a party that comes
    late after all can be recorded in a correcting entry.
    """
    if preparation.appointment_no is None:
        return None
    appointment = work.session.get_one(Appointment, preparation.appointment_no)
    stands = preparation.state is PreparationState.APPOINTED
    return appointment if stands or appointment.held_on == work.today else None


def appointment_noted(work: Work, preparation: Preparation) -> Appointment | None:
    """Give the appointment that was notified last and not let go of, whatever became of it."""
    if preparation.appointment_no is None:
        return None
    return work.session.get_one(Appointment, preparation.appointment_no)


def is_day_passed(work: Work, preparation: Preparation) -> bool:
    """Tell whether the day of the appointment is over, and with it the chance to meet on it."""
    if preparation.appointment_no is None:
        return False
    appointment = work.session.get_one(Appointment, preparation.appointment_no)
    return appointment.held_on < work.today


def not_the_day(work: Work, petition_no: str, day: date | None) -> str:
    """Say that today is not the day of an appointment, and what to do where it has passed."""
    msg = f"{petition_no} is appointed for {day}, and today is {work.today}"
    if day is None or day >= work.today:
        return msg
    return f"{msg}; that day passed without a meeting, so call issue_cards for the next session"


def release_hour(work: Work, petition_no: str) -> None:
    """Give back the hour a petition had on a docket, if any."""
    work.session.execute(
        update(DocketHour)
        .where(DocketHour.petition_no == petition_no, DocketHour.released_at.is_(None))
        .values(released_at=work.now)
    )


def take_hour(work: Work, preparation: Preparation, *, session: str, starts_at: str) -> None:
    """Give a petition an hour before its leader, in place of any other it had."""
    release_hour(work, preparation.petition_no)
    work.session.add(
        DocketHour(
            petition_no=preparation.petition_no,
            session=session,
            leader=preparation.leader,
            starts_at=starts_at,
            given_at=work.now,
            given_by=work.actor.id,
        )
    )
    work.session.flush()
