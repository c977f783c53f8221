"""How things stand: gauges that are told at a scrape, from what was looked up before it.

Who scrapes is answered by threads of the system, which wait for nothing.  So whatever stands in a
store is looked up by a green thread and left; `shared.messaging.sampling` does that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.metrics.declaring import LabelUndeclared


@dataclass(frozen=True, kw_only=True)
class StandingGauge:
    """A gauge as it is exported; the label `service` comes by itself."""

    name: str
    documentation: str
    labels: tuple[str, ...] = ()

    @property
    def oldest(self) -> StandingGauge:
        """Give the gauge beside this one, which tells since when the oldest of them stands."""
        return StandingGauge(
            name=f"{self.name}_oldest_timestamp_seconds",
            documentation=f"Instant of the oldest of {self.name}; absent where there is none.",
            labels=self.labels,
        )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One value of a gauge; `labels` names each of its labels but `service`.

    Raises:
        LabelUndeclared: the gauge has other labels.
    """

    gauge: StandingGauge
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.labels.keys() != set(self.gauge.labels):
            msg = f"{self.gauge.name} has the labels {', '.join(self.gauge.labels)}"
            raise LabelUndeclared(msg)


StandingLook = Callable[..., Sequence[Standing]]
"""``(session, *, now) -> standings``: looks up how things stand in a service's own store.

The session only reads, each statement ends after 2 seconds, and `now` is the deployment's instant.
"""

PageLook = Callable[..., Any]
"""``(session, *, now) -> content``: looks up what a page of the listener shows, told as JSON."""


def how_many(
    gauge: StandingGauge, number: int, *, oldest: datetime | None = None, **labels: str
) -> Iterator[Standing]:
    """Tell how many there are, and beside it since when the oldest stands, where there is one."""
    yield Standing(gauge=gauge, labels=labels, value=number)
    if oldest is not None:
        yield Standing(gauge=gauge.oldest, labels=labels, value=oldest.timestamp())
