"""What category forbids and demands: accusations under seal, claims by their procedure (X-1)."""

from __future__ import annotations

from services.triage.rules.terms import Category, Channel, Outcome
from shared.decisions import Decision, condition, decide, decides


@decides("T2", "C-02", "C-01")
def may_petition_be_sorted(*, waiting: bool) -> Decision:
    """Decide whether a petition waits for sorting: it is sorted once, until it comes back (T7).

    Reference: C-02; T2.
    """
    return decide(condition("petition_waits_for_sorting", waiting, cites="T2"))


@decides("D-05", "D-02")
def may_petition_be_sorted_whole(*, mixed: bool) -> Decision:
    """Decide whether a petition may be sorted as it is: one that mixes is split first.

    A person says whether an accusation and a claim stand in one petition.

    Reference: D-05.
    """
    return decide(condition("petition_is_of_one_kind", not mixed, cites="D-05"))


@decides("X-1", "L22-30", "T5", "D-02", "I-10")
def may_category_go_that_way(*, category: Category, outcome: Outcome) -> Decision:
    """Decide whether the category allows the outcome: an accusation under seal, and only that so.

    The category is the sorter's own finding; what the petitioner declared does not bind it.

    Reference: 《信访工作条例》, art. 22¶2, 30; X-1.
    """
    sealed = outcome is Outcome.DISCIPLINE_TRANSFER
    accusation = category is Category.ACCUSATION
    return decide(
        condition("accusation_stays_sealed", sealed or not accusation, cites="X-1"),
        condition(
            "only_accusation_is_transferred_sealed", accusation or not sealed, cites="L22-30"
        ),
    )


@decides("D-05", "X-1", "P-1")
def may_part_change_category(*, split_off: bool, category: Category) -> Decision:
    """Decide whether a part that was split off as an accusation is sorted as one.

    A person has found the accusation already; sorted as a claim it would go to a unit with the
    accusation in it.  What is also claimed is registered on its own.

    Reference: D-05; X-1.
    """
    stays = not split_off or category is Category.ACCUSATION
    return decide(condition("part_stays_an_accusation", stays, cites="D-05"))


@decides("P-1", "X-1", "L22-30", "I-10")
def does_matter_stay_sealed(*, category: Category) -> bool:
    """Tell whether what a petition is about stays out of every event, view and plain column.

    Of an accusation even the field or the unit would tell the accused that one was made.

    Reference: P-1; 《信访工作条例》, art. 30¶3.
    """
    return category is Category.ACCUSATION


@decides("D-08", "L22-29", "L22-31")
def may_office_reply(
    *, category: Category, channel: Channel, outcome: Outcome, reply_written: bool
) -> Decision:
    """Decide whether the office may end the matter by an answer of its own.

    An enquiry or suggestion may end so; a claim on the petition procedure needs a written
    handling opinion, and one on another channel is led there (see `channels`).

    Reference: D-08; 《信访工作条例》, art. 29, 31(6).
    """
    replies = outcome is Outcome.REPLY
    claim = category is Category.CLAIM and channel is Channel.PETITION_PROCEDURE
    return decide(
        condition("claim_is_not_replied", not (replies and claim), cites="L22-31(6)"),
        condition("reply_is_written", reply_written or not replies, cites="D-08"),
    )


@decides("D-06", "L22-30")
def is_accused_known(*, outcome: Outcome, accused_named: bool, organ_above_named: bool) -> Decision:
    """Decide whether it is known whom an accusation is against, so that it does not reach them.

    Without a name the transfer fails closed, unless a person names the organ it goes to.

    Reference: D-06; 《信访工作条例》, art. 30¶3.
    """
    safe = outcome is not Outcome.DISCIPLINE_TRANSFER or accused_named or organ_above_named
    return decide(condition("accused_is_known", safe, cites="D-06"))
