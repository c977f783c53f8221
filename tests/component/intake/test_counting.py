"""What intake counts of what happened: each thing once, and only once it is committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.intake import metrics, usecases
from shared.contracts.common import TerritoryUnknown
from shared.contracts.intake import IntakeForm, PetitionReceipt, RegisterPetition
from shared.messaging import Work
from tests.support.intake import SUMMARY, TEXT, WANG, Intake, people
from tests.support.measuring import counted

REGISTERED = 'balian_petitions_registered_total{form="%s",group="%s"}'
REFUSED = 'balian_representative_lists_refused_total{error="%s"}'
OPENED = 'balian_confidential_openings_total{opened="%s"}'


def split(intake: Intake) -> None:
    intake.split(intake.register().petition_no)


def evaluate(intake: Intake) -> None:
    receipt = intake.register()
    intake.hear_replied(receipt.petition_no)
    intake.evaluate(receipt.receipt_code)


@pytest.mark.parametrize(
    ("happens", "counts"),
    [
        pytest.param(Intake.register, {REGISTERED % ("visit", "no"): 1}, id="one person comes"),
        pytest.param(
            lambda intake: intake.register(form=IntakeForm.LETTER, petitioners=people(7)),
            {REGISTERED % ("letter", "yes"): 1},
            id="a group writes",
        ),
        pytest.param(
            lambda intake: intake.register(headcount=20, representatives=people(6)),
            {REGISTERED % ("visit", "yes"): 1, REFUSED % "TooManyRepresentatives": 1},
            id="a group names six who speak for it",
        ),
        pytest.param(
            lambda intake: intake.register(headcount=2, representatives=people(3)),
            {
                REGISTERED % ("visit", "no"): 1,
                REFUSED % "MoreRepresentativesThanPetitioners": 1,
            },
            id="two name three who speak for them",
        ),
        pytest.param(
            lambda intake: intake.register(representatives=people(1)),
            {REGISTERED % ("visit", "no"): 1, REFUSED % "NotAGroup": 1},
            id="one person names another to speak",
        ),
        pytest.param(
            lambda intake: intake.register(repeat_of=intake.register().petition_no),
            {
                REGISTERED % ("visit", "no"): 1,
                'balian_repeat_visits_recorded_total{form="visit"}': 1,
            },
            id="somebody comes again",
        ),
        pytest.param(
            split,
            {REGISTERED % ("visit", "no"): 2, "balian_petitions_split_total": 1},
            id="a mixed petition is split",
        ),
        pytest.param(
            evaluate,
            {
                REGISTERED % ("visit", "no"): 1,
                'balian_evaluations_given_total{party="petition_office",grade="satisfied"}': 1,
            },
            id="a petitioner evaluates",
        ),
        pytest.param(
            lambda intake: intake.get(intake.register().petition_no, purpose="疏理"),
            {REGISTERED % ("visit", "no"): 1, OPENED % "content": 1},
            id="a content is read",
        ),
        pytest.param(
            lambda intake: intake.reveal(intake.register().petition_no),
            {REGISTERED % ("visit", "no"): 1, OPENED % "identity": 1},
            id="an identity is opened",
        ),
    ],
)
def test_what_happens_is_counted(
    intake: Intake, happens: Callable[[Intake], Any], counts: dict[str, float]
) -> None:
    assert counted(metrics, lambda: happens(intake)) == counts


def registers_and_fails(work: Work, request: RegisterPetition) -> PetitionReceipt:
    usecases.register_petition(work, request)
    msg = "the transaction does not come to its end"
    raise TerritoryUnknown(msg)


def test_what_is_not_committed_is_not_counted(intake: Intake) -> None:
    request = RegisterPetition(
        request_id=intake.bench.request_id(),
        form=IntakeForm.VISIT,
        petitioners=(WANG,),
        territory="baihe",
        summary=SUMMARY,
        text=TEXT,
    )

    def fails() -> None:
        with pytest.raises(TerritoryUnknown):
            intake.bench.command(registers_and_fails, request)

    assert counted(metrics, fails) == {}
