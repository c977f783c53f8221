"""Benchmark 1, durable registration: how many petitions are on the disk and on the bus a second.

A registration counts when its event has been relayed, and not before.
It is compared with a bare nameko echo, which is the least that any RPC over nameko costs and keeps
nothing, and with the same work written the plain way.
"""

from __future__ import annotations

import dataclasses
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bench.county import a_petition, await_relayed, registrations
from bench.cpu import taken_since
from bench.figures import Lap, ratio_between
from bench.ground import Ground, say
from bench.load import RPC_EXCHANGE, Callers, CallFailed, Target, for_seconds, no_error
from bench.outcome import Outcome
from bench.processes import PEERS_PYTHON, PYTHON
from bench.turns import Contender, in_turns

BALIAN: Final = "Balian, durable registration"
ECHO: Final = "nameko, bare echo"
FASTSTREAM: Final = "FastStream with SQLAlchemy, the same work"

_AT_ONCE: Final = 16
_AT_LEAST_OF_ECHO: Final = 0.5
_AT_LEAST_OF_FASTSTREAM: Final = 1.5


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One service under load, with the process it runs in and the store its outbox is in."""

    ground: Ground
    callers: Callers
    target: Target
    process: str
    store: str | None = None
    queues: tuple[str, ...] = ()

    def run(self, seconds: float) -> Lap:
        """Make calls for so long, until all are answered and what they caused is relayed."""
        before = self.ground.cpu(self.process)
        begun = time.perf_counter()
        lap = self.callers.run(self.target, at_once=_AT_ONCE, more=for_seconds(seconds))
        if self.store is not None:
            await_relayed(self.store)
        taken = time.perf_counter() - begun
        cpu = taken_since(before, self.ground.cpu(self.process))
        cpu["service"] = cpu.pop(self.process)
        for queue in self.queues:
            if self.callers.purge(queue) < lap.operations:
                msg = f"{self.process} published fewer events than it had calls"
                raise CallFailed(msg)
        return dataclasses.replace(lap, seconds=taken, cpu=cpu)


def run(ground: Ground) -> Outcome:
    """Measure durable registration beside an echo and beside the plain way."""
    rounds = ground.scale.choose(quick=2, full=9)
    seconds = ground.scale.choose(quick=2.5, full=15.0)
    with ExitStack() as stack:
        measured = {
            name: start(ground, stack)
            for name, start in ((BALIAN, _balian), (ECHO, _echo), (FASTSTREAM, _faststream))
        }
        laps = in_turns(
            [
                Contender(
                    name=name,
                    run=partial(each.run, seconds),
                    warm_up=partial(each.run, seconds / 4),
                )
                for name, each in measured.items()
            ],
            rounds=rounds,
            say=say,
        )
    return Outcome(
        name="registration",
        title="Durable registration",
        operation=(
            "one petition validated, encrypted and committed, its event in the outbox and relayed"
        ),
        laps=laps,
        ratios=(
            ratio_between(laps, BALIAN, ECHO, target=_AT_LEAST_OF_ECHO),
            ratio_between(laps, BALIAN, FASTSTREAM, target=_AT_LEAST_OF_FASTSTREAM),
        ),
        conditions={"callers at once": _AT_ONCE, "seconds a lap": seconds, "rounds": rounds},
    )


def _balian(ground: Ground, stack: ExitStack) -> Measured:
    county = ground.county
    process = county.intake
    return Measured(
        ground=ground,
        callers=stack.enter_context(Callers(county.uri)),
        target=registrations(),
        process=process,
        store=county.store("intake"),
        queues=county.hearers,
    )


def _echo(ground: Ground, stack: ExitStack) -> Measured:
    uri = ground.new_bus()
    nameko = PYTHON.with_name("nameko")
    ground.processes.start(
        "echo",
        (nameko, "run", "--broker", uri, "bench.peers.nameko_echo"),
        environment={},
        when="Connected to",
    )
    stack.callback(ground.processes.stop, "echo")
    target = Target(
        exchange=RPC_EXCHANGE,
        routing_key="echo.echo",
        body=lambda: {"args": [], "kwargs": {"request": a_petition()}},
        check=no_error,
    )
    return Measured(
        ground=ground,
        callers=stack.enter_context(Callers(uri)),
        target=target,
        process="echo",
    )


def _faststream(ground: Ground, stack: ExitStack) -> Measured:
    uri, store = ground.new_bus(), ground.postgres.database()
    queues = tuple(f"faststream.{queue}" for queue in ground.county.hearers)
    ground.processes.start(
        "faststream",
        (PEERS_PYTHON, "-m", "bench.peers.faststream_registration"),
        environment={"AMQP_URI": uri, "STORE_URL": store, "EVENT_QUEUES": ",".join(queues)},
        when="takes calls.",
    )
    stack.callback(ground.processes.stop, "faststream")
    target = Target(
        exchange="", routing_key="faststream.register_petition", body=a_petition, check=_is_receipt
    )
    return Measured(
        ground=ground,
        callers=stack.enter_context(Callers(uri)),
        target=target,
        process="faststream",
        store=store,
        queues=queues,
    )


def _is_receipt(answer: Any) -> None:
    if "petition_no" not in answer:
        msg = "the call was not answered with a receipt"
        raise CallFailed(msg)
