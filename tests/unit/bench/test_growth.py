"""Time against size: the questions are sound, and copies are written as they are told."""

from typing import Any

import pytest

from bench.conversations import Call
from bench.county import SERVICES
from bench.full_case_calls import Prepared
from bench.growth.copies import PETITION_NO, Copied
from bench.growth.measures import entries_of
from bench.growth.questions import questions
from shared.contracts.base import Query, Request, requests
from shared.policy import POLICY, Role

PREPARED = Prepared(
    petition_no="XF-20260601-0001",
    receipt_code="1234567890123456",
    petitioners=[{"name": "测试1", "phone": "19900000001"}],
    session="county-20260605",
)
QUESTIONS = questions(PREPARED, middle="XF-20250601-0001")


def contract_of(call: Call) -> type[Request[Any]]:
    owner, _, method = call.method.partition(".")
    return {each.wire_name(): each for each in requests()}[f"{owner.partition('_')[0]}.{method}"]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_every_question_is_a_sound_one_of_someone_who_may_ask(question: Call) -> None:
    contract = contract_of(question)

    request = contract.load(question.request())

    assert isinstance(request, Query)
    assert Role(question.headers["nameko.roles"]) in POLICY[contract.wire_name()]
    assert question.method.partition(".")[0] in SERVICES


@pytest.mark.parametrize(
    ("answer", "entries"),
    [
        ({"petition_no": "XF-20260601-0001", "stage": "registered"}, 1),
        ({"deadlines": []}, 0),
        ({"lines": [1, 2, 3], "waiting": [4], "session": "county-20260605"}, 3),
    ],
)
def test_the_entries_of_an_answer_are_those_of_its_longest_list(
    answer: dict[str, Any], entries: int
) -> None:
    assert entries_of(answer) == entries


def test_a_copy_has_what_its_row_has_but_for_what_is_told() -> None:
    copied = Copied(
        table="deadlines", where="petition_no = %(petition_no)s", changed={"subject": PETITION_NO}
    )

    statement = copied.statement(["kind", "subject"]).as_string()

    assert statement.startswith('INSERT INTO "deadlines" ("kind", "subject") SELECT one."kind", ')
    assert statement.partition(PETITION_NO)[2].startswith(' FROM (SELECT * FROM "deadlines" WHERE')
