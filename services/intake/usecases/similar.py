"""Proposing earlier matters of the same person, for a clerk to say whether it is one of them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from services.intake.models import Petition, PetitionStanding
from services.intake.rules import Candidate, Standing, similarities
from services.intake.usecases.contents import latest_content, open_content
from services.intake.usecases.people import petitions_of_same_people
from shared.contracts.intake import FindSimilar, SimilarPetition, SimilarPetitions
from shared.messaging.work import Work

_MOST_LOOKED_AT: Final = 200
"""Petitions of one person that are looked at, the newest: more would not be read."""


def find_similar(work: Work, request: FindSimilar) -> SimilarPetitions:
    """List earlier petitions of the same people and matter, newest first, with the reasons.

    What was transferred under seal is left out: that someone complained of an official must not
    be learned by asking after them.
    """
    agreeing = petitions_of_same_people(work, request.petitioners)
    rows = work.session.execute(
        select(Petition, PetitionStanding)
        .join(PetitionStanding, PetitionStanding.petition_no == Petition.petition_no)
        .where(Petition.petition_no.in_(agreeing), PetitionStanding.sealed.is_(False))
        .order_by(Petition.registered_on.desc(), Petition.day_number.desc())
        .limit(_MOST_LOOKED_AT)
    )
    proposals = []
    for petition, standing in rows:
        agreement = agreeing[petition.petition_no]
        reasons = similarities(
            Candidate(
                same_identity=agreement.identity,
                same_phone=agreement.phone,
                same_field=_same(request.field, _field_of(work, petition.petition_no)),
                same_territory=_same(request.territory, petition.territory),
            )
        )
        if reasons:
            proposals.append(
                SimilarPetition(
                    petition_no=petition.petition_no,
                    stage=standing.stage,
                    open=not Standing(standing.stage.value).ended,
                    reasons=reasons,
                )
            )
    return SimilarPetitions(proposals=tuple(proposals))


def _field_of(work: Work, petition_no: str) -> str | None:
    row = latest_content(work, petition_no)
    return open_content(work, row).field if row else None


def _same(asked: str | None, held: str | None) -> bool | None:
    return None if asked is None or held is None else asked == held
