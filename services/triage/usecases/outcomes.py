"""The outcomes by which the office itself ends or passes on a matter (T3 to T6, D-08)."""

from __future__ import annotations

from datetime import date

from services.triage import documents
from services.triage.models import TriagedPetition
from services.triage.rules.addressees import may_units_receive, which_discipline_organ_receives
from services.triage.rules.channels import may_petition_be_redirected
from services.triage.rules.declining import is_anything_unexecuted, may_petition_be_declined
from services.triage.rules.terms import DeclineGround, Outcome, UnitKind
from services.triage.rules.transfers import may_assignment_be_due
from services.triage.usecases import papers
from services.triage.usecases.case_in_hand import Sent, SortingInHand
from services.triage.usecases.earlier import earlier_matter
from services.triage.usecases.refusing import insist
from shared.calendar import StartEvent
from shared.calendar.statutory import HANDLING_PERIOD
from shared.contracts.common import PetitionNotFound, UnitUnknown
from shared.contracts.fields import Document
from shared.contracts.triage import (
    DisciplineTransferredV1,
    LegalChannel,
    PetitionAssignedV1,
    PetitionDeclinedV1,
    PetitionForwardedV1,
    PetitionRedirectedV1,
    PetitionRepliedV1,
)


def redirect(case: SortingInHand) -> Sent:
    """Lead the petitioner to the right body or procedure, in writing (T3).

    Raises:
        UnitUnknown, RightBodyMissing, ChannelMissing, RouteContradictsChannel
    """
    code = case.request.right_body
    unit = case.directory.codes.unit_by_code.get(code) if code else None
    if code is not None and unit is None:
        msg = f"{case.petition_no}: the directory has no unit {code}."
        raise UnitUnknown(msg)
    insist(
        may_petition_be_redirected(
            channel=case.channel,
            body_has_address=unit.has_address if unit else None,
            body_kind=UnitKind(unit.kind) if unit else None,
        ),
        case.petition_no,
    )
    body = str(code)
    channel = LegalChannel(case.channel.value)
    notice, text = case.issue(
        papers.NOTICE,
        lambda head: documents.redirect_notice(
            head, body=case.body(body), channel=channel, reason=case.request.reason
        ),
        to_petitioner=True,
    )
    led_by_law = channel is not LegalChannel.PETITION_PROCEDURE
    return Sent(
        event=PetitionRedirectedV1(
            petition_no=case.petition_no,
            body=body,
            channel=channel if led_by_law else None,
            document=notice,
        ),
        notice=notice,
        notice_text=text,
    )


def decline(case: SortingInHand) -> Sent:
    """Decline with a ground and the earlier matter it rests on, in writing (T4).

    Raises:
        PetitionNotFound, DeclineGroundMissing, PromiseUnexecuted
    """
    request = case.request
    earlier_no = request.earlier_petition
    if earlier_no is not None and case.work.session.get(TriagedPetition, earlier_no) is None:
        msg = f"{earlier_no}, the earlier matter, is not known in triage; check the number."
        raise PetitionNotFound(msg)
    earlier = earlier_matter(case.work, earlier_no) if earlier_no else None
    unexecuted = (
        is_anything_unexecuted(earlier=earlier, said_by_person=request.unexecuted)
        if earlier
        else request.unexecuted
    )
    ground = request.decline_ground
    insist(
        may_petition_be_declined(
            ground=DeclineGround(ground.value) if ground else None,
            rests_on_itself=earlier_no == case.petition_no,
            earlier=earlier,
            unexecuted=unexecuted,
        ),
        case.petition_no,
    )
    if ground is None or earlier_no is None:
        raise AssertionError  # The rule has just said that both are there.
    office = case.directory.view.office
    asked = (
        case.body(request.right_body)
        if request.right_body in case.directory.codes.unit_by_code
        else documents.Body(name=office.name, address=office.address, phone=office.phone)
    )
    notice, text = case.issue(
        papers.NOTICE,
        lambda head: documents.decline_notice(
            head, ground=ground, earlier=earlier_no, body=asked, reason=request.reason
        ),
        to_petitioner=True,
    )
    return Sent(
        event=PetitionDeclinedV1(petition_no=case.petition_no, ground=ground, document=notice),
        notice=notice,
        notice_text=text,
    )


def reply(case: SortingInHand) -> Sent:
    """Answer an enquiry or a suggestion by the office itself (D-08)."""
    answer = str(case.request.reply_text)  # The rule on replies has seen that it is written.
    notice, text = case.issue(
        papers.NOTICE,
        lambda head: documents.reply_notice(head, reply=answer),
        to_petitioner=True,
    )
    return Sent(
        event=PetitionRepliedV1(petition_no=case.petition_no, document=notice),
        notice=notice,
        notice_text=text,
    )


def transfer_under_seal(case: SortingInHand) -> Sent:
    """Transfer an accusation to a discipline organ that is not accused itself (T5, X-4).

    The event names the receiving organ and nobody accused; in the store both are sealed.

    Raises:
        UnitUnknown, AccusationMustBeSealed, AddresseeIsAccused
    """
    organ = which_discipline_organ_receives(
        named=case.request.right_body, accused=case.accused, directory=case.directory.codes
    )
    insist(organ, case.petition_no)
    letter, _text = papers.issue(
        case.work,
        petition_no=case.petition_no,
        kind=papers.SEALED_TRANSFER,
        directory=case.directory,
        write=lambda head: documents.discipline_letter(
            head, organ=case.body(organ.value), reason=case.request.reason
        ),
    )
    return Sent(
        event=DisciplineTransferredV1(
            petition_no=case.petition_no, organ=organ.value, document=letter
        ),
        transferred_to=organ.value,
        sealed={"receiving_organ": organ.value},
    )


def transfer(case: SortingInHand) -> Sent:
    """Forward or assign to the competent unit, and tell the petitioner where it went (T6).

    Raises:
        AddresseeIsAccused, DueDateMissing, DateInPast, DueDateBeyondStatutory
    """
    work, request = case.work, case.request
    insist(
        may_units_receive(units=case.units, accused=case.accused, directory=case.directory.codes),
        case.petition_no,
    )
    due_on = request.due_on if case.outcome is Outcome.ASSIGN else None
    if case.outcome is Outcome.ASSIGN:
        statutory = work.calendar.statutory_due(
            HANDLING_PERIOD, start_on=work.today, start_event=StartEvent.ACCEPTED
        )
        insist(
            may_assignment_be_due(due_on=due_on, on=work.today, last_on=statutory.due_on),
            case.petition_no,
        )
    unit = str(request.lead_unit)  # The rule on units has seen that it is named.
    letter, _letter_text = case.issue(
        papers.TRANSFER,
        lambda head: documents.transfer_letter(
            head,
            unit=case.body(unit),
            co_units=tuple(case.body(code).name for code in request.co_units),
            due_on=due_on,
            reason=request.reason,
        ),
        to_petitioner=True,
    )
    notice, text = case.issue(
        papers.NOTICE,
        lambda head: documents.direction_notice(head, unit=case.body(unit), due_on=due_on),
        to_petitioner=True,
    )
    event = _assigned(case, unit, letter, due_on) if due_on else _forwarded(case, unit, letter)
    return Sent(event=event, transfer_no=letter.no, notice=notice, notice_text=text)


def _forwarded(case: SortingInHand, unit: str, letter: Document) -> PetitionForwardedV1:
    return PetitionForwardedV1(
        petition_no=case.petition_no,
        transfer_no=letter.no,
        unit=unit,
        organ=case.directory.unit_view(unit).organ,
        field=case.field,
        channel=LegalChannel(case.channel.value),
        document=letter,
    )


def _assigned(case: SortingInHand, unit: str, letter: Document, due_on: date) -> PetitionAssignedV1:
    return PetitionAssignedV1(
        petition_no=case.petition_no,
        transfer_no=letter.no,
        unit=unit,
        organ=case.directory.unit_view(unit).organ,
        field=case.field,
        channel=LegalChannel(case.channel.value),
        due_on=due_on,
        document=letter,
    )
