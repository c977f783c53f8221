"""Splitting a mixed petition: the claim keeps its number, the accusation goes under seal."""

from __future__ import annotations

from typing import Final

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
from shared.contracts.base import Refusal
from shared.contracts.common import PetitionCategory
from shared.contracts.intake import (
    AlreadySorted,
    PartStaysAccusation,
    PetitionParts,
    PetitionReceipt,
    PetitionSplitV1,
    SplitPetition,
)
from shared.messaging.work import Work

_REFUSALS: Final[dict[str, tuple[type[Refusal], str]]] = {
    "not_sorted_yet": (
        AlreadySorted,
        "{petition_no} has been sorted; register the other matter as a petition of its own",
    ),
    "no_accusation_part": (
        PartStaysAccusation,
        "{petition_no} was split off as an accusation; register what is also claimed on its own",
    ),
}


def split_petition(work: Work, request: SplitPetition) -> PetitionParts:
    """Split a mixed petition that has not been sorted yet.

    The accusation part counts as received when the whole was, so that its time for sorting does
    not begin again.
    What ties the two stands in intake and in `petition_split`, and on neither petition's papers.

    Raises:
        PetitionNotFound: the register has no such number.
        AlreadySorted: it has been sorted, so it may have been sent on with the accusation in it.
        PartStaysAccusation: it is itself the accusation that was split off.
        DirectoryMissing, LeaderUnknown: an accused is not in the directory.
    """
    claim = petition_numbered(work, request.petition_no)
    _require_may_split(work, claim)
    if request.accused:
        check_accused(work, request.accused)
    row = latest_content(work, claim.petition_no)
    before = open_content(work, row) if row else None
    _keep_claim(work, claim, request, before)
    part = _enter_accusation(work, claim, request, before)
    work.append(
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


def _require_may_split(work: Work, claim: Petition) -> None:
    decision = may_split(
        was_sorted=standing_of(work, claim.petition_no).was_sorted,
        is_split_off=work.session.get(Split, claim.petition_no) is not None,
    )
    reason = decision.first_refusal()
    if reason is not None:
        refusal, message = _REFUSALS[reason.code]
        raise refusal(message.format(petition_no=claim.petition_no))


def _keep_claim(
    work: Work, claim: Petition, request: SplitPetition, before: Content | None
) -> None:
    """Write the claim's new content: what the petition says without the accusation."""
    declared = before.accused if before else ()
    store_content(
        work,
        petition_no=claim.petition_no,
        content=Content(
            summary=request.claim_summary,
            text=request.claim_text,
            field=before.field if before else None,
            concerned_units=before.concerned_units if before else (),
            # Triage asks for them when it sorts: the claim must not go to the accused either, and
            # neither to those named at the window or in an earlier split.
            accused=tuple(dict.fromkeys((*declared, *request.accused))),
        ),
        declared_category=PetitionCategory.CLAIM,
    )


def _enter_accusation(
    work: Work, claim: Petition, request: SplitPetition, before: Content | None
) -> Entered:
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
                accused=request.accused or (before.accused if before else ()),
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
