"""Rest after a call: who is asked, what counts as missing, and what never was even."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from balian.faults import NotAtRest
from balian.resting import Resting
from shared.contracts.every_service import HandledCount, PendingWork, PublishedCount
from shared.messaging.rest import balance_of, is_at_rest
from shared.messaging.topology import Topology

REGISTERED = "petition_registered.v1"
OVERDUE = "case_overdue.v1"
TOPOLOGY = Topology(nodes=("county",))


def work(
    service: str,
    *,
    published: str = "",
    handled: str = "",
    unsent: int = 0,
    early: int = 0,
    parked: int = 0,
    in_flight: int = 0,
) -> PendingWork:
    """Give a service's work from `type:count` texts."""
    return PendingWork(
        service=service,
        unsent=unsent,
        early=early,
        parked=parked,
        in_flight=in_flight,
        published=tuple(
            PublishedCount(type=type_, count=int(count)) for type_, count in _counts(published)
        ),
        handled=tuple(
            HandledCount(type=type_, count=int(count)) for type_, count in _counts(handled)
        ),
    )


def _counts(text: str) -> list[list[str]]:
    return [part.rsplit(":", 1) for part in text.split()]


def still() -> dict[str, PendingWork]:
    return {
        "intake": work("intake", published=f"{REGISTERED}:3"),
        "triage": work("triage", handled=f"{REGISTERED}:3"),
        "supervision": work("supervision", handled=f"{REGISTERED}:3"),
        "accountability": work("accountability"),
    }


class Scripted:
    """Answers with one look after the other, and remembers who was asked."""

    services = ("intake", "triage", "supervision", "accountability")
    topology = TOPOLOGY

    def __init__(self, *looks: Mapping[str, PendingWork]) -> None:
        self.looks = list(looks)
        self.asked: list[set[str]] = []

    def call_raw(self, *_call: Any) -> dict[str, Any]:
        raise AssertionError

    def pending(
        self, _headers: Mapping[str, str], services: Iterable[str]
    ) -> dict[str, PendingWork]:
        self.asked.append(set(services))
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return {name: look[name] for name in services}


def resting(deployment: Scripted, *, within: float = 0.2) -> Resting:
    return Resting(deployment, headers=dict, within=within)


def test_a_call_that_sends_nothing_leads_to_one_question_to_the_service_called() -> None:
    deployment = Scripted(still())
    rest = resting(deployment)
    rest.begin()

    rest.after("accountability")

    assert deployment.asked[1:] == [{"accountability"}]


def test_whoever_was_sent_something_is_asked_until_it_has_it() -> None:
    sent = still() | {"intake": work("intake", published=f"{REGISTERED}:4")}
    taken = sent | {
        "triage": work("triage", handled=f"{REGISTERED}:4"),
        "supervision": work("supervision", handled=f"{REGISTERED}:4"),
    }
    unsent = still() | {"intake": work("intake", published=f"{REGISTERED}:3", unsent=1)}
    deployment = Scripted(still(), unsent, sent, sent, taken)
    rest = resting(deployment)
    rest.begin()

    rest.after("intake")

    assert deployment.asked[1:] == [
        {"intake"},
        {"intake"},
        {"intake", "triage", "supervision"},
        {"intake", "triage", "supervision"},
    ]


def test_what_an_answer_sets_off_in_turn_is_followed() -> None:
    first = still() | {
        "supervision": work("supervision", handled=f"{REGISTERED}:3", published=f"{OVERDUE}:1"),
        "intake": work("intake", published=f"{REGISTERED}:3", handled=f"{OVERDUE}:1"),
    }
    last = first | {"accountability": work("accountability", handled=f"{OVERDUE}:1")}
    deployment = Scripted(still(), first, first, last)
    rest = resting(deployment)
    rest.begin()

    rest.after("supervision")

    assert deployment.asked[-1] == {"supervision", "intake", "accountability"}


@pytest.mark.parametrize("kind", ["unsent", "in_flight", "early"])
def test_nothing_rests_while_a_service_has_something_in_hand(kind: str) -> None:
    busy = still()
    busy["triage"] = replace(busy["triage"], **{kind: 1})  # type: ignore[arg-type]

    assert is_at_rest(still(), TOPOLOGY)
    assert not is_at_rest(busy, TOPOLOGY)


def test_a_message_on_its_way_is_missed_though_another_service_had_one_too_many() -> None:
    odd = still() | {
        "triage": work("triage", handled=f"{REGISTERED}:4"),
        "supervision": work("supervision", handled=f"{REGISTERED}:2"),
    }

    assert not is_at_rest(odd, TOPOLOGY)


def test_what_came_from_a_node_that_is_gone_does_not_hide_what_is_missing() -> None:
    gone = still() | {"triage": work("triage", handled=f"{REGISTERED}:5")}
    apart = balance_of(gone, TOPOLOGY)
    later = gone | {"intake": work("intake", published=f"{REGISTERED}:4")}

    assert is_at_rest(gone, TOPOLOGY, apart=apart)
    assert not is_at_rest(
        later | {"supervision": work("supervision", handled=f"{REGISTERED}:4")},
        TOPOLOGY,
        apart=apart,
    )


def test_what_never_comes_even_is_left_apart_where_all_has_been_still_for_long() -> None:
    joined_late = still() | {"supervision": work("supervision", handled=f"{REGISTERED}:1")}
    more = joined_late | {"intake": work("intake", published=f"{REGISTERED}:4")}
    taken = more | {
        "triage": work("triage", handled=f"{REGISTERED}:4"),
        "supervision": work("supervision", handled=f"{REGISTERED}:2"),
    }
    lost, kept = Scripted(joined_late), Scripted(joined_late)
    rests = [resting(deployment, within=0.4) for deployment in (lost, kept)]

    for rest in rests:
        rest.begin()
    lost.looks, kept.looks = [more], [taken]

    with pytest.raises(NotAtRest, match="did not come to rest"):
        rests[0].after("intake")
    rests[1].after("intake")


def test_a_beginning_in_which_something_moves_is_no_rest() -> None:
    moving = [
        still() | {"intake": replace(work("intake", published=f"{REGISTERED}:{count}"), unsent=1)}
        for count in range(3, 60)
    ]

    with pytest.raises(NotAtRest, match="did not come to rest") as restless:
        resting(Scripted(*moving)).begin()

    assert "intake: 1 unsent" in restless.value.why


def test_only_what_was_parked_since_the_beginning_counts() -> None:
    before = still() | {"triage": work("triage", handled=f"{REGISTERED}:3", parked=2)}
    after = before | {"intake": work("intake", published=f"{REGISTERED}:3", parked=1)}
    deployment = Scripted(before)
    rest = resting(deployment)
    rest.begin()
    deployment.looks = [after]

    rest.after("intake")

    assert rest.parked_since == ["intake"]
    assert rest.look().parked == 3
