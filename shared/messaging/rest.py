"""Whether the bus is at rest: one piece of arithmetic for every way to run the services."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared.contracts.every_service import PendingWork
from shared.messaging.topology import Topology


def is_at_rest(work: Mapping[str, PendingWork], topology: Topology) -> bool:
    """Tell whether nothing is left to send, in flight, or on its way to a subscriber.

    Args:
        work: what each service answered to `pending`, by service name.
        topology: who listens to what.

    A message that someone else sent may have been handled beyond what was published; one that
    was published and not yet handled, parked or stored early, by one of its subscribers, may not
    be missing.
    """
    if any(service.unsent or service.in_flight for service in work.values()):
        return False
    handled = {
        (name, counted.type): counted.count
        for name, service in work.items()
        for counted in service.handled
    }
    expected: dict[tuple[str, str], int] = {}
    for service in work.values():
        for published in service.published:
            for consumer in topology.subscribers(published.type, published.node):
                key = (consumer, published.type)
                expected[key] = expected.get(key, 0) + published.count
    return all(handled.get(key, 0) >= count for key, count in expected.items() if key[0] in work)


def came_to_rest(
    look: Callable[[], Mapping[str, PendingWork]],
    topology: Topology,
    *,
    wait: Callable[[], bool],
) -> bool:
    """Look until the bus is at rest twice in a row.

    Args:
        look: asks every service for its `pending`.
        topology: who listens to what.
        wait: waits a little and tells whether to go on.

    Returns:
        False when ``wait`` gave up.
    """
    times = 0
    while True:
        times = times + 1 if is_at_rest(look(), topology) else 0
        if times == 2:  # noqa: PLR2004 - once may fall between a commit and its relay.
            return True
        if times == 0 and not wait():
            return False
