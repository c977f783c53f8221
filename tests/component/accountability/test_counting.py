"""What accountability counts of what happened: each step once, and only once it is committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.accountability import metrics, usecases
from shared.contracts.accountability import AnswerCircular, AnswerTooLate, CircularView
from shared.contracts.supervision import CaseRoute
from shared.messaging import Work
from tests.support.accountability import UNIT, Accountability
from tests.support.measuring import counted

NO = "XF-20260601-0004"
CIRCULAR_NO = f"{NO}-CI-1"
GROUND = 'balian_grounds_recorded_total{kind="not_implemented_in_time"}'


@pytest.fixture
def office() -> Iterator[Accountability]:
    """Accountability on SQLite in memory."""
    made = Accountability.at("sqlite://")
    yield made
    made.bench.close()


def step(name: str) -> str:
    return f'balian_circular_steps_total{{step="{name}"}}'


def nothing(_office: Accountability) -> None:
    """Begin with nothing."""


def is_proposed(office: Accountability) -> None:
    office.proposes(NO)


def is_approved(office: Accountability) -> None:
    office.proposes(NO)
    office.decides(CIRCULAR_NO)


def is_answered(office: Accountability) -> None:
    is_approved(office)
    office.answers(CIRCULAR_NO)


@pytest.mark.parametrize(
    ("stands", "happens", "counts"),
    [
        pytest.param(
            nothing, is_proposed, {GROUND: 1, step("proposed"): 1}, id="an overdue case of slips"
        ),
        pytest.param(
            nothing,
            lambda office: office.proposes(NO, route=CaseRoute.FORWARDED),
            {GROUND: 1},
            id="an overdue transfer, of which nothing is proposed",
        ),
        pytest.param(
            is_proposed,
            lambda office: office.decides(CIRCULAR_NO),
            {step("approved"): 1},
            id="approved",
        ),
        pytest.param(
            is_proposed,
            lambda office: office.decides(CIRCULAR_NO, approved=False),
            {step("rejected"): 1},
            id="rejected",
        ),
        pytest.param(
            is_approved,
            lambda office: office.answers(CIRCULAR_NO),
            {step("answered"): 1},
            id="answered",
        ),
        pytest.param(
            is_answered,
            lambda office: office.issues(CIRCULAR_NO),
            {step("issued"): 1},
            id="issued",
        ),
    ],
)
def test_what_happens_is_counted(
    office: Accountability,
    stands: Callable[[Accountability], None],
    happens: Callable[[Accountability], Any],
    counts: dict[str, float],
) -> None:
    stands(office)

    assert counted(metrics, lambda: happens(office)) == counts


def answers_and_fails(work: Work, request: AnswerCircular) -> CircularView:
    usecases.answer_circular(work, request)
    msg = "the transaction does not come to its end"
    raise AnswerTooLate(msg)


def test_what_is_not_committed_is_not_counted(office: Accountability) -> None:
    is_approved(office)
    request = AnswerCircular(
        request_id=office.bench.request_id(), circular_no=CIRCULAR_NO, answer="已整改。"
    )

    def fails() -> None:
        with pytest.raises(AnswerTooLate):
            office.bench.command(answers_and_fails, request, actor=f"unit:{UNIT}")

    assert counted(metrics, fails) == {}
