"""Who is calling, when, and what caused it: the part of a message that travels with every other.

Headers are claims of whoever sent them.
Only those named here are read, each is checked for its form, and what goes out again is made
anew from the checked values; so a token or a stranger's header can never reach an event.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared import tracing
from shared.clock import Clock, ClockKind, machine_now
from shared.contracts.base import Refusal
from shared.contracts.envelope import Source
from shared.contracts.mechanism import ActorMissing, ActorUnreadable, RoleUnknown
from shared.policy import Role

__all__ = [
    "HEADERS",
    "Actor",
    "Caller",
    "Source",
    "actor_named",
    "caller_from_headers",
    "headers_of",
    "nobody_told",
    "service_actor",
]

HEADERS: Final = ("actor", "roles", "correlation_id", "causation_id", "now")
"""Every header that is read; anything else incoming is dropped."""

_ACTOR: Final = re.compile(r"[a-z_]{1,32}:[A-Za-z0-9_.\-]{1,64}")
_ID: Final = re.compile(r"[A-Za-z0-9._:\-]{1,100}")


@dataclass(frozen=True)
class Actor:
    """Someone who acts: an id such as `clerk:wang`, and the roles they hold in this call."""

    id: str
    roles: frozenset[Role]

    @property
    def code(self) -> str:
        """Give what stands after the colon: a unit's code, a leader's code, a window."""
        return self.id.partition(":")[2]

    def has(self, role: Role) -> bool:
        """Tell whether the actor holds a role."""
        return role in self.roles


@dataclass(frozen=True)
class Caller:
    """The circumstances of one call; `now` is an aware instant in UTC."""

    actor: Actor
    now: datetime
    correlation_id: str
    causation_id: str | None = None
    simulated: bool = False


def actor_named(actor_id: str, roles: str | None = None) -> Actor:
    """Read an actor from its id and its roles, parted by commas.

    Without roles the actor holds the one its id names: `clerk:wang` is a clerk.

    Raises:
        ActorUnreadable: the id has not the form `role:code`.
        RoleUnknown: a role is not of the closed list, or none is named.
    """
    if not _ACTOR.fullmatch(actor_id):
        msg = "the header `actor` must look like clerk:window_1"
        raise ActorUnreadable(msg)
    named = actor_id.partition(":")[0] if roles is None else roles
    try:
        held = frozenset(Role(role.strip()) for role in named.split(","))
    except ValueError:
        known = ", ".join(Role)
        msg = f"the header `roles` must name roles of this list, parted by commas: {known}"
        raise RoleUnknown(msg) from None
    return Actor(actor_id, held)


def service_actor(service: str) -> Actor:
    """Give the actor that stands for a service acting by itself."""
    return Actor(f"service:{service}", frozenset({Role.SERVICE}))


def caller_from_headers(headers: Mapping[str, Any], clock: Clock) -> Caller:
    """Read the circumstances of a call from its headers, dropping every header not named here.

    Raises:
        ActorMissing, ActorUnreadable, RoleUnknown: who calls cannot be told.
        NowNotAllowed, NowMissing, NowUnreadable: the instant is not as the clock in force asks.
    """
    told = headers.get("actor")
    if not told:
        msg = "send the header `actor`, such as clerk:window_1"
        raise ActorMissing(msg)
    roles = headers.get("roles")
    actor = actor_named(str(told), None if roles is None else str(roles))
    return Caller(
        actor=actor,
        now=clock.instant_of_call(headers.get("now")),
        correlation_id=_sound_id(headers.get("correlation_id")) or str(uuid.uuid4()),
        causation_id=_sound_id(headers.get("causation_id")),
        simulated=clock.kind is ClockKind.SIMULATED,
    )


def nobody_told(headers: Mapping[str, Any], clock: Clock) -> Caller:
    """Give the circumstances, as far as they can be told, of a call whose caller cannot be.

    It is only for the record of the refusal: it holds no role.
    """
    told = str(headers.get("actor"))
    try:
        now = clock.instant_of_call(headers.get("now"))
    except Refusal:
        now = machine_now()
    return Caller(
        actor=Actor(told if _ACTOR.fullmatch(told) else "unknown:unknown", frozenset()),
        now=now,
        correlation_id=_sound_id(headers.get("correlation_id")) or str(uuid.uuid4()),
        simulated=clock.kind is ClockKind.SIMULATED,
    )


def headers_of(caller: Caller) -> dict[str, str]:
    """Give the headers of a message that this caller's call causes."""
    headers = {
        "actor": caller.actor.id,
        "roles": ",".join(sorted(caller.actor.roles)),
        "correlation_id": caller.correlation_id,
    }
    if caller.causation_id is not None:
        headers["causation_id"] = caller.causation_id
    if caller.simulated:
        headers["now"] = caller.now.isoformat()
    return headers | tracing.headers()


def _sound_id(value: object) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None
