"""What a use case asks of another service before its transaction opens: the names to print."""

from __future__ import annotations

from typing import Protocol, TypeVar

from services.accountability.documents import Names
from shared.contracts.accountability import IssueCircular
from shared.contracts.base import Query, Reply
from shared.contracts.triage import GetDirectory
from shared.messaging.context import Caller

R = TypeVar("R", bound=Reply)


class Asking(Protocol):
    """Whoever can put a question to another service."""

    def ask(self, request: Query[R], /) -> R:
        """Ask another service."""


def facts_for_circular(calls: Asking, request: IssueCircular, caller: Caller) -> Names:
    """Ask for the names that a circular prints."""
    del request, caller
    return Names(calls.ask(GetDirectory()))
