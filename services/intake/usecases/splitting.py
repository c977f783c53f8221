"""Splitting a mixed petition: the claim keeps its number, the accusation goes under seal."""

from __future__ import annotations

from services.intake import metrics
from services.intake.models import Petition, Split
from services.intake.rules import may_split
from services.intake.usecases.contents import (
    Content,
    latest_content,
    open_content,
    store_content,
)
from services.intake.usecases.directory import check_accused
from services.intake.usecases.people import (
    petitioners_of,
    representatives_of,
    store_representatives,
)
from services.intake.usecases.register import Entered, Entry, enter, petition_numbered, standing_of
from shared.contracts.common import PetitionCategory
from shared.contracts.intake import (
    AlreadySorted,
    PetitionParts,
    PetitionReceipt,
    PetitionSplitV1,
    SplitPetition,
)
from shared.messaging.work import Work


def split_petition(work: Work, request: SplitPetition) -> PetitionParts:
    """Split a mixed petition that has not been sorted yet.

    The accusation part counts as received when the whole was, so that its time for sorting does
    not begin again.
    What ties the two stands in intake and in `petition_split`, and on neither petition's papers.

    Raises:
        PetitionNotFound: the register has no such number.
        AlreadySorted: it has been sorted, so it may have been sent on with the accusation in it.
        LeaderUnknown: an accused is not in the directory.
    """
    claim = petition_numbered(work, request.petition_no)
    if not may_split(was_sorted=standing_of(work, claim.petition_no).was_sorted).allowed:
        msg = (
            f"{claim.petition_no} has been sorted; a split comes before anything is sent on, "
            "so register the other matter as a petition of its own"
        )
        raise AlreadySorted(msg)
    if request.accused:
        check_accused(work, request.accused)
    _keep_claim(work, claim, request)
    part = _enter_accusation(work, claim, request)
    work.session.add(
        Split(
            accusation_no=part.petition.petition_no,
            claim_no=claim.petition_no,
            sealed_reason=work.vault.seal(
                request.reason, context=f"splits|{part.petition.petition_no}|sealed_reason"
            ),
            split_by=work.actor.id,
            split_at=work.now,
        )
    )
    work.record(PetitionSplitV1(petition_no=claim.petition_no, part_no=part.petition.petition_no))
    work.count(metrics.PETITIONS_SPLIT)
    return PetitionParts(
        claim_no=claim.petition_no,
        accusation_no=part.petition.petition_no,
        accusation_receipt=_receipt(part),
    )


def _keep_claim(work: Work, claim: Petition, request: SplitPetition) -> None:
    """Write the claim's new content: what the petition says without the accusation."""
    row = latest_content(work, claim.petition_no)
    before = open_content(work, row) if row else None
    store_content(
        work,
        petition_no=claim.petition_no,
        content=Content(
            summary=request.claim_summary,
            text=request.claim_text,
            field=before.field if before else None,
            concerned_units=before.concerned_units if before else (),
            # Triage asks for them when it sorts: the claim must not go to the accused either.
            accused=request.accused,
        ),
        declared_category=PetitionCategory.CLAIM,
    )


def _enter_accusation(work: Work, claim: Petition, request: SplitPetition) -> Entered:
    part = enter(
        work,
        Entry(
            form=claim.form,
            territory=claim.territory,
            received_on=claim.received_on,
            headcount=claim.headcount,
            urgent=claim.urgent,
            people=petitioners_of(work, claim.petition_no),
            content=Content(
                summary=request.accusation_summary,
                text=request.accusation_text,
                accused=request.accused,
            ),
            declared_category=PetitionCategory.ACCUSATION,
        ),
    )
    representatives = representatives_of(work, claim.petition_no)
    if representatives:
        store_representatives(work, petition_no=part.petition.petition_no, people=representatives)
    return part


def _receipt(part: Entered) -> PetitionReceipt:
    return PetitionReceipt(
        petition_no=part.petition.petition_no,
        visit_no=part.visit.visit_no,
        repeat=False,
        receipt_no=part.receipt.document.no,
        receipt_code=part.receipt.code,
        registered_on=part.petition.registered_on,
        sorting_due_on=part.petition.sorting_due_on,
        group=part.petition.group,
        document=part.receipt.document,
        text=part.receipt.text,
    )
