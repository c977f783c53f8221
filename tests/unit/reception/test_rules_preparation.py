"""The preliminary opinion: in its order, with leader in charge and every unit heard."""

from typing import Any

import pytest

from services.reception.rules.preparation import Opinion, may_record_opinion
from services.reception.rules.terms import Step


@pytest.mark.proves("C-11", "D-11", "D-07", "T10", "I-4")
@pytest.mark.parametrize(
    ("changes", "refused_for"),
    [
        pytest.param({}, None, id="after the cards, leader consulted, both units heard"),
        pytest.param({"step": Step.PREPARED}, None, id="a later opinion replaces the earlier"),
        pytest.param({"cards_issued": False}, "cards_issued", id="before the cards"),
        pytest.param(
            {"step": Step.AWAITING_SESSION},
            "before_the_notice",
            id="a moved meeting that waits for a sitting",
        ),
        pytest.param({"step": Step.APPOINTED}, "before_the_notice", id="after the notice"),
        pytest.param(
            {"step": Step.AWAITING_PETITIONER}, "before_the_notice", id="the petitioner is asked"
        ),
        pytest.param({"step": Step.DECIDED}, "before_the_notice", id="after the decision"),
        pytest.param(
            {"leader_consulted": "l_head"},
            "leader_in_charge_consulted",
            id="the receiving principal leader is not the leader in charge",
        ),
        pytest.param(
            {"units_heard": ("labour_bureau",)}, "every_unit_heard", id="a co-unit is not heard"
        ),
        pytest.param(
            {"units_heard": ("court",)}, "every_unit_heard", id="the lead unit is not heard"
        ),
        pytest.param(
            {"units_heard": ("labour_bureau", "court", "health_bureau")},
            "only_units_concerned",
            id="a unit that is not concerned",
        ),
    ],
)
def test_opinion_follows_the_cards_and_hears_everyone_concerned(
    changes: dict[str, Any], refused_for: str | None
) -> None:
    facts: dict[str, Any] = {
        "step": Step.CARDS_ISSUED,
        "cards_issued": True,
        "leader_in_charge": "l_vice_head_labour",
        "leader_consulted": "l_vice_head_labour",
        "units_concerned": ("labour_bureau", "court"),
        "units_heard": ("court", "labour_bureau"),
    }

    reason = may_record_opinion(Opinion(**(facts | changes))).first_refusal()

    assert (reason.code if reason else None) == refused_for
