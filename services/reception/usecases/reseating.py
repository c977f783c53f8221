"""Another leader at a session than before, and the notice board that must say so (L22-18, I-11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.reception.models import ReceptionSession, SessionReseating
from services.reception.usecases.seats import seat
from services.reception.usecases.sittings import is_published, sitting_no
from shared.contracts.fields import Document
from shared.contracts.reception import PublishedSession, SessionsPublishedV1
from shared.messaging import Work

_NOTICE: Final = "NB"


@dataclass(frozen=True, kw_only=True)
class Reseating:
    """A session, who is to sit there, and who sat there before."""

    session: ReceptionSession
    leader: str
    in_place_of: str


Renewed = tuple[PublishedSession, Document]
"""What the board says of a session from now on, and its notice."""


def reseat(work: Work, reseating: Reseating) -> Renewed | None:
    """Let another leader sit; of a published session the answer is its notice, put up anew."""
    session = reseating.session
    seat(work, session.session, (reseating.leader,))
    document = _notice(work, reseating) if is_published(work, session.session) else None
    work.session.add(
        SessionReseating(
            session=session.session,
            leader=reseating.leader,
            in_place_of=reseating.in_place_of,
            document_no=document.no if document else None,
            sha256=document.sha256 if document else None,
            reseated_at=work.now,
            reseated_by=work.actor.id,
        )
    )
    if document is None:
        return None
    shown = PublishedSession(
        session=session.session,
        on=session.held_on,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        leaders=(reseating.leader,),
    )
    return shown, document


def put_up_anew(work: Work, renewed: Sequence[Renewed | None]) -> None:
    """Tell of the published sessions among some that were reseated."""
    published = [each for each in renewed if each is not None]
    if published:
        work.record(
            SessionsPublishedV1(
                node=work.source.node,
                sessions=tuple(session for session, _ in published),
                documents=tuple(document for _, document in published),
            )
        )


def _notice(work: Work, reseating: Reseating) -> Document:
    session = reseating.session
    return work.document(
        sitting_no(session),
        _NOTICE,
        {
            "session": session.session,
            "on": session.held_on,
            "starts_at": session.starts_at,
            "ends_at": session.ends_at,
            "place": session.place,
            "leader": reseating.leader,
            "in_place_of": reseating.in_place_of,
        },
    )
