"""Which units have a part in a case, from what others tell: a ground is recorded on these only.

A unit stays in the list for good: one that had the matter and gave it back, by an objection or
because a leader decided otherwise, may have handled it weakly while it did.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from services.accountability.models import CaseUnit, KnownCase
from services.accountability.usecases.directory import petition_office
from shared.contracts.common import SlipPost
from shared.contracts.envelope import Envelope
from shared.contracts.supervision import SlipsIssuedV1
from shared.contracts.triage import PetitionAssignedV1, PetitionForwardedV1, PetitionRoutedV1
from shared.messaging import Work


def on_petition_forwarded(work: Work, event: PetitionForwardedV1, envelope: Envelope) -> None:
    """Remember the unit a petition was forwarded to, also where it will object."""
    del envelope
    remember_units(work, event.petition_no, (event.unit,))


def on_petition_assigned(work: Work, event: PetitionAssignedV1, envelope: Envelope) -> None:
    """Remember the unit a petition was assigned to, also where it will object."""
    del envelope
    remember_units(work, event.petition_no, (event.unit,))


def on_petition_routed(work: Work, event: PetitionRoutedV1, envelope: Envelope) -> None:
    """Remember the lead unit and the co-units that sorting named for a leader's table."""
    del envelope
    remember_units(work, event.petition_no, (event.lead_unit, *event.co_units))


def on_slips_issued(work: Work, event: SlipsIssuedV1, envelope: Envelope) -> None:
    """Remember the units that the leader's decision names, and who stands in for one of them."""
    del envelope
    named = (slip.holder for slip in event.slips if slip.post is SlipPost.RESPONSIBLE_UNIT)
    copied = (slip.holder for slip in event.copies)
    remember_units(work, event.petition_no, (event.unit, *named, *copied))


def remember_units(work: Work, petition_no: str, units: Iterable[str]) -> None:
    """Add units to those that have a part in a case; one told again changes nothing."""
    for unit in sorted(set(units)):
        work.session.merge(CaseUnit(petition_no=petition_no, unit=unit))


def units_of_case(work: Work, petition_no: str) -> frozenset[str] | None:
    """Give the units with a part in a case, the petition office too; None while it is not known.

    The petition office has a part in every case: it calls the parties and sits at the table.
    """
    if work.session.get(KnownCase, petition_no) is None:
        return None
    named = work.session.scalars(select(CaseUnit.unit).where(CaseUnit.petition_no == petition_no))
    office = petition_office(work)
    return frozenset(named) | ({office} if office is not None else set())
