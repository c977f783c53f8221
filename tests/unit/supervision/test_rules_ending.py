"""The legal tables of the end: opinion, closing, archive and seal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.supervision.rules.archive import (
    FiledDocument,
    FileItem,
    may_case_be_archived,
    missing_items,
    required_items,
    seal_of,
)
from services.supervision.rules.closing import ClosableCase, may_case_be_closed
from services.supervision.rules.opinions import (
    AnswerableCase,
    may_opinion_be_delivered,
    owes_opinion,
    review_due,
)
from services.supervision.rules.terms import Route, Stage
from shared.calendar import standard_calendar
from shared.decisions import Decision, Verdict

TODAY = date(2026, 7, 6)


def refusal(decision: Decision) -> str | None:
    failed = decision.first_refusal()
    return failed.code if failed else None


ANSWERABLE = AnswerableCase(
    stage=Stage.RESULT_REPORTED,
    owes_result=True,
    accepted_on=date(2026, 6, 2),
    reported_on=date(2026, 7, 1),
)


@pytest.mark.proves("L22-32", "D-19", "T20")
@pytest.mark.parametrize(
    ("case", "delivered_on", "refused"),
    [
        pytest.param(
            ANSWERABLE, date(2026, 6, 30), "not_before_its_ground", id="before the report"
        ),
        pytest.param(ANSWERABLE, date(2026, 7, 1), None, id="on the day of the report"),
        pytest.param(ANSWERABLE, TODAY, None, id="today"),
        pytest.param(ANSWERABLE, date(2026, 7, 7), "not_in_the_future", id="tomorrow"),
        pytest.param(
            replace(ANSWERABLE, stage=Stage.IN_HANDLING, reported_on=None),
            TODAY,
            "result_reported",
            id="no result yet",
        ),
        pytest.param(
            replace(ANSWERABLE, stage=Stage.ANSWERED_ON_SPOT, owes_result=False, reported_on=None),
            TODAY,
            None,
            id="answered on the spot",
        ),
        pytest.param(
            replace(ANSWERABLE, stage=Stage.IN_HANDLING, owes_result=False, reported_on=None),
            date(2026, 6, 1),
            "not_before_its_ground",
            id="a forwarded matter, before its acceptance",
        ),
        pytest.param(
            replace(ANSWERABLE, stage=Stage.OPINION_DELIVERED),
            TODAY,
            "accepted_and_not_answered",
            id="a second time",
        ),
        pytest.param(
            replace(ANSWERABLE, stage=Stage.TRANSFERRED),
            TODAY,
            "accepted_and_not_answered",
            id="not accepted",
        ),
    ],
)
def test_an_opinion_is_delivered_when(
    case: AnswerableCase, delivered_on: date, refused: str | None
) -> None:
    decision = may_opinion_be_delivered(case, delivered_on=delivered_on, on=TODAY)

    assert refusal(decision) == refused


@pytest.mark.proves("T20")
def test_an_opinion_on_a_case_of_unknown_acceptance_is_unknown() -> None:
    case = replace(ANSWERABLE, owes_result=False, accepted_on=None, reported_on=None)

    decision = may_opinion_be_delivered(case, delivered_on=TODAY, on=TODAY)

    assert decision.verdict is Verdict.UNKNOWN
    assert decision.missing_facts == ("accepted_on",)


@pytest.mark.proves("L22-34", "L22-31", "D-20")
@pytest.mark.parametrize("runs", [True, False])
def test_an_opinion_is_owed_where_the_60_days_run(*, runs: bool) -> None:
    assert owes_opinion(statutory_clock_runs=runs) == runs


@pytest.mark.proves("L22-35", "D-24", "X-6", "P-5")
@pytest.mark.parametrize(
    ("delivered_on", "due_on", "article"),
    [
        pytest.param(date(2026, 7, 6), date(2026, 8, 5), "L22-35", id="30 days"),
        pytest.param(date(2026, 7, 2), date(2026, 8, 3), "L22-35", id="a Saturday moves"),
        pytest.param(date(2022, 4, 30), date(2022, 5, 30), "L05-34", id="before 1 May 2022"),
        pytest.param(date(2022, 5, 1), date(2022, 5, 31), "L22-35", id="on 1 May 2022"),
    ],
)
def test_review_may_be_asked_for_until(delivered_on: date, due_on: date, article: str) -> None:
    due = review_due(standard_calendar(), delivered_on=delivered_on)

    assert (due.due_on, due.article) == (due_on, article)


CLOSABLE = ClosableCase(
    stage=Stage.OPINION_DELIVERED,
    owes_result=True,
    result_reported=True,
    slips_outstanding=0,
    owes_opinion=True,
    opinion_delivered=True,
)


@pytest.mark.proves("C-16", "C-18", "T21")
@pytest.mark.parametrize(
    ("case", "invited", "refused"),
    [
        pytest.param(CLOSABLE, True, None, id="everything is in"),
        pytest.param(replace(CLOSABLE, slips_outstanding=1), True, "slips_back", id="a slip out"),
        pytest.param(
            replace(CLOSABLE, result_reported=False, slips_outstanding=7, opinion_delivered=False),
            False,
            "result_reported",
            id="the result comes first",
        ),
        pytest.param(
            replace(CLOSABLE, slips_outstanding=7, opinion_delivered=False),
            False,
            "slips_back",
            id="then the slips",
        ),
        pytest.param(
            replace(CLOSABLE, opinion_delivered=False), False, "opinion_delivered", id="the opinion"
        ),
        pytest.param(CLOSABLE, False, "evaluation_invited", id="and the invitation"),
        pytest.param(
            replace(
                CLOSABLE,
                stage=Stage.IN_HANDLING,
                owes_result=False,
                result_reported=False,
                owes_opinion=False,
                opinion_delivered=False,
            ),
            True,
            None,
            id="a forwarded matter off the petition procedure",
        ),
        *(
            pytest.param(replace(CLOSABLE, stage=stage), True, "accepted_and_open", id=stage.value)
            for stage in (
                Stage.ROUTED,
                Stage.TRANSFERRED,
                Stage.OBJECTED,
                Stage.RETURNED,
                Stage.CLOSED,
                Stage.ARCHIVED,
            )
        ),
    ],
)
def test_a_case_is_closed_when(case: ClosableCase, refused: str | None, *, invited: bool) -> None:
    assert refusal(may_case_be_closed(case, evaluation_invited=invited)) == refused


@pytest.mark.proves("T22", "C-16")
@pytest.mark.parametrize(
    ("route", "spot", "opinion", "required"),
    [
        pytest.param(
            Route.LEADER,
            False,
            True,
            "receipt card preliminary_opinion appointment meeting_record decision slip result "
            "handling_opinion closing_note",
            id="a leader's decision",
        ),
        pytest.param(
            Route.LEADER,
            True,
            True,
            "receipt card preliminary_opinion appointment meeting_record spot_answer "
            "handling_opinion closing_note",
            id="an answer on the spot",
        ),
        pytest.param(
            Route.ASSIGNED,
            False,
            True,
            "receipt transfer result handling_opinion closing_note",
            id="an assignment",
        ),
        pytest.param(
            Route.FORWARDED,
            False,
            False,
            "receipt transfer closing_note",
            id="a forwarded matter off the petition procedure",
        ),
    ],
)
def test_a_complete_file_holds(route: Route, required: str, *, spot: bool, opinion: bool) -> None:
    items = required_items(route=route, answered_on_spot=spot, owes_opinion=opinion)

    assert " ".join(items) == required


@pytest.mark.proves("T22")
@pytest.mark.parametrize(
    ("cards", "slips", "lacking"),
    [
        pytest.param(4, 8, (), id="full sets"),
        pytest.param(3, 8, (FileItem.CARD,), id="three cards"),
        pytest.param(4, 7, (FileItem.SLIP,), id="seven slips"),
        pytest.param(5, 9, (), id="copies beside the sets"),
        pytest.param(0, 0, (FileItem.CARD, FileItem.SLIP), id="neither"),
    ],
)
def test_a_file_needs_four_cards_and_eight_slips(
    cards: int, slips: int, lacking: tuple[FileItem, ...]
) -> None:
    held = {FileItem.CARD: cards, FileItem.SLIP: slips, FileItem.RECEIPT: 1}

    assert missing_items((FileItem.RECEIPT, FileItem.CARD, FileItem.SLIP), held=held) == lacking


@pytest.mark.proves("C-16", "I-5", "T22", "ARC-37")
@pytest.mark.parametrize(
    ("stage", "slips", "lacking", "refused"),
    [
        pytest.param(Stage.CLOSED, 0, (), None, id="closed and complete"),
        pytest.param(Stage.CLOSED, 1, (), "slips_back", id="one slip out"),
        pytest.param(Stage.IN_HANDLING, 7, (), "slips_back", id="the slips come first"),
        pytest.param(Stage.OPINION_DELIVERED, 0, (), "case_closed", id="not closed"),
        pytest.param(
            Stage.CLOSED, 0, (FileItem.RECEIPT,), "file_complete", id="an incomplete file"
        ),
    ],
)
def test_a_case_is_archived_when(
    stage: Stage, slips: int, lacking: tuple[FileItem, ...], refused: str | None
) -> None:
    decision = may_case_be_archived(stage=stage, slips_outstanding=slips, items_missing=lacking)

    assert refusal(decision) == refused


@pytest.mark.proves("P-6", "T22", "ARC-37")
def test_a_seal_changes_with_any_document_and_not_with_their_order() -> None:
    first = FiledDocument(no="XF-20260601-0001-RC-1", sha256="a" * 64)
    second = FiledDocument(no="XF-20260601-0001-SL-1-1", sha256="b" * 64)
    altered = replace(second, sha256="c" * 64)

    seal = seal_of(petition_no="XF-20260601-0001", documents=[first, second])

    assert seal == seal_of(petition_no="XF-20260601-0001", documents=[second, first])
    assert seal != seal_of(petition_no="XF-20260601-0001", documents=[first, altered])
    assert seal != seal_of(petition_no="XF-20260601-0001", documents=[first])
    assert seal != seal_of(petition_no="XF-20260601-0002", documents=[first, second])


@pytest.mark.proves("P-6")
def test_the_seal_is_what_anyone_can_compute_from_the_list() -> None:
    seal = seal_of(
        petition_no="XF-20260601-0001",
        documents=[FiledDocument(no="XF-20260601-0001-RC-1", sha256="a" * 64)],
    )

    assert seal == "e5efa5765f15b41c931e29fc8dbdbc757886e2ff8ba16114976d10fbd041602c"
