"""The summary counts what the ledger holds, and knows a full set of cards or slips from another."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

import pytest

from balian.ledger import Ledger
from balian.summary import LeftOver, Summary, summarise
from shared.contracts.common import SlipPost
from shared.contracts.reception import CardKind

_numbers = itertools.count(1)


def event(wire_type: str, petition: int = 1, **data: Any) -> dict[str, Any]:
    petition_no = f"XF-20260601-{petition:04d}"
    return {
        "event_id": f"e{next(_numbers)}",
        "type": f"{wire_type}.v1",
        "occurred_at": "2026-06-01T01:10:00+00:00",
        "source": {"service": "intake", "node": ""},
        "petition_no": petition_no,
        "case_version": 1,
        "correlation_id": "c",
        "causation_id": None,
        "actor": "clerk:wang",
        "data": {"petition_no": petition_no} | data,
    }


def summary_of(*events: Mapping[str, Any], refusals: tuple[str, ...] = ()) -> Summary:
    return summarise(
        casebook="week.jsonl",
        title="一周",
        ledger=Ledger.of(events),
        left_over=LeftOver(parked=1, unsent=2, early=3),
        played_lines=7,
        refusals=refusals,
        duration_seconds=1.26,
    )


def cards(*kinds: CardKind) -> list[dict[str, str]]:
    return [{"kind": kind.value} for kind in kinds]


def slips(*posts: SlipPost) -> list[dict[str, str]]:
    return [{"post": post.value} for post in posts]


def test_nothing_played_counts_nothing() -> None:
    summary = summary_of()

    assert summary.petitions == summary.card_sets == summary.cases_open == summary.events == 0
    assert summary.events_by_type == {}


def test_petitions_are_counted_by_form_and_repeats_as_visits() -> None:
    summary = summary_of(
        event("petition_registered", 1, form="visit"),
        event("petition_registered", 2, form="visit"),
        event("petition_registered", 3, form="letter"),
        event("visit_recorded", 1, form="visit"),
    )

    assert summary.petitions == 3
    assert summary.visits == 4
    assert summary.by_form == {"letter": 1, "visit": 2}
    assert summary.events_by_type == {"petition_registered.v1": 3, "visit_recorded.v1": 1}


@pytest.mark.parametrize(
    ("kinds", "full"),
    [
        pytest.param(list(CardKind), 1, id="all four kinds"),
        pytest.param(list(CardKind)[:3], 0, id="three cards"),
        pytest.param([*CardKind, CardKind.OFFICE_STUB], 0, id="five cards"),
        pytest.param([CardKind.OFFICE_STUB] * 4, 0, id="four of one kind"),
    ],
)
def test_a_card_set_is_full_with_exactly_the_four_kinds(kinds: list[CardKind], full: int) -> None:
    summary = summary_of(event("cards_issued", cards=cards(*kinds)))

    assert summary.card_sets == 1
    assert summary.card_sets_of_four == full


@pytest.mark.parametrize(
    ("posts", "full"),
    [
        pytest.param(list(SlipPost), 1, id="all eight posts"),
        pytest.param(list(SlipPost)[:7], 0, id="seven slips"),
        pytest.param([*list(SlipPost)[:7], SlipPost.COUNTY_HEAD], 0, id="one post twice"),
    ],
)
def test_a_slip_set_is_full_with_eight_slips_of_eight_posts(
    posts: list[SlipPost], full: int
) -> None:
    summary = summary_of(event("slips_issued", slips=slips(*posts)))

    assert summary.slip_sets == 1
    assert summary.slip_sets_of_eight_posts == full


def test_cases_are_open_until_they_are_closed() -> None:
    summary = summary_of(
        event("case_opened", 1),
        event("case_opened", 2),
        event("case_closed", 2),
        event("case_opened", 3),
        event("case_closed", 3),
        event("case_archived", 3),
    )

    assert (summary.cases_opened, summary.cases_open) == (3, 1)
    assert (summary.cases_closed, summary.cases_archived) == (2, 1)


def test_a_case_overdue_on_two_clocks_is_one_overdue_case() -> None:
    summary = summary_of(
        event("case_overdue", 1, clock="slip"),
        event("case_overdue", 1, clock="statutory"),
        event("case_overdue", 2, clock="slip"),
    )

    assert summary.overdue_cases == 2


def test_refusals_are_counted_by_name() -> None:
    summary = summary_of(refusals=("UnitUnknown", "OpinionMissing", "UnitUnknown"))

    assert summary.refusals == 3
    assert summary.refusals_by_name == {"OpinionMissing": 1, "UnitUnknown": 2}


def test_what_is_left_over_is_told() -> None:
    summary = summary_of()

    assert (summary.messages_parked, summary.outbox_unsent, summary.early_waiting) == (1, 2, 3)


def test_the_summary_is_one_json_object() -> None:
    read = json.loads(summary_of(event("petition_registered", form="visit")).as_json())

    assert read["petitions"] == 1
    assert read["title"] == "一周"
    assert read["duration_seconds"] == 1.3
