"""The path of a petition across services, put together from what each of them tells of it.

What caused what is known by ids: an event names the request, the event or the deadline that it came
from, and so does a deadline.
The path is a forest of steps, each under its cause, in order of time; what came from a service that
does not answer stands at the top, with the id of its cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from shared.contracts.every_service import (
    PetitionTrace,
    TracedCall,
    TracedDeadline,
    TracedEvent,
    TracedMessage,
)

Subscribers = Callable[[str, str | None], Sequence[str]]
"""Who hears an event of a type, for one node or for all."""

_DEADLINE: Final = "deadline:"


class StepKind(StrEnum):
    """What a step of the path is."""

    CALL = "call"
    EVENT = "event"
    MESSAGE = "message"
    DEADLINE = "deadline"


class Wait(StrEnum):
    """What a petition waits for at a service."""

    UNSENT = "unsent"
    """An event is in the outbox: the bus has not taken it."""
    ON_THE_WAY = "on_the_way"
    """The bus has taken an event, and a service that hears it has no record of it."""
    EARLY = "early"
    """A message came before the one it builds on."""
    PARKED = "parked"
    """A message or a deadline could not be handled, and a person has to look at it."""
    DEADLINE = "deadline"
    """A deadline is set and has not fired."""


@dataclass(kw_only=True)
class Step:
    """One step, and the steps it caused; `at` is the deployment's time, `done_at` the machine's."""

    kind: StepKind
    service: str
    id: str
    name: str
    at: datetime
    done_at: datetime | None
    fact: TracedCall | TracedEvent | TracedMessage | TracedDeadline
    caused_by: str | None = None
    """The id of the cause, where what it names is not in the path."""
    effects: list[Step] = field(default_factory=list)

    @property
    def order(self) -> tuple[datetime, datetime, str, str]:
        """Give what steps are ordered by."""
        return (self.at, self.done_at or self.at, self.service, self.id)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing that waits now; `detail` is a code, a type or a number, as its kind has it."""

    service: str
    wait: Wait
    name: str
    id: str
    since: datetime
    detail: str | None = None

    def dump(self) -> dict[str, Any]:
        """Give it as data."""
        return {
            "service": self.service,
            "wait": self.wait.value,
            "name": self.name,
            "id": self.id,
            "since": self.since.isoformat(),
            "detail": self.detail,
        }


@dataclass(frozen=True, kw_only=True)
class PetitionPath:
    """A petition's path: what each service told, what that makes, and who was silent."""

    petition_no: str
    traces: Mapping[str, PetitionTrace]
    missing: tuple[str, ...]
    steps: tuple[Step, ...]
    waiting: tuple[Waiting, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether no service that answered has ever heard of the petition."""
        return not self.steps

    @property
    def cut(self) -> tuple[str, ...]:
        """Name the services that had more to tell than one answer holds."""
        return tuple(name for name, trace in self.traces.items() if trace.is_cut)

    def dump(self) -> dict[str, Any]:
        """Give it as data: what each service told, and what waits."""
        return {
            "petition_no": self.petition_no,
            "services": {name: trace.dump() for name, trace in self.traces.items()},
            "missing": list(self.missing),
            "waiting": [one.dump() for one in self.waiting],
        }


def path_of(
    petition_no: str,
    traces: Mapping[str, PetitionTrace],
    *,
    missing: Sequence[str],
    subscribers: Subscribers,
) -> PetitionPath:
    """Put together what services told of a petition.

    Args:
        petition_no: whose path it is.
        traces: what each service that answered told.
        missing: the services that did not answer.
        subscribers: who hears an event of a type, for one node or for all.
    """
    return PetitionPath(
        petition_no=petition_no,
        traces=traces,
        missing=tuple(missing),
        steps=tuple(_forest(traces)),
        waiting=tuple(_waiting(traces, subscribers)),
    )


def _forest(traces: Mapping[str, PetitionTrace]) -> list[Step]:
    known = dict(_events_and_calls(traces))
    for name, trace in traces.items():
        for message in trace.messages:
            event = known.get((StepKind.EVENT, "", message.message_id))
            known[StepKind.MESSAGE, name, message.message_id] = Step(
                kind=StepKind.MESSAGE,
                service=name,
                id=message.message_id,
                name=message.type,
                at=message.handled_at if event is None else event.at,
                done_at=message.handled_at,
                fact=message,
            )
    roots: list[Step] = []
    for step in sorted(known.values(), key=lambda step: step.order):
        cause = _cause_of(step, known)
        if cause is None:
            roots.append(step)
        else:
            step.caused_by = None
            cause.effects.append(step)
    return roots


Key = tuple[StepKind, str, str]


def _events_and_calls(traces: Mapping[str, PetitionTrace]) -> Iterator[tuple[Key, Step]]:
    for name, trace in traces.items():
        for call in trace.calls:
            yield (
                (StepKind.CALL, name, call.request_id),
                Step(
                    kind=StepKind.CALL,
                    service=name,
                    id=call.request_id,
                    name=call.method,
                    at=call.at,
                    done_at=call.done_at,
                    fact=call,
                ),
            )
        for event in trace.events:
            yield (
                (StepKind.EVENT, "", event.event_id),
                Step(
                    kind=StepKind.EVENT,
                    service=name,
                    id=event.event_id,
                    name=event.type,
                    at=event.occurred_at,
                    done_at=event.recorded_at,
                    fact=event,
                    caused_by=event.causation_id,
                ),
            )
        for deadline in trace.deadlines:
            number = f"{_DEADLINE}{deadline.deadline_no}"
            yield (
                (StepKind.DEADLINE, name, number),
                Step(
                    kind=StepKind.DEADLINE,
                    service=name,
                    id=number,
                    name=deadline.kind,
                    at=deadline.scheduled_at,
                    done_at=None,
                    fact=deadline,
                    caused_by=deadline.causation_id,
                ),
            )


def _cause_of(step: Step, known: Mapping[Key, Step]) -> Step | None:
    """Find what a step came from: at its own service, or the event it is the handling of."""
    if step.kind is StepKind.MESSAGE:
        return known.get((StepKind.EVENT, "", step.id))
    if step.caused_by is None:
        return None
    for kind in (StepKind.CALL, StepKind.MESSAGE, StepKind.DEADLINE):
        cause = known.get((kind, step.service, step.caused_by))
        if cause is not None and cause is not step:
            return cause
    return None


def _waiting(traces: Mapping[str, PetitionTrace], subscribers: Subscribers) -> list[Waiting]:
    found = [
        *_waiting_events(traces, subscribers),
        *_waiting_messages(traces),
        *_waiting_deadlines(traces),
    ]
    return sorted(found, key=lambda one: (one.since, one.service, one.id))


def _waiting_events(
    traces: Mapping[str, PetitionTrace], subscribers: Subscribers
) -> Iterator[Waiting]:
    arrived = {
        (name, message.message_id) for name, trace in traces.items() for message in trace.messages
    }
    for name, trace in traces.items():
        for event in trace.events:
            if event.relayed_at is None:
                yield Waiting(
                    service=name,
                    wait=Wait.UNSENT,
                    name=event.type,
                    id=event.event_id,
                    since=event.recorded_at,
                    detail=event.last_failure,
                )
                continue
            for hearer in subscribers(event.type, event.node):
                # Of a service that is silent, or told its oldest rows only, nobody knows.
                told = traces.get(hearer)
                if told is None or told.is_cut or (hearer, event.event_id) in arrived:
                    continue
                yield Waiting(
                    service=hearer,
                    wait=Wait.ON_THE_WAY,
                    name=event.type,
                    id=event.event_id,
                    since=event.relayed_at,
                    detail=name,
                )


def _waiting_messages(traces: Mapping[str, PetitionTrace]) -> Iterator[Waiting]:
    for name, trace in traces.items():
        for message in trace.messages:
            if message.waits_for is None and message.parked_no is None:
                continue
            is_early = message.waits_for is not None
            yield Waiting(
                service=name,
                wait=Wait.EARLY if is_early else Wait.PARKED,
                name=message.type,
                id=message.message_id,
                since=message.handled_at,
                detail=message.waits_for if is_early else str(message.parked_no),
            )


def _waiting_deadlines(traces: Mapping[str, PetitionTrace]) -> Iterator[Waiting]:
    for name, trace in traces.items():
        for deadline in trace.deadlines:
            is_parked = deadline.parked_no is not None
            if not is_parked and deadline.settled_at is not None:
                continue
            yield Waiting(
                service=name,
                wait=Wait.PARKED if is_parked else Wait.DEADLINE,
                name=deadline.kind,
                id=f"{_DEADLINE}{deadline.deadline_no}",
                since=deadline.scheduled_at,
                detail=str(deadline.parked_no) if is_parked else deadline.fires_at.isoformat(),
            )
