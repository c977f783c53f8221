"""`Messaging`: the one dependency of every service, which holds its mechanism together.

A service class says ``messaging = Messaging(owner=..., base=..., deadlines=...)`` and gets its
store, its engine, the relay, the sweeper and the methods that every service answers.  It reads
nameko's configuration mapping, so ``nameko run --config`` works as well as our own runner; the
keys are those of `shared.settings`.
"""

from __future__ import annotations

import functools
import importlib.metadata
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Final

from nameko.extensions import DependencyProvider, register_entrypoint
from sqlalchemy.orm import DeclarativeBase

from shared.calendar import WorkingCalendar
from shared.clock import ClockKind, clock_of, machine_now
from shared.contracts import every_service as everyone
from shared.contracts.base import Command, Event, Query, Refusal, Request, requests
from shared.contracts.flows import CALLS, LISTENS
from shared.database import Store, StoreUnavailable
from shared.health import Part
from shared.logs import Log
from shared.messaging import crashpoints
from shared.messaging.broker import broker_at, is_embedded
from shared.messaging.client import Calls, register_errors
from shared.messaging.context import Caller, Source, caller_from_headers, nobody_told
from shared.messaging.dead_letter_receiver import DeadLetterReceiver
from shared.messaging.dead_letters import DELIVERED_TOO_OFTEN, DeadLetter, dead_letters_of
from shared.messaging.engine import Engine
from shared.messaging.entrypoints import (
    MESSAGING,
    Ask,
    CallEntrypoint,
    EventEntrypoint,
    Hold,
)
from shared.messaging.green import Delays, GreenEvent, wait_at_most
from shared.messaging.health import ServiceHealth
from shared.messaging.inbox import Handling, HandlingFailed
from shared.messaging.patching import give_metrics_real_locks, let_psycopg_wait_green
from shared.messaging.publishing import BusAddress, BusPublisher
from shared.messaging.receiving import InHand, KeptReplyListener, MechanismHolder
from shared.messaging.relay import Carrier, EmbeddedCarrier, RabbitCarrier, Relay
from shared.messaging.starting import await_reachable
from shared.messaging.sweeping import DeadlineHandler
from shared.messaging.topology import QueueMissing, Topology
from shared.messaging.work import Work
from shared.policy import UndeclaredMethod, roles_allowed
from shared.settings import BusRights, Settings
from shared.vault import Vault

# `nameko run` patches the standard library itself, but knows nothing of psycopg and the metrics.
let_psycopg_wait_green()
give_metrics_real_locks()

log: Final = Log(__name__)

EVERY_SERVICE: Final = "every_service"
_TICK: Final = 1.0
_EARLY_POLL: Final = 5.0
_START_LIMIT: Final = 60.0


class ServiceMisdeclared(TypeError):
    """Raised at start when entrypoints, contracts, policy and flows do not say the same."""


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
        return self._messaging.engine.answer(
            request_type, request, caller, use_case, ask=ask, calls=self._calls(caller)
        )

    def answer_itself(self, request_type: type[Request[Any]], request: Any) -> dict[str, Any]:
        """Answer one of the calls that every service answers, outside any transaction."""
        caller = self._caller(request_type, request)
        return self._messaging.answer_itself(request_type, request, caller)

    def handle(
        self, event_type: type[Event], body: Any, use_case: Callable[..., None]
    ) -> Handling | Hold:
        """Handle an event once; see `Engine.handle`."""
        return self._messaging.handle(event_type, body, use_case)

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


class Messaging(DependencyProvider):
    """The mechanism of one service or node.

    Args:
        owner: whose contracts the service keeps, such as `reception`.
        base: the declarative base of its models.
        deadlines: what to do when a deadline of a kind fires.
        on_start: what to do once when an instance has started, in a transaction of its own.
        listens: who hears which events; the deployment's one map unless a test has its own.
        may_call: which questions each service may ask others.
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
        listens: Mapping[str, tuple[type[Event], ...]] = LISTENS,
        may_call: Mapping[str, tuple[type[Query[Any]], ...]] = CALLS,
    ) -> None:
        self.owner = owner
        self.base = base
        self.deadlines = dict(deadlines or {})
        self.on_start = on_start
        self.listens = listens
        self.may_call = may_call
        self.health: ServiceHealth | None = None
        self._is_stopping = False
        self._woken: GreenEvent | None = None

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
            listens=self.listens, nodes=settings.nodes, is_provisioned=is_itself
        )
        bound.address = BusAddress(
            uri=settings.bus_uri(service),
            timeout=settings.bus_timeout,
            ssl=container.config.get("AMQP_SSL"),
            login_method=container.config.get("LOGIN_METHOD"),
            user_id=service if is_itself else None,
        )
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
            SettingsInvalid, KeysUnusable: a password or a key cannot be read.
        """
        self._check_declarations()
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
            await_reachable(
                self.source.service,
                {"bus": self.publisher.probe, "store": self.engine.store.probe},
                is_stopping=lambda: self._is_stopping,
                limit=settings.start_limit,
            )
        self._declare_topology()
        self._register_handlers()
        self.relay = Relay(service=self.source.service, outbox=self.engine, carrier=self._carrier())
        self.engine.wake.extend((self.relay.wake, self._wake))

    def start(self) -> None:
        """Start the relay and the sweeper, and apply what waited over the restart."""
        if self.on_start is not None:
            self.engine.run(self.on_start)
        if self.health is not None:
            self.health.start()
        self.container.spawn_managed_thread(self.relay.run, identifier="relay")
        self.container.spawn_managed_thread(self._keep_time, identifier="clockwork")

    def begin_stop(self) -> None:
        """Be unready from the moment on at which nothing new is taken."""
        if self.health is not None:
            self.health.begin_stop()

    def stop(self) -> None:
        """Stop relaying and sweeping, then let go of the bus and tell no more of health."""
        self._is_stopping = True
        self._wake()
        self.relay.stop()
        self.publisher.close()
        if self.health is not None:
            self.health.close()

    def kill(self) -> None:
        """Stop at once; what is not committed never was."""
        self._is_stopping = True
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

    # --- The calls that every service answers --------------------------------------------------

    def answer_itself(
        self, request_type: type[Request[Any]], mapping: Any, caller: Caller
    ) -> dict[str, Any]:
        """Answer a call of `shared.contracts.every_service`.

        Raises:
            Refusal: the policy, the contract or the clock refuses it.
        """
        request = self.engine.admit(request_type, mapping, caller)
        match request:
            case everyone.Sweep():
                self._require_simulated()
                reply: Any = everyone.SweptDeadlines(fired=self.engine.sweep(caller.now))
            case everyone.NextDue():
                self._require_simulated()
                reply = everyone.DueInstant(at=self.engine.next_due())
            case everyone.Pending():
                reply = self.pending()
            case everyone.ServiceStatus():
                reply = self._status()
            case everyone.ListPublished(after=after, limit=limit):
                reply = self._published(after, limit)
            case everyone.ListParked(settled_too=settled_too, limit=limit):
                rows = self.engine.parked_list(settled_too=settled_too, limit=limit)
                reply = everyone.ParkedMessages(messages=tuple(_parked(row) for row in rows))
            case everyone.ShowParked(parked_no=parked_no):
                row = self.engine.parked_show(parked_no)
                reply = everyone.ParkedDetail(
                    message=_parked(row), detail=row.detail or None, preview=row.preview
                )
            case everyone.ReplayParked(parked_no=parked_no):
                reply = everyone.Replayed(outcome=self.engine.parked_replay(parked_no))
            case _:
                msg = f"no service answers {request_type.__name__}"
                raise ServiceMisdeclared(msg)
        answer: dict[str, Any] = reply.dump()
        return answer

    @property
    def is_still(self) -> bool:
        """Tell whether this service works on nothing at this moment; what waits is not asked."""
        return not self.engine.in_flight and self.relay.is_quiet

    def pending(self) -> everyone.PendingWork:
        """Tell what this service still has to do."""
        pending = self.engine.pending()
        # Made directly and not loaded: the embedded host asks this some ten thousand times a week
        # of simulated time.
        return everyone.PendingWork(
            service=pending["service"],
            unsent=pending["unsent"],
            early=pending["early"],
            parked=pending["parked"],
            in_flight=pending["in_flight"] + self.relay.in_flight,
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
        if self.engine.clock.kind is not ClockKind.SIMULATED:
            msg = "this deployment runs on the system clock, where deadlines fire by themselves"
            raise everyone.ClockNotSimulated(msg)

    def _status(self) -> everyone.ServiceHealth:
        standing = self.engine.standing()
        return everyone.ServiceHealth(
            service=self.source.service,
            node=self.source.node or None,
            version=version(),
            clock=self.engine.clock.kind.value,
            outbox_depth=standing["unsent"],
            outbox_oldest_seconds=standing["oldest_unsent_seconds"],
            parked=standing["parked"],
            early=standing["early"],
            early_oldest_seconds=standing["oldest_early_seconds"],
            next_due=self.engine.next_due(),
        )

    def _published(self, after: int, limit: int) -> everyone.PublishedPage:
        rows = self.engine.published_page(after, limit)
        return everyone.PublishedPage(
            events=tuple(
                everyone.PublishedEnvelope(seq=row.seq, envelope=row.envelope) for row in rows
            ),
            next_after=rows[-1].seq if len(rows) == limit else None,
        )

    # --- Parts of the start --------------------------------------------------------------------

    def _check_declarations(self) -> None:
        calls = {
            entrypoint.request_type
            for entrypoint in self.container.entrypoints
            if isinstance(entrypoint, CallEntrypoint)
        }
        heard = {
            entrypoint.event_type
            for entrypoint in self.container.entrypoints
            if isinstance(entrypoint, EventEntrypoint)
        }
        faults = [
            *_faults_of_calls(self.owner, calls),
            *_faults_of_events(self.topology.events_for(self.source.service), heard),
        ]
        if faults:
            msg = f"{self.source.service} cannot start: {'; '.join(sorted(faults))}"
            raise ServiceMisdeclared(msg)

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
                self.topology.declare(connection)
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
                log.warning("waiting to be provisioned", error=str(missing))
                time.sleep(1.0)
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

    # --- The clockwork -------------------------------------------------------------------------

    def _keep_time(self) -> None:
        """Sweep under the system clock, and look after early messages, until stopped.

        Under the simulated clock nothing fires here: its players call `sweep`.
        """
        since_early = _EARLY_POLL
        while not self._is_stopping:
            self._woken = GreenEvent()
            try:
                if since_early >= _EARLY_POLL:
                    self.engine.apply_early()
                    since_early = 0.0
                if self.engine.clock.kind is ClockKind.SYSTEM:
                    self.engine.sweep(machine_now())
            except StoreUnavailable as unavailable:
                log.warning(
                    "the clockwork waits for the store",
                    service=self.source.service,
                    error=type(unavailable).__name__,
                )
            wait_at_most(_TICK, self._woken)
            since_early += _TICK

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.ready():
            self._woken.send(None)


def _method_of(request_type: type[Request[Any]]) -> Callable[..., Any]:
    """Make the method by which every service answers one of the calls common to all."""

    def entrypoint(service: Any, request: object) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(service, MESSAGING).answer_itself(request_type, request)
        return answer

    entrypoint.__name__ = request_type.method_name
    entrypoint.__doc__ = request_type.__doc__
    register_entrypoint(entrypoint, CallEntrypoint(request_type))
    return entrypoint


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


def _faults_of_events(declared: tuple[type[Event], ...], heard: set[type[Event]]) -> list[str]:
    return [
        *(f"{event.wire_type} has no handler" for event in set(declared) - heard),
        *(f"{event.wire_type} is handled but not in LISTENS" for event in heard - set(declared)),
    ]


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


@functools.cache
def version() -> str:
    """Give the version of this software."""
    try:
        return importlib.metadata.version("balian")
    except importlib.metadata.PackageNotFoundError:
        return "unreleased"
