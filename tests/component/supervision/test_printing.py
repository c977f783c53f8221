"""What a paper needs is asked of triage and intake, and of nobody where there is no petition."""

from __future__ import annotations

from typing import Any, cast

import pytest

from services.supervision.usecases import facts_for_printing
from shared.contracts.base import Query, Refusal, Reply
from shared.contracts.common import DirectoryMissing, PetitionNotFound
from shared.contracts.intake import PetitionView
from shared.contracts.supervision import GetSlipSet
from shared.contracts.triage import DirectoryView
from shared.messaging.asking import Calls
from tests.support.supervision import NO, UNIT, County

PETITION = PetitionView.load(
    {
        "petition_no": NO,
        "form": "visit",
        "stage": "in_handling",
        "territory": "county",
        "registered_on": "2026-06-01",
        "received_on": "2026-06-01",
        "headcount": 1,
        "group": False,
        "representatives_count": 0,
        "urgent": False,
        "linked_to": None,
        "declared_category": "claim",
        "visits": [],
        "sealed": False,
        "petitioner": "张某",
        "summary": "拖欠工资",
    }
)
DIRECTORY = DirectoryView.load(
    {
        "version": 1,
        "office": {"code": "petition_office", "name": "县信访局", "address": "1号", "phone": "1"},
        "territories": [],
        "fields": [],
        "leaders": [],
        "units": [],
        "authorisations": [],
    }
)


class Answering:
    """Calls that answer from the contracts' own replies, or refuse."""

    def __init__(self, **answers: Reply | Refusal) -> None:
        self._answers = answers

    def ask(self, request: Query[Any]) -> Any:
        answer = self._answers[request.method_name]
        if isinstance(answer, Refusal):
            raise answer
        return answer


def asked(county: County, **answers: Reply | Refusal) -> Any:
    return facts_for_printing(
        cast("Calls", Answering(**answers)),
        GetSlipSet(petition_no=NO),
        county.bench.caller(f"unit:{UNIT}"),
    )


def test_names_and_the_petitions_heading_are_fetched(county: County) -> None:
    printing = asked(county, get_directory=DIRECTORY, get_petition=PETITION)

    assert (printing.petitioner, printing.summary) == ("张某", "拖欠工资")
    assert printing.names.unit_zh("petition_office") == "县信访局"


@pytest.mark.parametrize(
    "answers",
    [
        {"get_directory": DirectoryMissing("none"), "get_petition": PETITION},
        {"get_directory": DIRECTORY, "get_petition": PetitionNotFound("none")},
    ],
    ids=["no directory", "no petition"],
)
def test_nothing_is_printed_of_what_nobody_knows(
    county: County, answers: dict[str, Reply | Refusal]
) -> None:
    assert asked(county, **answers) is None
