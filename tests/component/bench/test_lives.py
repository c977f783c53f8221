"""What drives the load of the benchmarks: what it counts of lives that go well, wait and fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from eventlet.event import Event
from kombu.connection import Connection
from nameko.constants import AMQP_URI_CONFIG_KEY
from nameko.rpc import rpc

from bench.arrivals import stages
from bench.burst import Load
from bench.county import NODE, SERVICES
from bench.life import Life, Lives, Step, Walk
from bench.load import Callers, CallFailed, so_many
from shared.contracts.common import CaseNotFound, UnitUnknown
from shared.messaging.runner import Services
from shared.messaging.topology import Topology
from tests.support.rabbitmq import RabbitMQ

LIMIT = 30.0
STEPS = (
    Step(method="window.register", headers={}, says=dict, names_petition=False),
    Step(method="window.close", headers={}, says=dict),
)


@dataclass
class Window:
    """What a service of two methods was asked in a test, and how it answers there.

    Args:
        refuses: what the closing is refused with, of the number of its petition and of how often
            it was asked for it before; None where it is not refused.
        silent_about: the petition whose closing it does not answer until it `speaks`.
    """

    refuses: Callable[[int, int], Exception | None] = lambda _number, _before: None
    silent_about: int | None = None
    speaks: Event = field(default_factory=Event)
    registered: int = 0
    closed: int = 0
    most_open: int = 0
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def register(self) -> Mapping[str, str]:
        self.registered += 1
        self.most_open = max(self.most_open, self.registered - self.closed)
        return {"petition_no": str(self.registered)}

    def close(self, request: Mapping[str, Any]) -> Mapping[str, str]:
        number = request["petition_no"]
        before = sum(each["petition_no"] == number for each in self.asked)
        self.asked.append(request)
        refusal = self.refuses(int(number), before)
        if refusal is not None:
            raise refusal
        if int(number) == self.silent_about:
            self.speaks.wait()
        self.closed += 1
        return {}


@dataclass
class Bus:
    """A bus with the queues of a county, on which a service answers as `window` says."""

    uri: str
    window: Window = field(default_factory=Window)


@pytest.fixture(scope="module")
def bus(rabbitmq: RabbitMQ) -> Iterator[Bus]:
    made = Bus(uri=rabbitmq.uri(rabbitmq.vhost()))

    class Served:
        name = "window"

        @rpc  # type: ignore[untyped-decorator]
        def register(self, request: Mapping[str, Any]) -> Any:  # noqa: ARG002 - it is sent one.
            return made.window.register()

        @rpc  # type: ignore[untyped-decorator]
        def close(self, request: Mapping[str, Any]) -> Any:
            return made.window.close(request)

    topology = Topology(nodes=(NODE,))
    with Connection(made.uri) as connection, connection.channel() as channel:
        topology.declare(connection)
        for service in SERVICES:
            for queue in topology.queues_of(service):
                queue(channel).declare()
    services = Services([Served], {AMQP_URI_CONFIG_KEY: made.uri})
    services.start()
    yield made
    services.stop(grace=10)


@pytest.fixture
def window(bus: Bus) -> Window:
    bus.window = Window()
    return bus.window


@pytest.fixture
def callers(bus: Bus) -> Iterator[Callers]:
    with Callers(bus.uri) as made:
        yield made


def walk_to_its_end(callers: Callers, *, due: float | None = None, **settings: Any) -> Life:
    """Let one petition live, and give what became of it."""
    ended: list[Life] = []
    walk = Walk(callers=callers, ended=ended.append, steps=STEPS, **settings)
    walk.begin(time.perf_counter() if due is None else due)
    gives_up = time.perf_counter() + LIMIT
    while walk.under_way and time.perf_counter() < gives_up:
        walk.go_on(until=gives_up)
    (life,) = ended
    return life


def not_heard_yet(times: int) -> Callable[[int, int], Exception | None]:
    return lambda _number, before: CaseNotFound("not heard yet") if before < times else None


# --- One life ------------------------------------------------------------------------------------


def test_a_life_makes_its_calls_one_after_the_other(window: Window, callers: Callers) -> None:
    life = walk_to_its_end(callers)

    assert life.failed_with is None
    assert len(life.calls) == len(STEPS)
    assert [each["petition_no"] for each in window.asked] == ["1"]


def test_a_call_that_came_too_early_is_made_again_as_another_one(
    window: Window, callers: Callers
) -> None:
    window.refuses = not_heard_yet(times=2)

    life = walk_to_its_end(callers)

    assert life.failed_with is None
    assert len({each["request_id"] for each in window.asked}) == 3
    assert {each["petition_no"] for each in window.asked} == {"1"}
    # Fifty milliseconds, and then twice as long.
    assert life.calls[1] >= 0.15
    assert life.latency >= sum(life.calls)


def test_a_call_that_is_refused_for_good_ends_its_life(window: Window, callers: Callers) -> None:
    window.refuses = lambda _number, _before: UnitUnknown("nowhere")

    life = walk_to_its_end(callers)

    assert life.failed_with == "window.close: UnitUnknown"
    assert len(window.asked) == 1
    assert life.ended is not None


def test_what_is_never_heard_of_ends_its_life(window: Window, callers: Callers) -> None:
    window.refuses = not_heard_yet(times=10_000)

    life = walk_to_its_end(callers, heard_within=2.0)

    assert life.failed_with == "window.close: CaseNotFound"
    assert len(window.asked) > 1
    assert life.calls[1] >= 2.0


def test_a_life_counts_from_the_moment_it_was_due(window: Window, callers: Callers) -> None:
    life = walk_to_its_end(callers, due=time.perf_counter() - 5)

    assert life.latency >= 5
    assert life.calls[0] >= 5 > life.calls[1]
    assert window.registered == 1


def test_a_life_that_goes_on_has_no_length() -> None:
    with pytest.raises(ValueError, match="goes on"):
        _ = Life(due=0.0).latency


# --- Many at once --------------------------------------------------------------------------------


def test_the_next_petition_comes_when_one_is_closed(window: Window, callers: Callers) -> None:
    window.refuses = not_heard_yet(times=1)

    lap = Lives(callers, steps=STEPS).run(at_once=3, more=so_many(10))

    assert lap.operations == window.registered == len(lap.latencies) == 10
    assert lap.facts["calls made again, each life"] == 1.0
    assert window.most_open == 3


def test_what_is_refused_for_good_is_no_figure(window: Window, callers: Callers) -> None:
    window.refuses = lambda number, _before: UnitUnknown("nobody") if number == 2 else None

    with pytest.raises(CallFailed, match=r"window\.close: UnitUnknown"):
        Lives(callers, steps=STEPS).run(at_once=1, more=so_many(10))


# --- An open load --------------------------------------------------------------------------------


@pytest.fixture
def load(bus: Bus, callers: Callers) -> Load:
    """Two stages of half a second, with two petitions and with five."""
    return Load(
        uri=bus.uri,
        callers=callers,
        plan=stages((4, 10), seconds=0.5),
        steps=STEPS,
        closed_within=LIMIT,
    )


def test_petitions_come_when_their_time_comes(window: Window, load: Load) -> None:
    load.run()

    quiet, busy = (load.lap(stage) for stage in load.plan)
    assert (quiet.operations, busy.operations) == (2, 5)
    assert window.registered == 7
    assert quiet.facts["petitions that failed"] == busy.facts["petitions that failed"] == 0
    assert load.made_again == load.never_closed == 0
    failed, slowest = load.bounds
    assert failed.is_met
    assert slowest.figure is not None


def test_one_that_fails_is_counted_in_the_stage_it_came_in(window: Window, load: Load) -> None:
    window.refuses = lambda number, _before: UnitUnknown("nobody") if number == 4 else None

    load.run()

    quiet, busy = (load.lap(stage) for stage in load.plan)
    assert (quiet.operations, busy.operations) == (2, 4)
    assert busy.facts["petitions that failed"] == 1
    assert [life.failed_with for life in load.lives if life.failed_with] == [
        "window.close: UnitUnknown"
    ]
    failed, slowest = load.bounds
    assert failed.figure == 1
    assert slowest.figure is not None


def test_those_that_wait_for_another_stage_are_under_way_and_count_where_they_came(
    window: Window, load: Load
) -> None:
    # Nobody is heard of before the sixth has come, which is due 0.3 s into the busy stage.
    window.refuses = lambda _number, _before: (
        CaseNotFound("not heard yet") if window.registered < 6 else None
    )

    load.run()

    quiet, busy = load.plan
    assert load.under_way[quiet.number] == 2
    assert load.made_again > 0
    assert (load.arrived_in(quiet)[1].latency or 0.0) >= 0.55
    assert load.lap(busy).operations == 5
    assert load.lap(quiet).facts["last one closed after the end, s"] >= 0.3


def test_one_that_is_never_closed_is_not_left_out(window: Window, load: Load) -> None:
    window.silent_about = 7
    load.closed_within = 5.0

    load.run()
    window.speaks.send()

    busy = load.plan[-1]
    assert load.never_closed == 1
    assert load.arrived_in(busy)[-1].latency is None
    assert load.lap(busy).facts["petitions that failed"] == 1
    assert "last one closed after the end, s" not in load.lap(busy).facts
