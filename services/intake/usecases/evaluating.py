"""Recording what a petitioner says of how their matter was handled."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from services.intake import metrics
from services.intake.models import Evaluation
from services.intake.rules import EvaluationAsked, Party, Standing, may_evaluate
from services.intake.usecases.receipts import petition_with_code
from services.intake.usecases.register import standing_of
from shared.contracts.base import Refusal
from shared.contracts.intake import (
    AlreadyEvaluated,
    EvaluateHandling,
    EvaluationRecorded,
    HandlingEvaluatedV1,
    NothingToEvaluate,
)
from shared.messaging.work import Work

_REFUSALS: Final[dict[str, tuple[type[Refusal], str]]] = {
    "answer_has_reached_petitioner": (
        NothingToEvaluate,
        "{petition_no} has not been answered yet; evaluate once an answer has been delivered",
    ),
    "party_handled_the_matter": (
        NothingToEvaluate,
        "no unit handled {petition_no}, the petition office answered it; evaluate the office",
    ),
    "not_evaluated_before": (
        AlreadyEvaluated,
        "{party} was evaluated for {petition_no} already; each party is evaluated once",
    ),
}


def evaluate_handling(work: Work, request: EvaluateHandling) -> EvaluationRecorded:
    """Record a petitioner's grade of one party, once.

    Raises:
        ReceiptUnknown: no petition has this receipt code.
        NothingToEvaluate: nothing has been answered yet, or not by this party.
        AlreadyEvaluated: this party was evaluated before.
    """
    petition = petition_with_code(work, request.receipt_code)
    standing = standing_of(work, petition.petition_no)
    before = work.session.scalars(
        select(Evaluation.party).where(Evaluation.petition_no == petition.petition_no)
    )
    asked = EvaluationAsked(
        standing=Standing(standing.stage.value),
        party=Party(request.party.value),
        evaluated=frozenset(Party(party.value) for party in before),
    )
    reason = may_evaluate(asked).first_refusal()
    if reason is not None:
        refusal, message = _REFUSALS[reason.code]
        raise refusal(message.format(petition_no=petition.petition_no, party=request.party.value))
    sealed = request.comment and work.vault.seal(
        request.comment,
        context=f"evaluations|{petition.petition_no}-{request.party.value}|sealed_comment",
    )
    work.append(
        Evaluation(
            petition_no=petition.petition_no,
            party=request.party,
            grade=request.grade,
            sealed_comment=sealed or None,
            evaluated_at=work.now,
        )
    )
    work.record(
        HandlingEvaluatedV1(
            petition_no=petition.petition_no, party=request.party, grade=request.grade
        )
    )
    work.count(metrics.EVALUATIONS, party=request.party.value, grade=request.grade.value)
    return EvaluationRecorded(
        petition_no=petition.petition_no, party=request.party, grade=request.grade
    )
