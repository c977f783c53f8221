"""When leaders receive: Fridays, holidays, slots, what is published, and what is reserved."""

from datetime import date, time

import pytest

from services.reception.rules.schedule import Rhythm, Schedule
from services.reception.rules.sessions import (
    SeatNotice,
    SessionNotice,
    Sitting,
    belongs_to_period,
    days_to_plan,
    may_come_before,
    may_correct,
    may_publish,
    next_sitting,
    organ_of_node,
    sitting_after_absence,
    slots_of,
)
from shared.calendar import HolidayPolicy, Weekday, standard_calendar

TODAY = date(2026, 6, 1)


FRIDAYS = Schedule(rhythm=Rhythm.WEEKLY, weekday=Weekday.FRIDAY)


def planned(
    from_on: str, until_on: str, policy: HolidayPolicy, schedule: Schedule = FRIDAYS
) -> list[str]:
    days = days_to_plan(
        calendar=standard_calendar(),
        schedule=schedule,
        holiday_policy=policy,
        from_on=date.fromisoformat(from_on),
        until_on=date.fromisoformat(until_on),
    )
    return [day.held_on.isoformat() for day in days]


@pytest.mark.proves("D-30", "C-04")
@pytest.mark.parametrize(
    ("node", "parents", "organ"),
    [
        pytest.param(
            "sanchakou", {"county": None, "sanchakou": "county"}, "sanchakou", id="a township"
        ),
        pytest.param("housing_bureau", {"county": None}, "housing_bureau", id="a department"),
        pytest.param("county", {"county": None}, "county", id="the county under its own code"),
        pytest.param(
            "county",
            {"baihe": "yunling", "yunling": None},
            "yunling",
            id="the county under another code",
        ),
        pytest.param("county", {}, "county", id="a directory without territories"),
    ],
)
def test_a_node_receives_with_the_leaders_of_its_own_organ(
    node: str, parents: dict[str, str | None], organ: str
) -> None:
    assert organ_of_node(node=node, territory=node, parents=parents) == organ


@pytest.mark.proves("C-03", "D-17")
@pytest.mark.parametrize(
    ("from_on", "until_on", "held_on"),
    [
        pytest.param(
            "2026-06-01",
            "2026-06-30",
            ["2026-06-05", "2026-06-12", "2026-06-22", "2026-06-26"],
            id="every Friday, the holiday of the 19th moved to Monday",
        ),
        pytest.param(
            "2026-06-05", "2026-06-05", ["2026-06-05"], id="both ends of the period are in it"
        ),
        pytest.param("2026-06-06", "2026-06-11", [], id="no Friday in the period"),
        pytest.param(
            "2026-10-02",
            "2026-10-02",
            ["2026-10-08"],
            id="a holiday Friday moves beyond the end of its period",
        ),
        pytest.param(
            "2026-10-08",
            "2026-10-08",
            ["2026-10-08"],
            id="the day moved to belongs to its own period too",
        ),
        pytest.param(
            "2026-10-02",
            "2026-10-09",
            ["2026-10-08", "2026-10-09"],
            id="the moved Friday and the next stand apart",
        ),
    ],
)
def test_county_receives_every_friday_or_the_next_working_day(
    from_on: str, until_on: str, held_on: list[str]
) -> None:
    assert planned(from_on, until_on, HolidayPolicy.NEXT_WORKING_DAY) == held_on


@pytest.mark.proves("D-17")
def test_a_regime_that_skips_holidays_leaves_the_day_out() -> None:
    assert planned("2026-10-01", "2026-10-10", HolidayPolicy.SKIP) == ["2026-10-09"]


@pytest.mark.proves("M-05", "D-17")
@pytest.mark.parametrize(
    ("schedule", "policy", "held_on"),
    [
        pytest.param(
            Schedule(rhythm=Rhythm.WEEKLY, weekday=Weekday.TUESDAY, monthly_cap=4),
            HolidayPolicy.SKIP,
            ["2026-09-01", "2026-09-08", "2026-09-15", "2026-09-22", "2026-10-13", "2026-10-20"],
            id="four Tuesdays a month: the fifth left out, the holiday of 6 October skipped",
        ),
        pytest.param(
            Schedule(rhythm=Rhythm.WEEKLY, weekday=Weekday.TUESDAY),
            HolidayPolicy.NEXT_WORKING_DAY,
            [
                *("2026-09-01", "2026-09-08", "2026-09-15", "2026-09-22", "2026-09-29"),
                *("2026-10-08", "2026-10-13", "2026-10-20"),
            ],
            id="every Tuesday, the holiday moved to the next working day",
        ),
        pytest.param(
            Schedule(rhythm=Rhythm.NTH_WEEKDAY, weekday=Weekday.WEDNESDAY, nth=2),
            HolidayPolicy.SKIP,
            ["2026-09-09", "2026-10-14"],
            id="once a month",
        ),
        pytest.param(
            Schedule(rhythm=Rhythm.NTH_WEEKDAY, weekday=Weekday.FRIDAY, nth=1),
            HolidayPolicy.NEXT_WORKING_DAY,
            ["2026-09-04", "2026-10-08"],
            id="once a month, moved behind a holiday",
        ),
    ],
)
def test_days_follow_the_regimes_schedule(
    schedule: Schedule, policy: HolidayPolicy, held_on: list[str]
) -> None:
    assert planned("2026-09-01", "2026-10-20", policy, schedule) == held_on


@pytest.mark.proves("D-17")
@pytest.mark.parametrize(
    ("from_on", "until_on", "belongs"),
    [
        pytest.param("2026-10-01", "2026-10-02", True, id="its regular day lies in the period"),
        pytest.param("2026-10-08", "2026-10-09", True, id="its own day lies in the period"),
        pytest.param("2026-10-03", "2026-10-07", False, id="the period lies between the two"),
    ],
)
def test_a_moved_sitting_belongs_to_both_periods(
    from_on: str, until_on: str, *, belongs: bool
) -> None:
    found = belongs_to_period(
        held_on=date(2026, 10, 8),
        nominal_on=[date(2026, 10, 2)],
        from_on=date.fromisoformat(from_on),
        until_on=date.fromisoformat(until_on),
    )

    assert found is belongs


@pytest.mark.proves("C-03")
@pytest.mark.parametrize(
    ("ends_at", "slots"),
    [
        pytest.param(time(8, 0), 0, id="ends before it begins"),
        pytest.param(time(8, 59), 0, id="a minute short of one slot"),
        pytest.param(time(9, 0), 1, id="exactly one slot"),
        pytest.param(time(9, 29), 1, id="what is left over is no slot"),
        pytest.param(time(11, 30), 6, id="a morning of six slots"),
    ],
)
def test_a_sitting_is_cut_into_equal_slots(ends_at: time, slots: int) -> None:
    cut = slots_of(starts_at=time(8, 30), ends_at=ends_at, slot_minutes=30)

    assert len(cut) == slots
    assert cut[:1] == (time(8, 30),)[:slots]


def notice(**changes: object) -> SessionNotice:
    seat = {"leader": "l_head", "name": "孙某", "title": "县长", "portfolio": ("土地",)}
    held_on = changes.pop("held_on", date(2026, 6, 5))
    place = changes.pop("place", "县信访接待大厅")
    seats = changes.pop("seats", None)
    if seats is None:
        seats = (SeatNotice(**{**seat, **changes}),)  # type: ignore[arg-type]
    return SessionNotice(held_on=held_on, place=place, seats=seats)  # type: ignore[arg-type]


@pytest.mark.proves("L22-18", "I-11")
@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        pytest.param({}, None, id="everything is known and the day lies ahead"),
        pytest.param({"held_on": date(2026, 6, 2)}, None, id="tomorrow is ahead"),
        pytest.param({"held_on": TODAY}, "lies_ahead", id="today is not ahead"),
        pytest.param({"held_on": date(2026, 5, 29)}, "lies_ahead", id="a day gone by"),
        pytest.param({"seats": ()}, "has_a_leader", id="a vacant sitting is never published"),
        pytest.param({"place": None}, "names_its_place", id="no place"),
        pytest.param({"name": None}, "names_every_leader", id="a leader without a name"),
        pytest.param({"title": ""}, "names_every_post", id="a leader without a post"),
        pytest.param({"portfolio": ()}, "names_every_portfolio", id="a leader without portfolio"),
    ],
)
def test_publishing_needs_name_post_portfolio_time_and_place_ahead(
    changes: dict[str, object], lacks: str | None
) -> None:
    reason = may_publish(notice(**changes), on=TODAY).first_refusal()

    assert (reason.code if reason else None) == lacks


def sitting(day: int, *, reserved: int = 0) -> Sitting:
    return Sitting(
        session=f"county-202606{day:02d}",
        held_on=date(2026, 6, day),
        leader="l_head",
        slots=2,
        reserved=reserved,
    )


@pytest.mark.proves("C-04", "C-05", "M-04", "I-13", "D-06")
@pytest.mark.parametrize(
    ("sits", "by_turn", "whoever_sits", "may_come"),
    [
        pytest.param("l_named", False, False, True, id="the leader that sorting named"),
        pytest.param("l_other", False, False, False, id="another leader in a county"),
        pytest.param("l_other", True, True, True, id="whoever sits in turn, sorted for a rota"),
        pytest.param("l_named", True, True, True, id="the named leader's own turn"),
        pytest.param("l_other", True, False, False, id="a rota, but not sorted for one"),
        pytest.param("l_named", True, False, True, id="not sorted for one: the named one's turn"),
        pytest.param("l_other", False, True, False, id="sorted for a rota that is given up"),
    ],
)
def test_a_petition_comes_before_its_leader_or_whoever_sits_in_turn(
    sits: str, *, by_turn: bool, whoever_sits: bool, may_come: bool
) -> None:
    found = may_come_before(leader="l_named", sits=sits, by_turn=by_turn, whoever_sits=whoever_sits)

    assert found is may_come


@pytest.mark.proves("C-04", "C-05", "D-10", "I-13")
@pytest.mark.parametrize(
    ("sittings", "found"),
    [
        pytest.param([], None, id="none planned: the petition waits, nobody else receives"),
        pytest.param([sitting(1)], None, id="a sitting of the day of issue is too late"),
        pytest.param([sitting(2)], 2, id="the day after the issue"),
        pytest.param([sitting(12), sitting(5)], 5, id="the earliest, in whatever order"),
        pytest.param([sitting(5, reserved=1)], 5, id="one hour left"),
        pytest.param([sitting(5, reserved=2), sitting(12)], 12, id="a full one is passed over"),
        pytest.param([sitting(5, reserved=2)], None, id="all are full: the petition waits"),
    ],
)
def test_cards_reserve_the_leaders_next_sitting_with_room(
    sittings: list[Sitting], found: int | None
) -> None:
    chosen = next_sitting(sittings, after=TODAY)

    assert (chosen.held_on.day if chosen else None) == found


@pytest.mark.proves("D-13")
@pytest.mark.parametrize(
    ("sittings", "found"),
    [
        pytest.param([], None, id="none planned yet"),
        pytest.param([sitting(1)], None, id="the day of the absence itself does not count"),
        pytest.param([sitting(5), sitting(12)], 5, id="the next"),
        pytest.param([sitting(5, reserved=2), sitting(12)], 12, id="the next is full"),
        pytest.param(
            [sitting(5, reserved=2), sitting(12, reserved=2), sitting(26)],
            12,
            id="both are full: the second all the same, never the third",
        ),
    ],
)
def test_a_stopped_meeting_gets_a_date_within_two_sittings(
    sittings: list[Sitting], found: int | None
) -> None:
    chosen = sitting_after_absence(sittings, after=TODAY)

    assert (chosen.held_on.day if chosen else None) == found


@pytest.mark.proves("L22-18", "D-16")
@pytest.mark.parametrize(
    ("held_on", "allowed"),
    [
        pytest.param(date(2026, 5, 31), False, id="its day has passed"),
        pytest.param(TODAY, False, id="its day has begun"),
        pytest.param(date(2026, 6, 2), True, id="its day is tomorrow"),
    ],
)
def test_a_published_session_is_corrected_ahead_of_its_day(held_on: date, *, allowed: bool) -> None:
    assert may_correct(held_on=held_on, on=TODAY).allowed is allowed
