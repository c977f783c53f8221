"""The two services, their tables, and what declares them for as long as a test runs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

import shared.contracts.base as contracts
from shared import policy
from shared.contracts.base import Event
from shared.contracts.envelope import Envelope
from shared.database import COLUMN_TYPES, Store, metadata_for
from shared.deadlines import Deadline
from shared.messaging.asking import Calls
from shared.messaging.context import Caller
from shared.messaging.entrypoints import command, listens, query
from shared.messaging.provider import Messaging
from shared.messaging.work import TooEarly, Work
from shared.metrics import Standing, StandingGauge, how_many
from shared.policy import Role
from tests.support.bus import counter, ledger

LISTENS: Final[Mapping[str, tuple[type[Event], ...]]] = {
    "counter": (),
    "ledger": (counter.OrderPlacedV1, counter.OrderPaidV1),
}
MAY_CALL: Final = {"counter": (), "ledger": (counter.CountOrders,)}
POLICY: Final = {
    "counter.place_order": frozenset({Role.CLERK}),
    "counter.pay_order": frozenset({Role.CLERK}),
    "counter.count_orders": frozenset({Role.CLERK, Role.SERVICE}),
    "ledger.list_entries": frozenset({Role.CLERK}),
    "ledger.compare_orders": frozenset({Role.CLERK}),
    "ledger.strike_ledger": frozenset({Role.CLERK}),
}

_REGISTRIES: Final = ("_requests", "_events", "_refusals")


def _declarations(module: ModuleType) -> dict[str, dict[str, Any]]:
    return {
        name: {
            key: cls
            for key, cls in vars(contracts)[name].items()
            if cls.__module__ == module.__name__
        }
        for name in _REGISTRIES
    }


_OURS: Final = [_declarations(module) for module in (counter, ledger)]


def declare() -> None:
    """Put the two services' contracts and policy among the system's."""
    vars(policy)["POLICY"] = {**policy.POLICY, **POLICY}
    for declarations in _OURS:
        for name, own in declarations.items():
            vars(contracts)[name].update(own)


def withdraw() -> None:
    """Take them out again."""
    vars(policy)["POLICY"] = {
        name: roles for name, roles in policy.POLICY.items() if name not in POLICY
    }
    for declarations in _OURS:
        for name, own in declarations.items():
            for key in own:
                vars(contracts)[name].pop(key, None)


@contextmanager
def declared() -> Iterator[None]:
    """Declare the two services for as long as the block lasts."""
    declare()
    try:
        yield
    finally:
        withdraw()


withdraw()


class CounterBase(DeclarativeBase):
    """The counter's tables."""

    metadata = metadata_for("counter")
    type_annotation_map = COLUMN_TYPES


class Order(CounterBase):
    """An order, without any constraint that would hide its being placed twice."""

    __tablename__ = "orders"

    order_id: Mapped[int] = mapped_column(primary_key=True)
    petition_no: Mapped[str]


class LedgerBase(DeclarativeBase):
    """The ledger's tables."""

    metadata = metadata_for("ledger")
    type_annotation_map = COLUMN_TYPES


class Entry(LedgerBase):
    """An effect, without any constraint that would hide its happening twice."""

    __tablename__ = "entries"

    entry_id: Mapped[int] = mapped_column(primary_key=True)
    petition_no: Mapped[str]
    kind: Mapped[str]


class PersonalTrouble(RuntimeError):
    """Stands for an error whose text must never leave the service."""


PERSONAL: Final = "张三 13800000000"


TRACE: Final = "BALIAN_TEST_TRACE"
"""The environment names a file here, into which each execution of a slow call writes a line.

So does each handling of an order's placing, where it is slow.
"""

HOLD: Final = "BALIAN_TEST_HOLD"
"""The environment names a file here; as long as it is there, slow calls go on."""

SLOW_HANDLING: Final = "BALIAN_TEST_SLOW_HANDLING"
"""The environment says here how many seconds the handling of an order's placing takes."""

SLOW_LOOK: Final = "BALIAN_TEST_SLOW_LOOK"
"""The environment says here how many seconds PostgreSQL takes to tell how the counter stands."""

ORDERS_TAKEN: Final = StandingGauge(
    name="balian_test_orders", documentation="Orders taken.", labels=("size",)
)

FAILURES_LEFT: Final[dict[str, int]] = {}
"""How often the handling of an order's placing is still to fail, by petition number."""


def _pause(_calls: Calls, request: Any, _caller: Caller) -> None:
    if request.pause_ms and os.environ.get(TRACE):
        with Path(os.environ[TRACE]).open("a") as trace:
            trace.write(f"{request.request_id}\n")
    time.sleep(request.pause_ms / 1000)
    while request.pause_ms and HOLD in os.environ and Path(os.environ[HOLD]).exists():
        time.sleep(0.05)


def _handle_slowly(event: counter.OrderPlacedV1) -> None:
    if os.environ.get(SLOW_HANDLING):
        with Path(os.environ[TRACE]).open("a") as trace:
            trace.write(f"{event.petition_no}\n")
        time.sleep(float(os.environ[SLOW_HANDLING]))


def _orders(work: Work) -> int:
    return int(work.session.scalar(select(func.count()).select_from(Order)) or 0)


def _entries(work: Work) -> int:
    return int(work.session.scalar(select(func.count()).select_from(Entry)) or 0)


def payment_fell_due(work: Work, deadline: Deadline) -> None:
    """Announce that an order was paid, when its time has come."""
    work.record(counter.OrderPaidV1(petition_no=deadline.subject))


def how_the_counter_stands(session: Session, *, now: datetime) -> list[Standing]:
    """Count the orders, and tell since when there are any as if that were the instant of asking."""
    if os.environ.get(SLOW_LOOK):
        session.execute(select(func.pg_sleep(float(os.environ[SLOW_LOOK]))))
    orders = int(session.scalar(select(func.count()).select_from(Order)) or 0)
    return list(how_many(ORDERS_TAKEN, orders, oldest=now if orders else None, size="any"))


def orders_page(session: Session, *, now: datetime) -> dict[str, object]:
    """Show which orders there are."""
    numbers = session.scalars(select(Order.petition_no).order_by(Order.order_id)).all()
    return {"orders": list(numbers), "at": now.isoformat()}


class CounterService:
    """Takes orders."""

    name = "counter"

    messaging = Messaging(
        owner="counter",
        base=CounterBase,
        deadlines={"payment": payment_fell_due},
        standing=how_the_counter_stands,
        pages={"/orders": orders_page},
        listens=LISTENS,
        may_call=MAY_CALL,
        has_migrations=False,
    )

    @command(counter.PlaceOrder, ask=_pause)
    def place_order(
        self, work: Work, request: counter.PlaceOrder, _paused: None
    ) -> counter.OrderTaken:
        """Take an order."""
        if request.fails == "refused":
            msg = f"order {request.petition_no} is refused"
            raise counter.OrderRefused(msg)
        work.session.add(Order(petition_no=request.petition_no))
        work.record(counter.OrderPlacedV1(petition_no=request.petition_no))
        if request.pays_itself_after_ms is not None:
            work.deadlines.schedule_at(
                kind="payment",
                subject=request.petition_no,
                petition_no=request.petition_no,
                fires_at=work.now + timedelta(milliseconds=request.pays_itself_after_ms),
            )
        work.session.flush()
        if request.fails == "unexpectedly":
            raise PersonalTrouble(PERSONAL)
        return counter.OrderTaken(petition_no=request.petition_no, orders=_orders(work))

    @command(counter.PayOrder)
    def pay_order(self, work: Work, request: counter.PayOrder) -> counter.OrderTaken:
        """Announce a payment."""
        work.record(counter.OrderPaidV1(petition_no=request.petition_no))
        return counter.OrderTaken(petition_no=request.petition_no, orders=_orders(work))

    @query(counter.CountOrders)
    def count_orders(self, work: Work, _request: counter.CountOrders) -> counter.OrderCount:
        """Count."""
        return counter.OrderCount(count=_orders(work))


class LedgerService:
    """Enters what the counter announces."""

    name = "ledger"

    messaging = Messaging(
        owner="ledger",
        base=LedgerBase,
        listens=LISTENS,
        may_call=MAY_CALL,
        has_migrations=False,
    )

    @listens(counter.OrderPlacedV1)
    def on_order_placed(
        self, work: Work, event: counter.OrderPlacedV1, _envelope: Envelope
    ) -> None:
        """Enter an order, after a while or after some failures where that is wanted."""
        _handle_slowly(event)
        if FAILURES_LEFT.get(event.petition_no):
            FAILURES_LEFT[event.petition_no] -= 1
            raise PersonalTrouble(PERSONAL)
        work.session.add(Entry(petition_no=event.petition_no, kind="placed"))

    @listens(counter.OrderPaidV1)
    def on_order_paid(self, work: Work, event: counter.OrderPaidV1, _envelope: Envelope) -> None:
        """Enter a payment, once its order is known."""
        placed = select(Entry).where(Entry.petition_no == event.petition_no, Entry.kind == "placed")
        if work.session.scalars(placed).first() is None:
            raise TooEarly(counter.OrderPlacedV1.wire_type)
        work.session.add(Entry(petition_no=event.petition_no, kind="paid"))

    @query(ledger.ListEntries)
    def list_entries(self, work: Work, _request: ledger.ListEntries) -> ledger.LedgerEntries:
        """List."""
        rows = work.session.scalars(select(Entry).order_by(Entry.entry_id))
        return ledger.LedgerEntries(
            entries=tuple(
                ledger.LedgerEntry(petition_no=row.petition_no, kind=row.kind) for row in rows
            )
        )

    @query(
        ledger.CompareOrders,
        ask=lambda calls, _request, _caller: calls.ask(counter.CountOrders()),
    )
    def compare_orders(
        self, work: Work, _request: ledger.CompareOrders, counted: counter.OrderCount
    ) -> ledger.OrdersSeen:
        """Compare."""
        return ledger.OrdersSeen(orders=counted.count, entries=_entries(work))

    @command(ledger.StrikeLedger, ask=_pause)
    def strike_ledger(
        self, work: Work, request: ledger.StrikeLedger, _paused: None
    ) -> ledger.LedgerStruck:
        """Enter by hand."""
        work.session.add(Entry(petition_no=request.petition_no, kind="struck"))
        work.session.flush()
        return ledger.LedgerStruck(entries=_entries(work))


BASES: Final = {"counter": CounterBase, "ledger": LedgerBase}
SERVICES: Final = (CounterService, LedgerService)


def create_tables(owner: str, url: str) -> None:
    """Make the tables of one of the two, for which there are no migrations."""
    store = Store(base=BASES[owner], url=url)
    store.create_tables()
    store.dispose()
