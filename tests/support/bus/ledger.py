"""The contracts of the ledger."""

from __future__ import annotations

from typing import Annotated

from shared.contracts.base import Between, Command, Items, Query, Reply
from shared.contracts.fields import Code, PetitionNo


class LedgerEntry(Reply):
    """One effect of one event."""

    petition_no: PetitionNo
    kind: Code


class LedgerEntries(Reply):
    """Every effect, in the order in which they happened."""

    entries: Annotated[tuple[LedgerEntry, ...], Items(0, 100_000)]


class ListEntries(Query[LedgerEntries]):
    """List every effect."""


class OrdersSeen(Reply):
    """How many orders the counter says there are, and how many entries there are here."""

    orders: int
    entries: int


class CompareOrders(Query[OrdersSeen]):
    """Ask the counter how many orders it has."""


class LedgerStruck(Reply):
    """How many entries there are."""

    entries: int


class StrikeLedger(Command[LedgerStruck]):
    """Enter something by hand, after a pause."""

    petition_no: PetitionNo
    pause_ms: Annotated[int, Between(0, 60_000)] = 0
