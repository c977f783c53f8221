"""Prometheus itself, asked over its HTTP API: what it reads, what it knows, what is wrong."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

T = TypeVar("T")

_ANSWERS_WITHIN: Final = 10.0
_LOOK: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Target:
    """What Prometheus reads, and whether it can."""

    job: str
    instance: str
    labels: Mapping[str, str]
    is_up: bool
    error: str


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert that fires."""

    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    def concerns(self, labels: Mapping[str, str]) -> bool:
        """Tell whether it has these labels, among others."""
        return labels.items() <= self.labels.items()


class NotSeen(Exception):
    """Raised when Prometheus does not see something in time; the message says what fires."""


class Prometheus:
    """The Prometheus at an address.

    Args:
        url: such as ``http://127.0.0.1:9090``.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def targets(self) -> list[Target]:
        """List what is read."""
        return [
            Target(
                job=found["labels"]["job"],
                instance=found["labels"]["instance"],
                labels=found["labels"],
                is_up=found["health"] == "up",
                error=found["lastError"],
            )
            for found in self._get("targets", state="active")["activeTargets"]
        ]

    def values(self, expression: str) -> list[tuple[Mapping[str, str], float]]:
        """Give the value of each series of an expression at this moment, with its labels."""
        found = self._get("query", query=expression)["result"]
        return [(series["metric"], float(series["value"][1])) for series in found]

    def value(self, expression: str) -> float | None:
        """Give the value of the one series of an expression; None where there is none.

        Raises:
            ValueError: there are several.
        """
        found = self.values(expression)
        if len(found) > 1:
            msg = f"{expression} has {len(found)} series"
            raise ValueError(msg)
        return found[0][1] if found else None

    def names(self) -> frozenset[str]:
        """Give the name of every metric it has ever read."""
        return frozenset(self._get("label/__name__/values"))

    def labels_with(self, label: str, *, metric: str) -> frozenset[str]:
        """Give every value of a label of a metric that it has ever read."""
        found = self._get(f"label/{label}/values", **{"match[]": metric})
        return frozenset(found)

    def alerts_named(self) -> frozenset[str]:
        """Name every alert that there is a rule for."""
        groups = self._get("rules", type="alert")["groups"]
        return frozenset(rule["name"] for group in groups for rule in group["rules"])

    def broken_rules(self) -> dict[str, str]:
        """Give the rules that could not be worked out, each with why."""
        return {
            rule["name"]: rule["lastError"]
            for group in self._get("rules")["groups"]
            for rule in group["rules"]
            if rule.get("lastError")
        }

    def firing(self) -> list[Alert]:
        """List the alerts that fire."""
        return [
            Alert(
                name=found["labels"]["alertname"],
                labels=found["labels"],
                annotations=found["annotations"],
            )
            for found in self._get("alerts")["alerts"]
            if found["state"] == "firing"
        ]

    def await_alert(self, name: str, *, within: float, **labels: str) -> Alert:
        """Wait until an alert fires; give it.

        Raises:
            NotSeen: the time is over; names those that fire.
        """

        def found() -> list[Alert]:
            return [
                alert for alert in self.firing() if alert.name == name and alert.concerns(labels)
            ]

        return self._await(found, what=f"{name} {labels}", within=within)[0]

    def await_silence(self, name: str | None = None, *, within: float, **labels: str) -> None:
        """Wait until an alert fires no more, or none at all.

        Raises:
            NotSeen: the time is over; names those that fire.
        """

        def is_silent() -> bool:
            return not [
                alert
                for alert in self.firing()
                if name in (None, alert.name) and alert.concerns(labels)
            ]

        self._await(is_silent, what=f"silence of {name or 'every alert'} {labels}", within=within)

    def await_that(self, is_so: Callable[[], bool], *, what: str, within: float) -> None:
        """Wait until something is so.

        Raises:
            NotSeen: the time is over.
        """
        self._await(is_so, what=what, within=within)

    def _await(self, look: Callable[[], T], *, what: str, within: float) -> T:
        ends = time.monotonic() + within
        while True:
            if found := look():
                return found
            if time.monotonic() > ends:
                told = sorted(f"{alert.name} {dict(alert.labels)}" for alert in self.firing())
                msg = f"not seen within {within:g} s: {what}; what fires: {told}"
                raise NotSeen(msg)
            time.sleep(_LOOK)

    def _get(self, path: str, **asked: str) -> Any:
        url = f"{self._url}/api/v1/{path}?{urllib.parse.urlencode(asked)}"
        with urllib.request.urlopen(url, timeout=_ANSWERS_WITHIN) as answer:  # noqa: S310 - ours.
            return json.load(answer)["data"]
