"""Where a petition stands after any news, in any order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules import (
    Milestone,
    MilestoneKind,
    Standing,
    Waiting,
    progress_of,
    waiting_of,
)
from shared.contracts.intake import Stage

START = datetime(2026, 6, 1, 1, tzinfo=UTC)
K = MilestoneKind


def milestones(*kinds: MilestoneKind) -> list[Milestone]:
    """One hour after another, each with a subject of its own."""
    return [
        Milestone(kind=kind, occurred_at=START + timedelta(hours=hour), subject=f"{hour}")
        for hour, kind in enumerate(kinds)
    ]


LEADER_ROUTE = (
    K.REGISTERED,
    K.ROUTED,
    K.CARDS_ISSUED,
    K.ACCEPTED,
    K.PREPARED,
    K.APPOINTED,
    K.RESCHEDULED,
    K.APPOINTED,
    K.DECIDED,
    K.SLIPS_ISSUED,
    K.EXTENDED,
    K.OVERDUE,
    K.PROMISED,
    K.RESULT_REPORTED,
    K.OPINION_DELIVERED,
    K.CLOSED,
    K.ARCHIVED,
)


def test_a_standing_is_a_stage_of_the_contract_and_every_stage_can_be_reached() -> None:
    assert {standing.value for standing in Standing} == {stage.value for stage in Stage}


@pytest.mark.proves("P-8", "L22-21")
@pytest.mark.parametrize(
    ("heard", "standing"),
    [
        pytest.param((), Standing.REGISTERED, id="nothing_heard_is_registered"),
        pytest.param((K.REGISTERED,), Standing.REGISTERED, id="registered"),
        pytest.param((K.REGISTERED, K.SORTING_OVERDUE), Standing.REGISTERED, id="not_sorted"),
        pytest.param((K.REGISTERED, K.REDIRECTED), Standing.REDIRECTED, id="redirected"),
        pytest.param((K.REGISTERED, K.NOT_ACCEPTED), Standing.NOT_ACCEPTED, id="not_accepted"),
        pytest.param((K.REGISTERED, K.REPLIED), Standing.REPLIED, id="replied"),
        pytest.param(
            (K.REGISTERED, K.TRANSFERRED_SEALED), Standing.TRANSFERRED_SEALED, id="sealed"
        ),
        pytest.param(LEADER_ROUTE[:2], Standing.ROUTED, id="routed"),
        pytest.param(LEADER_ROUTE[:3], Standing.CARDS_ISSUED, id="cards_issued"),
        pytest.param(
            LEADER_ROUTE[:4], Standing.CARDS_ISSUED, id="acceptance_at_card_2_moves_nothing"
        ),
        pytest.param(LEADER_ROUTE[:5], Standing.PREPARED, id="prepared"),
        pytest.param(LEADER_ROUTE[:6], Standing.APPOINTED, id="appointed"),
        pytest.param(LEADER_ROUTE[:7], Standing.APPOINTED, id="rescheduled"),
        pytest.param(LEADER_ROUTE[:9], Standing.DECIDED, id="decided"),
        pytest.param(LEADER_ROUTE[:11], Standing.IN_HANDLING, id="in_handling"),
        pytest.param(LEADER_ROUTE[:13], Standing.OVERDUE, id="overdue"),
        pytest.param(LEADER_ROUTE[:14], Standing.RESULT_REPORTED, id="result_reported"),
        pytest.param(LEADER_ROUTE[:15], Standing.OPINION_DELIVERED, id="opinion_delivered"),
        pytest.param(LEADER_ROUTE[:16], Standing.CLOSED, id="closed"),
        pytest.param(LEADER_ROUTE, Standing.ARCHIVED, id="archived"),
        pytest.param(
            (K.REGISTERED, K.FORWARDED, K.OBJECTED, K.OBJECTION_REJECTED),
            Standing.FORWARDED,
            id="a_rejected_objection_leaves_it_with_the_unit",
        ),
        pytest.param(
            (K.REGISTERED, K.ASSIGNED, K.ACCEPTED_BY_UNIT),
            Standing.IN_HANDLING,
            id="accepted_by_the_unit",
        ),
        pytest.param(
            (K.REGISTERED, K.ROUTED, K.CARDS_ISSUED, K.ACCEPTED, K.OVERDUE),
            Standing.CARDS_ISSUED,
            id="a_date_that_passes_before_the_meeting_is_a_mark_and_no_stage",
        ),
        pytest.param(
            (K.REGISTERED, K.FORWARDED, K.ACCEPTED_BY_UNIT, K.RESULT_REPORTED, K.OVERDUE),
            Standing.RESULT_REPORTED,
            id="the_statutory_date_passing_after_the_report_is_no_step_back",
        ),
    ],
)
def test_a_petition_stands_at_the_furthest_point_it_reached(
    heard: tuple[MilestoneKind, ...], standing: Standing
) -> None:
    assert progress_of(milestones(*heard)).standing is standing


@pytest.mark.proves("P-8")
@given(st.permutations(milestones(*LEADER_ROUTE)))
def test_the_order_of_the_news_changes_nothing(shuffled: list[Milestone]) -> None:
    in_order = progress_of(milestones(*LEADER_ROUTE))

    heard = progress_of(shuffled)

    assert heard.standing is in_order.standing
    assert heard.was_overdue


@pytest.mark.proves("P-8", "P-5")
@given(st.permutations(milestones(*LEADER_ROUTE)))
def test_a_standing_never_goes_back_as_news_comes_in(shuffled: list[Milestone]) -> None:
    order = list(Standing)

    ranks = [
        order.index(progress_of(shuffled[:count]).standing) for count in range(1, len(shuffled) + 1)
    ]

    assert ranks == sorted(ranks)


@pytest.mark.proves("T7")
def test_an_upheld_objection_brings_the_petition_back_to_be_sorted_again() -> None:
    heard = [
        *milestones(K.REGISTERED, K.ASSIGNED, K.OBJECTED),
        Milestone(kind=K.OBJECTION_UPHELD, occurred_at=START + timedelta(hours=5), subject="1"),
    ]

    progress = progress_of(heard)

    assert progress.standing is Standing.REGISTERED
    assert [one.kind for one in progress.live] == [K.REGISTERED, K.OBJECTION_UPHELD]


@pytest.mark.proves("T7")
@given(st.data())
def test_the_second_sorting_counts_however_late_the_first_is_told(data: st.DataObject) -> None:
    later = START + timedelta(hours=5)
    heard = [
        *milestones(K.REGISTERED, K.FORWARDED, K.OBJECTED),
        Milestone(kind=K.OBJECTION_UPHELD, occurred_at=later, subject="1"),
        # Sorted again in the very moment in which the objection was decided.
        Milestone(kind=K.ROUTED, occurred_at=later, subject="county-l_head"),
    ]

    shuffled = data.draw(st.permutations(heard))

    assert progress_of(shuffled).standing is Standing.ROUTED


@pytest.mark.proves("T7")
def test_a_transfer_decided_on_in_the_moment_it_was_made_counts_no_longer() -> None:
    heard = [
        Milestone(kind=K.REGISTERED, occurred_at=START, subject="XF"),
        Milestone(kind=K.FORWARDED, occurred_at=START, subject="TR-1"),
        Milestone(kind=K.OBJECTION_UPHELD, occurred_at=START, subject="TR-1"),
    ]

    assert progress_of(heard).standing is Standing.REGISTERED


@pytest.mark.proves("I-7")
def test_having_been_overdue_stays_even_after_the_matter_came_back() -> None:
    heard = [
        *milestones(K.REGISTERED, K.ASSIGNED, K.OVERDUE),
        Milestone(kind=K.OBJECTION_UPHELD, occurred_at=START + timedelta(hours=5), subject="1"),
    ]

    progress = progress_of(heard)

    assert progress.standing is Standing.REGISTERED
    assert progress.was_overdue


@pytest.mark.parametrize(
    ("standing", "ended"),
    [
        (Standing.REGISTERED, False),
        (Standing.OPINION_DELIVERED, False),
        (Standing.REDIRECTED, True),
        (Standing.NOT_ACCEPTED, True),
        (Standing.REPLIED, True),
        (Standing.TRANSFERRED_SEALED, True),
        (Standing.CLOSED, True),
        (Standing.ARCHIVED, True),
    ],
)
def test_what_ended_for_this_office_is_told_apart(standing: Standing, ended: bool) -> None:
    assert standing.ended is ended


# --- Retired nodes, and nodes that have not spoken yet --------------------------------------------


def at_node(kind: MilestoneKind, node: str, hour: int) -> Milestone:
    return Milestone(
        kind=kind, occurred_at=START + timedelta(hours=hour), subject=f"{kind}-{node}", node=node
    )


ROUTED_TO_TOWN = (at_node(K.REGISTERED, "", 0), at_node(K.ROUTED, "town", 1))
AT_TOWN = (
    *ROUTED_TO_TOWN,
    at_node(K.CARDS_ISSUED, "town", 1),
    at_node(K.PREPARED, "town", 2),
    at_node(K.APPOINTED, "town", 3),
    at_node(K.RESCHEDULED, "town", 3),
)
HANDED_OVER = at_node(K.HANDED_OVER, "town", 4)


@pytest.mark.proves("D-30", "P-8")
@pytest.mark.parametrize(
    ("heard", "standing"),
    [
        pytest.param((*AT_TOWN, HANDED_OVER), Standing.REGISTERED, id="given_up_and_not_routed"),
        pytest.param(
            (*AT_TOWN, HANDED_OVER, at_node(K.RETURNED, "town", 4)),
            Standing.REGISTERED,
            id="given_up_and_sorted_anew",
        ),
        pytest.param(
            (*AT_TOWN, HANDED_OVER, at_node(K.ROUTED, "county", 4)),
            Standing.ROUTED,
            id="routed_to_the_next_node_in_the_same_moment",
        ),
        pytest.param(
            (*AT_TOWN, HANDED_OVER, at_node(K.CARDS_ISSUED, "county", 4)),
            Standing.CARDS_ISSUED,
            id="the_next_nodes_cards_before_its_routing_was_heard",
        ),
        pytest.param(
            (*AT_TOWN, HANDED_OVER, at_node(K.ROUTED, "town", 5)),
            Standing.ROUTED,
            id="back_to_the_node_that_opened_again",
        ),
        pytest.param(
            (*AT_TOWN, at_node(K.DECIDED, "town", 4), HANDED_OVER),
            Standing.DECIDED,
            id="what_was_decided_there_stands",
        ),
    ],
)
def test_steps_at_a_node_that_gave_the_petition_up_count_no_longer(
    heard: tuple[Milestone, ...], standing: Standing
) -> None:
    assert progress_of(heard).standing is standing
    assert progress_of(tuple(reversed(heard))).standing is standing


@pytest.mark.proves("P-8", "P-5", "D-10", "D-30")
@pytest.mark.parametrize(
    ("heard", "waiting"),
    [
        pytest.param(
            ROUTED_TO_TOWN,
            Waiting(node="town", since=START + timedelta(hours=1), taken_in=False),
            id="routed_and_no_word_of_the_node_yet",
        ),
        pytest.param(
            (*ROUTED_TO_TOWN, at_node(K.SESSION_AWAITED, "town", 2)),
            Waiting(node="town", since=START + timedelta(hours=2), taken_in=True),
            id="taken_in_and_no_session_with_room",
        ),
        pytest.param(
            (
                *ROUTED_TO_TOWN,
                at_node(K.SESSION_AWAITED, "town", 2),
                HANDED_OVER,
                at_node(K.ROUTED, "county", 4),
            ),
            Waiting(node="county", since=START + timedelta(hours=4), taken_in=False),
            id="routed_on_and_the_next_node_is_silent",
        ),
        pytest.param(AT_TOWN[:3], None, id="cards_are_the_nodes_word"),
        pytest.param(milestones(K.REGISTERED), None, id="not_routed"),
        pytest.param(milestones(K.REGISTERED, K.ROUTED), None, id="routed_before_nodes_were_kept"),
    ],
)
def test_a_routed_petition_waits_at_its_node_until_that_node_speaks(
    heard: tuple[Milestone, ...], waiting: Waiting | None
) -> None:
    assert waiting_of(progress_of(heard)) == waiting
