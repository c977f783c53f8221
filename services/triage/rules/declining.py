"""When a petition is not accepted: a lawful ground, an earlier matter, nothing left undone (T4)."""

from __future__ import annotations

from dataclasses import dataclass

from services.triage.rules.terms import DeclineGround
from shared.decisions import Decision, condition, decide, decides


@dataclass(frozen=True, kw_only=True)
class EarlierMatter:
    """What events have told of the matter that a decline rests on.

    `led_away` tells that its sorting ended it here without anybody who handles it: redirected,
    declined, answered by the office, or under seal with the discipline organ.
    """

    promised: bool = False
    opinion_delivered: bool = False
    supported: bool = False
    closed: bool = False
    led_away: bool = False


@decides("L22-32", "L22-40")
def is_anything_unexecuted(*, earlier: EarlierMatter, said_by_person: bool) -> bool:
    """Tell whether a promise or a supported opinion of the earlier matter is still not executed.

    What was closed was verified as done (T21); a person who knows better says so, and the
    system never overrules that.

    Reference: 《信访工作条例》, art. 32¶2, 40.
    """
    return said_by_person or ((earlier.promised or earlier.supported) and not earlier.closed)


@decides("T4", "L22-19", "L22-36", "L22-32", "P-5", "D-03")
def may_petition_be_declined(
    *,
    ground: DeclineGround | None,
    rests_on_itself: bool,
    earlier: EarlierMatter | None,
    unexecuted: bool,
) -> Decision:
    """Decide whether a petition may be declined: same matter pending below, or finally concluded.

    `earlier` is None where no earlier matter is named.  A matter that is closed is not pending,
    nor is one that was led away: two petitions could else be declined on each other.  One
    without a delivered opinion that is not closed either is not concluded: until then nobody
    could have asked for the review and recheck after which it is final.
    That it is the same matter, or the same facts and reasons, is found by a person (D-02).

    Reference: 《信访工作条例》, art. 19¶3, 36¶3, 32¶2; T4.
    """
    named = None if ground is None else True
    pending = (
        earlier is None
        or ground is not DeclineGround.PENDING_BELOW
        or not (earlier.closed or earlier.led_away)
    )
    concluded = (
        earlier is None
        or ground is not DeclineGround.FINALLY_CONCLUDED
        or earlier.opinion_delivered
        or earlier.closed
    )
    return decide(
        condition("ground_is_stated", named, cites="T4", facts=("decline_ground",)),
        condition(
            "earlier_matter_is_named",
            None if earlier is None else not rests_on_itself,
            cites="T4",
            facts=("earlier_petition",),
        ),
        condition("earlier_matter_is_pending", pending, cites="L22-19¶3"),
        condition("nothing_is_left_unexecuted", not unexecuted, cites="L22-32¶2"),
        condition("earlier_matter_is_concluded", concluded, cites="L22-36¶3"),
    )
