"""How many messages wait in a county's queues, looked at without disturbing the load."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Self

from bench.county import NODE, SERVICES
from bench.load import connected
from shared.messaging.topology import Topology


@dataclass
class Backlog:
    """Looks at the queues of a bus, in a thread and on a connection of its own."""

    uri: str
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))
    _own: Any = field(default_factory=threading.local)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._thread.submit(self._close).result()
        self._thread.shutdown()

    def look(self) -> Future[int]:
        """Count the messages that wait in all queues; the answer comes when it is found."""
        return self._thread.submit(self._count)

    def _count(self) -> int:
        if not hasattr(self._own, "connection"):
            self._own.connection = connected(self.uri)
        with self._own.connection.channel() as channel:
            return sum(
                channel.queue_declare(queue, passive=True).message_count for queue in queues()
            )

    def _close(self) -> None:
        if hasattr(self._own, "connection"):
            self._own.connection.close()


def queues() -> tuple[str, ...]:
    """Name every queue of a county's services: those of their calls and those of their news."""
    topology = Topology(nodes=(NODE,))
    return tuple(queue.name for service in SERVICES for queue in topology.queues_of(service))
