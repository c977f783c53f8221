"""What one worker of a service has in its hands."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final

from shared import tracing
from shared.contracts.base import Command, Event, Refusal, Request
from shared.logs import Log
from shared.messaging import watching
from shared.messaging.context import Caller, caller_from_headers, nobody_told
from shared.messaging.entrypoints import Ask, Hold
from shared.messaging.inbox import Handling

if TYPE_CHECKING:
    from shared.messaging.asking import Calls
    from shared.messaging.provider import Messaging

log: Final = Log(__name__)

_HELD: Final = "held"
"""What became of a message that is kept and tried again."""


class WorkingMechanism:
    """What one worker of a service has in its hands: the engine, and who called."""

    def __init__(self, messaging: Messaging, context: Mapping[str, Any]) -> None:
        self._messaging = messaging
        self._context = context

    def execute(
        self,
        request_type: type[Command[Any]],
        request: Any,
        use_case: Callable[..., Any],
        *,
        ask: Ask | None = None,
    ) -> dict[str, Any]:
        """Do a command once; see `Engine.execute`."""
        caller = self._caller(request_type, request)
        with self._watched(request_type, request, caller):
            return self._messaging.engine.execute(
                request_type, request, caller, use_case, ask=ask, calls=self._calls(caller)
            )

    def answer(
        self,
        request_type: type[Request[Any]],
        request: Any,
        use_case: Callable[..., Any],
        *,
        ask: Ask | None = None,
    ) -> dict[str, Any]:
        """Answer a question; see `Engine.answer`."""
        caller = self._caller(request_type, request)
        with self._watched(request_type, request, caller):
            return self._messaging.engine.answer(
                request_type, request, caller, use_case, ask=ask, calls=self._calls(caller)
            )

    def answer_itself(self, request_type: type[Request[Any]], request: Any) -> dict[str, Any]:
        """Answer one of the calls that every service answers, outside any transaction."""
        caller = self._caller(request_type, request)
        with self._watched(request_type, request, caller):
            return self._messaging.answer_itself(request_type, request, caller)

    def handle(
        self, event_type: type[Event], body: Any, use_case: Callable[..., None]
    ) -> Handling | Hold:
        """Handle an event once; see `Engine.handle`."""
        messaging = self._messaging
        with watching.message(messaging.source, event_type, body, self._context):
            started = time.monotonic()
            handling = messaging.handle(event_type, body, use_case)
            outcome = handling.value if isinstance(handling, Handling) else _HELD
            tracing.tell(outcome)
            log.info(
                "message handled", outcome=outcome, seconds=round(time.monotonic() - started, 4)
            )
            return handling

    def _watched(
        self, request_type: type[Request[Any]], request: Any, caller: Caller
    ) -> AbstractContextManager[None]:
        return watching.call(self._messaging.source, request_type, request, caller, self._context)

    def _caller(self, request_type: type[Request[Any]], request: Any) -> Caller:
        engine = self._messaging.engine
        try:
            return caller_from_headers(self._context, engine.clock)
        except Refusal as refusal:
            nobody = nobody_told(self._context, engine.clock)
            engine.refuse(request_type, request, nobody, refusal)
            raise

    def _calls(self, caller: Caller) -> Calls:
        return self._messaging.calls(caller)
