"""The life that is measured: every call of it is one that its contract accepts."""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from bench.county import SERVICES, a_petition
from bench.life import NOT_HEARD_YET, STEPS, Step
from shared.contracts import intake, supervision, triage
from shared.contracts.base import Request
from shared.policy import POLICY, Role

REQUESTS: Mapping[str, type[Request[Any]]] = {
    "intake.register_petition": intake.RegisterPetition,
    "triage.sort_petition": triage.SortPetition,
    "supervision.accept_transfer": supervision.AcceptTransfer,
    "supervision.report_result": supervision.ReportResult,
    "supervision.deliver_opinion": supervision.DeliverOpinion,
    "supervision.close_case": supervision.CloseCase,
    "intake.find_petitions": intake.FindPetitions,
}


@pytest.mark.parametrize("step", [pytest.param(step, id=step.method) for step in STEPS])
def test_every_call_is_a_sound_one_of_someone_who_may_make_it(step: Step) -> None:
    named = {"request_id": str(uuid.uuid4()), "petition_no": "XF-20260601-0001"}
    said = {**(named if step.names_petition else {}), **step.says()}

    request = REQUESTS[step.method].load(said)

    assert request.method_name == step.method.partition(".")[2]
    assert Role(step.headers["nameko.roles"]) in POLICY[step.method]


def test_every_petition_is_of_another_person() -> None:
    first, second = a_petition(), a_petition()

    assert first["request_id"] != second["request_id"]
    assert first["petitioners"] != second["petitioners"]


def test_what_is_made_again_is_refused_by_some_call_of_a_life() -> None:
    refusals = {error.__name__ for request in REQUESTS.values() for error in request.refused_with}

    assert refusals >= NOT_HEARD_YET


def test_the_services_of_a_life_are_started() -> None:
    assert {step.method.partition(".")[0] for step in STEPS} <= set(SERVICES)
