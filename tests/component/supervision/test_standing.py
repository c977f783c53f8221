"""How cases, slips and promises stand, as whoever watches is told: at zero, one and several."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Any

import pytest

from services.supervision import usecases
from services.supervision.models import Case, OverdueMark
from services.supervision.rules.promises import OverdueCase, is_answer_owed
from services.supervision.rules.terms import Stage
from services.supervision.standing import how_it_stands
from shared.contracts.common import SlipPost
from shared.contracts.supervision import CaseRoute, CaseState, OverdueClock, RecordPromise
from tests.support.bench import at
from tests.support.measuring import above_zero, oldest, plans_of, standing_of
from tests.support.postgres import Postgres
from tests.support.supervision import CO_UNIT, NO, OTHER_UNIT, UNIT, County, county_on, directory

OTHER_NO = "XF-20260601-0002"
SERVED = tuple(SlipPost)[:7]


def stands(county: County, local: str | None = None) -> dict[str, float]:
    return standing_of(county.bench, how_it_stands, now=at(local) if local else None)


def overdue_by(unit: str) -> str:
    return f'balian_cases_overdue{{unit="{unit}"}}'


def out_with(post: SlipPost) -> str:
    return f'balian_slips_out{{post="{post.value}"}}'


def promises(state: str) -> str:
    return f'balian_promises_due{{state="{state}"}}'


def test_a_store_without_anything_tells_zero_of_every_post_and_promise(county: County) -> None:
    assert stands(county) == {
        **{out_with(post): 0 for post in SERVED},
        promises("ahead"): 0,
        promises("lapsed"): 0,
    }


def test_every_unit_of_the_directory_in_force_is_told_and_no_other(county: County) -> None:
    county.hears(directory())

    standing = stands(county)

    assert {series for series in standing if series.startswith("balian_cases")} == {
        overdue_by(unit) for unit in (UNIT, CO_UNIT, OTHER_UNIT)
    }
    assert above_zero(standing) == {}
    assert oldest(standing) == {}


# --- Slips --------------------------------------------------------------------------------------


def test_slips_are_out_from_their_issue_until_each_is_back(stored_county: County) -> None:
    county = stored_county
    county.stands_decided(co_units=(CO_UNIT,))

    issued = stands(county)
    county.acknowledges(1, "leader:l_secretary")
    acknowledged = stands(county)
    county.reports()
    county.returns(1)
    county.returns(2, lost=True, instruction="原件遗失，附说明。")
    returned = stands(county)

    assert {post: issued[out_with(post)] for post in SERVED} == {
        **dict.fromkeys(SERVED, 1),
        SlipPost.RESPONSIBLE_UNIT: 2,
    }
    assert oldest(issued)[out_with(SERVED[0])] == at("2026-06-05 00:00").timestamp()
    assert acknowledged == issued
    assert [returned[out_with(post)] for post in SERVED] == [0, 0, 1, 1, 1, 1, 2]
    assert out_with(SERVED[0]) not in oldest(returned)
    assert not any(SlipPost.PETITION_OFFICE_STUB.value in series for series in issued)


def test_a_set_that_is_all_back_is_out_no_more(county: County) -> None:
    county.stands_decided()
    county.reports()
    county.returns_all()

    assert above_zero(stands(county)) == {}
    assert oldest(stands(county)) == {}


# --- Overdue ------------------------------------------------------------------------------------


def test_cases_stand_overdue_by_unit_from_the_end_of_their_day(stored_county: County) -> None:
    county = stored_county
    county.hears(directory())
    county.assigns(date(2026, 6, 26))
    for number, unit, due_on in (
        (OTHER_NO, UNIT, date(2026, 6, 24)),
        ("XF-20260601-0003", OTHER_UNIT, date(2026, 6, 25)),
    ):
        county.assigns(due_on, petition_no=number, transfer_no=f"{number}-TR-1", unit=unit)

    county.passes_to("2026-06-24 23:59")
    in_time = stands(county)
    county.passes_to("2026-06-27 00:00")
    late = stands(county)

    assert above_zero(in_time) == {}
    assert above_zero(late) == {overdue_by(UNIT): 2, overdue_by(OTHER_UNIT): 1}
    assert oldest(late) == {
        overdue_by(UNIT): at("2026-06-25 00:00").timestamp(),
        overdue_by(OTHER_UNIT): at("2026-06-26 00:00").timestamp(),
    }


def test_a_case_of_two_clocks_that_ran_out_is_one_case(county: County) -> None:
    county.stands_decided()

    county.passes_to("2026-08-10 09:00")

    assert len(county.bench.rows(OverdueMark)) == 2
    assert above_zero(stands(county))[overdue_by(UNIT)] == 1
    assert oldest(stands(county))[overdue_by(UNIT)] == at("2026-07-04 00:00").timestamp()


def test_a_late_report_ends_standing_overdue_and_not_the_mark(county: County) -> None:
    county.stands_decided()
    county.passes_to("2026-07-06 09:00")
    before = stands(county)

    county.reports()

    assert before[overdue_by(UNIT)] == 1
    assert stands(county)[overdue_by(UNIT)] == 0
    assert county.case().was_overdue


def test_a_unit_the_directory_has_no_more_is_told_while_it_owes(county: County) -> None:
    county.hears(directory())
    county.assigns(date(2026, 6, 24), unit="dissolved_bureau")

    county.passes_to("2026-06-25 09:00")
    owing = stands(county)

    assert owing[overdue_by("dissolved_bureau")] == 1


def case_row(number: int, stage: CaseState, **facts: Any) -> Case:
    has_ended = stage in (CaseState.CLOSED, CaseState.ARCHIVED)
    return Case(
        petition_no=f"XF-20260601-{number:04d}",
        case_no=1,
        is_current=True,
        route=CaseRoute.FORWARDED,
        state=stage,
        organ="county",
        unit=f"unit_{number}",
        co_units=[],
        overrides={},
        opened_on=date(2026, 6, 1),
        objected=False,
        answered_on_spot=False,
        standards=[],
        extended=False,
        was_overdue=True,
        explanation_owed=False,
        closed_on=date(2026, 9, 1) if has_ended else None,
        **facts,
    )


@pytest.mark.proves("C-17", "D-23")
def test_what_stands_overdue_is_what_the_rule_says_is_still_owed(stored_county: County) -> None:
    """Try every state with a result or none, an opinion or none, and either clock run out."""
    done_on = date(2026, 8, 20)
    circumstances = list(
        itertools.product(CaseState, (None, done_on), (None, done_on), OverdueClock)
    )
    with stored_county.bench.store.writing() as session:
        for number, (stage, reported_on, delivered_on, clock) in enumerate(circumstances):
            case = case_row(
                number, stage, result_reported_on=reported_on, opinion_delivered_on=delivered_on
            )
            session.add(case)
            session.flush()
            session.add(
                OverdueMark(
                    petition_no=case.petition_no,
                    case_no=1,
                    clock=clock,
                    due_on=date(2026, 8, 3),
                    marked_at=at("2026-08-04 00:00"),
                )
            )

    standing = stands(stored_county)

    owing = {
        overdue_by(f"unit_{number}"): 1
        for number, (stage, reported_on, delivered_on, clock) in enumerate(circumstances)
        if is_answer_owed(
            OverdueCase(
                stage=Stage(stage.value),
                was_overdue=True,
                result_reported=reported_on is not None,
                opinion_delivered=delivered_on is not None,
                statutory_overdue=clock is OverdueClock.STATUTORY,
                promise_runs=False,
            )
        )
    }
    assert 0 < len(owing) < len(circumstances)
    assert above_zero(standing) == owing


# --- Promises -----------------------------------------------------------------------------------


def until(day: str) -> float:
    return at(f"{day} 00:00").timestamp()


def test_a_promise_is_ahead_on_its_day_lapses_after_it_and_a_new_one_is_ahead_again(
    stored_county: County,
) -> None:
    county = stored_county
    county.stands_decided()
    county.passes_to("2026-07-06 09:00")
    without = stands(county)
    county.promises(date(2026, 7, 10))

    ahead = stands(county, "2026-07-10 23:59")
    unswept = stands(county, "2026-07-11 00:00")
    county.passes_to("2026-07-11 09:00")
    lapsed = stands(county)
    county.promises(date(2026, 7, 20))
    again = stands(county)
    county.reports()
    kept = stands(county)

    def due(standing: dict[str, float]) -> tuple[float, float]:
        return standing[promises("ahead")], standing[promises("lapsed")]

    assert due(without) == (0, 0)
    assert (due(ahead), oldest(ahead)[promises("ahead")]) == ((1, 0), until("2026-07-11"))
    assert due(unswept) == (0, 1)
    assert (due(lapsed), oldest(lapsed)[promises("lapsed")]) == ((0, 1), until("2026-07-11"))
    assert (due(again), oldest(again)[promises("ahead")]) == ((1, 0), until("2026-07-21"))
    assert promises("lapsed") not in oldest(again)
    assert due(kept) == (0, 0)


def test_of_several_promises_the_first_to_end_is_the_oldest(county: County) -> None:
    county.hears(directory())
    county.assigns(date(2026, 6, 24))
    county.assigns(date(2026, 6, 24), petition_no=OTHER_NO, transfer_no=f"{OTHER_NO}-TR-1")
    county.passes_to("2026-06-25 09:00")

    promise(county, NO, date(2026, 7, 8))
    promise(county, OTHER_NO, date(2026, 7, 3))

    standing = stands(county)
    assert standing[promises("ahead")] == 2
    assert oldest(standing)[promises("ahead")] == until("2026-07-04")


def promise(county: County, petition_no: str, on: date) -> None:
    county.bench.command(
        usecases.record_promise,
        RecordPromise(
            request_id=county.bench.request_id(),
            petition_no=petition_no,
            explanation="正在协调垫付。",
            promised_on=on,
        ),
        actor=f"unit:{UNIT}",
        facts=None,
    )


def test_the_day_of_a_promise_is_a_day_of_the_county(county: County) -> None:
    county.stands_decided()
    county.passes_to("2026-07-06 09:00")
    county.promises(date(2026, 7, 10))

    in_utc_still_the_tenth = datetime.fromisoformat("2026-07-10T16:00:00+00:00")
    standing = standing_of(county.bench, how_it_stands, now=in_utc_still_the_tenth)

    assert standing[promises("lapsed")] == 1


def test_the_looks_find_what_is_open_by_indexes_of_their_own(postgres: Postgres) -> None:
    county = county_on(postgres.database())
    county.stands_decided()

    plans = plans_of(county.bench, how_it_stands)

    county.bench.close()
    for index in ("ix_cases_overdue", "ix_slip_sets_open", "uq_slips_set_no_position"):
        assert index in plans
    assert "Seq Scan" not in plans
