"""Showing petitions: the bare facts to staff, what they say only to those whose duty it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select, tuple_

from services.intake import metrics
from services.intake.models import (
    AccessEntry,
    Petition,
    PetitionContent,
    PetitionStanding,
    Split,
    Visit,
)
from services.intake.rules import (
    Confidence,
    Reader,
    is_reader_accused,
    may_open_identity,
    may_read_content,
    progress_of,
)
from services.intake.usecases.contents import latest_content, open_content
from services.intake.usecases.people import (
    first_petitioner_of,
    latest_representatives,
    petitioners_of,
    representatives_of,
    view_of,
)
from services.intake.usecases.register import note_place, petition_numbered, standing_of
from services.intake.usecases.standings import heard_of, milestone_of, places_of, waiting_view
from shared.contracts.intake import (
    FindPetitions,
    GetPetition,
    Identity,
    NoNeedToKnow,
    PetitionList,
    PetitionListed,
    PetitionView,
    RevealIdentity,
    Stage,
    VisitView,
    WaitingView,
)
from shared.messaging.work import Work
from shared.policy import Role

_DUTIES: Final = {
    Role.OFFICER: Reader.PETITION_OFFICE,
    Role.OFFICE_HEAD: Reader.PETITION_OFFICE,
    Role.DISCIPLINE: Reader.DISCIPLINE,
    Role.SERVICE: Reader.SERVICE,
}

# Built once: making a statement costs as much as sending it.
_VISITS: Final = (
    select(Visit).where(Visit.petition_no == bindparam("petition_no")).order_by(Visit.position)
)


def get_petition(work: Work, request: GetPetition) -> PetitionView:
    """Show a petition; where its content is opened, the reader is put on record.

    Raises:
        PetitionNotFound: the register has no such number.
    """
    petition = petition_numbered(work, request.petition_no)
    standing = standing_of(work, petition.petition_no)
    content_row = latest_content(work, petition.petition_no)
    readers = _readers(work)
    visits = _visits_of(work, petition.petition_no)
    bare = _bare_view(work, petition, standing, content_row, visits)
    opens = may_read_content(_confidence(standing), reader=work.actor.code, readers=readers)
    if content_row is None or not opens.allowed:
        return bare
    content = open_content(work, content_row)
    if is_reader_accused(reader=work.actor.code, accused=content.accused):
        return bare
    _log_access(work, petition.petition_no, opened="content", reason=request.purpose)
    # A service that asks carries its caller's roles beside its own: the answer is still its own.
    in_person = Reader.SERVICE not in readers
    return PetitionView(
        **{
            **vars(bare),
            "linked_to": petition.linked_to or (_split_from(work, petition) if in_person else None),
            "visits": _shown(work, visits, with_notes=in_person),
            "petitioner": _petitioner_line(work, petition),
            "summary": content.summary,
            "text": content.text,
            "field": content.field,
            "concerned_units": content.concerned_units,
            "accused": _accused_shown(work, petition, content.accused, in_person=in_person),
        }
    )


def find_petitions(work: Work, request: FindPetitions) -> PetitionList:
    """List petitions in the order of their numbers, a page at a time."""
    number = tuple_(PetitionStanding.registered_on, PetitionStanding.day_number)
    query = select(PetitionStanding).order_by(
        PetitionStanding.registered_on, PetitionStanding.day_number
    )
    for column, wanted in (
        (PetitionStanding.form, request.form),
        (PetitionStanding.stage, request.stage),
        (PetitionStanding.territory, request.territory),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if request.registered_from is not None:
        query = query.where(PetitionStanding.registered_on >= request.registered_from)
    if request.registered_until is not None:
        query = query.where(PetitionStanding.registered_on <= request.registered_until)
    if request.after is not None:
        last = petition_numbered(work, request.after)
        query = query.where(number > (last.registered_on, last.day_number))
    rows = list(work.session.scalars(query.limit(request.limit + 1)))
    page = rows[: request.limit]
    return PetitionList(
        petitions=tuple(
            PetitionListed(
                petition_no=row.petition_no,
                form=row.form,
                stage=row.stage,
                territory=row.territory,
                registered_on=row.registered_on,
                group=row.group,
                visits=row.visits,
            )
            for row in page
        ),
        next_after=page[-1].petition_no if len(rows) > request.limit else None,
    )


def reveal_identity(work: Work, request: RevealIdentity) -> Identity:
    """Open who is behind a petition, for a stated purpose, and put it on record.

    Raises:
        PetitionNotFound: the register has no such number.
        NoNeedToKnow: the caller's duty does not reach this petition.
    """
    petition = petition_numbered(work, request.petition_no)
    standing = standing_of(work, petition.petition_no)
    content_row = latest_content(work, petition.petition_no)
    accused = open_content(work, content_row).accused if content_row else ()
    opens = may_open_identity(_confidence(standing), reader=work.actor.code, readers=_readers(work))
    if not opens.allowed or is_reader_accused(reader=work.actor.code, accused=accused):
        msg = (
            f"the identity behind {petition.petition_no} is not within the caller's duty; "
            "a sealed one is opened by the discipline organ that received it, any other by the "
            "petition office"
        )
        raise NoNeedToKnow(msg)
    _log_access(
        work,
        petition.petition_no,
        opened="identity",
        purpose=request.purpose.value,
        reason=request.reason,
    )
    return Identity(
        petition_no=petition.petition_no,
        petitioners=tuple(map(view_of, petitioners_of(work, petition.petition_no))),
        representatives=tuple(map(view_of, representatives_of(work, petition.petition_no))),
    )


def reason_place(petition_no: str, opened: str) -> str:
    """Name the place where the reason of an opening is sealed."""
    return f"access_log|{petition_no}-{opened}|sealed_reason"


def _readers(work: Work) -> frozenset[Reader]:
    return frozenset(_DUTIES[role] for role in work.actor.roles if role in _DUTIES)


def _confidence(standing: PetitionStanding) -> Confidence:
    return Confidence(
        sealed=standing.sealed,
        transferred=standing.transferred,
        receiving_organ=standing.receiving_organ,
    )


def _bare_view(
    work: Work,
    petition: Petition,
    standing: PetitionStanding,
    content: PetitionContent | None,
    visits: Sequence[Visit],
) -> PetitionView:
    representatives = latest_representatives(work, petition.petition_no)
    return PetitionView(
        petition_no=petition.petition_no,
        form=petition.form,
        stage=standing.stage,
        territory=petition.territory,
        registered_on=petition.registered_on,
        received_on=petition.received_on,
        headcount=petition.headcount,
        group=petition.group,
        representatives_count=representatives.count if representatives else 0,
        urgent=petition.urgent,
        linked_to=petition.linked_to,
        declared_category=content.declared_category if content else None,
        visits=_shown(work, visits, with_notes=False),
        sealed=standing.sealed,
        waiting=_waiting(work, standing),
    )


def _waiting(work: Work, standing: PetitionStanding) -> WaitingView | None:
    if standing.sealed or standing.stage is not Stage.ROUTED:
        return None
    heard = heard_of(work, standing.petition_no)
    return waiting_view(progress_of([milestone_of(row) for row in heard]), places_of(heard))


def _visits_of(work: Work, petition_no: str) -> Sequence[Visit]:
    return work.session.scalars(_VISITS, {"petition_no": petition_no}).all()


def _shown(work: Work, visits: Sequence[Visit], *, with_notes: bool) -> tuple[VisitView, ...]:
    return tuple(
        VisitView(
            visit_no=row.visit_no,
            form=row.form,
            visited_on=row.visited_on,
            headcount=row.headcount,
            note=_note(work, row) if with_notes else None,
        )
        for row in visits
    )


def _note(work: Work, visit: Visit) -> str | None:
    if visit.sealed_note is None:
        return None
    note = json.loads(work.vault.open(visit.sealed_note, context=note_place(visit.visit_no)))
    return "\n".join(note[part] for part in ("summary", "text") if part in note)


def _petitioner_line(work: Work, petition: Petition) -> str | None:
    """Name the petitioner as cards and slips do: the first one, and how many they are."""
    first = first_petitioner_of(work, petition.petition_no)
    if first is None:
        return None
    if petition.headcount > 1:
        return f"{first.name}等{petition.headcount}人"
    return first.name


def _accused_shown(
    work: Work, petition: Petition, accused: tuple[str, ...], *, in_person: bool
) -> tuple[str, ...]:
    """Give the accused to whom they are shown.

    A claim that was split keeps them for triage alone, which checks every addressee against them
    (D-06); a person reads them in the accusation, as long as that is open to them.
    """
    if not (in_person and accused):
        return accused
    was_split = work.session.scalar(
        select(Split.claim_no).where(Split.claim_no == petition.petition_no).limit(1)
    )
    return () if was_split else accused


def _split_from(work: Work, petition: Petition) -> str | None:
    split = work.session.get(Split, petition.petition_no)
    return split.claim_no if split else None


def _log_access(
    work: Work,
    petition_no: str,
    *,
    opened: str,
    reason: str | None,
    purpose: str | None = None,
) -> None:
    sealed = reason and work.vault.seal(reason, context=reason_place(petition_no, opened))
    work.append(
        AccessEntry(
            petition_no=petition_no,
            opened=opened,
            actor=work.actor.id,
            roles=",".join(sorted(work.actor.roles)),
            purpose=purpose,
            sealed_reason=sealed or None,
            opened_at=work.now,
        )
    )
    work.count(metrics.OPENINGS, opened=opened)
