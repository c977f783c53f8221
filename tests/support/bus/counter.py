"""The contracts of the counter."""

from __future__ import annotations

from typing import Annotated

from shared.contracts.base import Between, Command, Event, Query, Refusal, Reply
from shared.contracts.fields import Code, PetitionNo


class OrderRefused(Refusal):
    """The counter refuses the order; give another one."""

    rule = "P-5"
    label = "不予受理"


class OrderTaken(Reply):
    """The order's number, and how many orders there are now."""

    petition_no: PetitionNo
    orders: int


class PlaceOrder(Command[OrderTaken]):
    """Take an order, announce it, and first pause or fail as it says."""

    refused_with = (OrderRefused,)

    petition_no: PetitionNo
    pause_ms: Annotated[int, Between(0, 60_000)] = 0
    fails: Code | None = None
    pays_itself_after_ms: Annotated[int, Between(0, 60_000)] | None = None


class PayOrder(Command[OrderTaken]):
    """Announce that an order was paid."""

    petition_no: PetitionNo


class OrderCount(Reply):
    """How many rows there are."""

    count: int


class CountOrders(Query[OrderCount]):
    """Count the orders."""


class OrderPlacedV1(Event):
    """Sent when an order has been placed."""

    petition_no: PetitionNo


class OrderPaidV1(Event):
    """Sent when an order has been paid."""

    petition_no: PetitionNo


class OrderCalledV1(Event):
    """Sent when one node is called about an order; here nobody hears it."""

    addressed_by = "node"

    petition_no: PetitionNo
    node: Code
