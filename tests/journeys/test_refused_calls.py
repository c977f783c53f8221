"""A refused call changes no table of record, and is kept with its request id.

The county stands in the middle of its week: one petition only registered, one with its cards, one
decided with its slips out, one closed but for a slip.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from balian.casebook import read_casebook
from balian.deployments import OwnHost
from shared.contracts.base import Refusal, refusal_named
from tests.support.casebooks import REFUSALS_KEPT, county_at, play, query, rows_in

HERE = Path(__file__).resolve().parent
STANDING = HERE / "casebooks" / "standing_county.jsonl"
FIRST_REGISTRATION = 4
"""The line of the casebook in which the first petition is registered."""

NOW = "2026-06-24T09:00:00+08:00"
REGISTERED, CARDED, DECIDED = (f"XF-20260601-000{number}" for number in (1, 2, 3))

PERSON = {"name": "李四"}
VISIT = {"form": "visit", "territory": "county", "summary": "拖欠工资", "text": "请求补发。"}
ROUTE = {
    "petition_no": REGISTERED,
    "category": "claim",
    "outcome": "leader_in_charge",
    "reason": "需要领导协调",
    "field": "labour",
    "severity": "complex",
    "severity_reason": "涉及面宽",
    "lead_unit": "labour_bureau",
}
DECISION = {
    "outcome": "decision",
    "text": "限期兑现。",
    "record": "四方到齐。",
    "due_on": "2026-07-10",
    "standards": [{"kind": "payment_made"}],
}


@dataclass(frozen=True, kw_only=True)
class BadCall:
    """One call that must be refused: who makes it, to what, and how the refusal is named."""

    who: str
    service: str
    method: str
    request: Any
    refusal: str
    rule: str


@dataclass(frozen=True)
class Standing:
    """The county in the middle of its week."""

    county: OwnHost
    directory: Path


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    directory = tmp_path_factory.mktemp("standing") / "store"
    with county_at(directory) as county:
        play(STANDING, county)
        yield Standing(county, directory)


BAD_CALLS = [
    pytest.param(
        BadCall(
            who="clerk:window",
            service="intake",
            method="register_petition",
            request=VISIT | {"concerned_units": ["no_such_bureau"]},
            refusal="UnitUnknown",
            rule="C-07",
        ),
        id="a petition with an unknown unit",
    ),
    pytest.param(
        BadCall(
            who="officer:desk",
            service="triage",
            method="sort_petition",
            request=ROUTE | {"lead_unit": "no_such_bureau"},
            refusal="UnitUnknown",
            rule="C-07",
        ),
        id="a sorting to an unknown unit",
    ),
    pytest.param(
        BadCall(
            who="clerk:window",
            service="intake",
            method="name_representatives",
            request={"petition_no": REGISTERED, "representatives": [PERSON] * 6},
            refusal="TooManyRepresentatives",
            rule="L22-20",
        ),
        id="a list of 6 representatives",
    ),
    pytest.param(
        BadCall(
            who="officer:desk",
            service="triage",
            method="sort_petition",
            request=ROUTE | {"outcome": "assign", "severity": "ordinary", "due_on": "2026-06-23"},
            refusal="DateInPast",
            rule="C-15",
        ),
        id="an assignment due in the past",
    ),
    pytest.param(
        BadCall(
            who="officer:desk",
            service="reception_county",
            method="plan_sessions",
            request={"from_on": "2026-06-01", "until_on": "2026-06-05", "place": "大厅"},
            refusal="DateInPast",
            rule="C-15",
        ),
        id="sessions in the past",
    ),
    pytest.param(
        BadCall(
            who="unit:labour_bureau",
            service="triage",
            method="sort_petition",
            request=ROUTE,
            refusal="NotAllowed",
            rule="P-1",
        ),
        id="a call without the role for it",
    ),
    pytest.param(
        BadCall(
            who="officer:desk",
            service="reception_county",
            method="issue_cards",
            request={"petition_no": REGISTERED},
            refusal="CardsBeforeRouting",
            rule="C-07",
        ),
        id="a card before routing",
    ),
    pytest.param(
        BadCall(
            who="clerk:window",
            service="reception_county",
            method="notify_appointment",
            request={"petition_no": CARDED},
            refusal="OpinionMissing",
            rule="C-12",
        ),
        id="an appointment without the preliminary opinion",
    ),
    pytest.param(
        BadCall(
            who="leader:l_vice_head_labour",
            service="reception_county",
            method="hold_reception",
            request=DECISION | {"petition_no": CARDED},
            refusal="AppointmentMissing",
            rule="C-12",
        ),
        id="a meeting without the preliminary opinion",
    ),
    pytest.param(
        BadCall(
            who="officer:desk",
            service="supervision",
            method="close_case",
            request={
                "petition_no": DECIDED,
                "evaluation_invited": True,
                "verification": "核实。",
            },
            refusal="SlipsOutstanding",
            rule="C-16",
        ),
        id="a closing with a slip out",
    ),
    pytest.param(
        BadCall(
            who="officer:desk",
            service="supervision",
            method="archive_case",
            request={"petition_no": DECIDED},
            refusal="SlipsOutstanding",
            rule="C-16",
        ),
        id="an archive with a slip out",
    ),
    pytest.param(
        BadCall(
            who="clerk:window",
            service="intake",
            method="register_petition",
            request=VISIT | {"form": "telegram", "headcount": "many", "colour": "red"},
            refusal="MalformedRequest",
            rule="L22-19",
        ),
        id="a malformed request",
    ),
    pytest.param(
        BadCall(
            who="officer:desk",
            service="triage",
            method="sort_petition",
            request=ROUTE | {"petition_no": "XF-20260601-9999"},
            refusal="PetitionNotFound",
            rule="P-5",
        ),
        id="a petition nobody registered",
    ),
]


def headers(who: str) -> dict[str, str]:
    return {"actor": who, "roles": who.partition(":")[0], "now": NOW}


@pytest.mark.proves("C-07", "C-12", "C-15", "C-16", "L22-20", "P-1", "P-5", "P-6")
@pytest.mark.parametrize("bad", BAD_CALLS)
def test_a_refused_call_changes_nothing_and_is_kept(bad: BadCall, standing: Standing) -> None:
    request_id = f"refused-{bad.method}-{bad.refusal}"
    before = rows_in(standing.directory, besides=REFUSALS_KEPT)

    with pytest.raises(Refusal) as refused:
        standing.county.call_raw(
            bad.service, bad.method, bad.request | {"request_id": request_id}, headers(bad.who)
        )

    assert type(refused.value) is refusal_named(bad.refusal)
    assert refused.value.message.startswith(f"[{bad.rule}] ")
    assert refused.value.label
    assert rows_in(standing.directory, besides=REFUSALS_KEPT) == before
    assert kept_refusals(standing.directory, bad.service, request_id) == [bad.refusal]


@pytest.mark.proves("P-1")
def test_a_role_that_does_not_exist_is_refused(standing: Standing) -> None:
    before = rows_in(standing.directory, besides=REFUSALS_KEPT)

    with pytest.raises(refusal_named("RoleUnknown")):
        standing.county.call_raw(
            "triage",
            "sort_petition",
            ROUTE | {"request_id": "refused-role-unknown"},
            headers("wizard:merlin"),
        )

    assert rows_in(standing.directory, besides=REFUSALS_KEPT) == before
    kept = kept_refusals(standing.directory, "triage", "refused-role-unknown")
    assert kept == ["RoleUnknown"]


@pytest.mark.proves("P-6")
def test_a_refusal_is_an_answer_and_is_given_again(standing: Standing) -> None:
    request = {"petition_no": REGISTERED, "request_id": "refused-the-same-twice"}
    messages = []
    for _ in range(2):
        with pytest.raises(refusal_named("CardsBeforeRouting")) as refused:
            standing.county.call_raw(
                "reception_county", "issue_cards", request, headers("officer:desk")
            )
        messages.append(str(refused.value))

    assert messages[0] == messages[1]


@pytest.mark.proves("P-6")
def test_a_used_request_id_is_refused_for_another_request(standing: Standing) -> None:
    used = f"{read_casebook(STANDING).request_prefix()}-{FIRST_REGISTRATION}"
    before = rows_in(standing.directory, besides=REFUSALS_KEPT)

    with pytest.raises(refusal_named("RequestIdReused")):
        standing.county.call_raw(
            "intake", "register_petition", VISIT | {"request_id": used}, headers("clerk:window")
        )

    assert rows_in(standing.directory, besides=REFUSALS_KEPT) == before


@pytest.mark.proves("P-1")
def test_a_malformed_request_names_every_bad_field_and_no_value(standing: Standing) -> None:
    request = VISIT | {"form": "telegram", "headcount": "很多人", "colour": "red"}

    with pytest.raises(refusal_named("MalformedRequest")) as refused:
        standing.county.call_raw(
            "intake",
            "register_petition",
            request | {"request_id": "refused-names-every-field"},
            headers("clerk:window"),
        )

    told = str(refused.value)
    assert all(field in told for field in ("form", "headcount", "colour"))
    assert "telegram" not in told
    assert "很多人" not in told


def kept_refusals(directory: Path, store: str, request_id: str) -> list[str]:
    """Find a refusal where it is kept: as a command's answer, or among the calls not let in."""
    answers = "SELECT error FROM commands WHERE request_id = ? AND outcome = 'refused'"
    not_let_in = "SELECT error FROM refused_calls WHERE request_id = ?"
    return [
        str(error)
        for sql in (answers, not_let_in)
        for (error,) in query(directory, store, sql, request_id)
    ]
