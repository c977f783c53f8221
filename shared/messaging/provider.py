"""`Messaging`: the one dependency of every service, which holds its mechanism together.

A service class says ``messaging = Messaging(owner=..., base=..., deadlines=...)`` and gets its
store, its engine, the relay, the sweeper and the methods that every service answers.  It reads
nameko's configuration mapping, so ``nameko run --config`` works as well as our own runner; the
keys are those of `shared.settings`.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Final

from nameko.extensions import DependencyProvider, register_entrypoint
from sqlalchemy.orm import DeclarativeBase

from shared.calendar import WorkingCalendar
from shared.clock import clock_of
from shared.contracts.base import Event, Query, Request, events, requests
from shared.contracts.every_service import PendingWork
from shared.contracts.flows import CALLS, LISTENS
from shared.database import Store, StoreUnavailable
from shared.health import Part
from shared.logs import Log, about
from shared.messaging import crashpoints
from shared.messaging.answers import register_errors
from shared.messaging.asking import Calls
from shared.messaging.broker import broker_at, is_embedded
from shared.messaging.clockwork import Clockwork
from shared.messaging.common_calls import CommonCalls
from shared.messaging.context import Caller, Source
from shared.messaging.dead_letter_receiver import DeadLetterReceiver
from shared.messaging.dead_letters import DELIVERED_TOO_OFTEN, DeadLetter, dead_letters_of
from shared.messaging.declarations import EVERY_SERVICE, ServiceMisdeclared, require_declared
from shared.messaging.engine import Engine
from shared.messaging.entrypoints import (
    MESSAGING,
    CallEntrypoint,
    EventEntrypoint,
    Hold,
)
from shared.messaging.green import Delays
from shared.messaging.health import ServiceHealth
from shared.messaging.holding import InHand, MechanismHolder
from shared.messaging.inbox import Handling, HandlingFailed
from shared.messaging.observing import Observed, Workers
from shared.messaging.patching import (
    give_metrics_real_locks,
    let_psycopg_wait_green,
    silence_the_hub,
)
from shared.messaging.publishing import BusAddress, BusPublisher
from shared.messaging.relay import Carrier, EmbeddedCarrier, RabbitCarrier, Relay
from shared.messaging.replies import KeptReplyListener
from shared.messaging.rights import RightsMap
from shared.messaging.starting import await_reachable, require_schema
from shared.messaging.sweeping import DeadlineHandler
from shared.messaging.topology import QueueMissing, Topology
from shared.messaging.work import Work
from shared.messaging.workers import WorkingMechanism
from shared.metrics import PageLook, StandingLook, begin_counting
from shared.metrics import mechanism as metrics
from shared.metrics.mechanism import series_of
from shared.settings import BusRights, Settings
from shared.vault import Vault

# `nameko run` patches the standard library itself, but knows nothing of the rest.
silence_the_hub()
let_psycopg_wait_green()
give_metrics_real_locks()

log: Final = Log(__name__)

_START_LIMIT: Final = 60.0
_PAUSE: Final = 1.0
"""In seconds."""


class Messaging(DependencyProvider):
    """The mechanism of one service or node.

    Args:
        owner: whose contracts the service keeps, such as `reception`.
        base: the declarative base of its models.
        deadlines: what to do when a deadline of a kind fires.
        on_start: what to do once when an instance has started, in a transaction of its own.
        standing: looks up how the service's business stands in its store, for who scrapes it.
        pages: look up what the listener shows beside its own pages, by path.
        listens: who hears which events; the deployment's one map unless a test has its own.
        may_call: which questions each service may ask others.
        has_migrations: whether migrations make its tables, as they do outside of tests.
    """

    listener = KeptReplyListener()
    dead_letters = DeadLetterReceiver()
    holder = MechanismHolder()

    def __init__(
        self,
        *,
        owner: str,
        base: type[DeclarativeBase],
        deadlines: Mapping[str, DeadlineHandler] | None = None,
        on_start: Callable[[Work], None] | None = None,
        standing: StandingLook | None = None,
        pages: Mapping[str, PageLook] | None = None,
        listens: Mapping[str, tuple[type[Event], ...]] = LISTENS,
        may_call: Mapping[str, tuple[type[Query[Any]], ...]] = CALLS,
        has_migrations: bool = True,
    ) -> None:
        self.owner = owner
        self.base = base
        self.deadlines = dict(deadlines or {})
        self.on_start = on_start
        self.standing = standing
        self.pages = dict(pages or {})
        self.listens = listens
        self.may_call = may_call
        self.has_migrations = has_migrations
        self.health: ServiceHealth | None = None
        self.observed: Observed | None = None
        self._is_stopping = False

    def __set_name__(self, service_class: type, name: str) -> None:
        if name != MESSAGING:
            msg = f"{service_class.__name__} must hold its Messaging as `{MESSAGING}`"
            raise ServiceMisdeclared(msg)
        for request_type in requests(EVERY_SERVICE):
            setattr(service_class, request_type.method_name, _method_of(request_type))

    # --- From start to stop --------------------------------------------------------------------

    def bind(self, container: Any, attr_name: str) -> Messaging:
        """Read the settings and leave word for the other extensions of this container."""
        bound: Messaging = super().bind(container, attr_name)
        settings = bound.settings = Settings.from_mapping(container.config)
        service = container.service_name
        is_itself = settings.bus_rights is BusRights.OWN
        bound.topology = Topology(
            listens=self.listens,
            may_call=self.may_call,
            nodes=settings.nodes,
            is_provisioned=is_itself,
        )
        bound.address = BusAddress(
            uri=settings.bus_uri(service),
            timeout=settings.bus_timeout,
            ssl=container.config.get("AMQP_SSL"),
            login_method=container.config.get("LOGIN_METHOD"),
            user_id=service if is_itself else None,
        )
        rights = RightsMap(listens=self.listens, calls=self.may_call)
        bound.answerable = rights.answerable(service) if is_itself else None
        bound.grace = settings.stop_grace
        bound.largest_message = settings.largest_message
        bound.source = Source(service=service, node=bound.topology.node_of(service) or "")
        bound.holder.leave(bound)
        return bound

    def setup(self) -> None:
        """Check the service against its declarations, then open everything it stands on.

        Raises:
            ServiceMisdeclared: names everything that is missing or too much.
            PortUnusable: the health listener cannot have its port.
            BusUnreachable, StoreUnavailable: there is no bus, or no store, in time.
            StoreBehind: the store has to be migrated first.
            SettingsInvalid, KeysUnusable: a password or a key cannot be read.
        """
        self._require_declared()
        self._begin_counting()
        self._open_health()
        register_errors()
        _arm_once(self.settings.crashpoint, self.settings.crashpoint_directory)
        _quieten_nameko()
        settings = self.settings
        self.engine = Engine(
            owner=self.owner,
            source=self.source,
            store=Store(base=self.base, url=settings.store_url(self.source.service)),
            vault=(
                Vault.open_or_create(settings.keys_directory(self.source.service))
                if settings.creates_keys
                else Vault.open_existing(settings.keys_directory(self.source.service))
            ),
            calendar=WorkingCalendar.load(extra_directory=settings.calendar_directory),
            clock=clock_of(settings.clock),
            deadline_handlers=self.deadlines,
            subscribers=self.topology.subscribers,
        )
        self.publisher = BusPublisher(self.address)
        if not is_embedded(self.address.uri):
            # An embedded host has neither to wait for: it has just brought the stores up to date.
            self._await_what_it_needs()
        self._declare_topology()
        self._register_handlers()
        self.relay = Relay(service=self.source.service, outbox=self.engine, carrier=self._carrier())
        self.clockwork = Clockwork(self.engine)
        self.engine.when_recorded.append(self.relay.wake)
        self.engine.when_due.append(self.clockwork.wake)
        self._common_calls = CommonCalls(engine=self.engine, relay=self.relay)

    def start(self) -> None:
        """Start the relay and the sweeper, and apply what waited over the restart."""
        if self.on_start is not None:
            self.engine.run(self.on_start)
        if self.health is not None:
            # Who has no listener is not watched, and need not look.
            self.observed = self._observed()
            self.observed.start()
            self.health.start(self.observed.pages)
        self.container.spawn_managed_thread(self._as_itself(self.relay.run), identifier="relay")
        self.container.spawn_managed_thread(
            self._as_itself(self.clockwork.run), identifier="clockwork"
        )

    def _as_itself(self, run: Callable[[], None]) -> Callable[[], None]:
        """Let every line of the log that is written meanwhile name this service and its node."""

        def named() -> None:
            with about(service=self.source.service, node=self.source.node or None):
                run()

        return named

    def begin_stop(self) -> None:
        """Be unready from the moment on at which nothing new is taken."""
        if self.health is not None:
            self.health.begin_stop()

    def stop(self) -> None:
        """Stop relaying and sweeping, then let go of the bus and tell no more of health."""
        self._is_stopping = True
        self.clockwork.stop()
        self.relay.stop()
        self.publisher.close()
        self._tell_no_more()

    def kill(self) -> None:
        """Stop at once; what is not committed never was."""
        self._is_stopping = True
        self._tell_no_more()

    def _tell_no_more(self) -> None:
        if self.observed is not None:
            self.observed.close()
        if self.health is not None:
            self.health.close()

    def get_dependency(self, worker_ctx: Any) -> WorkingMechanism:
        """Give a worker the mechanism together with the headers of its message."""
        return WorkingMechanism(self, worker_ctx.data)

    # --- What the entrypoints need -------------------------------------------------------------

    def handle(
        self, event_type: type[Event], body: Any, use_case: Callable[..., None]
    ) -> Handling | Hold:
        """Handle an event once, or say how long to hold it."""
        try:
            return self.engine.handle(event_type, body, use_case, consumer=self.source.service)
        except StoreUnavailable:
            return Hold()
        except HandlingFailed as failed:
            return Hold(float(failed.retry_after))

    def park_unreadable(
        self, *, queue: str, reason: str, body: bytes, message_id: str | None
    ) -> None:
        """Park a message that nobody can read.

        Raises:
            StoreUnavailable: hold it and try again.
        """
        self.engine.park_unreadable(queue=queue, reason=reason, body=body, message_id=message_id)
        self._count_parked(metrics.UNREADABLE)

    def park_dead_letter(self, letter: DeadLetter) -> None:
        """Park a message that was delivered too often.

        Raises:
            StoreUnavailable: hold it and try again.
        """
        self.engine.park_unreadable(
            queue=dead_letters_of(self.source.service),
            reason=DELIVERED_TOO_OFTEN,
            body=letter.kept(),
            message_id=letter.message_id,
            type_=letter.type,
        )
        self._count_parked(metrics.DEAD_LETTER)

    def count_redelivery(self, message: str) -> None:
        """Count what the broker delivers again: an event of a type, or a call."""
        series_of(metrics.REDELIVERED, self.source.service, message).inc()

    def count_unread_call(self) -> None:
        """Count a call that cannot be read, or is none of any method here."""
        metrics.call_unread(self.source.service)

    def count_lost_reply(self) -> None:
        """Count an answer that the bus did not take."""
        series_of(metrics.REPLIES_LOST, self.source.service).inc()

    def _count_parked(self, message: str) -> None:
        labels = (self.source.service, message, metrics.Outcome.ERROR.value)
        series_of(metrics.MESSAGES, *labels).inc()

    def wait_for_store(self, in_hand: InHand) -> None:
        """Probe the store with growing pauses until it answers, or until a stop."""
        delays = Delays(first=0.1, most=5.0)
        while not in_hand.is_stopping:
            try:
                self.engine.store.probe()
            except StoreUnavailable:
                in_hand.sleep(delays.next())
            else:
                return

    def calls(self, caller: Caller) -> Calls:
        """Give what a call may ask other services."""
        return Calls(
            owner=self.owner,
            caller=caller,
            listener=self.listener,
            publisher=self.publisher,
            timeout=self.settings.call_timeout,
            allowed=self.may_call,
        )

    def answer_itself(
        self, request_type: type[Request[Any]], mapping: Any, caller: Caller
    ) -> dict[str, Any]:
        """Answer a call of `shared.contracts.every_service`.

        Raises:
            Refusal: the policy, the contract or the clock refuses it.
        """
        return self._common_calls.answer(request_type, mapping, caller)

    @property
    def is_still(self) -> bool:
        """Tell whether this service works on nothing at this moment; what waits is not asked."""
        return not self.engine.in_flight and self.relay.is_quiet

    def pending(self) -> PendingWork:
        """Tell what this service still has to do."""
        return self._common_calls.pending()

    # --- Parts of the start --------------------------------------------------------------------

    def _require_declared(self) -> None:
        entrypoints = self.container.entrypoints
        require_declared(
            self.source.service,
            owner=self.owner,
            calls={one.request_type for one in entrypoints if isinstance(one, CallEntrypoint)},
            listens=self.topology.events_for(self.source.service),
            heard={one.event_type for one in entrypoints if isinstance(one, EventEntrypoint)},
        )

    def _await_what_it_needs(self) -> None:
        service, settings = self.source.service, self.settings
        await_reachable(
            service,
            {"bus": self.publisher.probe, "store": self.engine.store.probe},
            is_stopping=lambda: self._is_stopping,
            limit=settings.start_limit,
        )
        if self.has_migrations:
            require_schema(service, owner=self.owner, url=settings.store_url(service))

    def _open_health(self) -> None:
        settings = self.settings
        if not settings.health_port:
            return
        self.health = ServiceHealth(
            service=self.source.service,
            host=settings.health_host,
            port=settings.health_port,
            looks={
                Part.BUS: self._look_at_bus,
                Part.STORE: self._look_at_store,
                Part.RELAY: lambda: self.relay.good_at,
            },
        )

    def _begin_counting(self) -> None:
        begin_counting(self.source.service, owner=self.owner)
        calls = (*requests(self.owner), *requests(EVERY_SERVICE))
        heard = self.topology.events_for(self.source.service)
        metrics.begin(
            metrics.Series(
                service=self.source.service,
                methods=tuple(call.method_name for call in calls),
                messages=tuple(event.wire_type for event in heard),
                events=tuple(event.wire_type for event in events(self.owner)),
                deadlines=tuple(self.deadlines),
            )
        )

    def _observed(self) -> Observed:
        container = self.container
        return Observed(
            engine=self.engine,
            workers=Workers(
                busy=container._worker_pool.running,  # noqa: SLF001 - it has no door of its own.
                most=container.max_workers,
            ),
            standing=self.standing,
            pages=self.pages,
        )

    def _look_at_bus(self) -> float | None:
        if not self.listener.queue_consumer.is_consuming:
            return None
        if not is_embedded(self.address.uri):
            self.publisher.probe()
        return monotonic()

    def _look_at_store(self) -> float:
        self.engine.store.probe()
        return monotonic()

    def _declare_topology(self) -> None:
        connection = self.address.connection()
        try:
            connection.ensure_connection(
                max_retries=None, interval_start=0.5, interval_step=0.5, timeout=_START_LIMIT
            )
            if self.topology.is_provisioned:
                self._await_queues(connection)
            else:
                self.topology.declare(connection, limit=_START_LIMIT)
        finally:
            connection.release()

    def _await_queues(self, connection: Any) -> None:
        ends = time.monotonic() + _START_LIMIT
        while True:
            try:
                self.topology.require(connection, self.source.service)
            except QueueMissing as missing:
                if time.monotonic() > ends:
                    raise
                log.warning(
                    "waiting to be provisioned", service=self.source.service, queue=missing.queue
                )
                time.sleep(_PAUSE)
            else:
                return

    def _register_handlers(self) -> None:
        service = self.container.service_cls()
        for entrypoint in self.container.entrypoints:
            if isinstance(entrypoint, EventEntrypoint):
                method = getattr(self.container.service_cls, entrypoint.method_name)
                self.engine.register_handler(
                    entrypoint.event_type,
                    functools.partial(method.use_case, service),
                    consumer=self.source.service,
                )

    def _carrier(self) -> Carrier:
        if is_embedded(self.address.uri):
            return EmbeddedCarrier(
                address=self.address,
                broker=broker_at(self.address.uri),
                topology=self.topology,
                owner=self.owner,
            )
        return RabbitCarrier(address=self.address, topology=self.topology, owner=self.owner)


def _method_of(request_type: type[Request[Any]]) -> Callable[..., Any]:
    """Make the method by which every service answers one of the calls common to all."""

    def entrypoint(service: Any, request: object) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(service, MESSAGING).answer_itself(request_type, request)
        return answer

    entrypoint.__name__ = request_type.method_name
    entrypoint.__doc__ = request_type.__doc__
    register_entrypoint(entrypoint, CallEntrypoint(request_type))
    return entrypoint


@functools.cache
def _arm_once(crashpoint: str, directory: Path | None) -> None:
    """Arm a crash point once for the process, however many services it runs."""
    crashpoints.arm(crashpoint)
    crashpoints.arm_from(directory)


@functools.cache
def _quieten_nameko() -> None:
    """Drop nameko's line and traceback for each refusal: the engine has logged the outcome."""
    logging.getLogger("nameko.containers").addFilter(
        lambda record: not str(record.msg).startswith("(expected)")
    )
