"""Whether the bus is at rest: one piece of arithmetic for every way to run the services.

The services are asked one after the other, or at once, while they work, and yet one look is
enough.  Each answer is a snapshot of one store: a message is counted there as handled only with
everything it changed, and as published only once the bus has it.  Suppose a service did something
after its snapshot.  Whatever did so first, of all of them, was caused by a message that came after
that snapshot and was published before its sender's: counted as published and not as handled, which
shows.  Nothing else causes anything: who asks has had the answers to all calls, time stands still
in between, and while a message waits for its predecessor the bus is not called at rest.

So it is enough, after a call, to ask the service called, and then those whom an answer shows to
have been sent something; the others are as they were when the bus was last at rest.

It is the same with several replicas of a service.  They share one store, so any of them gives the
counts of all.  Only `in_flight` is of the one that answers, and nothing rests on it: a message in
the hands of another replica is not yet counted as handled, and a call in its hands has not been
answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from shared.contracts.every_service import PendingWork
from shared.messaging.topology import Topology

Balance = Mapping[tuple[str, str], int]
"""By consumer and event type: how many more messages were handled than published to it."""

NOTHING_APART: Final[Balance] = {}


def balance_of(work: Mapping[str, PendingWork], topology: Topology) -> Balance:
    """Compare what was published to each of the services with what reached it.

    Args:
        work: what each service answered to `pending`, by service name.
        topology: who listens to what.
    """
    balance = {
        (name, counted.type): counted.count
        for name, service in work.items()
        for counted in service.handled
    }
    for service in work.values():
        for published in service.published:
            for consumer in topology.subscribers(published.type, published.node):
                if consumer in work:
                    key = (consumer, published.type)
                    balance[key] = balance.get(key, 0) - published.count
    return balance


def is_at_rest(
    work: Mapping[str, PendingWork], topology: Topology, *, apart: Balance = NOTHING_APART
) -> bool:
    """Tell whether nothing is left to send, in flight, or on its way to a subscriber.

    Args:
        work: what each service answered to `pending`, by service name.
        topology: who listens to what.
        apart: the balance of what went on before with others, such as a node that has been
            retired: nobody answers for what it published, and it would hide what is missing.
    """
    if any(service.unsent or service.in_flight or service.early for service in work.values()):
        return False
    return all(balance >= apart.get(key, 0) for key, balance in balance_of(work, topology).items())


def sent_to_since(
    before: Mapping[str, PendingWork], now: Mapping[str, PendingWork], topology: Topology
) -> set[str]:
    """Name the services to which something has been published since an earlier look."""
    return {
        consumer
        for name, service in now.items()
        for published in set(service.published) - set(before[name].published)
        for consumer in topology.subscribers(published.type, published.node)
    }


def came_to_rest(
    look: Callable[[], Mapping[str, PendingWork]],
    topology: Topology,
    *,
    wait: Callable[[], bool],
    apart: Balance = NOTHING_APART,
) -> bool:
    """Look until the bus is at rest.

    Args:
        look: asks every service for its `pending`.
        topology: who listens to what.
        wait: waits a little and tells whether to go on.
        apart: as for `is_at_rest`.

    Returns:
        False when ``wait`` gave up.
    """
    while not is_at_rest(look(), topology, apart=apart):
        if not wait():
            return False
    return True
