"""Where each channel of L22-31 leads, and what a petitioner who is led away must be told (D-04)."""

from __future__ import annotations

from typing import Final

from services.triage.rules.terms import TRANSFERS, Category, Channel, Form, Outcome, UnitKind
from shared.decisions import Decision, condition, decide, decides

LED_INTO: Final = frozenset(
    {Channel.ARBITRATION, Channel.PARTY_APPEAL, Channel.ADMINISTRATIVE_PROCEDURE}
)
"""(2) to (4): the petitioner is led into the procedure."""

BODIES_WITH_A_WAY_OF_THEIR_OWN: Final = frozenset(
    {UnitKind.OUTSIDE, UnitKind.JUDICIAL, UnitKind.ARBITRATION}
)
"""Kinds of body that are reached outside this county's handling even where no channel is named."""


def channel_of(*, category: Category, named: Channel | None) -> Channel:
    """Give the channel a matter is on: only claims have others than the petition procedure."""
    if category is not Category.CLAIM:
        return Channel.PETITION_PROCEDURE
    return named or Channel.PETITION_PROCEDURE


@decides("D-04", "L22-31", "L22-22", "L22-28")
def may_channel_go_that_way(
    *,
    channel: Channel,
    form: Form,
    outcome: Outcome,
    lead_unit_kind: UnitKind | None,
) -> Decision:
    """Decide whether the outcome is where the law leads this channel.

    (1) A letter is forwarded to the judicial organ; a visitor is guided there.  Calls and online
    petitions may go either way: the text names neither.  (2) to (4) are led into their
    procedure.  (5) is performed or answered, so it is forwarded or assigned and never
    redirected.  (6) is free here.  A petition that is not accepted is judged by `declining`.

    Reference: 《信访工作条例》, art. 22¶2, 28¶2, 31; D-04.
    """
    if outcome in {Outcome.DECLINE, Outcome.DISCIPLINE_TRANSFER}:
        return decide(condition("channel_is_open", holds=True, cites="L22-31"))
    to_judicial = outcome is Outcome.FORWARD and lead_unit_kind is UnitKind.JUDICIAL
    redirected = outcome is Outcome.REDIRECT
    litigation = channel is Channel.LITIGATION
    return decide(
        condition(
            "litigation_letter_is_forwarded",
            to_judicial or not (litigation and form is Form.LETTER),
            cites="L22-22¶2",
        ),
        condition(
            "litigation_is_guided_to_its_organ",
            redirected or (to_judicial and form is not Form.VISIT) or not litigation,
            cites="L22-28¶2",
        ),
        condition(
            "procedure_of_its_own_is_redirected",
            redirected or channel not in LED_INTO,
            cites="L22-31",
        ),
        condition(
            "protective_duty_is_forwarded",
            outcome in TRANSFERS or channel is not Channel.PROTECTIVE_DUTY,
            cites="D-04",
        ),
    )


_LITIGATION_BODIES: Final = frozenset({UnitKind.JUDICIAL, UnitKind.OUTSIDE})
"""政法部门 of this county, or a body of another that the directory does not tell apart."""


@decides("T3", "L22-22", "L22-23", "L22-28", "L22-31", "P-5")
def may_petition_be_redirected(
    *,
    channel: Channel,
    body_has_address: bool | None,
    body_kind: UnitKind | None,
) -> Decision:
    """Decide whether a redirection tells the petitioner enough: the body, its address, and why.

    `body_has_address` and `body_kind` are None where no body is named.  Without a channel of its
    own the matter must be another body's: one outside, judicial or of arbitration.  On litigation
    the petitioner is guided to a judicial organ and to no other (引导其向有关政法部门反映问题).

    Reference: 《信访工作条例》, art. 22¶2, 23¶1, 28¶2, 31; T3.
    """
    named = body_kind is not None
    by_channel = channel is not Channel.PETITION_PROCEDURE
    unnamed = () if named else ("right_body",)
    return decide(
        condition(
            "right_body_has_address", body_has_address, cites="L22-23", facts=("right_body",)
        ),
        condition(
            "way_is_statutory",
            by_channel or (body_kind in BODIES_WITH_A_WAY_OF_THEIR_OWN if named else None),
            cites="L22-31",
            facts=() if by_channel else unnamed,
        ),
        condition(
            "litigation_body_is_judicial",
            not named or channel is not Channel.LITIGATION or body_kind in _LITIGATION_BODIES,
            cites="L22-22¶2",
        ),
    )
