"""The four cards: re-issued by hand, delivered, and shown to those who must handle them."""

from __future__ import annotations

from datetime import date

from services.reception import metrics
from services.reception.documents import CardPaper, card_text
from services.reception.models import Card, CardSet, Preparation
from services.reception.rules import terms
from services.reception.rules.cards import (
    CardInHand,
    CardRequest,
    may_deliver,
    may_issue_cards,
)
from services.reception.rules.disclosure import may_read_text, may_see_case
from services.reception.usecases.asking import CaseFacts
from services.reception.usecases.card_sets import (
    card_view,
    free_sitting,
    issue,
    required_set,
    set_view,
    void,
)
from services.reception.usecases.preparations import (
    is_day_passed,
    leaders_of_case,
    preparation_of,
    require_here,
    reserved_session,
    routing_of,
    step_of,
)
from services.reception.usecases.readers import reader_of
from services.reception.usecases.refusing import require
from shared.calendar import local_date
from shared.contracts.common import (
    DateInFuture,
    DateInPast,
    NotYourCase,
    StubIsKept,
    WrongStage,
)
from shared.contracts.reception import (
    CardDeliveredV1,
    CardNotFound,
    CardsBeforeRouting,
    CardSetView,
    CardView,
    CardVoid,
    DecisionAlreadyMade,
    DeliverCard,
    GetCardSet,
    IssueCards,
    NoSessionPlanned,
)
from shared.messaging import Work


def issue_cards(work: Work, request: IssueCards) -> CardSetView:
    """Issue a petition's cards by hand: a first set, or one that replaces the set in force.

    After a new set the preliminary opinion is recorded anew: it comes after the cards (C-11).

    Raises:
        CardsBeforeRouting, NoSessionPlanned, DecisionAlreadyMade, WrongStage: as their docstrings
            say.
    """
    number = request.petition_no
    found = work.session.get(Preparation, number)
    if found is not None:
        require_here(found)
    routing = routing_of(work, found) if found else None
    to_issue = may_issue_cards(
        CardRequest(
            leader=routing.leader if routing else None,
            lead_unit=routing.lead_unit if routing else None,
            step=step_of(found) if found else None,
            sitting=free_sitting(work, found) if found else None,
            day_passed=is_day_passed(work, found) if found else False,
        )
    )
    require(
        to_issue.decision,
        {
            "leader_and_unit_fixed": CardsBeforeRouting(
                f"{number} was not routed to {work.source.node}: no leader and unit are fixed;"
                " sort it in triage first"
            ),
            "not_decided": DecisionAlreadyMade(f"{number} has its outcome; no cards are due"),
            "no_hour_given": WrongStage(
                f"{number} has an appointment notice; its day moves only through an absence,"
                " see record_attendance"
            ),
            "sitting_reserved": NoSessionPlanned(
                f"no session with a free hour is planned that {number} may come to;"
                " call plan_sessions, and the cards are issued by themselves"
            ),
        },
    )
    preparation = preparation_of(work, number)
    void(work, preparation)
    card_set = issue(work, preparation, to_issue.value, reason=request.reason)
    return set_view(work, preparation, card_set)


def deliver_card(work: Work, request: DeliverCard) -> CardView:
    """Record that a card reached its addressee; told again, the first record stands.

    Raises:
        CardNotFound, CardVoid, StubIsKept, DateInFuture, DateInPast: as their docstrings say.
    """
    card = work.session.get(Card, request.card_no)
    if card is None:
        msg = f"no card has the number {request.card_no} at this node; see get_card_set"
        raise CardNotFound(msg)
    card_set = work.session.get_one(CardSet, card.set_no)
    if card.delivered_on is not None and card_set.voided_at is None:
        return card_view(card, card_set)
    delivered_on = request.delivered_on or work.today
    issued_on = local_date(card_set.issued_at)
    require(
        may_deliver(
            CardInHand(
                kind=terms.Card(card.kind.value),
                void=card_set.voided_at is not None,
                issued_on=issued_on,
                delivered_on=delivered_on,
            ),
            on=work.today,
        ),
        {
            "is_no_stub": StubIsKept(f"{card.card_no} is the stub; the petition office keeps it"),
            "set_in_force": CardVoid(
                f"{card.card_no} is of set {card.set_no}, which was replaced; deliver the new set"
            ),
            "not_after_today": DateInFuture(
                f"{card.card_no} cannot have been delivered on {delivered_on}; today is"
                f" {work.today}"
            ),
            "not_before_issue": DateInPast(
                f"{card.card_no} was issued on {issued_on} and cannot have been delivered on"
                f" {delivered_on}"
            ),
        },
    )
    card.delivered_on = delivered_on
    card.method = request.method
    card.delivery_recorded_at = work.now
    card.delivery_recorded_by = work.actor.id
    work.record(
        CardDeliveredV1(
            petition_no=card.petition_no,
            set_no=card.set_no,
            card_no=card.card_no,
            kind=card.kind,
            addressee=card.addressee,
            delivered_on=delivered_on,
        )
    )
    work.count(metrics.CARDS_DELIVERED, kind=card.kind.value)
    return card_view(card, card_set)


def get_card_set(work: Work, request: GetCardSet, facts: CaseFacts) -> CardSetView:
    """Show the set in force, each card's text to those who must handle it (D-12).

    Raises:
        PetitionNotFound, CardsMissing, NotYourCase: as their docstrings say.
    """
    preparation = preparation_of(work, request.petition_no)
    routing = routing_of(work, preparation)
    reader = reader_of(work.actor)
    require(
        may_see_case(
            reader,
            leaders=leaders_of_case(preparation, routing),
            units=frozenset(routing.units),
        ),
        {
            "case_is_theirs": NotYourCase(
                f"{request.petition_no} is not with {work.actor.id}; its leaders and units see it"
            )
        },
    )
    card_set = required_set(work, preparation)
    now_at = reserved_session(work, preparation)
    moved_to = now_at.held_on if now_at and now_at.session != card_set.session else None

    def text_of(card: Card) -> str | None:
        kind = terms.Card(card.kind.value)
        addressee = preparation.leader if kind is terms.Card.LEADER_REPORT else card.addressee
        if not may_read_text(reader, kind=kind, addressee=addressee):
            return None
        paper = _paper(card, card_set, facts, moved_to=moved_to, in_turn=routing.whoever_sits)
        return card_text(paper, names=facts.names)

    return set_view(work, preparation, card_set, text_of=text_of)


def _paper(
    card: Card, card_set: CardSet, facts: CaseFacts, *, moved_to: date | None, in_turn: bool
) -> CardPaper:
    return CardPaper(
        kind=card.kind,
        card_no=card.card_no,
        set_no=card.set_no,
        petition_no=card.petition_no,
        copy=card.copy,
        addressee=card.addressee,
        held_on=card_set.held_on,
        place=card_set.place,
        leader=card_set.leader,
        lead_unit=card_set.lead_unit,
        co_units=tuple(card_set.co_units),
        issued_on=local_date(card_set.issued_at),
        petitioner=facts.petitioner,
        summary=facts.summary,
        moved_to=moved_to,
        in_turn=in_turn,
    )
