"""Calls: an order is done once however often it comes, a question is answered from a snapshot.

The row of a command is written before anything the command does, under the caller's own id, in
the same transaction.  So a second delivery, a retry after a timeout and a caller who lost the
answer all meet the row, and get the first answer; a refusal is an answer too.
Only the effects of a refused command are rolled back, not the fact that it was refused.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared import metrics
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
from shared.documents import base_of, can_be_stored, canonical_json, content_hash, storable
from shared.logs import Log
from shared.messaging.context import Caller
from shared.messaging.crashpoints import crashpoint
from shared.messaging.work import Cause, Work
from shared.messaging.workplace import Workplace
from shared.policy import roles_allowed

log: Final = Log(__name__)

UseCase = Callable[..., Reply]
Ask = Callable[[Any, Any, Caller], Any]

_LONGEST_MESSAGE: Final = 2000
_LONGEST_ID: Final = 100


class _AnsweredMeanwhile(Exception):
    """The same request was answered between the look for its answer and its own transaction."""


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
                stored = self._find(order)
            except RequestIdReused as reused:
                self._record_refused(request_type, mapping, caller, reused)
                raise
            if stored is not None:
                outcome.append("repeated")
                return self._repeat(stored)
            try:
                facts = () if ask is None else (ask(calls, request, caller),)
                return self._workplace.repeating(lambda: self._attempt(order, use_case, facts))
            except _AnsweredMeanwhile:
                outcome.append("repeated")
                return self._repeat_now(order)
            except Refusal as refusal:
                return self._refuse(order, refusal)

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

    def admit(
        self, request_type: type[Request[Any]], mapping: Mapping[str, Any], caller: Caller
    ) -> Any:
        """Check who calls and what is asked, of a call that is answered outside any transaction.

        Raises:
            NotAllowed, MalformedRequest: the refusal is recorded.
            ServiceUnavailable: it could not be.
        """
        with self._answering(request_type, caller):
            return self._admit(request_type, mapping, caller)

    def _attempt(self, order: _Order, use_case: UseCase, facts: tuple[Any, ...]) -> dict[str, Any]:
        request = order.request
        petition_no = petition_of(request)
        self._workplace.prepare(now=order.caller.now, petition_no=petition_no)
        with self._workplace.transaction(
            now=order.caller.now,
            actor=order.caller.actor,
            cause=order.cause,
            petition_no=petition_no,
        ) as work:
            if not self._enter(work.session, order, CommandOutcome.REPLIED):
                raise _AnsweredMeanwhile
            reply = _reply(type(request), use_case(work, request, *facts)).dump()
            self._store_reply(work, order, reply)
            work.session.flush()
            crashpoint("command_written_before_commit", request.wire_name())
        crashpoint("command_committed_before_reply", request.wire_name())
        return reply

    def _refuse(self, order: _Order, refusal: Refusal) -> dict[str, Any]:
        """Store a refusal, the effects being rolled back already, and raise it.

        Where the same request was answered meanwhile, that answer counts.
        """

        def store() -> bool:
            with self._workplace.store.writing() as session:
                return self._enter(session, order, CommandOutcome.REFUSED, refusal)

        if not self._workplace.repeating(store):
            return self._repeat_now(order)
        raise refusal

    def _enter(
        self,
        session: Session,
        order: _Order,
        outcome: CommandOutcome,
        refusal: Refusal | None = None,
    ) -> bool:
        """Write the command's row; tell whether it is the first of its id."""
        dialect = sqlite if self._workplace.store.is_sqlite else postgresql
        entered = session.execute(
            dialect.insert(self._table)
            .values(
                request_id=order.request.request_id,
                method=type(order.request).wire_name(),
                actor=order.caller.actor.id,
                request_hash=order.request_hash,
                outcome=outcome.value,
                reply_sealed=order.seals_reply,
                error=type(refusal).__name__ if refusal else None,
                message=refusal.message if refusal else None,
                now=order.caller.now,
                done_at=machine_now(),
            )
            .on_conflict_do_nothing(index_elements=["request_id"])
            .returning(self._table.c.request_id)
        ).first()
        return entered is not None

    def _store_reply(self, work: Work, order: _Order, reply: dict[str, Any]) -> None:
        request_id = order.request.request_id
        text = canonical_json(reply)
        if order.seals_reply:
            text = work.vault.seal(text, context=_reply_context(request_id))
        work.session.execute(
            update(self._table).where(self._table.c.request_id == request_id).values(reply=text)
        )

    def _find(self, order: _Order) -> Row[Any] | None:
        """Find the stored answer to this very request.

        Raises:
            RequestIdReused: the id was used for another request.
        """

        def look() -> Row[Any] | None:
            with self._workplace.store.reading() as session:
                query = select(self._table).where(
                    self._table.c.request_id == order.request.request_id
                )
                return session.execute(query).first()

        stored = self._workplace.repeating(look)
        if stored is not None and stored.request_hash != order.request_hash:
            msg = (
                f"request_id {order.request.request_id} was used for another request;"
                " make a new one"
            )
            raise RequestIdReused(msg)
        return stored

    def _repeat_now(self, order: _Order) -> dict[str, Any]:
        stored = self._find(order)
        if stored is None:
            msg = "an answer seen a moment ago is not there"
            raise StoreUnavailable(msg)
        return self._repeat(stored)

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
            self._tell(method, caller, (outcome or ["error"])[0], error, started)

    def _tell(
        self, method: str, caller: Caller, outcome: str, error: str | None, started: float
    ) -> None:
        service = self._workplace.service
        seconds = time.monotonic() - started
        metrics.CALLS.labels(service=service, method=method, outcome=outcome).inc()
        metrics.CALL_SECONDS.labels(service=service, method=method).observe(seconds)
        log.info(
            "call answered",
            service=service,
            method=method,
            outcome=outcome,
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
