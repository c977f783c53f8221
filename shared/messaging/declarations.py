"""Whether a service does all it is declared to do, and nothing else: checked at every start."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from shared.contracts.base import Event, Request, requests
from shared.policy import UndeclaredMethod, roles_allowed

EVERY_SERVICE: Final = "every_service"
"""The owner of the calls that every service answers."""


class ServiceMisdeclared(TypeError):
    """Raised at start when entrypoints, contracts, policy and flows do not say the same."""


def require_declared(
    service: str,
    *,
    owner: str,
    calls: Collection[type[Request[Any]]],
    listens: Collection[type[Event]],
    heard: Collection[type[Event]],
) -> None:
    """Compare the entrypoints of a service with contracts, policy and flows.

    Args:
        service: its name on the bus.
        owner: whose contracts it keeps.
        calls: what it has entrypoints for.
        listens: the events that it is declared to hear.
        heard: the events that it has handlers for.

    Raises:
        ServiceMisdeclared: names everything that is missing or too much.
    """
    faults = [*_faults_of_calls(owner, set(calls)), *_faults_of_events(set(listens), set(heard))]
    if faults:
        msg = f"{service} cannot start: {'; '.join(sorted(faults))}"
        raise ServiceMisdeclared(msg)


def _faults_of_calls(owner: str, calls: set[type[Request[Any]]]) -> list[str]:
    declared = {*requests(owner), *requests(EVERY_SERVICE)}
    faults = [f"{call.wire_name()} has no entrypoint" for call in declared - calls]
    faults += [f"{call.wire_name()} is not a contract of {owner}" for call in calls - declared]
    for call in calls | declared:
        try:
            roles_allowed(call.wire_name())
        except UndeclaredMethod:
            faults.append(f"{call.wire_name()} has no line in shared.policy")
    return faults


def _faults_of_events(declared: set[type[Event]], heard: set[type[Event]]) -> list[str]:
    return [
        *(f"{event.wire_type} has no handler" for event in declared - heard),
        *(f"{event.wire_type} is handled but not in LISTENS" for event in heard - declared),
    ]
