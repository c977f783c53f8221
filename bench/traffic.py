"""What an operation moves: messages through the broker, events and transactions of the stores."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.county import connected_to

_COUNTERS: Final = """
lists:foreach(fun({_, Counters}) ->
    lists:foreach(fun({Name, Count}) -> io:format("~p ~p~n", [Name, Count]) end,
        maps:to_list(Counters))
end, maps:to_list(rabbit_global_counters:overview())).
"""
_LINE: Final = re.compile(r"^(\w+) (\d+)$", re.MULTILINE)
_OF_THE_BROKER: Final[Mapping[str, str]] = {
    "messages_received_total": "messages published, calls and answers too",
    "messages_delivered_total": "messages delivered, calls and answers too",
}

_OF_A_STORE: Final = """
SELECT (SELECT count(*) FROM outbox_messages), (SELECT count(*) FROM processed_messages),
       pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """A county's broker and stores, looked at between two laps.

    Args:
        control: runs one command of ``rabbitmqctl``.
        stores: the addresses of the stores, all on one server.
    """

    control: Callable[..., str]
    stores: Sequence[str]

    def so_far(self) -> dict[str, float]:
        """Count messages, events and transactions since the servers were started.

        A transaction gets a number from PostgreSQL with its first change, so those that wrote are
        counted exactly, of whatever store; those that only read are not counted.
        """
        counts = counted(self.control("eval", _COUNTERS))
        for store in self.stores:
            with connected_to(store) as connection:
                events, heard, numbered = connection.execute(_OF_A_STORE).fetchone() or (0, 0, 0)
            counts["events published"] = counts.get("events published", 0) + events
            counts["events heard"] = counts.get("events heard", 0) + heard
            counts["commits that wrote"] = numbered
        return counts


def counted(told: str) -> dict[str, float]:
    """Read the broker's own counters, a line for each: its name and its count."""
    counts: Counter[str] = Counter()
    for name, count in _LINE.findall(told):
        if name in _OF_THE_BROKER:
            counts[_OF_THE_BROKER[name]] += int(count)
    return dict(counts)


def moved_each(
    before: Mapping[str, float], after: Mapping[str, float], operations: int
) -> dict[str, float]:
    """Give what each operation moved, between two looks."""
    return {f"{name}, each": (after[name] - before[name]) / operations for name in after}
