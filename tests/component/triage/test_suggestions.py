"""Suggestions to leaders: numbered by the day, answered once by the leader they went to (C-10)."""

from __future__ import annotations

from typing import Any

import pytest

from services.triage import usecases
from services.triage.models import Suggestion
from shared.contracts.common import (
    FieldUnknown,
    LeaderUnknown,
    NotYourCase,
    PetitionNotFound,
)
from shared.contracts.triage import (
    AnswerSuggestion,
    SubmitSuggestion,
    SuggestionAnswer,
    SuggestionAnswered,
    SuggestionAnsweredV1,
    SuggestionNotFound,
    SuggestionSubmittedV1,
    SuggestionView,
)
from tests.support.bench import at
from tests.support.triage import EARLIER, NO, OFFICER, Triage

pytestmark = pytest.mark.proves("C-10", "L22-40")


def submit(triage: Triage, **told: Any) -> SuggestionView:
    known: dict[str, Any] = {
        "leader": "l_vice_head_social",
        "field": "poverty",
        "title": "因病致贫家庭救助",
        "text": "本月多起信访反映因病致贫，建议民政、医保联合排查。",
        "petitions": (NO,),
    }
    return triage.bench.command(
        usecases.submit_suggestion,
        SubmitSuggestion(request_id=triage.bench.request_id(), **(known | told)),
        actor=OFFICER,
    )


def answer(triage: Triage, suggestion_no: str, leader: str) -> SuggestionView:
    return triage.bench.command(
        usecases.answer_suggestion,
        AnswerSuggestion(
            request_id=triage.bench.request_id(),
            suggestion_no=suggestion_no,
            answer=SuggestionAnswer.PARTLY,
            reason="先在两个乡镇试行。",
        ),
        actor=f"leader:{leader}",
    )


def test_suggestions_are_numbered_by_the_day(triage: Triage) -> None:
    first = submit(triage)
    second = submit(triage)
    triage.bench.now = at("2026-06-02 09:00")
    next_day = submit(triage)

    assert [first.suggestion_no, second.suggestion_no, next_day.suggestion_no] == [
        "JY-20260601-0001",
        "JY-20260601-0002",
        "JY-20260602-0001",
    ]
    assert [event.suggestion_no for event in triage.bench.recorded_of(SuggestionSubmittedV1)] == [
        first.suggestion_no,
        second.suggestion_no,
        next_day.suggestion_no,
    ]


def test_what_it_says_is_sealed(triage: Triage) -> None:
    submit(triage)

    (row,) = triage.bench.rows(Suggestion)
    assert "因病致贫" not in row.title_sealed + row.text_sealed


def test_the_leader_it_went_to_answers_once(triage: Triage) -> None:
    submitted = submit(triage)

    answered = answer(triage, submitted.suggestion_no, "l_vice_head_social")

    assert answered.answered is SuggestionAnswer.PARTLY
    (event,) = triage.bench.recorded_of(SuggestionAnsweredV1)
    assert event.answer is SuggestionAnswer.PARTLY
    with pytest.raises(SuggestionAnswered):
        answer(triage, submitted.suggestion_no, "l_vice_head_social")


def test_another_leader_does_not_answer(triage: Triage) -> None:
    submitted = submit(triage)

    with pytest.raises(NotYourCase):
        answer(triage, submitted.suggestion_no, "l_head")


def test_an_unknown_suggestion_is_not_found(triage: Triage) -> None:
    with pytest.raises(SuggestionNotFound):
        answer(triage, "JY-20260601-0009", "l_head")


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"leader": "l_nobody"}, LeaderUnknown),
        ({"field": "space"}, FieldUnknown),
        ({"petitions": (EARLIER,)}, PetitionNotFound),
    ],
)
def test_unknown_codes_are_refused(
    triage: Triage, told: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        submit(triage, **told)
    assert triage.bench.rows(Suggestion) == []
