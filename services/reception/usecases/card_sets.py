"""A set of cards as rows: issued for a sitting, voided by a later one, shown with its cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from services.reception import metrics
from services.reception.models import Card, CardSet, Preparation, Routing
from services.reception.rules.cards import Sheet, cards_of_a_set, copies_of_a_set
from services.reception.rules.sessions import Sitting, next_sitting
from services.reception.usecases.preparations import (
    move,
    release_hour,
    reserved_session,
    routing_of,
    set_in_force,
)
from services.reception.usecases.sittings import session_named, sittings_of
from shared.contracts.fields import Document
from shared.contracts.reception import (
    CardKind,
    CardSetView,
    CardsIssuedV1,
    CardsMissing,
    CardState,
    CardsVoidedV1,
    CardView,
    IssuedCard,
    PreparationState,
)
from shared.messaging import Work

_CARD_SET: Final = "CA"
_CARD_COPY: Final = "CC"

TextOf = Callable[[Card], str | None]


def free_sitting(work: Work, preparation: Preparation) -> Sitting | None:
    """Find the sitting that issuing cards today would reserve (D-10)."""
    return next_sitting(sittings_of(work, preparation, after=work.today), after=work.today)


def issue_if_planned(work: Work, preparation: Preparation) -> None:
    """Issue the first set of cards where a sitting has room; else the petition waits for one."""
    sitting = free_sitting(work, preparation)
    if sitting is not None:
        issue(work, preparation, sitting)


def issue(
    work: Work, preparation: Preparation, sitting: Sitting, *, reason: str | None = None
) -> CardSet:
    """Issue a set of four for a sitting, with a copy for every further unit (C-08)."""
    routing = routing_of(work, preparation)
    sheets = cards_of_a_set(leader=sitting.leader, lead_unit=routing.lead_unit)
    copies = copies_of_a_set(lead_unit=routing.lead_unit, co_units=routing.co_units)
    card_set = _new_set(work, routing, sitting, reason=reason)
    preparation.set_no = card_set.set_no
    preparation.leader = sitting.leader
    move(work, preparation, PreparationState.CARDS_ISSUED, session=sitting.session)
    sheet_nos = [f"{card_set.set_no}-{sheet.number}" for sheet in sheets]
    copy_nos = work.sheet_numbers(routing.petition_no, _CARD_COPY, len(copies)) if copies else []
    issued = _write(work, card_set, sheets, sheet_nos, copied=False)
    copied = _write(work, card_set, copies, copy_nos, copied=True)
    work.record(
        CardsIssuedV1(
            petition_no=card_set.petition_no,
            set_no=card_set.set_no,
            session=card_set.session,
            on=card_set.held_on,
            leader=card_set.leader,
            lead_unit=card_set.lead_unit,
            co_units=tuple(card_set.co_units),
            cards=issued,
            copies=copied,
        )
    )
    work.count(metrics.CARD_SETS, change="issued")
    return card_set


def void(work: Work, preparation: Preparation) -> None:
    """Void the set in force, if any, and let go of the opinion, hour and notice that rest on it."""
    card_set = set_in_force(work, preparation)
    preparation.set_no = None
    preparation.opinion_no = None
    preparation.appointment_no = None
    release_hour(work, preparation.petition_no)
    if card_set is None:
        return
    card_set.voided_at = work.now
    work.session.flush()
    work.record(CardsVoidedV1(petition_no=card_set.petition_no, set_no=card_set.set_no))
    work.count(metrics.CARD_SETS, change="voided")


def unit_had_its_card_on(work: Work, routing: Routing) -> list[date]:
    """List the days on which the lead unit had the matter: by a card here, or at a node before."""
    delivered = work.session.scalars(
        select(Card.delivered_on).where(
            Card.petition_no == routing.petition_no,
            Card.kind == CardKind.UNIT_NOTICE,
            Card.copy == 0,
            Card.addressee == routing.lead_unit,
            Card.delivered_on.is_not(None),
        )
    )
    return [on for on in (routing.accepted_on, *delivered) if on is not None]


def required_set(work: Work, preparation: Preparation) -> CardSet:
    """Give the set in force.

    Raises:
        CardsMissing: none was issued.
    """
    card_set = set_in_force(work, preparation)
    if card_set is None:
        msg = (
            f"no cards of {preparation.petition_no} are issued; they follow by themselves once a"
            " session of its leader is planned"
        )
        raise CardsMissing(msg)
    return card_set


def card_view(card: Card, card_set: CardSet, *, text: str | None = None) -> CardView:
    """Show one card."""
    return CardView(
        card_no=card.card_no,
        kind=card.kind,
        addressee=card.addressee,
        state=_state(card, card_set),
        delivered_on=card.delivered_on,
        document=Document(no=card.card_no, sha256=card.sha256),
        text=text,
    )


def _without_text(_card: Card) -> str | None:
    return None


def set_view(
    work: Work, preparation: Preparation, card_set: CardSet, *, text_of: TextOf = _without_text
) -> CardSetView:
    """Show a set with its cards in the order of C-08, the copies apart.

    An absence moves the meeting and leaves the cards as printed: what is shown is the meeting.
    """
    now_at = reserved_session(work, preparation)
    moved = now_at is not None and now_at.session != card_set.session
    cards = work.session.scalars(
        select(Card).where(Card.set_no == card_set.set_no).order_by(Card.copy, Card.card_no)
    ).all()

    def views(*, copied: bool) -> tuple[CardView, ...]:
        return tuple(
            card_view(card, card_set, text=text_of(card))
            for card in cards
            if bool(card.copy) is copied
        )

    return CardSetView(
        petition_no=card_set.petition_no,
        set_no=card_set.set_no,
        session=now_at.session if now_at else card_set.session,
        on=now_at.held_on if now_at else card_set.held_on,
        place=now_at.place if now_at else card_set.place,
        leader=preparation.leader,
        lead_unit=card_set.lead_unit,
        co_units=tuple(card_set.co_units),
        state=preparation.state,
        cards=views(copied=False),
        copies=views(copied=True),
        printed_on=card_set.held_on if moved else None,
    )


def _state(card: Card, card_set: CardSet) -> CardState:
    if card_set.voided_at is not None:
        return CardState.VOID
    if card.kind is CardKind.OFFICE_STUB:
        return CardState.KEPT
    return CardState.ISSUED if card.delivered_on is None else CardState.DELIVERED


def _new_set(work: Work, routing: Routing, sitting: Sitting, *, reason: str | None) -> CardSet:
    set_no = work.number(routing.petition_no, _CARD_SET)
    context = f"card_sets|{set_no}|reason"
    card_set = CardSet(
        set_no=set_no,
        petition_no=routing.petition_no,
        routing_no=routing.routing_no,
        session=sitting.session,
        held_on=sitting.held_on,
        place=session_named(work, sitting.session).place,
        leader=sitting.leader,
        lead_unit=routing.lead_unit,
        co_units=routing.co_units,
        issued_at=work.now,
        issued_by=work.actor.id,
        reason_sealed=work.vault.seal(reason, context=context) if reason else None,
    )
    work.session.add(card_set)
    work.session.flush()
    return card_set


def _write(
    work: Work,
    card_set: CardSet,
    sheets: Sequence[Sheet],
    numbers: Sequence[str],
    *,
    copied: bool,
) -> tuple[IssuedCard, ...]:
    issued = []
    for sheet, number in zip(sheets, numbers, strict=True):
        document = work.numbered(number, _content(card_set, sheet))
        kind = CardKind(sheet.kind.value)
        work.session.add(
            Card(
                card_no=number,
                set_no=card_set.set_no,
                petition_no=card_set.petition_no,
                kind=kind,
                copy=sheet.number if copied else 0,
                addressee=sheet.addressee,
                sha256=document.sha256,
            )
        )
        issued.append(IssuedCard(kind=kind, addressee=sheet.addressee, document=document))
    work.session.flush()
    return tuple(issued)


def _content(card_set: CardSet, sheet: Sheet) -> dict[str, Any]:
    """Give what is hashed of a card: the facts that are the same on all four, and its addressee."""
    return {
        "kind": sheet.kind.value,
        "addressee": sheet.addressee,
        "set_no": card_set.set_no,
        "petition_no": card_set.petition_no,
        "session": card_set.session,
        "on": card_set.held_on,
        "place": card_set.place,
        "leader": card_set.leader,
        "lead_unit": card_set.lead_unit,
        "co_units": card_set.co_units,
    }
