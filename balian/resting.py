"""Bringing a deployment to rest between two lines of a casebook, and looking at it then.

After a call only the service called is asked, and then those to which something was sent: the
others are as they were (`shared.messaging.rest` says why that is enough).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from balian.deployment import Deployment
from balian.faults import NotAtRest
from balian.summary import LeftOver
from shared.contracts.every_service import PendingWork
from shared.messaging.rest import NOTHING_APART, Balance, balance_of, is_at_rest, sent_to_since

_PAUSES: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25)
_LONG_STILL: Final = 10.0

Look = Mapping[str, PendingWork]


class Resting:
    """Watches over the rest of one deployment.

    Args:
        deployment: whose rest.
        headers: gives the headers with which to ask now.
        within: seconds after which a bus that did not come to rest never will.
    """

    def __init__(
        self,
        deployment: Deployment,
        *,
        headers: Callable[[], Mapping[str, str]],
        within: float,
    ) -> None:
        self._deployment = deployment
        self._headers = headers
        self._within = within
        self._seen: Look = {}
        self._apart: Balance = NOTHING_APART
        self._parked_before: Mapping[str, int] = {}

    @property
    def next_due(self) -> tuple[datetime | None, str]:
        """Give when the next deadline of all fires, and whose, as it was at the last rest."""
        ahead = self._seen.items()
        due = [(work.next_due.astimezone(UTC), name) for name, work in ahead if work.next_due]
        return min(due, default=(None, ""))

    @property
    def parked_since(self) -> list[str]:
        """Name the services that have parked a message since the first rest."""
        before = self._parked_before
        return [name for name, work in self._seen.items() if work.parked > before.get(name, 0)]

    def look(self) -> LeftOver:
        """Ask every service, and count what they still hold."""
        self._ask(self._deployment.services)
        work = self._seen.values()
        return LeftOver(
            parked=sum(service.parked for service in work),
            unsent=sum(service.unsent for service in work),
            early=sum(service.early for service in work),
        )

    def begin(self) -> None:
        """Wait for the first rest, and take what it finds for the beginning.

        What some service published before others could hear it, or heard from one that is there
        no more, will never come out even: where all has been still for long it is left apart.

        Raises:
            NotAtRest: something still moves.
        """
        self._ask(self._deployment.services)
        still_since, before = time.monotonic(), self._seen
        for is_over in self._pauses():
            if self._is_at_rest():
                break
            if self._seen != before or _unfinished(self._seen):
                still_since, before = time.monotonic(), self._seen
            elif time.monotonic() - still_since >= min(_LONG_STILL, self._within / 2):
                break
            if is_over:
                raise self._not_at_rest()
            self._ask(self._deployment.services)
        self._apart = balance_of(self._seen, self._deployment.topology)
        self._parked_before = {name: work.parked for name, work in self._seen.items()}

    def after(self, called: str) -> None:
        """Wait until all that a call to a service has set off has come to its end.

        Raises:
            NotAtRest: it does not end, or is lost.
        """
        asked = {called}
        before = self._seen
        for is_over in self._pauses():
            answers = self._ask(asked)
            asked |= sent_to_since(before, answers, self._deployment.topology) & set(before)
            if asked <= set(answers) and self._is_at_rest():
                return
            if is_over:
                raise self._not_at_rest()

    def _ask(self, services: Iterable[str]) -> Look:
        answers = self._deployment.pending(self._headers(), tuple(services))
        self._seen = {**self._seen, **answers}
        return answers

    def _is_at_rest(self) -> bool:
        return is_at_rest(self._seen, self._deployment.topology, apart=self._apart)

    def _pauses(self) -> Iterable[bool]:
        """Iterate with growing pauses; each time tell whether it is the last."""
        ends = time.monotonic() + self._within
        pauses = iter(_PAUSES)
        yield False
        while True:
            time.sleep(next(pauses, _PAUSES[-1]))
            yield time.monotonic() >= ends

    def _not_at_rest(self) -> NotAtRest:
        return NotAtRest(
            what=f"the bus did not come to rest within {self._within:g} s",
            why="; ".join(_unfinished(self._seen)) or "messages are still on their way",
            todo="See `balian parked list` and the log; then play again from line 1.",
        )


def _unfinished(work: Look) -> list[str]:
    return [
        f"{name}: {service.unsent} unsent, {service.in_flight} in flight, {service.early} early"
        for name, service in work.items()
        if service.unsent or service.in_flight or service.early
    ]
