"""The record of a held meeting: whose hands are on it, and what is shown of it to whom."""

from __future__ import annotations

from sqlalchemy import select

from services.reception.documents import RulingPaper, ruling_text
from services.reception.models import Preparation, Reception, Routing, Signature
from services.reception.rules.decision import Hand, Signing, may_sign, signed_parties
from services.reception.rules.disclosure import may_see_case
from services.reception.rules.terms import Seat
from services.reception.usecases.preparations import (
    leaders_of_case,
    preparation_of,
    routing_of,
)
from services.reception.usecases.readers import reader_of
from services.reception.usecases.refusing import require
from shared.contracts import reception as contract
from shared.contracts.common import NotYourCase, WrongStage
from shared.contracts.fields import Document
from shared.contracts.reception import (
    CompletionStandard,
    GetReception,
    HoldReception,
    ReceptionView,
    SignaturesIncomplete,
    SignRecord,
)
from shared.messaging import Work
from shared.policy import Role


def sign_record(work: Work, request: SignRecord) -> ReceptionView:
    """Add signatures to a meeting's record; of several entries of a party the last counts.

    Raises:
        PetitionNotFound, SignaturesIncomplete, WrongStage: as their docstrings say.
    """
    preparation = preparation_of(work, request.petition_no)
    reception = _reception_of(work, preparation)
    require_signatures(routing_of(work, preparation), request)
    sign(work, reception, request.signatures)
    return reception_view(work, reception)


def get_reception(work: Work, request: GetReception) -> ReceptionView:
    """Show how a petition was received; the words of the outcome only to those who handle it.

    Raises:
        PetitionNotFound, WrongStage, NotYourCase: as their docstrings say.
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
                f"{request.petition_no} was not received by {work.actor.id}"
            )
        },
    )
    reception = _reception_of(work, preparation)
    only_oversees = not reader.handles and not work.actor.has(Role.LEADER)
    return reception_view(work, reception, with_text=not only_oversees)


def require_signatures(routing: Routing, request: HoldReception | SignRecord) -> None:
    """Make sure the signatures that come with a request are complete.

    Raises:
        SignaturesIncomplete: as its docstring says.
    """
    signings = [
        Signing(
            seat=Seat(each.party.value),
            unit=_unit_of(each, routing),
            hand=Hand(each.kind.value),
            witness=each.witness,
        )
        for each in request.signatures
    ]
    incomplete = SignaturesIncomplete(
        f"a signature on {request.petition_no} is refused without a witness, or is of a unit that"
        " was not at the table; name the witness, and units of the meeting only"
    )
    require(
        may_sign(signings, units_at_table=routing.units),
        {"refusals_witnessed": incomplete, "signers_at_table": incomplete},
    )


def _unit_of(signature: contract.Signature, routing: Routing) -> str | None:
    """Give the unit that signs; left unnamed it is the lead unit."""
    if signature.party is not contract.Party.UNIT:
        return None
    return signature.unit or routing.lead_unit


def sign(work: Work, reception: Reception, signatures: tuple[contract.Signature, ...]) -> None:
    """Put signatures under a record, in the order in which they are told."""
    for each in signatures:
        is_unit = each.party is contract.Party.UNIT
        work.session.add(
            Signature(
                record_no=reception.record_no,
                party=each.party,
                unit=(each.unit or reception.lead_unit) if is_unit else None,
                kind=each.kind,
                witness=each.witness,
                recorded_at=work.now,
                recorded_by=work.actor.id,
            )
        )
        work.session.flush()


def _reception_of(work: Work, preparation: Preparation) -> Reception:
    found = work.session.scalars(
        select(Reception).where(Reception.petition_no == preparation.petition_no)
    ).first()
    if found is None:
        msg = (
            f"{preparation.petition_no} stands at {preparation.state.value} and was not received"
            " yet; the meeting comes first, see hold_reception"
        )
        raise WrongStage(msg)
    return found


def reception_view(work: Work, reception: Reception, *, with_text: bool = True) -> ReceptionView:
    """Show a held meeting."""
    signatures = work.session.scalars(
        select(Signature)
        .where(Signature.record_no == reception.record_no)
        .order_by(Signature.signature_no)
    )
    signed = signed_parties(
        [
            Signing(
                seat=Seat(each.party.value),
                unit=each.unit,
                hand=Hand(each.kind.value),
                witness=each.witness,
            )
            for each in signatures
        ]
    )
    return ReceptionView(
        petition_no=reception.petition_no,
        session=reception.session,
        on=reception.held_on,
        leader=reception.leader,
        outcome=reception.outcome,
        lead_unit=reception.lead_unit,
        co_units=tuple(reception.co_units),
        due_on=reception.due_on,
        standards=_standards(reception),
        record=Document(no=reception.record_no, sha256=reception.record_sha256),
        document=Document(no=reception.document_no, sha256=reception.document_sha256),
        signed=signed,
        text=_text(work, reception) if with_text else None,
    )


def _standards(reception: Reception) -> tuple[CompletionStandard, ...]:
    return tuple(map(CompletionStandard.load, reception.standards))


def _text(work: Work, reception: Reception) -> str:
    words = work.vault.open(reception.text_sealed, context=f"receptions|{reception.record_no}|text")
    return ruling_text(
        RulingPaper(
            outcome=reception.outcome,
            document_no=reception.document_no,
            record_no=reception.record_no,
            petition_no=reception.petition_no,
            held_on=reception.held_on,
            words=words,
            due_on=reception.due_on,
            standards=_standards(reception),
        )
    )
