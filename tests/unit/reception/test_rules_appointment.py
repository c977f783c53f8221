"""The appointment notice and the docket: after the opinion, one petition an hour, never a rota."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from services.reception.rules.appointment import (
    Invitation,
    Waiting,
    docket_of,
    first_free_slot,
    may_notify,
    may_take_slot,
)
from services.reception.rules.terms import Step

TODAY = date(2026, 6, 3)
SLOTS = (time(8, 30), time(9, 0), time(9, 30))


@pytest.mark.proves("C-12", "T11", "I-4")
@pytest.mark.parametrize(
    ("changes", "refused_for"),
    [
        pytest.param({}, None, id="prepared, for a published sitting ahead"),
        pytest.param({"step": Step.AWAITING_PETITIONER}, None, id="the petitioner asks again"),
        pytest.param({"held_on": TODAY}, None, id="on the day itself"),
        pytest.param({"held_on": date(2026, 6, 2)}, "day_not_passed", id="the day has passed"),
        pytest.param({"opinion_recorded": False}, "opinion_recorded", id="no opinion recorded"),
        pytest.param(
            {"cards_issued": False, "opinion_recorded": False}, "cards_issued", id="no cards either"
        ),
        pytest.param(
            {"held_on": None, "published": None}, "sitting_planned", id="no sitting planned"
        ),
        pytest.param({"published": False}, "sitting_published", id="the sitting is not published"),
        pytest.param(
            {"published": None}, "sitting_published", id="whether it is published is not known"
        ),
        pytest.param({"step": Step.APPOINTED}, "has_no_hour_yet", id="invited already"),
        pytest.param({"step": Step.DECIDED}, "not_decided", id="decided"),
        pytest.param({"step": Step.ANSWERED_ON_SPOT}, "not_decided", id="answered"),
    ],
)
def test_no_appointment_notice_without_opinion_and_published_sitting(
    changes: dict[str, Any], refused_for: str | None
) -> None:
    facts: dict[str, Any] = {
        "step": Step.PREPARED,
        "cards_issued": True,
        "opinion_recorded": True,
        "held_on": date(2026, 6, 5),
        "published": True,
    }

    reason = may_notify(Invitation(**(facts | changes)), on=TODAY).first_refusal()

    assert (reason.code if reason else None) == refused_for


@pytest.mark.proves("D-10")
@pytest.mark.parametrize(
    ("wanted", "taken", "refused_for"),
    [
        pytest.param(time(9, 0), (), None, id="a slot of the sitting that is free"),
        pytest.param(time(9, 0), (time(8, 30),), None, id="another hour is taken"),
        pytest.param(time(9, 0), (time(9, 0),), "is_free", id="this hour is taken"),
        pytest.param(time(8, 0), (), "within_the_sitting", id="before the sitting"),
        pytest.param(time(10, 0), (), "within_the_sitting", id="at the end of the sitting"),
        pytest.param(time(9, 15), (), "within_the_sitting", id="between two slots"),
    ],
)
def test_an_hour_is_a_free_slot_of_the_sitting(
    wanted: time, taken: tuple[time, ...], refused_for: str | None
) -> None:
    reason = may_take_slot(wanted=wanted, slots=SLOTS, taken=taken).first_refusal()

    assert (reason.code if reason else None) == refused_for


@pytest.mark.proves("D-10")
@pytest.mark.parametrize(
    ("taken", "slot"),
    [
        pytest.param((), time(8, 30), id="the first"),
        pytest.param((time(8, 30), time(9, 30)), time(9, 0), id="the first that is free"),
        pytest.param(SLOTS, None, id="none is free"),
    ],
)
def test_where_nobody_names_an_hour_it_is_the_first_free(
    taken: tuple[time, ...], slot: time | None
) -> None:
    assert first_free_slot(slots=SLOTS, taken=taken) == slot


def waiting(
    number: int, *, severity: str = "complex", leader: str = "l_head", minute: int = 0
) -> Waiting:
    return Waiting(
        petition_no=f"XF-20260601-{number:04d}",
        leader=leader,
        severity=severity,
        routed_at=datetime(2026, 6, 1, 9, minute, tzinfo=UTC),
    )


@pytest.mark.proves("C-05", "D-10", "I-13")
def test_docket_takes_the_gravest_first_then_the_earlier_then_the_lower_number() -> None:
    docket = docket_of(
        slots=(*SLOTS, time(10, 0), time(10, 30)),
        taken=[],
        waiting=[
            waiting(5),
            waiting(4),
            waiting(3, minute=10),
            waiting(2, severity="difficult"),
            waiting(1, severity="major", minute=59),
        ],
    )

    assert [number[-1] for number in sorted(docket, key=lambda number: docket[number])] == [
        "1",
        "2",
        "4",
        "5",
        "3",
    ]


@pytest.mark.proves("C-04", "C-05", "D-10", "I-13")
def test_docket_keeps_each_leader_apart_and_leaves_out_who_finds_no_hour() -> None:
    docket = docket_of(
        slots=SLOTS,
        taken=[("l_head", time(8, 30)), ("l_head", time(9, 0)), ("l_secretary", time(8, 30))],
        waiting=[waiting(1), waiting(2), waiting(3, leader="l_secretary")],
    )

    assert docket == {
        "XF-20260601-0001": time(9, 30),
        "XF-20260601-0003": time(9, 0),
    }
