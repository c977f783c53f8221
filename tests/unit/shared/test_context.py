"""Headers: read by name, checked, and made anew; nothing else passes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.clock import EARLIEST, SimulatedClock, SystemClock, machine_now
from shared.contracts.base import Refusal
from shared.contracts.envelope import Envelope, MalformedMessage, Source
from shared.contracts.mechanism import (
    ActorMissing,
    ActorUnreadable,
    NowMissing,
    NowNotAllowed,
    NowUnreadable,
    RoleUnknown,
)
from shared.messaging.context import actor_named, caller_from_headers, headers_of
from shared.policy import Role

NOW = "2026-06-01T09:00:00+08:00"
HEADERS = {"actor": "clerk:wang", "roles": "clerk,officer", "now": NOW}


def test_known_headers_are_read_and_all_others_dropped() -> None:
    headers = {**HEADERS, "correlation_id": "c-1", "causation_id": "m-1", "auth_token": "secret"}

    caller = caller_from_headers(headers, SimulatedClock())
    outgoing = headers_of(caller)

    assert caller.actor.code == "wang"
    assert caller.actor.has(Role.OFFICER)
    assert not caller.actor.has(Role.LEADER)
    assert caller.now == datetime(2026, 6, 1, 1, tzinfo=UTC)
    assert outgoing == {
        "actor": "clerk:wang",
        "roles": "clerk,officer",
        "correlation_id": "c-1",
        "causation_id": "m-1",
        "now": "2026-06-01T01:00:00+00:00",
    }


def test_a_call_without_ids_gets_its_own_and_a_malformed_one_is_not_passed_on() -> None:
    headers = {**HEADERS, "correlation_id": "a b\n", "causation_id": 7}

    caller = caller_from_headers(headers, SimulatedClock())

    assert caller.correlation_id != "a b\n"
    assert caller.causation_id is None


def test_the_system_clock_is_told_nothing_and_tells_nothing() -> None:
    headers = {"actor": "clerk:wang", "roles": "clerk"}

    before = machine_now()
    caller = caller_from_headers(headers, SystemClock())

    assert before <= caller.now <= machine_now()
    assert "now" not in headers_of(caller)


@pytest.mark.proves("P-1")
@pytest.mark.parametrize(
    ("change", "simulated", "refusal"),
    [
        pytest.param({"actor": None}, True, ActorMissing, id="no actor"),
        pytest.param({"actor": ""}, True, ActorMissing, id="an empty actor"),
        pytest.param({"actor": "wang"}, True, ActorUnreadable, id="an actor without a role"),
        pytest.param({"actor": "clerk:wa ng"}, True, ActorUnreadable, id="a blank in the code"),
        pytest.param({"roles": "king"}, True, RoleUnknown, id="an unknown role"),
        pytest.param({"roles": "clerk,"}, True, RoleUnknown, id="an empty role"),
        pytest.param({"roles": ""}, True, RoleUnknown, id="no role"),
        pytest.param({"now": None}, True, NowMissing, id="no instant in simulated time"),
        pytest.param({"now": "2026-06-01T09:00"}, True, NowUnreadable, id="no time zone"),
        pytest.param({"now": "Monday"}, True, NowUnreadable, id="no instant"),
        pytest.param({"now": 7}, True, NowUnreadable, id="a number"),
        pytest.param(
            {"now": "0001-01-01T00:00:00+14:00"}, True, NowUnreadable, id="before all time"
        ),
        pytest.param(
            {"now": "2022-04-30T23:59:59+08:00"}, True, NowUnreadable, id="before all rules"
        ),
        pytest.param({}, False, NowNotAllowed, id="an instant in system time"),
    ],
)
def test_headers_that_do_not_tell_who_or_when_are_refused(
    change: dict[str, object], simulated: bool, refusal: type[Refusal]
) -> None:
    clock = SimulatedClock() if simulated else SystemClock()

    with pytest.raises(refusal):
        caller_from_headers({**HEADERS, **change}, clock)


def test_simulated_time_may_begin_when_the_regulation_came_into_force() -> None:
    told = {**HEADERS, "now": "2022-05-01T00:00:00+08:00"}

    assert caller_from_headers(told, SimulatedClock()).now == EARLIEST


def test_an_actor_holds_the_role_it_is_named_for_unless_told() -> None:
    assert actor_named("unit:water_affairs").roles == {Role.UNIT}
    assert actor_named("clerk:wang", "officer").roles == {Role.OFFICER}
    with pytest.raises(RoleUnknown):
        actor_named("king:wang")


def test_an_envelope_comes_back_as_it_was_sent() -> None:
    envelope = Envelope(
        event_id="e-1",
        type="petition_sorted.v1",
        occurred_at=datetime(2026, 6, 1, 1, tzinfo=UTC),
        source=Source(service="reception_county", node="county"),
        petition_no="XF-20260601-0001",
        case_version=3,
        correlation_id="c-1",
        causation_id=None,
        actor="officer:li",
        data={"a": 1},
    )

    assert Envelope.load({**envelope.dump(), "a_later_field": True}) == envelope


@pytest.mark.parametrize("body", [None, [], "text", 7, {}])
def test_what_is_no_envelope_names_what_it_lacks(body: object) -> None:
    with pytest.raises(MalformedMessage):
        Envelope.load(body)
