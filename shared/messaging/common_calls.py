"""The calls that every service answers in the same way: what it has to do, and how it stands.

None of them opens a transaction of a use case: who looks after a service must be answered also
where its rules refuse everything.
"""

from __future__ import annotations

import functools
import importlib.metadata
from functools import partial
from typing import Any, Final

from shared.clock import ClockKind
from shared.contracts import every_service as everyone
from shared.contracts.base import Reply, Request
from shared.contracts.mechanism import ServiceUnavailable
from shared.database import StoreUnavailable
from shared.logs import Log
from shared.messaging.context import Caller
from shared.messaging.declarations import ServiceMisdeclared
from shared.messaging.engine import Engine
from shared.messaging.petition_trace import PetitionTraces
from shared.messaging.relay import Relay

log: Final = Log(__name__)


class CommonCalls:
    """The answers of one service to the calls of `shared.contracts.every_service`."""

    def __init__(self, *, engine: Engine, relay: Relay) -> None:
        self._engine = engine
        self._relay = relay
        self._traces = PetitionTraces(store=engine.store, source=engine.source)

    def answer(
        self, request_type: type[Request[Any]], mapping: Any, caller: Caller
    ) -> dict[str, Any]:
        """Answer a call of `shared.contracts.every_service`.

        Raises:
            Refusal: the policy, the contract or the clock refuses it.
        """
        return self._engine.answer_outside(
            request_type, mapping, caller, partial(self._reply, caller)
        )

    def _reply(self, caller: Caller, request: Request[Any]) -> Reply:
        match request:
            case everyone.Sweep():
                self._require_simulated()
                reply: Any = everyone.SweptDeadlines(fired=self._engine.sweep(caller.now))
            case everyone.NextDue():
                self._require_simulated()
                reply = everyone.DueInstant(at=self._engine.next_due())
            case everyone.Pending():
                reply = self.pending()
            case everyone.ServiceStatus():
                reply = self._status()
            case everyone.ListPublished(after=after, limit=limit):
                reply = self._published(after, limit)
            case everyone.TracePetition(petition_no=petition_no):
                reply = self._traced(petition_no, caller)
            case everyone.ListParked(settled_too=settled_too, limit=limit):
                rows = self._engine.parked_list(settled_too=settled_too, limit=limit)
                reply = everyone.ParkedMessages(messages=tuple(_parked(row) for row in rows))
            case everyone.ShowParked(parked_no=parked_no):
                row = self._engine.parked_show(parked_no)
                reply = everyone.ParkedDetail(
                    message=_parked(row), detail=row.detail or None, preview=row.preview
                )
            case everyone.ReplayParked(parked_no=parked_no):
                reply = everyone.Replayed(outcome=self._engine.parked_replay(parked_no))
            case _:
                msg = f"no service answers {type(request).__name__}"
                raise ServiceMisdeclared(msg)
        answer: Reply = reply
        return answer

    def pending(self) -> everyone.PendingWork:
        """Tell what this service still has to do."""
        pending = self._engine.pending()
        # Made directly and not loaded: the embedded host asks this some ten thousand times a week
        # of simulated time.
        return everyone.PendingWork(
            service=pending["service"],
            unsent=pending["unsent"],
            early=pending["early"],
            parked=pending["parked"],
            in_flight=pending["in_flight"] + self._relay.in_flight,
            published=tuple(
                everyone.PublishedCount(
                    type=published["type"], node=published["node"], count=published["count"]
                )
                for published in pending["published"]
            ),
            handled=tuple(
                everyone.HandledCount(type=handled["type"], count=handled["count"])
                for handled in pending["handled"]
            ),
            next_due=pending["next_due"],
        )

    def _require_simulated(self) -> None:
        if self._engine.clock.kind is not ClockKind.SIMULATED:
            msg = "this deployment runs on the system clock, where deadlines fire by themselves"
            raise everyone.ClockNotSimulated(msg)

    def _status(self) -> everyone.ServiceHealth:
        standing = self._engine.standing()
        return everyone.ServiceHealth(
            service=self._engine.source.service,
            node=self._engine.source.node or None,
            version=version(),
            clock=self._engine.clock.kind.value,
            outbox_depth=standing["unsent"],
            outbox_oldest_seconds=standing["oldest_unsent_seconds"],
            parked=standing["parked"],
            early=standing["early"],
            early_oldest_seconds=standing["oldest_early_seconds"],
            next_due=self._engine.next_due(),
        )

    def _traced(self, petition_no: str, caller: Caller) -> everyone.PetitionTrace:
        try:
            trace = self._traces.trace(petition_no)
        except StoreUnavailable as unavailable:
            msg = f"{self._engine.source.service} cannot answer now; ask again"
            raise ServiceUnavailable(msg) from unavailable
        # Who looked at whose path is kept; what there was to see is not.
        log.info("petition traced", petition_no=petition_no, actor=caller.actor.id)
        return trace

    def _published(self, after: int, limit: int) -> everyone.PublishedPage:
        rows = self._engine.published_page(after, limit)
        return everyone.PublishedPage(
            events=tuple(
                everyone.PublishedEnvelope(seq=row.seq, envelope=row.envelope) for row in rows
            ),
            next_after=rows[-1].seq if len(rows) == limit else None,
        )


def _parked(row: Any) -> everyone.ParkedMessage:
    return everyone.ParkedMessage(
        parked_no=row.parked_no,
        message_id=row.message_id,
        type=row.type,
        reason=row.reason,
        petition_no=row.petition_no,
        incident_id=row.incident_id,
        times_seen=row.times_seen,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        replays=row.replays,
        settled_at=row.settled_at,
    )


@functools.cache
def version() -> str:
    """Give the version of this software."""
    try:
        return importlib.metadata.version("balian")
    except importlib.metadata.PackageNotFoundError:
        return "unreleased"
