"""Make the standard library green, before anything else is imported.

Every way in calls ``make_green`` first: the command line, the runner, the test session.
What eventlet needs to be told stands here and nowhere else: the monkey-patch itself, the one
warning about eventlet's own future, what it must not print, how psycopg waits for its socket, and
which locks the metrics are kept under.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

_EVENTLET_WARNING = r"\nEventlet is deprecated\."


def make_green() -> None:
    """Patch the standard library for eventlet; a second call changes nothing."""
    with warnings.catch_warnings():
        # nameko brings eventlet, and eventlet warns of its own deprecation at import; its class
        # for that comes with the import, so the first words of the text name it.
        warnings.filterwarnings("ignore", message=_EVENTLET_WARNING, category=Warning)
        import eventlet  # noqa: PLC0415 - imported inside the silence it needs.
        import eventlet.patcher  # noqa: PLC0415
    silence_the_hub()
    if not eventlet.patcher.is_monkey_patched("socket"):
        eventlet.monkey_patch()
    let_psycopg_wait_green()
    give_metrics_real_locks()


def silence_the_hub() -> None:
    """Let nothing be printed of what ends a greenthread; whoever waits for it is told.

    The hub would print it with all its words, and an exception's words may quote a petition.  It
    has two ways of doing so, and a switch for one: the other is for a greenthread that something
    read from a socket has just woken.
    """
    import eventlet.debug  # noqa: PLC0415 - imported inside the silence of `make_green`.
    import eventlet.hubs  # noqa: PLC0415

    eventlet.debug.hub_exceptions(state=False)
    hub = eventlet.hubs.get_hub()

    def remove(fileno: int, _what: object) -> None:
        with suppress(Exception):
            hub.remove_descriptor(fileno)

    hub.squelch_exception = remove


def let_psycopg_wait_green() -> None:
    """Let psycopg wait in the hub, where others run meanwhile.

    By default it waits in C, which stops every greenthread of the process for as long as one
    query runs.
    """
    import psycopg.waiting  # noqa: PLC0415 - imported once the world is green, or never.

    from shared.messaging.waiting import wait_in_hub  # noqa: PLC0415

    vars(psycopg.waiting)["wait"] = wait_in_hub


def give_metrics_real_locks() -> None:
    """Keep the metrics under locks of the system, those that are there and those to come.

    They are moved by green threads and read by threads of the system.  A green lock makes one who
    must wait for it look for the hub of his own thread, of which a thread of the system has none
    that runs.  Nothing gives way while such a lock is held, so green threads never meet at one.
    """
    import eventlet.patcher  # noqa: PLC0415 - imported once the world is green, or never.
    import prometheus_client  # noqa: PLC0415
    from prometheus_client import metrics, registry, values  # noqa: PLC0415

    lock = eventlet.patcher.original("_thread").allocate_lock
    for module in (metrics, registry, values):
        vars(module)["Lock"] = lock
    _give_locks(prometheus_client.REGISTRY, lock, set())


def _give_locks(holder: Any, lock: Any, seen: set[int]) -> None:
    """Change the lock of a part of prometheus_client, and those of all its parts."""
    if id(holder) in seen:
        return
    seen.add(id(holder))
    match holder:
        case dict():
            parts: Iterable[Any] = [*holder.keys(), *holder.values()]
        case list() | tuple():
            parts = holder
        case _ if type(holder).__module__.startswith("prometheus_client."):
            if hasattr(holder, "_lock"):
                holder._lock = lock()  # noqa: SLF001 - it has no door of its own.
            parts = list(vars(holder).values()) if hasattr(holder, "__dict__") else ()
        case _:
            return
    for part in parts:
        _give_locks(part, lock, seen)
