"""Who asks for a paper, in the words of the rules of disclosure."""

from __future__ import annotations

from typing import Final

from services.reception.rules.disclosure import Reader
from shared.messaging import Actor
from shared.policy import Role

_HANDLING: Final = frozenset({Role.CLERK, Role.OFFICER, Role.OFFICE_HEAD, Role.SERVICE})


def reader_of(actor: Actor) -> Reader:
    """Describe an actor as a reader of papers."""
    return Reader(
        code=actor.code,
        handles=bool(actor.roles & _HANDLING),
        oversees=actor.has(Role.AUDITOR),
        is_leader=actor.has(Role.LEADER),
        is_unit=actor.has(Role.UNIT),
    )
