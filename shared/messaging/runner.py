"""Running services until told to stop: what `balian run` does, and the embedded host.

A stop by SIGTERM or Ctrl-C makes the process unready, takes nothing new, finishes what is in hand
and then ends; what takes longer than the grace period is left to the bus, which gives it to the
next instance.  A stop that comes while the services still start ends them at once: nothing is in
hand yet.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import eventlet
from eventlet.support.greenlets import GreenletExit
from nameko.runners import ServiceRunner

from shared import health
from shared.logs import Log
from shared.messaging.green import GreenEvent, wait_at_most

log: Final = Log(__name__)

_MARGIN: Final = 5.0
"""Seconds a service gets to end by itself after its own grace period is over."""

_LAST: Final = 2.0
"""Seconds for each step of an end by force: with the margin, less than a supervisor waits."""

_COLLECTED_AT: Final = (10_000, 20, 50)
"""When the garbage collector looks: new objects, and rounds of each generation before the next.

Reference counts free nearly all that a call makes at its end; at Python's own 700 new objects each
call is looked through several times while it runs, for nothing.
"""

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Services:
    """Some services in this process, started and stopped together."""

    def __init__(self, service_classes: Sequence[type], config: Mapping[str, Any]) -> None:
        self._runner = ServiceRunner(dict(config))
        for service_class in service_classes:
            self._runner.add_service(service_class)

    @property
    def containers(self) -> Mapping[str, Any]:
        """Give the containers by service name."""
        containers: Mapping[str, Any] = self._runner.service_map
        return containers

    def start(self) -> None:
        """Start every service; returns when all of them take calls.

        Raises:
            ServiceMisdeclared: a service does not say the same as its contracts.
            StoreUnavailable: a store cannot be opened.
        """
        try:
            self._runner.start()
        except BaseException:
            self.kill()
            raise

    def stop(self, *, grace: float) -> None:
        """Stop every service, ending by force what is still at work after ``grace`` seconds.

        What is ended so is neither committed nor acknowledged.
        """
        stopping = eventlet.spawn(self._runner.stop)
        wait_at_most(grace, stopping)
        if stopping.dead:
            return
        log.warning("work outlasts the grace period and is given back", seconds=grace)
        # Whoever still waits for a stop in good order would wait for ever: the consumers that
        # would have to be cancelled are gone.
        stopping.kill()
        wait_at_most(_LAST, eventlet.spawn(self._runner.kill))

    def kill(self) -> None:
        """End every service at once: what did not start well cannot stop well."""
        self._runner.kill()

    def wait(self) -> None:
        """Return when every service has stopped.

        Raises:
            Exception: whatever one of them died of.
        """
        self._runner.wait()


def serve(
    service_classes: Sequence[type],
    config: Mapping[str, Any],
    *,
    grace: float = 30.0,
    when_started: Callable[[], None] | None = None,
) -> None:
    """Run services in the foreground until SIGTERM or SIGINT.

    Raises:
        Exception: whatever a service died of; a supervisor starts it again.
    """
    services = Services(service_classes, config)
    with stop_asked() as asked:
        starting = eventlet.spawn(_death_of, services.start)
        if _is_asked_before(asked, starting):
            log.info("stopped before the start was over", count=len(service_classes))
            _call_off(services, starting)
            return
        _raise(starting.wait())
        _spare_what_stays()
        if when_started is not None:
            when_started()
        ended = eventlet.spawn(_death_of, services.wait)
        _is_asked_before(asked, ended)
        log.info("stopping", count=len(service_classes))
        health.begin_stop()
        services.stop(grace=grace + _MARGIN)
        _raise(wait_at_most(_LAST, ended))


def _spare_what_stays() -> None:
    """Have the garbage collector leave alone what a started service holds, and look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AT)


def _death_of(run: Callable[[], None]) -> Exception | None:
    """Give what something died of: raised out of a green thread, eventlet would print its text."""
    try:
        run()
    except Exception as death:  # noqa: BLE001 - it is raised where it is waited for.
        return death
    return None


def _raise(death: Exception | None) -> None:
    if death is not None:
        raise death


def _is_asked_before(asked: GreenEvent, ends: Any) -> bool:
    """Wait until a stop is asked for or a green thread ends; tell whether a stop is asked for."""
    either = GreenEvent()
    waiter = eventlet.spawn(asked.wait)
    for one in (waiter, ends):
        one.link(lambda _thread: either.ready() or either.send(None))
    either.wait()
    waiter.kill()
    return bool(asked.ready())


def _call_off(services: Services, starting: Any) -> None:
    """End services that are still starting, wherever each of them is."""
    health.begin_stop()
    starting.kill()
    with suppress(GreenletExit):
        starting.wait()
    services.kill()


class stop_asked:  # noqa: N801 - used like a function.
    """Give an event that is sent when the process is asked to stop, for as long as the block."""

    def __enter__(self) -> GreenEvent:
        self._asked = GreenEvent()
        self._former = {number: signal.signal(number, self._ask) for number in STOP_SIGNALS}
        return self._asked

    def __exit__(self, *_why: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: object) -> None:
        # A signal handler runs inside the hub, where nothing green may wait: only schedule.
        eventlet.spawn_after(0, self._send)

    def _send(self) -> None:
        if not self._asked.ready():
            self._asked.send(None)
