"""Plays a casebook: every line at its own moment, and what falls due between the lines.

Before a line every deadline that falls due up to its moment fires at the deadline's own moment,
the earliest first; after every order the bus comes to rest.
A request id derives from the run and the line, so a casebook may be played again from line 1
after any crash: what was done is answered as it was the first time, and done no second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from balian.calls import Party
from balian.casebook import CallLine, Casebook, Line
from balian.deployment import Deployment
from balian.faults import CommandFault, NotAsWritten, NotAtRest
from balian.ledger import Ledger
from balian.memory import QuestionMemory, Remembered, parts_of
from balian.references import ReferenceUnresolved, follow, resolve
from balian.resting import Resting
from balian.summary import LeftOver
from shared.contracts.base import Refusal, refusal_named
from shared.contracts.mechanism import Fault

PLAYER: Final = Party("operator:casebook", ("operator",))
"""Who puts the directory, lets time pass and reads the ledger."""

REST_WITHIN: Final = 60.0
"""Seconds in which a bus comes to rest where nothing is broken."""

_PAGE: Final = 1000
_FIRST_LINE: Final = 1
_SWEEPS_AT_ONE_INSTANT: Final = 200


class Watcher(Protocol):
    """Who is shown how the play goes."""

    def plays(self, line: Line) -> None:
        """See that a line's turn has come."""
        ...

    def passes(self, at: datetime, service: str, fired: int) -> None:
        """See that deadlines of a service have fired at their instant."""
        ...


@dataclass(frozen=True, kw_only=True)
class Played:
    """How far a play went, and what was refused on the way, as written."""

    lines: int
    refusals: tuple[str, ...]
    ended_at: datetime


class Player:
    """One run of one casebook on one deployment."""

    def __init__(
        self,
        *,
        casebook: Casebook,
        deployment: Deployment,
        watcher: Watcher,
        run: str = "",
        memory: QuestionMemory | None = None,
        rest_within: float = REST_WITHIN,
    ) -> None:
        self._casebook = casebook
        self._deployment = deployment
        self._watcher = watcher
        self._prefix = casebook.request_prefix(run)
        self._memory = memory or QuestionMemory(None)
        self._now = casebook.header.start.astimezone(UTC)
        self._saved: dict[str, Any] = {}
        self._refusals: list[str] = []
        self._sweeps: dict[tuple[datetime, str], int] = {}
        self._number = _FIRST_LINE
        self._resting = Resting(
            deployment, headers=lambda: self._headers(PLAYER, self._now), within=rest_within
        )

    def play(self, *, until_line: int | None = None) -> Played:
        """Play the directory and then every line, up to a line's number where one is given.

        Raises:
            NotAsWritten: a line went otherwise than it says; everything before it is done.
            NotAtRest: the bus does not come to rest, or a message could not be handled.
            CommandFault: a line was not answered; nothing was decided.
            Refusal, Fault, HostUnreachable: what the player itself must ask could not be answered.
        """
        self._put_directory()
        played = 0
        for line in self._casebook.lines:
            if until_line is not None and line.number > until_line:
                break
            self._let_time_pass(line.at.astimezone(UTC))
            self._number = line.number
            self._watcher.plays(line)
            if isinstance(line, CallLine):
                self._play(line)
            played += 1
        return Played(lines=played, refusals=tuple(self._refusals), ended_at=self._now)

    def ledger(self) -> Ledger:
        """Read every event the services have published."""
        envelopes: list[Mapping[str, Any]] = []
        for service in self._deployment.services:
            after = 0
            while True:
                page = self._ask(service, "list_published", {"after": after, "limit": _PAGE})
                envelopes.extend(published["envelope"] for published in page["events"])
                if page.get("next_after") is None:
                    break
                after = page["next_after"]
        return Ledger.of(envelopes)

    def left_over(self) -> LeftOver:
        """Count what the services still hold."""
        return self._resting.look()

    # -- the lines

    def _put_directory(self) -> None:
        self._resting.begin()
        self._let_time_pass(self._now)
        request = {**self._casebook.directory, "request_id": self._request_id(_FIRST_LINE)}
        try:
            self._call("triage", "put_directory", request, PLAYER)
        except Refusal as refusal:
            raise self._not_as_written(_FIRST_LINE, "the directory is refused", refusal) from None
        self._rest_after("triage")
        self._let_time_pass(self._now)

    def _play(self, line: CallLine) -> None:
        if line.target.is_command:
            self._call_line(line)
            self._rest_after(line.target.service)
            return
        before = self._memory.recall(line)
        if before is None:
            self._memory.keep(line, self._call_line(line))
        elif before.refused is not None:
            self._refusals.append(before.refused)
        elif line.save is not None:
            self._saved[line.save] = before.reply

    def _call_line(self, line: CallLine) -> Remembered:
        try:
            arguments = resolve(line.arguments, self._saved)
        except ReferenceUnresolved as lost:
            raise self._not_as_written(line.number, str(lost)) from None
        if line.target.is_command:
            arguments = {"request_id": self._request_id(line.number), **arguments}
        try:
            reply = self._call(line.target.service, line.target.method, arguments, line.party)
        except Refusal as refusal:
            self._check_refusal(line, refusal)
            return Remembered(refused=type(refusal).__name__)
        except Fault as fault:
            where = f"{self._casebook.path.name} line {line.number}"
            raise CommandFault(
                what=f"{where}: {line.target} is not answered",
                why=str(fault),
                todo="Play again from line 1 once the cause is found; nothing is done twice.",
            ) from None
        self._check_reply(line, reply)
        if line.save is None or line.target.is_command:
            return Remembered()
        return Remembered(reply=parts_of(reply, self._casebook.paths_into(line.save)))

    def _check_refusal(self, line: CallLine, refusal: Refusal) -> None:
        name = type(refusal).__name__
        if line.refuse is None:
            what = f"{line.target} is refused with {name}, and should not be"
            raise self._not_as_written(line.number, what, refusal)
        if line.refuse != name:
            what = f"{line.target} is refused with {name}, and should be with {line.refuse}"
            raise self._not_as_written(line.number, what, refusal)
        self._refusals.append(name)

    def _check_reply(self, line: CallLine, reply: Mapping[str, Any]) -> None:
        if line.refuse is not None:
            rule = refusal_named(line.refuse).rule
            what = f"{line.target} is accepted, and should be refused with {line.refuse} [{rule}]"
            raise self._not_as_written(line.number, what)
        if line.save is not None:
            self._saved[line.save] = reply
        for path, expected in line.expect.items():
            try:
                wanted = resolve(expected, self._saved)
                found = follow(reply, path.split("."))
            except ReferenceUnresolved as lost:
                what = f"{line.target}'s reply: {lost}"
                raise self._not_as_written(line.number, what) from None
            if found != wanted:
                what = f"{line.target} replies {path} = {found!r}, and {wanted!r} is expected"
                raise self._not_as_written(line.number, what)

    def _not_as_written(
        self, number: int, what: str, refusal: Refusal | None = None
    ) -> NotAsWritten:
        return NotAsWritten(
            what=f"{self._casebook.path.name} line {number}: {what}",
            why="" if refusal is None else f"{refusal.label}\n{refusal.message}",
            todo="Everything before this line is done. Correct the line, or what it rests on.",
        )

    # -- time and rest

    def _let_time_pass(self, until: datetime) -> None:
        while True:
            due, service = self._resting.next_due
            if due is None or due > until:
                break
            # What fell due before the casebook begins fires as it begins.
            at = max(due, self._casebook.header.start.astimezone(UTC))
            self._sweep(service, at)
        self._now = max(self._now, until)

    def _sweep(self, service: str, at: datetime) -> None:
        self._now = max(self._now, at)
        turn = self._sweeps[at, service] = self._sweeps.get((at, service), 0) + 1
        if turn > _SWEEPS_AT_ONE_INSTANT:
            what = f"the deadlines of {service} at {at.isoformat()} fire without end"
            raise NotAtRest(what=what, todo="Look at the service's log.")
        request_id = f"{self._prefix}-sweep-{at:%Y%m%dT%H%M%S%f}-{service}-{turn}"
        reply = self._call(service, "sweep", {"request_id": request_id}, PLAYER, at=at)
        self._watcher.passes(at, service, reply["fired"])
        self._rest_after(service)

    def _rest_after(self, called: str) -> None:
        self._resting.after(called)
        fresh = self._resting.parked_since
        if fresh:
            # What followed would be no story.
            raise NotAtRest(
                what=f"after line {self._number} a message could not be handled",
                why=f"It is parked with {', '.join(fresh)}.",
                todo="`balian parked list` and the service's log tell why.",
            )

    # -- calls

    def _ask(self, service: str, method: str, mapping: Mapping[str, Any]) -> dict[str, Any]:
        return self._call(service, method, mapping, PLAYER)

    def _call(
        self,
        service: str,
        method: str,
        mapping: Mapping[str, Any],
        party: Party,
        *,
        at: datetime | None = None,
    ) -> dict[str, Any]:
        headers = self._headers(party, at or self._now)
        if "request_id" in mapping:
            headers["correlation_id"] = str(mapping["request_id"])
        return self._deployment.call_raw(service, method, mapping, headers)

    @staticmethod
    def _headers(party: Party, at: datetime) -> dict[str, str]:
        return {"actor": party.id, "roles": ",".join(party.roles), "now": at.isoformat()}

    def _request_id(self, number: int) -> str:
        return f"{self._prefix}-{number}"
