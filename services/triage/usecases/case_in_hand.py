"""One sorting while it is being made: what was gathered, and what an outcome sends on its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.triage import documents
from services.triage.models import TriagedPetition
from services.triage.rules.terms import Channel, Outcome
from services.triage.usecases.directory import DirectoryInForce
from services.triage.usecases.papers import issue
from shared.contracts.base import Event
from shared.contracts.fields import Document
from shared.contracts.intake import PetitionView
from shared.contracts.triage import SortPetition
from shared.messaging import Work


@dataclass(frozen=True, kw_only=True)
class SortingInHand:
    """The facts of one sorting, gathered before any rule is asked."""

    work: Work
    request: SortPetition
    petition: TriagedPetition
    register: PetitionView
    directory: DirectoryInForce
    accused: frozenset[str]
    outcome: Outcome
    channel: Channel
    field: str | None

    @property
    def petition_no(self) -> str:
        """Give the petition's number."""
        return self.petition.petition_no

    @property
    def units(self) -> tuple[str, ...]:
        """Give the units named, the lead first."""
        lead = (self.request.lead_unit,) if self.request.lead_unit else ()
        return (*lead, *self.request.co_units)

    def body(self, code: str) -> documents.Body:
        """Give a unit as papers name it."""
        unit = self.directory.unit_view(code)
        return documents.Body(name=unit.name, address=unit.address, phone=unit.phone)

    def issue(
        self, kind: str, write: Callable[[documents.Head], str], *, to_petitioner: bool = False
    ) -> tuple[Document, str]:
        """Issue a paper that tells the matter in a line, to the petitioner by name where said."""
        return issue(
            self.work,
            petition_no=self.petition_no,
            kind=kind,
            directory=self.directory,
            write=write,
            petitioner=self.register.petitioner if to_petitioner else None,
            summary=self.register.summary,
        )


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What an outcome sent: its event, and what the entry and the reply say of it.

    `sealed` is what must not be read in the store: whom it went to in place of whom.
    `transferred_to` is the organ an accusation went to; its entry keeps it in `sealed` only.
    """

    event: Event
    leader: str | None = None
    leader_in_charge: str | None = None
    transferred_to: str | None = None
    node: str | None = None
    transfer_no: str | None = None
    notice: Document | None = None
    notice_text: str | None = None
    sealed: dict[str, Any] = field(default_factory=dict)
