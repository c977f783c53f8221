"""Four parties or none: who is missing, who answers for it, and what follows."""

from datetime import time

import pytest

from services.reception.rules.attendance import (
    AfterAttendance,
    Presence,
    absences_of,
    after_attendance,
    four_parties_complete,
    may_presence_be_recorded,
    missing_parties,
)
from services.reception.rules.terms import Seat
from shared.decisions import Verdict

UNITS = ("labour_bureau", "court")


def came(seat: Seat, unit: str | None = None, *, at: time | None = None) -> Presence:
    return Presence(seat=seat, unit=unit, present=True, arrived_at=at)


def away(seat: Seat, unit: str | None = None, *, excused: bool = False) -> Presence:
    return Presence(seat=seat, unit=unit, present=False, excused=excused)


PETITIONER = came(Seat.PETITIONER)
LEADER = came(Seat.LEADER)
LEAD_UNIT = came(Seat.UNIT, "labour_bureau")
CO_UNIT = came(Seat.UNIT, "court")
OFFICER = came(Seat.PETITION_OFFICER)
EVERYONE = (PETITIONER, LEADER, LEAD_UNIT, CO_UNIT, OFFICER)

NO_PETITIONER = (away(Seat.PETITIONER), LEADER, LEAD_UNIT, CO_UNIT, OFFICER)
NO_LEADER = (PETITIONER, away(Seat.LEADER), LEAD_UNIT, CO_UNIT, OFFICER)
NO_LEAD_UNIT = (PETITIONER, LEADER, away(Seat.UNIT, "labour_bureau"), CO_UNIT, OFFICER)
NO_CO_UNIT = (PETITIONER, LEADER, LEAD_UNIT, away(Seat.UNIT, "court"), OFFICER)
NO_OFFICER = (PETITIONER, LEADER, LEAD_UNIT, CO_UNIT, away(Seat.PETITION_OFFICER))


@pytest.mark.proves("C-13", "T12")
@pytest.mark.parametrize(
    ("presences", "verdict", "missing"),
    [
        pytest.param(EVERYONE, Verdict.YES, (), id="all four parties"),
        pytest.param(NO_PETITIONER, Verdict.NO, ("petitioner",), id="no petitioner"),
        pytest.param(NO_LEADER, Verdict.NO, ("leader",), id="no leader"),
        pytest.param(NO_LEAD_UNIT, Verdict.NO, ("labour_bureau",), id="no lead unit"),
        pytest.param(NO_CO_UNIT, Verdict.NO, ("court",), id="one unit of two"),
        pytest.param(NO_OFFICER, Verdict.NO, ("petition_officer",), id="no petition officer"),
        pytest.param(EVERYONE[1:], Verdict.UNKNOWN, ("petitioner",), id="petitioner not recorded"),
        pytest.param(
            (PETITIONER, LEADER, LEAD_UNIT, OFFICER),
            Verdict.UNKNOWN,
            ("court",),
            id="a unit not recorded",
        ),
        pytest.param(
            (),
            Verdict.UNKNOWN,
            ("petitioner", "leader", "labour_bureau", "court", "petition_officer"),
            id="nobody recorded",
        ),
        pytest.param((*NO_LEADER, LEADER), Verdict.YES, (), id="the later entry of a party counts"),
    ],
)
def test_the_meeting_is_valid_only_with_all_four_parties(
    presences: tuple[Presence, ...], verdict: Verdict, missing: tuple[str, ...]
) -> None:
    decision = four_parties_complete(presences, units=UNITS)

    assert decision.verdict is verdict
    assert (
        tuple(unit or seat.value for seat, unit in missing_parties(presences, units=UNITS))
        == missing
    )


@pytest.mark.proves("C-25", "D-13", "D-26", "T12b")
@pytest.mark.parametrize(
    ("presence", "answers_for"),
    [
        pytest.param(came(Seat.UNIT, "court"), None, id="on time, nobody noted when"),
        pytest.param(came(Seat.UNIT, "court", at=time(8, 59)), None, id="a minute early"),
        pytest.param(came(Seat.UNIT, "court", at=time(9, 0)), None, id="on the minute"),
        pytest.param(
            came(Seat.UNIT, "court", at=time(9, 1)), ("court", True, False), id="a minute late"
        ),
        pytest.param(away(Seat.UNIT, "court"), ("court", False, False), id="away"),
        pytest.param(
            away(Seat.UNIT, "court", excused=True), ("court", False, True), id="away and excused"
        ),
        pytest.param(away(Seat.LEADER), (None, False, False), id="the leader"),
        pytest.param(away(Seat.PETITION_OFFICER), (None, False, False), id="the officer"),
        pytest.param(away(Seat.PETITIONER), None, id="a petitioner's absence is no ground"),
        pytest.param(
            came(Seat.PETITIONER, at=time(10, 0)), None, id="nor is a petitioner's lateness"
        ),
    ],
)
def test_each_answers_for_their_own_absence_and_the_petitioner_for_none(
    presence: Presence, answers_for: tuple[str | None, bool, bool] | None
) -> None:
    found = absences_of((presence,), begins_at=time(9, 0))

    assert [(each.unit, each.late, each.excused) for each in found] == (
        [answers_for] if answers_for else []
    )


@pytest.mark.proves("D-13")
def test_an_absence_is_no_ground_against_the_others() -> None:
    found = absences_of(NO_CO_UNIT, begins_at=time(9, 0))

    assert [(each.seat, each.unit) for each in found] == [(Seat.UNIT, "court")]


@pytest.mark.proves("D-13", "T12b")
@pytest.mark.parametrize(
    ("presences", "earlier", "what", "on_account_of"),
    [
        pytest.param(EVERYONE, 0, AfterAttendance.MEETING, None, id="everyone came"),
        pytest.param(NO_LEADER, 0, AfterAttendance.NEW_DATE, Seat.LEADER, id="no leader"),
        pytest.param(NO_CO_UNIT, 0, AfterAttendance.NEW_DATE, Seat.UNIT, id="no unit"),
        pytest.param(
            NO_OFFICER,
            5,
            AfterAttendance.NEW_DATE,
            Seat.PETITION_OFFICER,
            id="no officer, however often",
        ),
        pytest.param(
            NO_PETITIONER,
            0,
            AfterAttendance.NEW_DATE,
            Seat.PETITIONER,
            id="the petitioner's first absence gives one new date",
        ),
        pytest.param(
            NO_PETITIONER,
            1,
            AfterAttendance.ASK_THE_PETITIONER,
            Seat.PETITIONER,
            id="at the second the office asks",
        ),
        pytest.param(
            (away(Seat.PETITIONER), LEADER, away(Seat.UNIT, "labour_bureau"), CO_UNIT, OFFICER),
            1,
            AfterAttendance.NEW_DATE,
            Seat.UNIT,
            id="where another stayed away too it is on their account",
        ),
        pytest.param(
            EVERYONE[:3],
            0,
            AfterAttendance.RECORD_INCOMPLETE,
            None,
            id="a party nobody recorded moves nothing",
        ),
        pytest.param((), 0, AfterAttendance.RECORD_INCOMPLETE, None, id="nobody recorded"),
    ],
)
def test_an_absence_gives_a_new_date_and_the_petitioners_second_a_question(
    presences: tuple[Presence, ...],
    earlier: int,
    what: AfterAttendance,
    on_account_of: Seat | None,
) -> None:
    sequel = after_attendance(presences, units=UNITS, earlier_absences_of_petitioner=earlier)

    assert (sequel.what, sequel.on_account_of) == (what, on_account_of)


@pytest.mark.proves("C-25", "D-13", "D-26", "T12b")
@pytest.mark.parametrize(
    ("presence", "recorded_at", "refused"),
    [
        pytest.param(
            Presence(seat=Seat.LEADER, present=False),
            time(9, 29),
            "hour_has_come",
            id="away, a minute before the hour",
        ),
        pytest.param(
            Presence(seat=Seat.LEADER, present=False), time(9, 30), None, id="away at the hour"
        ),
        pytest.param(
            Presence(seat=Seat.PETITIONER, present=False), time(9, 31), None, id="away after it"
        ),
        pytest.param(
            Presence(seat=Seat.LEADER, present=False, excused=True),
            time(8, 0),
            None,
            id="excused before the hour",
        ),
        pytest.param(
            Presence(seat=Seat.LEADER, present=True), time(8, 0), None, id="there before the hour"
        ),
        pytest.param(
            Presence(seat=Seat.LEADER, present=True, arrived_at=time(9, 40)),
            time(9, 39),
            "arrival_has_been",
            id="an arrival a minute ahead",
        ),
        pytest.param(
            Presence(seat=Seat.LEADER, present=True, arrived_at=time(9, 40)),
            time(9, 40),
            None,
            id="an arrival just now",
        ),
    ],
)
def test_who_came_is_recorded_when_it_can_be_known(
    presence: Presence, recorded_at: time, refused: str | None
) -> None:
    decision = may_presence_be_recorded(presence, begins_at=time(9, 30), recorded_at=recorded_at)

    failed = decision.first_refusal()
    assert (failed.code if failed else None) == refused
