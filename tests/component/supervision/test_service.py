"""The service answers every call of its contracts and listens to all that is meant for it."""

from __future__ import annotations

import inspect

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from services.supervision.service import SupervisionService
from services.supervision.usecases import DEADLINES
from services.supervision.usecases.clocks import DeadlineKind
from shared.contracts.base import requests
from shared.contracts.flows import LISTENS
from shared.messaging.entrypoints import CallEntrypoint, EventEntrypoint


def entrypoints() -> list[object]:
    methods = inspect.getmembers(SupervisionService, inspect.isfunction)
    return [
        entrypoint
        for _name, method in methods
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ())
    ]


def test_every_call_of_the_contract_is_answered() -> None:
    answered = {one.request_type for one in entrypoints() if isinstance(one, CallEntrypoint)}

    assert set(requests("supervision")) <= answered


def test_every_event_meant_for_it_is_listened_to() -> None:
    heard = {one.event_type for one in entrypoints() if isinstance(one, EventEntrypoint)}

    assert heard == set(LISTENS["supervision"])


def test_every_kind_of_deadline_has_its_handler() -> None:
    assert set(DEADLINES) == {kind.value for kind in DeadlineKind}
