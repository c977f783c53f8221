"""The appointment notice: only on the basis of a preliminary opinion (C-12, T11)."""

from __future__ import annotations

from datetime import time
from typing import Final

from services.reception import metrics
from services.reception.documents import NoticePaper, appointment_text
from services.reception.models import Appointment, Preparation, ReceptionSession, Routing
from services.reception.rules.appointment import (
    Invitation,
    first_free_slot,
    may_notify,
    may_take_slot,
)
from services.reception.rules.sessions import next_sitting
from services.reception.usecases.asking import CaseFacts
from services.reception.usecases.docket import docketed_hour
from services.reception.usecases.preparations import (
    move,
    preparation_in_hand,
    release_hour,
    reserved_session,
    routing_of,
    step_of,
    take_hour,
)
from services.reception.usecases.refusing import require
from services.reception.usecases.sittings import (
    hours_taken,
    is_published,
    minute,
    session_named,
    sittings_of,
    slots_in,
)
from shared.contracts.common import WrongStage
from shared.contracts.fields import Document
from shared.contracts.reception import (
    AppointmentNotifiedV1,
    AppointmentView,
    CardsMissing,
    DecisionAlreadyMade,
    NoSessionPlanned,
    NotifyAppointment,
    OnDocketAlready,
    OpinionMissing,
    PreparationState,
    SessionNotPublished,
    SlotOutsideSession,
    SlotTaken,
)
from shared.messaging import Work

_NOTICE: Final = "AN"


def notify_appointment(work: Work, request: NotifyAppointment, facts: CaseFacts) -> AppointmentView:
    """Send the appointment notice and give the petition its hour.

    The hour is the one asked for, else the docket's, else the first that is free.

    Raises:
        PetitionNotFound, OpinionMissing, SessionNotPublished, SlotTaken, SlotOutsideSession,
            DecisionAlreadyMade, CardsMissing, NoSessionPlanned, OnDocketAlready, WrongStage: as
            their docstrings say.
    """
    preparation = preparation_in_hand(work, request.petition_no, missing=CardsMissing)
    routing = routing_of(work, preparation)
    session = _session_for(work, preparation)
    _require_in_order(work, preparation, session)
    session = session_named(work, session.session if session else "")
    starts_at = _hour(work, preparation, session, request)
    take_hour(work, preparation, session=session.session, starts_at=starts_at)
    document = _record(work, preparation, routing, session, starts_at)
    work.count(metrics.APPOINTMENTS)
    paper = NoticePaper(
        notice_no=document.no,
        petition_no=preparation.petition_no,
        held_on=session.held_on,
        starts_at=starts_at,
        place=session.place,
        leader=preparation.leader,
        units=routing.units,
        notified_on=work.today,
        petitioner=facts.petitioner,
    )
    return AppointmentView(
        petition_no=preparation.petition_no,
        session=session.session,
        on=session.held_on,
        starts_at=starts_at,
        place=session.place,
        leader=preparation.leader,
        document=document,
        text=appointment_text(paper, names=facts.names),
    )


def _session_for(work: Work, preparation: Preparation) -> ReceptionSession | None:
    """Give the reserved session; for a petitioner who asks again, the next and who sits there."""
    if preparation.state is not PreparationState.AWAITING_PETITIONER:
        return reserved_session(work, preparation)
    ahead = sittings_of(work, preparation, after=work.today)
    published = [sitting for sitting in ahead if is_published(work, sitting.session)]
    sitting = next_sitting(published or ahead, after=work.today)
    if sitting is None:
        return None
    preparation.leader = sitting.leader
    return session_named(work, sitting.session)


def _require_in_order(
    work: Work, preparation: Preparation, session: ReceptionSession | None
) -> None:
    number = preparation.petition_no
    invitation = Invitation(
        step=step_of(preparation),
        cards_issued=preparation.set_no is not None,
        opinion_recorded=preparation.opinion_no is not None,
        held_on=session.held_on if session else None,
        published=is_published(work, session.session) if session else None,
    )
    name = session.session if session else "none"
    require(
        may_notify(invitation, on=work.today),
        {
            "not_decided": DecisionAlreadyMade(f"{number} has its outcome already"),
            "cards_issued": CardsMissing(
                f"no cards of {number} are issued; they come before opinion and notice"
            ),
            "opinion_recorded": OpinionMissing(
                f"no preliminary opinion on {number} is recorded;"
                " call record_preliminary_opinion first"
            ),
            "has_no_hour_yet": OnDocketAlready(
                f"{number} has its hour in {name}; it moves only through an absence, or by"
                " issue_cards when that day has passed without a meeting"
            ),
            "sitting_planned": NoSessionPlanned(
                f"no session that {number} may come to is planned; call plan_sessions"
            ),
            "day_not_passed": WrongStage(
                f"the session {name} reserved for {number} has passed; call issue_cards, which"
                " reserves the next, and record the opinion on the new set"
            ),
            "sitting_published": SessionNotPublished(
                f"session {name} is not on the notice board; call publish_sessions first"
            ),
        },
    )


def _hour(
    work: Work,
    preparation: Preparation,
    session: ReceptionSession,
    request: NotifyAppointment,
) -> str:
    wanted = request.starts_at or docketed_hour(
        work, preparation.petition_no, session=session.session
    )
    release_hour(work, preparation.petition_no)
    slots = slots_in(session)
    taken = [at for _, at in hours_taken(work, session=session.session, leader=preparation.leader)]
    slot = time.fromisoformat(wanted) if wanted else first_free_slot(slots=slots, taken=taken)
    where = f"session {session.session} before {preparation.leader}"
    if slot is None:
        msg = f"every hour of {where} is taken; call issue_cards, which reserves the next session"
        raise SlotTaken(msg)
    require(
        may_take_slot(wanted=slot, slots=slots, taken=taken),
        {
            "within_the_sitting": SlotOutsideSession(
                f"{minute(slot)} is no slot of session {session.session};"
                f" choose one of {', '.join(map(minute, slots))}"
            ),
            "is_free": SlotTaken(f"{minute(slot)} in {where} is taken; choose another hour"),
        },
    )
    return minute(slot)


def _record(
    work: Work,
    preparation: Preparation,
    routing: Routing,
    session: ReceptionSession,
    starts_at: str,
) -> Document:
    document = work.document(
        preparation.petition_no,
        _NOTICE,
        {
            "opinion": preparation.opinion_no,
            "session": session.session,
            "on": session.held_on,
            "starts_at": starts_at,
            "place": session.place,
            "leader": preparation.leader,
            "units": list(routing.units),
        },
    )
    work.session.add(
        Appointment(
            appointment_no=document.no,
            petition_no=preparation.petition_no,
            opinion_no=preparation.opinion_no,
            session=session.session,
            held_on=session.held_on,
            starts_at=starts_at,
            leader=preparation.leader,
            sha256=document.sha256,
            notified_at=work.now,
            notified_by=work.actor.id,
        )
    )
    preparation.appointment_no = document.no
    move(work, preparation, PreparationState.APPOINTED, session=session.session)
    work.record(
        AppointmentNotifiedV1(
            petition_no=preparation.petition_no,
            session=session.session,
            on=session.held_on,
            starts_at=starts_at,
            leader=preparation.leader,
            document=document,
        )
    )
    return document
