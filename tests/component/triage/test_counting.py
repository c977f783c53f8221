"""What triage counts of what happened: each thing once, and only once it is committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.triage import metrics, usecases
from shared.contracts.common import PetitionCategory
from shared.contracts.fields import Document
from shared.contracts.intake import PetitionView
from shared.contracts.reception import PreparationState, WorkHandedOverV1
from shared.contracts.supervision import TransferObjectedV1
from shared.contracts.triage import (
    AnswerSuggestion,
    DecideObjection,
    NoObjectionPending,
    RetireNode,
    SortingOutcome,
    SortingResult,
    SortPetition,
    SubmitSuggestion,
    SuggestionAnswer,
    SuggestionView,
)
from shared.messaging import Work
from tests.support.bench import at
from tests.support.measuring import counted
from tests.support.triage import DIFFICULT, NO, OFFICER, ORDINARY, Triage, registered, sample_county

SORTED = 'balian_petitions_sorted_total{outcome="%s"}'
OBJECTIONS = 'balian_objections_decided_total{decision="%s"}'
SUGGESTIONS = 'balian_suggestions_total{event="%s"}'
HAND_OVERS = 'balian_hand_overs_total{outcome="%s"}'


def nothing(_triage: Triage) -> None:
    """Begin with the one petition that waits."""


def has_objection(triage: Triage) -> None:
    triage.forward()
    triage.bench.event(
        usecases.on_transfer_objected,
        TransferObjectedV1(
            petition_no=NO,
            transfer_no=f"{NO}-TR-1",
            unit="labour_bureau",
            document=Document(no=f"{NO}-OB-1", sha256="0" * 64),
        ),
    )


def has_town(triage: Triage) -> None:
    """Open a township's node, and route a petition of the township there."""
    triage.open_node("county", "county")
    triage.open_node("sanchakou", "sanchakou")
    triage.register("XF-20260601-0002", territory="sanchakou")
    triage.route(petition_no="XF-20260601-0002", field="land", lead_unit="township_sanchakou")


def has_retired_town(triage: Triage) -> None:
    has_town(triage)
    retire(triage)


def retire(triage: Triage) -> None:
    triage.bench.command(
        usecases.retire_node,
        RetireNode(request_id=triage.bench.request_id(), node="sanchakou", reason="乡镇撤并。"),
        actor="office_head:chief",
        now=at("2026-06-10 09:00"),
    )


def gives_back(triage: Triage) -> None:
    triage.bench.event(
        usecases.on_work_handed_over,
        WorkHandedOverV1(
            petition_no="XF-20260601-0002",
            node="sanchakou",
            routing_version=2,
            stood_at=PreparationState.AWAITING_SESSION,
        ),
        now=at("2026-06-10 09:00"),
    )


def gives_back_what_nobody_receives(triage: Triage) -> None:
    """Let the directory lose the lead unit before the petition comes back."""
    office = "township_sanchakou"
    units = sample_county()["units"]
    triage.put_directory(
        units=[unit for unit in units if office not in {unit["code"], unit.get("parent")}]
    )
    gives_back(triage)


def decide(triage: Triage, *, agreed: bool) -> None:
    triage.bench.command(
        usecases.decide_objection,
        DecideObjection(
            request_id=triage.bench.request_id(),
            petition_no=NO,
            agreed=agreed,
            reason="经核实，不属于该单位职责。",
        ),
        actor=OFFICER,
    )


def submit(triage: Triage) -> SuggestionView:
    return triage.bench.command(
        usecases.submit_suggestion,
        SubmitSuggestion(
            request_id=triage.bench.request_id(),
            leader="l_vice_head_social",
            field="poverty",
            title="因病致贫家庭救助",
            text="建议民政、医保联合排查。",
            petitions=(NO,),
        ),
        actor=OFFICER,
    )


def submit_and_answer(triage: Triage) -> None:
    suggestion = submit(triage)
    triage.bench.command(
        usecases.answer_suggestion,
        AnswerSuggestion(
            request_id=triage.bench.request_id(),
            suggestion_no=suggestion.suggestion_no,
            answer=SuggestionAnswer.PARTLY,
            reason="先在两个乡镇试行。",
        ),
        actor="leader:l_vice_head_social",
    )


def transfer_under_seal(triage: Triage) -> None:
    triage.sort(
        SortingOutcome.DISCIPLINE_TRANSFER,
        category=PetitionCategory.ACCUSATION,
        accused=("land_bureau",),
    )


@pytest.mark.parametrize(
    ("stands", "happens", "counts"),
    [
        pytest.param(nothing, Triage.forward, {SORTED % "forward": 1}, id="forwarded"),
        pytest.param(nothing, Triage.route, {SORTED % "leader_in_charge": 1}, id="routed"),
        pytest.param(
            nothing,
            transfer_under_seal,
            {SORTED % "discipline_transfer": 1},
            id="transferred under seal, and the seal counts nothing of whom it complains",
        ),
        pytest.param(
            nothing,
            lambda triage: triage.sort(
                SortingOutcome.PRINCIPAL_LEADER, urgent_report=True, **DIFFICULT
            ),
            {SORTED % "principal_leader": 1, "balian_urgent_reports_total": 1},
            id="an urgent report goes up",
        ),
        pytest.param(
            nothing,
            lambda triage: triage.bench.sweep(at("2026-06-20 09:00"), usecases.DEADLINES),
            {"balian_sortings_overdue_total": 1},
            id="nobody sorts in 15 days",
        ),
        pytest.param(
            has_objection,
            lambda triage: decide(triage, agreed=True),
            {OBJECTIONS % "agreed": 1},
            id="an objection is agreed to",
        ),
        pytest.param(
            has_objection,
            lambda triage: decide(triage, agreed=False),
            {OBJECTIONS % "rejected": 1},
            id="an objection is rejected",
        ),
        pytest.param(nothing, submit, {SUGGESTIONS % "submitted": 1}, id="a suggestion"),
        pytest.param(
            nothing,
            submit_and_answer,
            {SUGGESTIONS % "submitted": 1, SUGGESTIONS % "partly": 1},
            id="a suggestion and its answer",
        ),
        pytest.param(has_town, retire, {"balian_nodes_retired_total": 1}, id="a node is retired"),
        pytest.param(
            has_retired_town,
            gives_back,
            {HAND_OVERS % "routed_again": 1},
            id="what it gives back goes to the next",
        ),
        pytest.param(
            has_retired_town,
            gives_back_what_nobody_receives,
            {HAND_OVERS % "returned_to_sorting": 1},
            id="what it gives back goes to nobody",
        ),
    ],
)
def test_what_happens_is_counted(
    triage: Triage,
    stands: Callable[[Triage], None],
    happens: Callable[[Triage], Any],
    counts: dict[str, float],
) -> None:
    stands(triage)

    assert counted(metrics, lambda: happens(triage)) == counts


def sorts_and_fails(work: Work, request: SortPetition, register: PetitionView) -> SortingResult:
    usecases.sort_petition(work, request, register)
    msg = "the transaction does not come to its end"
    raise NoObjectionPending(msg)


def test_what_is_not_committed_is_not_counted(triage: Triage) -> None:
    request = SortPetition(
        request_id=triage.bench.request_id(),
        petition_no=NO,
        category=PetitionCategory.CLAIM,
        outcome=SortingOutcome.FORWARD,
        reason="事实清楚。",
        **ORDINARY,
    )

    def fails() -> None:
        with pytest.raises(NoObjectionPending):
            triage.bench.command(sorts_and_fails, request, actor=OFFICER, facts=registered())

    assert counted(metrics, fails) == {}
