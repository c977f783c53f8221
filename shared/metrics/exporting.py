"""The gauges of every service of this process, brought together for whoever scrapes it.

A service joins with something that tells how it stands, and leaves when it stops; so a process of
one service and a host of five export the same series, each once.
Telling must neither wait nor touch anything green: a thread of the system does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from shared.metrics.declaring import SERVICE
from shared.metrics.standing import Standing, StandingGauge

Tell = Callable[[], Iterable[Standing]]
"""Tells how something stands at this moment; the same gauge and labels at most once."""


class StandingCollector:
    """Collects how every service that has joined stands."""

    def __init__(self) -> None:
        self._tellers: tuple[tuple[str, Tell], ...] = ()

    def join(self, service: str, tell: Tell) -> Callable[[], None]:
        """Tell how a service stands from now on; give what ends it, a second time to no effect."""
        teller = (service, tell)
        self._tellers = (*self._tellers, teller)

        def leave() -> None:
            self._tellers = tuple(one for one in self._tellers if one is not teller)

        return leave

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand: which gauges there are depends on who joins."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Give each gauge with the values of all services.

        Where two replicas of a service share a process, the one that joined last is told.
        """
        values: dict[StandingGauge, dict[tuple[str, ...], float]] = {}
        for service, tell in self._tellers:
            for one in _told(tell):
                key = (service, *(one.labels[label] for label in one.gauge.labels))
                values.setdefault(one.gauge, {})[key] = one.value
        for gauge, series in values.items():
            family = GaugeMetricFamily(
                gauge.name, gauge.documentation, labels=(SERVICE, *gauge.labels)
            )
            for key, value in series.items():
                family.add_metric(key, value)
            yield family


def _told(tell: Tell) -> list[Standing]:
    try:
        return list(tell())
    except Exception:  # noqa: BLE001 - one that fails must not take the others' values away.
        return []


def standing_in(registry: CollectorRegistry) -> StandingCollector:
    """Make a collector and register it."""
    collector = StandingCollector()
    registry.register(collector)
    return collector


STANDING = standing_in(REGISTRY)
"""The collector of this process."""
