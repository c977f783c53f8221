"""What a retired node hands over, what it begins no more, and what its petitioners are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.reception.documents import HandOverPaper, hand_over_text
from services.reception.rules.retirement import (
    is_petitioner_to_be_told,
    is_retired,
    is_to_be_handed_over,
    may_begin_work,
    may_go_on_here,
    may_open_again,
)
from services.reception.rules.terms import Step
from tests.support.reception import names

RETIRED = datetime(2026, 6, 10, 1, tzinfo=UTC)
ONE_SECOND = timedelta(seconds=1)


@pytest.mark.proves("D-30")
@pytest.mark.parametrize(
    ("announced_at", "retired_at", "retired"),
    [
        pytest.param(None, None, False, id="nobody retired it"),
        pytest.param(None, RETIRED, True, id="retired before its announcement went out"),
        pytest.param(RETIRED - ONE_SECOND, RETIRED, True, id="retired after it opened"),
        pytest.param(RETIRED, RETIRED, True, id="of one instant the announcement is older"),
        pytest.param(RETIRED + ONE_SECOND, RETIRED, False, id="it opened again since"),
    ],
)
def test_a_node_is_retired_until_it_opens_later(
    announced_at: datetime | None, retired_at: datetime | None, retired: bool
) -> None:
    assert is_retired(announced_at=announced_at, retired_at=retired_at) is retired


@pytest.mark.proves("D-30")
@pytest.mark.parametrize(
    ("opening", "begun_before", "retired", "opens"),
    [
        pytest.param("second", False, True, True, id="a new opening of a retired node"),
        pytest.param("first", True, True, False, id="a restart of a retired node"),
        pytest.param(None, False, True, False, id="a start that names no opening"),
        pytest.param("second", False, False, False, id="a new opening of an open node"),
    ],
)
def test_a_retired_node_opens_again_for_a_new_opening_only(
    opening: str | None, *, begun_before: bool, retired: bool, opens: bool
) -> None:
    answer = may_open_again(opening=opening, begun_before=begun_before, retired=retired)

    assert answer is opens


@pytest.mark.proves("D-30", "C-13", "I-17")
@pytest.mark.parametrize(
    ("step", "goes"),
    [
        (Step.AWAITING_SESSION, True),
        (Step.CARDS_ISSUED, True),
        (Step.PREPARED, True),
        (Step.APPOINTED, True),
        (Step.AWAITING_PETITIONER, True),
        (Step.ANSWERED_ON_SPOT, False),
        (Step.DECIDED, False),
        (Step.HANDED_OVER, False),
    ],
)
def test_what_has_not_met_its_leader_goes_once(step: Step, goes: bool) -> None:
    assert is_to_be_handed_over(step) is goes


@pytest.mark.proves("D-30", "P-5")
@pytest.mark.parametrize("told", [True, False])
def test_a_petitioner_who_was_told_a_day_is_told_that_it_is_cancelled(told: bool) -> None:
    assert is_petitioner_to_be_told(cards_issued=told) is told


@pytest.mark.proves("D-30")
@pytest.mark.parametrize("retired", [True, False])
def test_a_retired_node_begins_nothing(retired: bool) -> None:
    assert may_begin_work(retired=retired).allowed is not retired


@pytest.mark.proves("D-30", "I-4")
@pytest.mark.parametrize("step", list(Step))
def test_a_petition_goes_on_here_unless_it_was_handed_over(step: Step) -> None:
    assert may_go_on_here(step).allowed is (step is not Step.HANDED_OVER)


@pytest.mark.proves("D-30", "P-4", "P-5")
@pytest.mark.parametrize(
    ("starts_at", "cancelled"),
    [
        pytest.param(
            "09:00", "原定2026年6月12日（星期五）09:00在镇政府会议室的接待取消", id="hour"
        ),
        pytest.param(None, "原定2026年6月12日（星期五）在镇政府会议室的接待取消", id="only a day"),
    ],
)
def test_the_notice_says_what_is_cancelled_and_that_the_clocks_run_on(
    starts_at: str | None, cancelled: str
) -> None:
    paper = HandOverPaper(
        notice_no="XF-20260601-0001-HN-1",
        petition_no="XF-20260601-0001",
        place_of_node="labour_bureau",
        held_on=date(2026, 6, 12),
        starts_at=starts_at,
        place="镇政府会议室",
        notified_on=date(2026, 6, 10),
        petitioner=None,
    )

    text = hand_over_text(paper, names=names())

    assert cancelled in text
    assert "不需要重新登记" in text
    assert "不重新起算" in text
    assert "不得打击报复" in text
    assert "云岭县人社局接访点" in text
    assert "信访人：" in text
