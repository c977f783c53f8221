"""The full case that is measured: every call of it is one that its contract accepts."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bench.conversations import Call
from bench.county import SERVICES
from bench.full_case import NOT_HEARD_YET
from bench.full_case_calls import FIELDS, Seat, full_case, seats_of
from shared.contracts.base import Command, Request, requests
from shared.contracts.common import SlipPost
from shared.policy import POLICY, Role

FRIDAY = date(2026, 6, 5)
NUMBER = "XF-20260601-0001"
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "intake.register_petition": {"petition_no": NUMBER, "receipt_code": "1234567890123456"},
    "reception_county.get_card_set": {
        "session": "county-20260605",
        "cards": [
            {"card_no": f"{NUMBER}-CA-01-{sheet}", "state": "kept" if sheet == 4 else "issued"}
            for sheet in range(1, 5)
        ],
    },
    "reception_county.notify_appointment": {"starts_at": "10:30"},
    "supervision.get_slip_set": {
        "slips": [
            {"slip_no": f"{NUMBER}-SL-01-{sheet}", "state": "kept" if sheet == 8 else "served"}
            for sheet in range(1, 9)
        ]
    },
}


def calls_of(seat: Seat) -> list[Call]:
    """Lead a case to its end with the answers above."""
    conversation = full_case(seat)
    calls = [next(conversation)]
    try:
        while True:
            calls.append(conversation.send(ANSWERS.get(calls[-1].method, {})))
    except StopIteration:
        return calls


def contract_of(call: Call) -> type[Request[Any]]:
    owner, _, method = call.method.partition(".")
    return {each.wire_name(): each for each in requests()}[f"{owner.partition('_')[0]}.{method}"]


@pytest.mark.parametrize("leader", FIELDS)
def test_every_call_is_a_sound_one_of_someone_who_may_make_it(leader: str) -> None:
    for call in calls_of(Seat(held_on=FRIDAY, leader=leader)):
        contract = contract_of(call)

        request = contract.load(call.request())

        assert call.is_question is not issubclass(contract, Command)
        assert request.dump().keys() >= call.says.keys()
        assert Role(call.headers["nameko.roles"]) in POLICY[contract.wire_name()]
        assert call.method.partition(".")[0] in SERVICES


def test_a_case_has_three_cards_to_deliver_and_seven_slips_to_serve() -> None:
    methods = [call.method for call in calls_of(Seat(held_on=FRIDAY, leader=next(iter(FIELDS))))]

    assert methods.count("reception_county.deliver_card") == 3
    assert methods.count("supervision.acknowledge_slip") == len(SlipPost) - 1
    assert methods.count("supervision.return_slip") == len(SlipPost) - 1
    assert methods[-1] == "supervision.archive_case"


def test_time_goes_forward_in_a_case_and_its_meeting_is_at_its_hour() -> None:
    calls = calls_of(Seat(held_on=FRIDAY, leader=next(iter(FIELDS))))

    instants = [datetime.fromisoformat(call.headers["nameko.now"]) for call in calls]
    (met,) = (call for call in calls if call.method == "reception_county.record_attendance")

    assert instants == sorted(instants)
    assert instants[0].date() == FRIDAY - timedelta(days=4)
    assert met.headers["nameko.now"] == "2026-06-05T10:30:00+08:00"


def test_what_is_made_again_is_refused_by_some_call_of_a_case() -> None:
    calls = calls_of(Seat(held_on=FRIDAY, leader=next(iter(FIELDS))))
    refusals = {error.__name__ for call in calls for error in contract_of(call).refused_with}

    assert refusals >= NOT_HEARD_YET


def test_a_call_made_again_is_another_one_whatever_it_says() -> None:
    call = Call(method="x.y", actor="clerk:one", says={"request_id": "the-first", "a": 1})

    first, again = call.request(), call.request()

    assert len({first["request_id"], again["request_id"], "the-first"}) == 3
    assert first["a"] == again["a"] == 1


def test_hours_are_those_free_before_the_leaders_of_a_case() -> None:
    leader = next(iter(FIELDS))
    sessions = [
        {"on": "2026-06-05", "seats": [{"leader": leader, "slots": 3, "taken": 1}]},
        {"on": "2026-06-12", "seats": [{"leader": "l_head", "slots": 3, "taken": 0}]},
        {"on": "2026-06-19", "seats": [{"leader": leader, "slots": 1, "taken": 0}]},
    ]

    seats = list(seats_of(sessions))

    assert seats == [
        Seat(held_on=date(2026, 6, 5), leader=leader),
        Seat(held_on=date(2026, 6, 5), leader=leader),
        Seat(held_on=date(2026, 6, 19), leader=leader),
    ]


def test_a_session_close_behind_another_is_left_out() -> None:
    seat = {"leader": next(iter(FIELDS)), "slots": 1, "taken": 0}
    sessions = [{"on": day, "seats": [seat]} for day in ("2026-06-09", "2026-06-05", "2026-06-14")]

    assert [each.held_on.day for each in seats_of(sessions)] == [5, 14]
