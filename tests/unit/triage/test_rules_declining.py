"""When a petition is not accepted (T4), and that an unexecuted promise is no barred repeat."""

from __future__ import annotations

import pytest

from services.triage.rules.declining import (
    EarlierMatter,
    is_anything_unexecuted,
    may_petition_be_declined,
)
from services.triage.rules.terms import DeclineGround

OPEN = EarlierMatter()
CLOSED = EarlierMatter(closed=True)


@pytest.mark.proves("L22-32", "L22-40")
@pytest.mark.parametrize(
    ("earlier", "said", "unexecuted"),
    [
        pytest.param(OPEN, False, False, id="nothing promised, nothing supported"),
        pytest.param(EarlierMatter(promised=True), False, True, id="a promise runs"),
        pytest.param(EarlierMatter(supported=True), False, True, id="a supported opinion"),
        pytest.param(
            EarlierMatter(promised=True, supported=True, closed=True),
            False,
            False,
            id="closed: verified as done",
        ),
        pytest.param(CLOSED, True, True, id="a person knows better"),
        pytest.param(OPEN, True, True, id="a person says so"),
    ],
)
def test_a_promise_or_support_binds_until_the_case_is_closed(
    earlier: EarlierMatter, said: bool, unexecuted: bool
) -> None:
    assert is_anything_unexecuted(earlier=earlier, said_by_person=said) is unexecuted


@pytest.mark.proves("T4", "L22-19", "L22-36", "L22-32", "P-5", "D-03")
@pytest.mark.parametrize(
    ("ground", "itself", "earlier", "unexecuted", "against"),
    [
        pytest.param(
            DeclineGround.PENDING_BELOW, False, OPEN, False, None, id="pending below in its period"
        ),
        pytest.param(
            DeclineGround.FINALLY_CONCLUDED, False, CLOSED, False, None, id="finally concluded"
        ),
        pytest.param(
            DeclineGround.PENDING_BELOW,
            False,
            CLOSED,
            False,
            "earlier_matter_is_pending",
            id="what is closed is not pending",
        ),
        pytest.param(
            DeclineGround.PENDING_BELOW,
            False,
            EarlierMatter(led_away=True),
            False,
            "earlier_matter_is_pending",
            id="what was led away is not pending",
        ),
        pytest.param(
            DeclineGround.FINALLY_CONCLUDED,
            False,
            OPEN,
            False,
            "earlier_matter_is_concluded",
            id="no opinion and not closed: nothing is concluded",
        ),
        pytest.param(
            DeclineGround.FINALLY_CONCLUDED,
            False,
            EarlierMatter(opinion_delivered=True),
            False,
            None,
            id="an opinion that explained was delivered",
        ),
        pytest.param(None, False, OPEN, False, "ground_is_stated", id="no ground"),
        pytest.param(
            DeclineGround.PENDING_BELOW,
            False,
            None,
            False,
            "earlier_matter_is_named",
            id="no earlier matter",
        ),
        pytest.param(
            DeclineGround.PENDING_BELOW,
            True,
            OPEN,
            False,
            "earlier_matter_is_named",
            id="it cannot rest on itself",
        ),
        pytest.param(
            DeclineGround.FINALLY_CONCLUDED,
            False,
            OPEN,
            True,
            "nothing_is_left_unexecuted",
            id="a promise is not executed",
        ),
    ],
)
def test_a_decline_needs_ground_earlier_matter_and_nothing_left_undone(
    ground: DeclineGround | None,
    itself: bool,
    earlier: EarlierMatter | None,
    unexecuted: bool,
    against: str | None,
) -> None:
    refusal = may_petition_be_declined(
        ground=ground, rests_on_itself=itself, earlier=earlier, unexecuted=unexecuted
    ).first_refusal()

    assert (refusal.code if refusal else None) == against


@pytest.mark.proves("T4")
def test_ground_and_earlier_matter_are_missing_facts() -> None:
    decision = may_petition_be_declined(
        ground=None, rests_on_itself=False, earlier=None, unexecuted=False
    )

    assert decision.missing_facts == ("decline_ground", "earlier_petition")
