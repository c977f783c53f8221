"""The day itself: who came, the new date an absence gives, and the one outcome with its record."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from services.reception.models import (
    Attendance,
    AttendanceParty,
    Preparation,
    Reception,
    Rescheduling,
    Signature,
)
from shared.contracts import reception
from shared.contracts.base import MalformedRequest, Refusal
from shared.contracts.common import (
    DateInPast,
    DueDateBeyondStatutory,
    NotYourCase,
    PetitionNotFound,
    UnitUnknown,
    WrongStage,
)
from shared.contracts.fields import Amount
from shared.contracts.reception import (
    AbsenceReason,
    AnsweredOnSpotV1,
    AppointmentMissing,
    AppointmentRescheduledV1,
    CompletionStandard,
    DecisionAlreadyMade,
    DecisionIncomplete,
    DecisionMadeV1,
    FourPartiesIncomplete,
    LeadUnitNotAtTable,
    NotTheDay,
    NotTheReceivingLeader,
    NotYetKnown,
    Party,
    PartyAbsentV1,
    PartyAttendance,
    PreparationState,
    ReceptionHeldV1,
    ReceptionOutcome,
    SignatureKind,
    SignaturesIncomplete,
    SpotAnswerLeavesWork,
    StandardKind,
)
from tests.support.bench import at
from tests.support.reception import (
    CO_UNIT,
    LEADER,
    MEETING_AT,
    NEXT_FRIDAY,
    NEXT_MEETING_AT,
    NO,
    UNIT,
    NodeBench,
    came,
    everyone,
)

ABSENT_PETITIONER = came(Party.PETITIONER, present=False)
ABSENT_UNIT = came(Party.UNIT, unit=UNIT, present=False)
ABSENT_LEADER = came(Party.LEADER, present=False)
ABSENT_OFFICER = came(Party.PETITION_OFFICER, present=False)


def state_of(node: NodeBench) -> PreparationState:
    (preparation,) = node.bench.rows(Preparation)
    return preparation.state


# --- Attendance -----------------------------------------------------------------------------------


@pytest.mark.proves("C-13")
def test_all_four_parties_are_recorded(stored_node: NodeBench) -> None:
    stored_node.invites(co_units=(CO_UNIT,))

    view = stored_node.attends(units=(UNIT, CO_UNIT))

    assert (view.complete, view.missing, view.rescheduled_to) == (True, (), None)
    assert view.document.no == f"{NO}-AT-1"
    assert stored_node.bench.recorded_of(PartyAbsentV1) == []


@pytest.mark.proves("C-13")
def test_a_party_nobody_named_is_missing_but_moves_nothing(node: NodeBench) -> None:
    node.invites(co_units=(CO_UNIT,))

    view = node.attends(units=(UNIT,))

    assert (view.complete, view.missing, view.rescheduled_to) == (False, (CO_UNIT,), None)
    assert state_of(node) is PreparationState.APPOINTED
    assert node.bench.recorded_of(PartyAbsentV1) == []


@pytest.mark.proves("C-13")
def test_a_unit_left_unnamed_is_the_lead_unit(node: NodeBench) -> None:
    node.invites()

    view = node.attends(
        parties=(
            came(Party.PETITIONER),
            came(Party.LEADER),
            came(Party.UNIT),
            came(Party.PETITION_OFFICER),
        )
    )

    assert view.complete


@pytest.mark.proves("C-25", "D-13", "T12b")
@pytest.mark.parametrize(
    ("absent", "reason", "told"),
    [
        pytest.param(ABSENT_UNIT, AbsenceReason.UNIT_ABSENT, (Party.UNIT, UNIT, None), id="unit"),
        pytest.param(
            ABSENT_LEADER, AbsenceReason.LEADER_ABSENT, (Party.LEADER, None, LEADER), id="leader"
        ),
        pytest.param(
            ABSENT_OFFICER,
            AbsenceReason.OFFICER_ABSENT,
            (Party.PETITION_OFFICER, None, None),
            id="petition officer",
        ),
    ],
)
def test_an_absent_party_means_a_new_date_and_a_ground_against_that_party_alone(
    node: NodeBench,
    absent: reception.PartyAttendance,
    reason: AbsenceReason,
    told: tuple[Party, str | None, str | None],
) -> None:
    node.invites()

    view = node.attends(absent)

    assert (view.complete, view.rescheduled_to) == (False, NEXT_FRIDAY)
    assert view.document.no == f"{NO}-MR-1"
    (absence,) = node.bench.recorded_of(PartyAbsentV1)
    assert (absence.party, absence.unit, absence.leader) == told
    assert (absence.late, absence.excused) == (False, False)
    (moved,) = node.bench.recorded_of(AppointmentRescheduledV1)
    assert (moved.session, moved.reason, moved.document) == (NEXT_FRIDAY, reason, view.document)
    assert state_of(node) is PreparationState.PREPARED
    assert node.notifies(now=MEETING_AT).session == NEXT_FRIDAY


@pytest.mark.proves("D-13")
def test_a_stopped_meeting_has_no_decision(node: NodeBench) -> None:
    node.invites()
    node.attends(ABSENT_UNIT)

    with pytest.raises(FourPartiesIncomplete):
        node.holds()
    with pytest.raises(AppointmentMissing):
        node.holds(now=NEXT_MEETING_AT)

    assert node.bench.rows(Reception) == []


@pytest.mark.proves("C-25", "D-13")
def test_a_unit_that_comes_late_is_told_and_the_meeting_goes_on(node: NodeBench) -> None:
    node.invites()

    view = node.attends(came(Party.UNIT, unit=UNIT, arrived_at="08:31"))

    assert view.complete
    (absence,) = node.bench.recorded_of(PartyAbsentV1)
    assert (absence.unit, absence.late) == (UNIT, True)
    assert node.holds().outcome is ReceptionOutcome.DECISION


@pytest.mark.proves("D-26")
def test_an_excused_absence_is_recorded_with_who_excused_it(node: NodeBench) -> None:
    node.invites()

    node.attends(
        came(
            Party.UNIT,
            unit=UNIT,
            present=False,
            excused=True,
            excuse="防汛值守",
            excused_by="office_head:head_1",
        )
    )

    (absence,) = node.bench.recorded_of(PartyAbsentV1)
    assert absence.excused
    row = next(row for row in node.bench.rows(AttendanceParty) if row.party is Party.UNIT)
    assert row.excused_by == "office_head:head_1"
    assert "防汛" not in (row.excuse_sealed or "")


@pytest.mark.proves("D-13")
def test_a_petitioners_absence_is_no_ground_and_gives_one_new_date(node: NodeBench) -> None:
    node.invites()

    first = node.attends(ABSENT_PETITIONER)
    node.notifies(now=MEETING_AT)
    second = node.attends(ABSENT_PETITIONER, now=NEXT_MEETING_AT)

    assert first.rescheduled_to == NEXT_FRIDAY
    assert second.rescheduled_to is None
    assert state_of(node) is PreparationState.AWAITING_PETITIONER
    assert node.bench.recorded_of(PartyAbsentV1) == []
    (moved,) = node.bench.recorded_of(AppointmentRescheduledV1)
    assert moved.reason is AbsenceReason.PETITIONER_ABSENT


@pytest.mark.proves("D-13")
def test_where_another_stayed_away_too_it_is_not_the_petitioners_absence(node: NodeBench) -> None:
    node.plans("2026-06-26", "2026-06-26")
    node.publishes("2026-06-26", "2026-06-26")
    node.invites()
    node.attends(ABSENT_PETITIONER)
    node.notifies(now=MEETING_AT)

    view = node.attends(ABSENT_PETITIONER, ABSENT_UNIT, now=NEXT_MEETING_AT)

    assert view.rescheduled_to == "county-20260626"
    (_, moved) = node.bench.recorded_of(AppointmentRescheduledV1)
    assert moved.reason is AbsenceReason.UNIT_ABSENT


@pytest.mark.proves("D-13", "T12b")
def test_a_new_date_waits_for_a_session_where_none_is_planned(node: NodeBench) -> None:
    node.invites()
    node.attends(ABSENT_UNIT)
    node.notifies(now=MEETING_AT)

    view = node.attends(ABSENT_LEADER, now=NEXT_MEETING_AT)
    assert (view.rescheduled_to, state_of(node)) == (None, PreparationState.AWAITING_SESSION)
    node.plans("2026-06-26", "2026-06-26", now=NEXT_MEETING_AT)

    assert state_of(node) is PreparationState.PREPARED
    (_, moved) = node.bench.recorded_of(AppointmentRescheduledV1)
    assert (moved.session, moved.reason, moved.document) == (
        "county-20260626",
        AbsenceReason.LEADER_ABSENT,
        view.document,
    )


@pytest.mark.proves("C-25", "D-13", "D-26", "T12b")
@pytest.mark.parametrize(
    ("party", "now", "refused"),
    [
        pytest.param(ABSENT_UNIT, "2026-06-05 08:29", True, id="away, before the hour"),
        pytest.param(ABSENT_UNIT, "2026-06-05 08:30", False, id="away, at the hour"),
        pytest.param(
            came(Party.UNIT, unit=UNIT, arrived_at="08:41"),
            "2026-06-05 08:40",
            True,
            id="an arrival that lies ahead",
        ),
        pytest.param(
            came(Party.UNIT, unit=UNIT, arrived_at="08:41"),
            "2026-06-05 08:41",
            False,
            id="an arrival just now",
        ),
    ],
)
def test_nobody_is_held_to_account_for_what_cannot_be_known_yet(
    node: NodeBench, party: PartyAttendance, now: str, *, refused: bool
) -> None:
    node.invites()

    if refused:
        with pytest.raises(NotYetKnown):
            node.attends(party, now=at(now))
    else:
        node.attends(party, now=at(now))

    assert len(node.bench.recorded_of(PartyAbsentV1)) == (not refused)


@pytest.mark.proves("D-13")
def test_a_correcting_entry_brings_the_meeting_back_and_what_was_told_stays(
    node: NodeBench,
) -> None:
    node.invites()
    node.attends(ABSENT_UNIT)

    corrected = node.attends(came(Party.UNIT, unit=UNIT, arrived_at="08:50"))

    assert corrected.complete
    assert sorted(row.version for row in node.bench.rows(Attendance)) == [1, 2]
    assert len(node.bench.recorded_of(PartyAbsentV1)) == 1
    assert len(node.bench.recorded_of(AppointmentRescheduledV1)) == 1
    assert node.holds().on == date(2026, 6, 5)


@pytest.mark.proves("I-17")
def test_the_same_absence_recorded_twice_is_told_and_moves_once(node: NodeBench) -> None:
    node.invites()

    first = node.attends(ABSENT_UNIT)
    second = node.attends(ABSENT_UNIT)

    assert first.rescheduled_to == second.rescheduled_to == NEXT_FRIDAY
    assert len(node.bench.recorded_of(PartyAbsentV1)) == 1
    assert len(node.bench.recorded_of(AppointmentRescheduledV1)) == 1
    assert len(node.bench.rows(Rescheduling)) == 1


@pytest.mark.proves("D-10", "C-12", "D-26")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        pytest.param({"now": at("2026-06-04 09:00")}, NotTheDay, id="the day before"),
        pytest.param({"now": at("2026-06-06 00:00")}, NotTheDay, id="the day after"),
        pytest.param(
            {"parties": (came(Party.UNIT, unit="court"),)}, UnitUnknown, id="a unit not concerned"
        ),
        pytest.param(
            {"parties": (came(Party.LEADER), came(Party.LEADER))},
            MalformedRequest,
            id="a party named twice",
        ),
        pytest.param(
            {"parties": (came(Party.LEADER, present=False, excused=True),)},
            MalformedRequest,
            id="excused by nobody",
        ),
        pytest.param(
            {"number": "XF-20260601-0009"}, AppointmentMissing, id="a petition not routed here"
        ),
    ],
)
def test_attendance_that_cannot_be_is_refused(
    node: NodeBench, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    node.invites()

    with pytest.raises(refusal):
        node.attends(**changes)

    assert node.bench.rows(Attendance) == []


@pytest.mark.proves("C-12", "I-4")
def test_there_is_nothing_to_attend_without_an_appointment_notice(node: NodeBench) -> None:
    node.hears_routing()
    node.records_opinion()

    with pytest.raises(AppointmentMissing):
        node.attends()


@pytest.mark.proves("C-13")
def test_after_the_outcome_attendance_is_corrected_no_more(node: NodeBench) -> None:
    node.invites()
    node.attends()
    node.holds()

    with pytest.raises(DecisionAlreadyMade):
        node.attends(ABSENT_UNIT)


# --- The outcome ----------------------------------------------------------------------------------


@pytest.mark.proves("C-13", "C-15", "T12", "T13", "D-21")
def test_one_meeting_takes_one_decision_with_due_date_and_standard(
    stored_node: NodeBench,
) -> None:
    stored_node.hears_routing(co_units=(CO_UNIT,))
    stored_node.delivers(on="2026-06-02")
    stored_node.records_opinion(units=(UNIT, CO_UNIT))
    stored_node.notifies()
    stored_node.attends(units=(UNIT, CO_UNIT))

    view = stored_node.holds()

    assert (view.record.no, view.document.no) == (f"{NO}-MR-1", f"{NO}-DE-1")
    assert "230000元" in (view.text or "")
    assert "不得打击报复信访人" in (view.text or "")
    (held,) = stored_node.bench.recorded_of(ReceptionHeldV1)
    assert (held.outcome, held.document) == (ReceptionOutcome.DECISION, view.record)
    (decided,) = stored_node.bench.recorded_of(DecisionMadeV1)
    assert (decided.lead_unit, decided.co_units) == (UNIT, (CO_UNIT,))
    assert (decided.accepted_on, decided.due_on) == (date(2026, 6, 2), date(2026, 7, 31))
    assert (decided.organ, decided.field, decided.document) == ("county", "labour", view.document)
    (standard,) = decided.standards
    assert (standard.kind, standard.amount.quantity) == (StandardKind.PAYMENT_MADE, 230_000)
    (row,) = stored_node.bench.rows(Reception)
    assert "工资" not in row.text_sealed + row.record_sealed


@pytest.mark.proves("D-14", "T13")
def test_an_answer_on_the_spot_ends_it_without_a_decision(node: NodeBench) -> None:
    node.invites()
    node.attends()

    view = node.answers()

    assert (view.document.no, view.due_on) == (f"{NO}-SA-1", None)
    assert state_of(node) is PreparationState.ANSWERED_ON_SPOT
    (answered,) = node.bench.recorded_of(AnsweredOnSpotV1)
    assert (answered.accepted_on, answered.document) == (date(2026, 6, 5), view.document)
    assert node.bench.recorded_of(DecisionMadeV1) == []


@pytest.mark.proves("C-13", "I-14")
def test_another_unit_at_the_table_may_lead(node: NodeBench) -> None:
    node.invites(co_units=(CO_UNIT,))
    node.attends(units=(UNIT, CO_UNIT))

    view = node.holds(lead_unit=CO_UNIT)

    assert (view.lead_unit, view.co_units) == (CO_UNIT, (UNIT,))


@pytest.mark.proves("C-13", "T12")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        pytest.param({"number": "XF-20260601-0009"}, AppointmentMissing, id="not routed here"),
        pytest.param({"actor": "leader:l_head"}, NotTheReceivingLeader, id="another leader"),
        pytest.param({"now": at("2026-06-06 09:00")}, NotTheDay, id="the day after"),
        pytest.param({"due_on": None}, DecisionIncomplete, id="no due date"),
        pytest.param({"standards": ()}, DecisionIncomplete, id="no standard"),
        pytest.param({"due_on": date(2026, 6, 4)}, DateInPast, id="due yesterday"),
        pytest.param({"due_on": date(2026, 8, 5)}, DueDateBeyondStatutory, id="after day 60"),
        pytest.param({"lead_unit": CO_UNIT}, LeadUnitNotAtTable, id="led by a unit not there"),
        pytest.param(
            {"signatures": (reception.Signature(party=Party.LEADER, kind=SignatureKind.REFUSED),)},
            SignaturesIncomplete,
            id="a refused signature without witness",
        ),
    ],
)
def test_a_decision_that_does_not_hold_is_refused(
    node: NodeBench, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    node.invites()
    node.attends()

    with pytest.raises(refusal):
        node.holds(**changes)

    assert node.bench.rows(Reception) == []
    assert node.bench.recorded_of(ReceptionHeldV1) == []


@pytest.mark.proves("X-5", "L22-34", "D-21")
@pytest.mark.parametrize(
    ("delivered_on", "due_on", "within"),
    [
        pytest.param("2026-06-02", date(2026, 8, 3), True, id="day 60 moved to Monday"),
        pytest.param("2026-06-02", date(2026, 8, 4), False, id="the day after"),
        pytest.param(None, date(2026, 8, 4), True, id="day 60 from the meeting"),
        pytest.param(None, date(2026, 8, 5), False, id="the day after that"),
    ],
)
def test_a_decision_is_due_within_sixty_days_of_acceptance(
    node: NodeBench, delivered_on: str | None, due_on: date, *, within: bool
) -> None:
    node.invites()
    if delivered_on:
        node.delivers(on=delivered_on)
    node.attends()

    if within:
        assert node.holds(due_on=due_on).due_on == due_on
    else:
        with pytest.raises(DueDateBeyondStatutory):
            node.holds(due_on=due_on)


@pytest.mark.proves("D-21")
def test_the_first_delivery_counts_though_the_set_was_replaced(node: NodeBench) -> None:
    node.hears_routing()
    node.delivers(on="2026-06-02")
    node.issues_cards()
    node.delivers(f"{NO}-CA-2-2", on="2026-06-03")
    node.records_opinion()
    node.notifies()
    node.attends()

    node.holds()

    (decided,) = node.bench.recorded_of(DecisionMadeV1)
    assert decided.accepted_on == date(2026, 6, 2)


@pytest.mark.proves("D-14")
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"remaining_work": True}, id="work remains"),
        pytest.param({"due_on": date(2026, 7, 1)}, id="a day by which"),
        pytest.param(
            {
                "standards": (
                    CompletionStandard(
                        kind=StandardKind.PAYMENT_MADE, amount=Amount(quantity=1, unit="cny")
                    ),
                )
            },
            id="a standard to be met",
        ),
    ],
)
def test_half_cooked_rice_is_no_answer_on_the_spot(
    node: NodeBench, changes: dict[str, Any]
) -> None:
    node.invites()
    node.attends()

    with pytest.raises(SpotAnswerLeavesWork):
        node.answers(**changes)


@pytest.mark.proves("C-13")
@pytest.mark.parametrize("missing", ["petitioner", "leader", "unit", "petition_officer"])
def test_no_decision_without_all_four_parties(node: NodeBench, missing: str) -> None:
    node.invites()
    node.attends(parties=tuple(party for party in everyone() if party.party is not Party(missing)))

    with pytest.raises(FourPartiesIncomplete, match=r"^\[C-13\]"):
        node.holds()


@pytest.mark.proves("C-13")
def test_no_decision_where_nobody_recorded_who_came(node: NodeBench) -> None:
    node.invites()

    with pytest.raises(FourPartiesIncomplete):
        node.holds()


@pytest.mark.proves("C-12", "I-4")
def test_no_meeting_without_opinion_and_notice(node: NodeBench) -> None:
    node.hears_routing()

    with pytest.raises(AppointmentMissing, match=r"^\[C-12\]"):
        node.holds()


@pytest.mark.proves("C-13", "I-17")
def test_there_is_no_second_decision(stored_node: NodeBench) -> None:
    stored_node.invites()
    stored_node.attends()
    stored_node.holds()

    with pytest.raises(DecisionAlreadyMade):
        stored_node.holds()
    with pytest.raises(DecisionAlreadyMade):
        stored_node.answers()

    assert len(stored_node.bench.recorded_of(DecisionMadeV1)) == 1
    (row,) = stored_node.bench.rows(Reception)
    again = {column.name: getattr(row, column.name) for column in Reception.__table__.c}
    with pytest.raises(IntegrityError), stored_node.bench.store.writing() as session:
        session.execute(
            insert(Reception).values(**(again | {"record_no": "x", "document_no": "y"}))
        )


# --- Signatures and the record --------------------------------------------------------------------


@pytest.mark.proves("D-15")
def test_signatures_may_follow_and_a_refusal_is_recorded_with_its_witness(
    node: NodeBench,
) -> None:
    node.invites()
    node.attends()
    held = node.holds(signatures=(reception.Signature(party=Party.LEADER),))

    signed = node.signs(
        reception.Signature(party=Party.UNIT),
        reception.Signature(party=Party.PETITIONER, kind=SignatureKind.THUMBPRINT),
        reception.Signature(
            party=Party.PETITION_OFFICER,
            kind=SignatureKind.REFUSED,
            witness="officer:desk_2",
        ),
    )

    assert held.signed == ("leader",)
    assert signed.signed == ("leader", UNIT, "petitioner")
    assert [row.witness for row in node.bench.rows(Signature)][-1] == "officer:desk_2"


@pytest.mark.proves("D-15")
@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(
            reception.Signature(party=Party.PETITIONER, kind=SignatureKind.REFUSED),
            id="refused without a witness",
        ),
        pytest.param(reception.Signature(party=Party.UNIT, unit="court"), id="a unit not there"),
    ],
)
def test_an_incomplete_signature_is_refused(
    node: NodeBench, signature: reception.Signature
) -> None:
    node.invites()
    node.attends()
    node.holds()

    with pytest.raises(SignaturesIncomplete):
        node.signs(signature)

    assert node.bench.rows(Signature) == []


@pytest.mark.proves("I-4")
def test_there_is_no_record_before_the_meeting(node: NodeBench) -> None:
    with pytest.raises(PetitionNotFound):
        node.shows_reception()
    node.invites()
    with pytest.raises(WrongStage):
        node.shows_reception()
    with pytest.raises(WrongStage):
        node.signs(reception.Signature(party=Party.LEADER))


@pytest.mark.proves("C-09", "P-1")
@pytest.mark.parametrize(
    ("actor", "reads"),
    [
        pytest.param("officer:desk_1", True, id="the office"),
        pytest.param(f"leader:{LEADER}", True, id="the receiving leader"),
        pytest.param("auditor:audit_1", False, id="an auditor sees that and when, not the words"),
    ],
)
def test_the_words_of_the_decision_are_for_those_who_handle_it(
    node: NodeBench, actor: str, *, reads: bool
) -> None:
    node.invites()
    node.attends()
    node.holds()

    assert (node.shows_reception(actor=actor).text is not None) is reads


@pytest.mark.proves("C-09")
def test_another_leader_does_not_see_the_record(node: NodeBench) -> None:
    node.invites()
    node.attends()
    node.holds()

    with pytest.raises(NotYourCase):
        node.shows_reception(actor="leader:l_head")
