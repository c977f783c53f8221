"""What a paper needs from other services, asked before the transaction opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.supervision.documents import Names, Printing
from shared.contracts.common import DirectoryMissing, PetitionNotFound
from shared.contracts.intake import GetPetition
from shared.contracts.supervision import (
    DeliverOpinion,
    GetSlipSet,
    GrantExtension,
    RecordPromise,
)
from shared.contracts.triage import GetDirectory
from shared.messaging import Caller

if TYPE_CHECKING:
    # The client brings the bus with it; a use case only needs to know its form.
    from shared.messaging.asking import Calls

_PURPOSE: Final = "打印督办文书"

Printed = DeliverOpinion | GetSlipSet | GrantExtension | RecordPromise


def facts_for_printing(calls: Calls, request: Printed, _caller: Caller) -> Printing | None:
    """Ask triage for the names and intake for whom and what the petition is about.

    None where one of them knows nothing of it: then there is no case here either, and the use
    case says so.
    """
    try:
        directory = calls.ask(GetDirectory())
        petition = calls.ask(GetPetition(petition_no=request.petition_no, purpose=_PURPOSE))
    except (DirectoryMissing, PetitionNotFound):
        return None
    return Printing(
        names=Names(directory), petitioner=petition.petitioner, summary=petition.summary
    )
