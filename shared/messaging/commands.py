"""Calls: an order is done once however often it comes, a question is answered from a snapshot.

The row of a command is looked for before anything the command does, under the caller's own id, and
written with its answer in the same transaction, in which nobody else writes.  So a second
delivery, a retry after a timeout and a caller who lost the answer all meet the row, and get the
first answer; a refusal is an answer too.
Only the effects of a refused command are rolled back, not the fact that it was refused.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, insert
from sqlalchemy.orm import Session

from shared import tracing
from shared.clock import machine_now
from shared.contracts.base import (
    Command,
    MalformedRequest,
    Query,
    Refusal,
    Reply,
    Request,
    holds_sensitive,
    refusal_named,
)
from shared.contracts.mechanism import (
    Fault,
    NotAllowed,
    RequestIdReused,
    ServiceUnavailable,
    UnexpectedFault,
)
from shared.database import CommandOutcome, StoreUnavailable
from shared.database.gathering import gathered_in
from shared.documents import base_of, can_be_stored, canonical_json, content_hash, storable
from shared.logs import Log
from shared.messaging.context import Caller
from shared.messaging.crashpoints import crashpoint
from shared.messaging.lookahead import Lookahead
from shared.messaging.work import Cause
from shared.messaging.workplace import Workplace
from shared.metrics import mechanism as metrics
from shared.metrics.mechanism import Outcome
from shared.policy import roles_allowed

log: Final = Log(__name__)

UseCase = Callable[..., Reply]
Ask = Callable[[Any, Any, Caller], Any]

_MEASURED_AS: Final[Mapping[str, Outcome]] = {
    "replied": Outcome.OK,
    "rejected": Outcome.REJECTED,
    "unavailable": Outcome.TIMEOUT,
    "error": Outcome.ERROR,
}
_REPEATED: Final = "repeated"

_LONGEST_MESSAGE: Final = 2000
_LONGEST_ID: Final = 100


_NO_ANSWER: Final = {"reply": None, "error": None, "message": None}


class _Answered(Exception):
    """The same request has been answered already; its row comes along."""

    def __init__(self, row: Row[Any]) -> None:
        self.row = row
        super().__init__()


@dataclass(frozen=True, kw_only=True)
class _Order:
    """One admitted command."""

    request: Command[Any]
    request_hash: str
    caller: Caller
    seals_reply: bool

    @property
    def cause(self) -> Cause:
        return Cause(
            actor_id=self.caller.actor.id,
            correlation_id=self.caller.correlation_id,
            causation_id=self.request.request_id,
            simulated=self.caller.simulated,
        )


class Commands:
    """The calls of one service."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._table = workplace.store.tables.commands
        self._lookahead = Lookahead(workplace.store, self._table)

    def execute(
        self,
        request_type: type[Command[Any]],
        mapping: Mapping[str, Any],
        caller: Caller,
        use_case: UseCase,
        *,
        ask: Ask | None = None,
        calls: object = None,
    ) -> dict[str, Any]:
        """Do what a command orders, once, and answer it.

        Raises:
            Refusal: a rule, the policy or the contract refuses it; repeated to whoever repeats it.
            Fault: nothing was decided; the same `request_id` may be sent again.
        """
        with self._answering(request_type, caller) as outcome:
            request = self._admit(request_type, mapping, caller)
            order = _Order(
                request=request,
                request_hash=_hash(request_type, mapping, caller),
                caller=caller,
                seals_reply=holds_sensitive(request_type.reply_type),
            )
            try:
                return self._do(order, use_case, ask=ask, calls=calls)
            except _Answered as answered:
                outcome.append(_REPEATED)
                return self._repeat(answered.row)
            except RequestIdReused as reused:
                self._record_refused(request_type, mapping, caller, reused)
                raise

    def _do(
        self, order: _Order, use_case: UseCase, *, ask: Ask | None, calls: object
    ) -> dict[str, Any]:
        """Do what a command orders, unless it has been answered.

        Raises:
            Refusal: it is refused, and that is stored.
            _Answered: it has been answered already, or meanwhile.
            RequestIdReused: its id was used for another request.
        """
        try:
            # Only what asks others first must look before its transaction opens.
            facts = () if ask is None else self._asked(order, ask, calls)
            return self._workplace.in_order(
                lambda: self._attempt(order, use_case, facts),
                now=order.caller.now,
                petition_no=petition_of(order.request),
            )
        except RequestIdReused:
            raise
        except Refusal as refusal:
            self._store_refusal(order, refusal)
            raise

    def answer(
        self,
        request_type: type[Request[Any]],
        mapping: Mapping[str, Any],
        caller: Caller,
        use_case: UseCase,
        *,
        ask: Ask | None = None,
        calls: object = None,
    ) -> dict[str, Any]:
        """Answer a question from one snapshot of the store.

        Raises:
            Refusal: a rule, the policy or the contract refuses it.
            Fault: it could not be answered; ask again.
        """
        cause = Cause(
            actor_id=caller.actor.id,
            correlation_id=caller.correlation_id,
            causation_id=caller.causation_id,
        )

        # Where the asking itself is kept, such as in an access log, it is kept or not answered.
        recorded = issubclass(request_type, Query) and request_type.recorded
        opening = self._workplace.transaction if recorded else self._workplace.looking

        def look(request: Request[Any], facts: tuple[Any, ...]) -> dict[str, Any]:
            with opening(now=caller.now, actor=caller.actor, cause=cause) as work:
                return _reply(request_type, use_case(work, request, *facts)).dump()

        with self._answering(request_type, caller):
            request = self._admit(request_type, mapping, caller)
            facts = () if ask is None else (ask(calls, request, caller),)
            return self._workplace.repeating(lambda: look(request, facts))

    def answer_outside(
        self,
        request_type: type[Request[Any]],
        mapping: Mapping[str, Any],
        caller: Caller,
        reply: Callable[[Any], Reply],
    ) -> dict[str, Any]:
        """Answer a call outside any transaction of a use case, once caller and request are checked.

        Raises:
            Refusal: the policy, the contract or the reply refuses it; who may not is recorded.
            Fault: it could not be answered; ask again.
        """
        with self._answering(request_type, caller):
            return reply(self._admit(request_type, mapping, caller)).dump()

    def _asked(self, order: _Order, ask: Ask, calls: object) -> tuple[Any, ...]:
        """Ask others for the facts of a command that has not been answered yet.

        Raises:
            _Answered: it has.
            RequestIdReused: its id was used for another request.
        """

        def look() -> None:
            with self._workplace.store.reading() as session:
                self._require_new(session, order)

        self._workplace.repeating(look)
        return (ask(calls, order.request, order.caller),)

    def _attempt(self, order: _Order, use_case: UseCase, facts: tuple[Any, ...]) -> dict[str, Any]:
        request = order.request
        petition_no = petition_of(request)
        with (
            self._lookahead.coming((request.request_id,)),
            self._workplace.transaction(
                now=order.caller.now,
                actor=order.caller.actor,
                cause=order.cause,
                petition_no=petition_no,
            ) as work,
        ):
            self._require_new(work.session, order)
            self._workplace.require_order(work, petition_no)
            reply = _reply(type(request), use_case(work, request, *facts)).dump()
            self._enter(
                work.session,
                order,
                outcome=CommandOutcome.REPLIED.value,
                reply=self._written(order, reply),
            )
            crashpoint("command_written_before_commit", request.wire_name())
        crashpoint("command_committed_before_reply", request.wire_name())
        return reply

    def _store_refusal(self, order: _Order, refusal: Refusal) -> None:
        """Store a refusal, the effects being rolled back already.

        Raises:
            _Answered, RequestIdReused: the id was answered meanwhile, and that counts.
        """

        def store() -> None:
            with self._workplace.store.writing() as session:
                self._require_new(session, order)
                self._enter(
                    session,
                    order,
                    outcome=CommandOutcome.REFUSED.value,
                    error=type(refusal).__name__,
                    message=refusal.message,
                )

        self._workplace.repeating(store)

    def _require_new(self, session: Session, order: _Order) -> None:
        """Go on only with a command that has not been answered yet.

        Raises:
            _Answered: it has been answered.
            RequestIdReused: its id was used for another request.
        """
        stored = self._lookahead.find(session, (order.request.request_id,))
        if stored is None:
            return
        if stored.request_hash != order.request_hash:
            msg = (
                f"request_id {order.request.request_id} was used for another request;"
                " make a new one"
            )
            raise RequestIdReused(msg)
        raise _Answered(stored)

    def _enter(self, session: Session, order: _Order, **answered: str) -> None:
        """Write the command's row with its answer."""
        row = {
            "request_id": order.request.request_id,
            "method": type(order.request).wire_name(),
            "actor": order.caller.actor.id,
            "request_hash": order.request_hash,
            "reply_sealed": order.seals_reply,
            "petition_no": petition_of(order.request),
            "correlation_id": order.caller.correlation_id,
            "now": order.caller.now,
            "done_at": machine_now(),
        }
        gathered_in(session).insert(self._table, {**_NO_ANSWER, **row, **answered})

    def _written(self, order: _Order, reply: dict[str, Any]) -> str:
        text = canonical_json(reply)
        if not order.seals_reply:
            return text
        context = _reply_context(order.request.request_id)
        return self._workplace.vault.seal(text, context=context)

    def _repeat(self, stored: Row[Any]) -> dict[str, Any]:
        if stored.outcome == CommandOutcome.REFUSED.value:
            raise _stored_refusal(stored)
        text = stored.reply
        if stored.reply_sealed:
            text = self._workplace.vault.open(text, context=_reply_context(stored.request_id))
        reply: dict[str, Any] = json.loads(text)
        return reply

    # --- Who may call, and with what ---------------------------------------------------------

    def _admit(
        self, request_type: type[Request[Any]], mapping: Mapping[str, Any], caller: Caller
    ) -> Any:
        """Check the caller's role, then the request; a refusal here is recorded, nothing else is.

        Raises:
            NotAllowed, MalformedRequest: as their docstrings say.
        """
        try:
            _require_role(request_type, caller)
            request = request_type.load(mapping)
            if not can_be_stored(mapping):
                msg = f"{request_type.__name__}: holds characters that no document can hold"
                raise MalformedRequest(msg)  # noqa: TRY301 - recorded like every other below.
        except (NotAllowed, MalformedRequest) as refusal:
            self._record_refused(request_type, mapping, caller, refusal)
            raise
        return request

    def refuse(
        self,
        request_type: type[Request[Any]],
        mapping: object,
        caller: Caller,
        refusal: Refusal,
    ) -> None:
        """Record that a call was refused before its caller could even be told."""
        with self._answering(request_type, caller) as outcome:
            self._record_refused(request_type, mapping, caller, refusal)
            outcome.append("rejected")

    def _record_refused(
        self,
        request_type: type[Request[Any]],
        mapping: object,
        caller: Caller,
        refusal: Refusal,
    ) -> None:
        request_id = mapping.get("request_id") if isinstance(mapping, Mapping) else None
        row = {
            "method": request_type.wire_name(),
            "actor": caller.actor.id,
            "roles": ",".join(sorted(caller.actor.roles)),
            "request_id": (
                storable(request_id)[:_LONGEST_ID] if isinstance(request_id, str) else None
            ),
            "correlation_id": caller.correlation_id,
            "error": type(refusal).__name__,
            "message": storable(refusal.message)[:_LONGEST_MESSAGE],
            "refused_at": caller.now,
        }

        def store() -> None:
            with self._workplace.store.writing() as session:
                session.execute(insert(self._workplace.store.tables.refused_calls).values(**row))

        self._workplace.repeating(store)

    # --- How it ended --------------------------------------------------------------------------

    @contextmanager
    def _answering(self, request_type: type[Request[Any]], caller: Caller) -> Iterator[list[str]]:
        """Count and log how a call ended, and let only refusals and faults out."""
        outcome: list[str] = []
        started = time.monotonic()
        method = request_type.method_name
        error: str | None = None
        try:
            yield outcome
            outcome.append("replied")
        except Refusal as refusal:
            outcome.append("rejected")
            error = type(refusal).__name__
            raise
        except (StoreUnavailable, ServiceUnavailable) as unavailable:
            outcome[:] = ["unavailable"]
            error = type(unavailable).__name__
            msg = f"{self._workplace.service} cannot answer now; send the same request again"
            raise ServiceUnavailable(msg) from unavailable
        except Fault as fault:
            outcome[:] = ["error"]
            error = type(fault).__name__
            raise
        except Exception as unexpected:  # noqa: BLE001 - the caller gets a code, the log the rest.
            outcome[:] = ["error"]
            error = type(unexpected).__name__
            incident_id = self._workplace.incident(
                "a call failed unexpectedly", unexpected, method=method
            )
            msg = f"unexpected_fault, incident {incident_id}"
            raise UnexpectedFault(msg) from None
        finally:
            self._tell(method, caller, outcome or ["error"], error, started)

    def _tell(
        self, method: str, caller: Caller, outcome: list[str], error: str | None, started: float
    ) -> None:
        service = self._workplace.service
        seconds = time.monotonic() - started
        metrics.call_ended(
            service,
            method,
            # Whoever is killed while repeating an answer has not given it.
            next((_MEASURED_AS[it] for it in outcome if it != _REPEATED), Outcome.ERROR),
            seconds,
            is_repeat=outcome[0] == _REPEATED,
        )
        tracing.tell(outcome[0], error)
        log.info(
            "call answered",
            service=service,
            method=method,
            outcome=outcome[0],
            error=error,
            correlation_id=caller.correlation_id,
            seconds=round(seconds, 4),
        )


def petition_of(request: Request[Any]) -> str | None:
    """Tell which petition a request is about, itself or one of its documents; None for neither."""
    for name in ("petition_no", "card_no", "slip_no", "circular_no"):
        number: str | None = getattr(request, name, None)
        if number is not None:
            return base_of(number)
    return None


def _require_role(request_type: type[Request[Any]], caller: Caller) -> None:
    if not caller.actor.roles & roles_allowed(request_type.wire_name()):
        roles = ", ".join(sorted(caller.actor.roles))
        msg = f"{request_type.method_name} is not open to the role {roles}"
        raise NotAllowed(msg)


def _reply(request_type: type[Request[Any]], reply: object) -> Reply:
    if not isinstance(reply, request_type.reply_type):
        msg = f"{request_type.method_name} must answer a {request_type.reply_type.__name__}"
        raise TypeError(msg)
    return reply


def _hash(request_type: type[Request[Any]], mapping: Mapping[str, Any], caller: Caller) -> str:
    """Hash what was asked, and by whom: as it was sent, so that a later optional field is none."""
    content = {name: value for name, value in mapping.items() if name != "request_id"}
    return content_hash(
        {"method": request_type.wire_name(), "actor": caller.actor.id, "content": content}
    )


def _reply_context(request_id: str) -> str:
    return f"commands|{request_id}|reply"


def _stored_refusal(stored: Row[Any]) -> Refusal:
    try:
        refusal = refusal_named(stored.error)
    except KeyError:
        return Refusal(stored.message)
    return refusal(stored.message)
