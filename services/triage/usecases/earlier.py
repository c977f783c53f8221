"""What supervision tells of matters, so that nothing unfinished is declined as a repeat (T4)."""

from __future__ import annotations

from services.triage.models import EarlierMatter, TriagedPetition
from services.triage.rules import declining
from services.triage.rules.terms import LEADER_ROUTES, TRANSFERS
from services.triage.usecases.hand_overs import last_entry
from shared.contracts.supervision import (
    CaseClosedV1,
    OpinionDeliveredV1,
    OpinionOutcome,
    PromiseMadeV1,
)
from shared.contracts.triage import SortingState
from shared.messaging import Envelope, Work


def on_promise_made(work: Work, event: PromiseMadeV1, _envelope: Envelope) -> None:
    """Note that the petitioner was promised a day."""
    _matter(work, event.petition_no).promised = True


def on_opinion_delivered(work: Work, event: OpinionDeliveredV1, _envelope: Envelope) -> None:
    """Note an opinion, and where it supports the claim that it has to be executed (L22-32)."""
    matter = _matter(work, event.petition_no)
    matter.opinion_delivered = True
    if event.outcome is OpinionOutcome.SUPPORTED:
        matter.supported = True


def on_case_closed(work: Work, event: CaseClosedV1, _envelope: Envelope) -> None:
    """Note that what was promised or supported has been verified as done."""
    _matter(work, event.petition_no).closed = True


def earlier_matter(work: Work, petition_no: str) -> declining.EarlierMatter:
    """Give what is known of a matter; nothing told is nothing promised."""
    led_away = _is_led_away(work, petition_no)
    row = work.session.get(EarlierMatter, petition_no)
    if row is None:
        return declining.EarlierMatter(led_away=led_away)
    return declining.EarlierMatter(
        led_away=led_away,
        promised=row.promised,
        opinion_delivered=row.opinion_delivered,
        supported=row.supported,
        closed=row.closed,
    )


def _is_led_away(work: Work, petition_no: str) -> bool:
    """Tell whether the sorting in force left a petition with nobody who handles it."""
    petition = work.session.get(TriagedPetition, petition_no)
    if petition is None or petition.state is not SortingState.SORTED:
        return False
    entry = last_entry(work, petition)
    return entry is not None and entry.outcome.value not in LEADER_ROUTES | TRANSFERS


def _matter(work: Work, petition_no: str) -> EarlierMatter:
    # The facts only ever rise and none undoes another, so they may come in any order.
    row = work.session.get(EarlierMatter, petition_no)
    if row is None:
        row = EarlierMatter(
            petition_no=petition_no,
            promised=False,
            opinion_delivered=False,
            supported=False,
            closed=False,
        )
        work.session.add(row)
    return row
