"""What a use case asks of other services before its transaction opens: names, and the petition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from services.reception.documents import Names
from services.reception.rules.disclosure import may_name_petitioner
from services.reception.usecases.readers import reader_of
from shared.contracts.base import Query, Reply
from shared.contracts.common import DirectoryMissing, PetitionCategory
from shared.contracts.intake import GetPetition, PetitionView
from shared.contracts.mechanism import Fault
from shared.contracts.reception import (
    GetCardSet,
    GetHandOver,
    NoticeBoard,
    NotifyAppointment,
    PublishSessions,
    SwapDuty,
)
from shared.contracts.triage import GetDirectory
from shared.messaging.context import Caller

R = TypeVar("R", bound=Reply)


class Asking(Protocol):
    """Whoever can put a question to another service."""

    def ask(self, request: Query[R], /) -> R:
        """Ask another service."""


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """What a paper about one petition needs: names, and who and what, where that may be said."""

    names: Names
    petitioner: str | None
    summary: str | None


def facts_for_publishing(calls: Asking, request: PublishSessions, caller: Caller) -> Names:
    """Ask for the names, posts and portfolios that the notice board shows."""
    del request, caller
    return Names(calls.ask(GetDirectory()))


def facts_for_swap(calls: Asking, request: SwapDuty, caller: Caller) -> Names:
    """Ask for the names that the notices to two leaders show."""
    del request, caller
    return Names(calls.ask(GetDirectory()))


def facts_for_board(calls: Asking, request: NoticeBoard, caller: Caller) -> Names | None:
    """Ask for the names of other places and their leaders.

    The board is shown without them where nobody answers or no directory was put yet.
    """
    del request, caller
    try:
        return Names(calls.ask(GetDirectory()))
    except (DirectoryMissing, Fault):
        return None


def facts_for_card_set(calls: Asking, request: GetCardSet, caller: Caller) -> CaseFacts:
    """Ask for what the cards of a petition say, naming why it is read.

    For whoever only oversees nothing of the petition is opened: no text of a card is theirs (P-1).
    """
    reader = reader_of(caller.actor)
    if not (reader.handles or reader.is_leader or reader.is_unit):
        names = Names(calls.ask(GetDirectory()))
        return CaseFacts(names=names, petitioner=None, summary=None)
    return _case_facts(calls, request.petition_no, purpose="领导接待日四卡")


def facts_for_appointment(calls: Asking, request: NotifyAppointment, caller: Caller) -> CaseFacts:
    """Ask for what the appointment notice says, naming why it is read."""
    del caller
    return _case_facts(calls, request.petition_no, purpose="约访通知")


def facts_for_hand_over(calls: Asking, request: GetHandOver, caller: Caller) -> CaseFacts:
    """Ask for what the notice of a hand-over says, naming why it is read."""
    del caller
    return _case_facts(calls, request.petition_no, purpose="移交告知书")


def _case_facts(calls: Asking, petition_no: str, *, purpose: str) -> CaseFacts:
    petition = calls.ask(GetPetition(petition_no=petition_no, purpose=purpose))
    named = may_name_petitioner(accusation=_is_accusation(petition), sealed=petition.sealed)
    return CaseFacts(
        names=Names(calls.ask(GetDirectory())),
        petitioner=petition.petitioner if named else None,
        summary=petition.summary if named else None,
    )


def _is_accusation(petition: PetitionView) -> bool | None:
    if petition.declared_category is None:
        return None
    return petition.declared_category is PetitionCategory.ACCUSATION
