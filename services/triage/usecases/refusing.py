"""How a rule's answer becomes a named refusal: one table for all of triage.

A message carries numbers and codes of the request only, and where an accused is in play not even
those: that a certain leader or unit is complained of must not stand in any refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.contracts.base import Refusal
from shared.contracts.common import (
    DateInPast,
    DueDateBeyondStatutory,
    LeaderUnknown,
    NodeUnknown,
    NotYourCase,
    UnitUnknown,
    WrongStage,
)
from shared.contracts.triage import (
    AccusationMustBeSealed,
    AccusedUnknown,
    AddresseeIsAccused,
    ChannelMissing,
    ClaimCannotBeReplied,
    CountyNodeStays,
    DeclineGroundMissing,
    DueDateMissing,
    LeaderNotInCharge,
    LeaderUnresolved,
    LeadUnitMissing,
    LetterMustBeForwarded,
    MixedPetitionNotSplit,
    MustBeForwarded,
    NodeRetiredAlready,
    NoObjectionPending,
    NotAnAccusation,
    PrincipalReasonMissing,
    PromiseUnexecuted,
    ReplyMissing,
    RightBodyMissing,
    RouteContradictsChannel,
    RouteContradictsSeverity,
    SeverityMissing,
    SuggestionAnswered,
    UnitObjected,
)
from shared.decisions import Decided, Decision

_WAYS_OF_SEVERITY: Final = (
    "goes another way by its severity: to principal_leader if difficult or major, to "
    "leader_in_charge if complex, to forward, assign or reply if ordinary"
)

_REFUSALS: Final[Mapping[str, tuple[type[Refusal], str]]] = {
    "petition_waits_for_sorting": (
        WrongStage,
        "is sorted already; it is sorted again only after a unit's objection was agreed to",
    ),
    "petition_is_of_one_kind": (
        MixedPetitionNotSplit,
        "mixes an accusation and a claim; split it with intake.split_petition, then sort each part",
    ),
    "accusation_stays_sealed": (
        AccusationMustBeSealed,
        "is an accusation; the only outcome is discipline_transfer",
    ),
    "only_accusation_is_transferred_sealed": (
        NotAnAccusation,
        "is no accusation; choose another outcome than discipline_transfer",
    ),
    "accused_is_known": (
        AccusedUnknown,
        "names nobody accused; state `accused`, or name the organ above in `right_body`",
    ),
    "claim_is_not_replied": (
        ClaimCannotBeReplied,
        "is a claim on the petition procedure; forward, assign or route it",
    ),
    "reply_is_written": (ReplyMissing, "is to be answered by the office; write `reply_text`"),
    "severity_has_reason": (
        SeverityMissing,
        "has no severity with its reason; state `severity` and `severity_reason`",
    ),
    "outcome_fits_severity": (
        RouteContradictsSeverity,
        _WAYS_OF_SEVERITY,
    ),
    "litigation_letter_is_forwarded": (
        LetterMustBeForwarded,
        "is a letter on a litigation matter; choose forward with a judicial organ as lead_unit",
    ),
    "litigation_is_guided_to_its_organ": (
        RouteContradictsChannel,
        "is a litigation matter; choose redirect with the judicial organ as right_body",
    ),
    "litigation_body_is_judicial": (
        RouteContradictsChannel,
        "is a litigation matter; name a judicial organ, or a body outside, in `right_body`",
    ),
    "procedure_of_its_own_is_redirected": (
        RouteContradictsChannel,
        "has a statutory procedure of its own; choose redirect with the right body",
    ),
    "protective_duty_is_forwarded": (
        MustBeForwarded,
        "asks an organ to perform its duty; choose forward (or assign) with that organ",
    ),
    "right_body_has_address": (
        RightBodyMissing,
        "is redirected to no body with an address; name one of the directory in `right_body`",
    ),
    "way_is_statutory": (
        ChannelMissing,
        "is redirected without a statutory `channel`, and the body is one of this county",
    ),
    "ground_is_stated": (DeclineGroundMissing, "is declined without a ground; state it"),
    "earlier_matter_is_named": (
        DeclineGroundMissing,
        "is declined without another, earlier matter; name it in `earlier_petition`",
    ),
    "earlier_matter_is_pending": (
        DeclineGroundMissing,
        "is declined as pending, but nobody handles the earlier matter now; choose another way",
    ),
    "earlier_matter_is_concluded": (
        DeclineGroundMissing,
        "is declined as finally concluded, but the earlier one has no opinion; choose another way",
    ),
    "nothing_is_left_unexecuted": (
        PromiseUnexecuted,
        "rests on a matter whose promise or supported opinion is not executed; have it supervised",
    ),
    "lead_unit_is_named": (LeadUnitMissing, "has no lead unit; name one in `lead_unit`"),
    "lead_unit_is_one": (
        LeadUnitMissing,
        "names a unit twice; one unit leads and the others stand once in `co_units`",
    ),
    "units_are_in_directory": (
        UnitUnknown,
        "names a unit the directory does not have; take a code from triage.get_directory",
    ),
    "units_are_of_the_county": (
        UnitUnknown,
        "names a body outside the county as responsible unit; choose redirect",
    ),
    "assignment_has_day": (DueDateMissing, "is assigned without a day; give `due_on`"),
    "day_is_not_past": (DateInPast, "is assigned to a day that has passed; give a later `due_on`"),
    "day_is_within_statute": (
        DueDateBeyondStatutory,
        "is assigned to a day beyond the 60 days of handling; give an earlier `due_on`",
    ),
    "portfolio_is_held": (
        LeaderUnresolved,
        "lies in a field no leader has, up to the county; complete the portfolios",
    ),
    "principal_post_is_held": (
        LeaderUnresolved,
        "goes to a principal leader, and nobody holds that post; complete the directory",
    ),
    "other_principal_has_reason": (
        PrincipalReasonMissing,
        "goes to another principal leader than its field's; state `principal_reason`",
    ),
    "named_leader_is_in_charge": (
        LeaderNotInCharge,
        "names a leader whose post or portfolio does not cover it; leave `leader` out",
    ),
    "stand_in_is_here_or_above": (
        LeaderNotInCharge,
        "names a substitute of another organ; name one of the receiving organ or of one above it",
    ),
    "part_stays_an_accusation": (
        AccusationMustBeSealed,
        "was split off as an accusation; sort it as one, to discipline_transfer",
    ),
    "substitute_is_needed": (
        LeaderNotInCharge,
        "names a substitute where the leader by portfolio can receive; leave it out",
    ),
    "substitute_is_in_directory": (
        LeaderUnknown,
        "names a substitute the directory does not have; take a code from triage.get_directory",
    ),
    "addressee_is_not_accused": (
        AddresseeIsAccused,
        "cannot go to the leader it would; name a `substitute_leader` it can go to",
    ),
    "slip_addressees_are_not_accused": (
        AddresseeIsAccused,
        "cannot be served to every post of the slips; name a `substitute_leader` or deputies",
    ),
    "unit_is_not_accused": (
        AddresseeIsAccused,
        "cannot go to every unit it would; name another, such as the next higher organ",
    ),
    "discipline_organ_is_in_directory": (
        UnitUnknown,
        "goes to a discipline organ the directory does not have; name one or complete it",
    ),
    "organ_receives_accusations": (
        AccusationMustBeSealed,
        "goes under seal to a discipline organ, one above it or one outside the county only",
    ),
    "unit_has_not_objected": (
        UnitObjected,
        "goes again to a unit whose objection was agreed to; name other units for it",
    ),
    "objection_is_pending": (
        NoObjectionPending,
        "has no objection that waits for a decision",
    ),
    "node_has_opened": (NodeUnknown, "has never opened; take a code from triage.list_nodes"),
    "node_is_open": (NodeRetiredAlready, "is retired already; what is open it hands over itself"),
    "node_is_not_the_countys": (
        CountyNodeStays,
        "is the county's own node, which receives for all without a nearer one; it stays",
    ),
    "leader_is_the_addressee": (NotYourCase, "was submitted to another leader, who answers it"),
    "suggestion_is_open": (SuggestionAnswered, "was answered already; submit a new one"),
}


def insist(answer: Decision | Decided[Any], subject: str) -> None:
    """Go on where a rule says yes; refuse with its named error otherwise.

    Args:
        answer: what the rule said.
        subject: the number of the petition or suggestion, for the message.

    Raises:
        Refusal: the error that stands in the table for the first reason against it.
    """
    decision = answer if isinstance(answer, Decision) else answer.decision
    against = decision.first_refusal()
    if against is None:
        return
    refusal, words = _REFUSALS[against.code]
    msg = f"{subject} {words} ({against.citation})."
    raise refusal(msg)
