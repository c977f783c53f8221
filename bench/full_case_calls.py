"""The calls of one full case, from the window to the archive, and the days on which they are made.

It is the main path of procedure: a leader's matter with four cards, a meeting of the four parties
and a decision, eight slips that are signed for and come back, the written opinion, the closing.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from bench.conversations import Call, Conversation
from bench.county import a_petition
from shared.calendar import LOCAL_ZONE
from shared.contracts.common import SlipPost

_OFFICER: Final = "officer:desk_1"
_CLERK: Final = "clerk:window_1"
_LEADS_WITHIN: Final = 4
"""Days before its session on which a petition is registered: Monday, where Friday is the day."""

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "l_vice_head_executive": ("labour", "labour_bureau"),
    "l_vice_head_land": ("land", "land_bureau"),
    "l_vice_head_social": ("education", "education_bureau"),
    "l_vice_head_industry": ("environment", "environment_bureau"),
}
"""Leaders of the sample county, each with a field of theirs and the unit that leads in it."""

_REPORTED_TO: Final = tuple(
    post.value
    for post in SlipPost
    if post not in (SlipPost.RESPONSIBLE_UNIT, SlipPost.PETITION_OFFICE_STUB)
)


@dataclass(frozen=True, kw_only=True)
class Seat:
    """An hour before a leader that one petition may have; which hour, the node says."""

    held_on: date
    leader: str


def seats_of(sessions: Iterable[Mapping[str, Any]]) -> Iterator[Seat]:
    """List the hours of sessions before leaders of `FIELDS`, day by day.

    A session that follows another within the days on which its petitions are registered is left
    out: they would be given the earlier one.

    Args:
        sessions: as ``reception.list_sessions`` shows them.
    """
    before = date.min
    for session in sorted(sessions, key=lambda each: str(each["on"])):
        held_on = date.fromisoformat(session["on"])
        if held_on - before > timedelta(days=_LEADS_WITHIN):
            for seat in session["seats"]:
                if seat["leader"] in FIELDS:
                    for _ in range(seat["slots"] - seat["taken"]):
                        yield Seat(held_on=held_on, leader=seat["leader"])
        before = held_on


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A petition whose meeting is prepared, with what its registration was answered with."""

    petition_no: str
    receipt_code: str
    petitioners: Sequence[Mapping[str, Any]]
    session: str


def full_case(seat: Seat) -> Conversation:
    """Lead one petition from registration to the archive, by way of this leader's table."""
    prepared = yield from prepared_petition(seat)
    number = {"petition_no": prepared.petition_no}
    unit = FIELDS[seat.leader][1]
    yield from _meeting(seat, number, unit=unit)
    slips = yield Call(
        method="supervision.get_slip_set",
        actor=_OFFICER,
        at=_instant(seat, 0, time(18)),
        says=number,
        is_question=True,
    )
    served = [slip["slip_no"] for slip in slips["slips"] if slip["state"] != "kept"]
    yield from _after_the_meeting(seat, number, unit=unit, slips=served)


def prepared_petition(seat: Seat) -> Generator[Call, Mapping[str, Any], Prepared]:
    """Lead one petition from registration to the preliminary opinion on it."""
    field, unit = FIELDS[seat.leader]
    entered = {**a_petition(), "declared_category": "claim", "field": field}
    registered = yield Call(
        method="intake.register_petition",
        actor=_CLERK,
        at=_instant(seat, -4, time(9)),
        says=entered,
    )
    number = {"petition_no": registered["petition_no"]}
    yield Call(
        method="triage.sort_petition",
        actor=_OFFICER,
        at=_instant(seat, -4, time(16)),
        says={
            **number,
            "category": "claim",
            "outcome": "leader_in_charge",
            "reason": "需要分管领导协调",
            "field": field,
            "lead_unit": unit,
            "severity": "complex",
            "severity_reason": "涉及面较宽，单位之间意见不一",
        },
    )
    issued = yield Call(
        method="reception_county.get_card_set",
        actor=_OFFICER,
        at=_instant(seat, -3, time(9)),
        says=number,
        is_question=True,
    )
    for card in issued["cards"]:
        if card["state"] != "kept":
            yield Call(
                method="reception_county.deliver_card",
                actor=_CLERK,
                at=_instant(seat, -3, time(10)),
                says={"card_no": card["card_no"]},
            )
    yield Call(
        method="reception_county.record_preliminary_opinion",
        actor=_OFFICER,
        at=_instant(seat, -2, time(10)),
        says={
            **number,
            "leader_consulted": seat.leader,
            "positions": [{"unit": unit, "position": "已核实，到会说明。"}],
            "opinion": "建议由责任单位核清情况，限期办结。",
        },
    )
    return Prepared(
        petition_no=registered["petition_no"],
        receipt_code=registered["receipt_code"],
        petitioners=entered["petitioners"],
        session=issued["session"],
    )


def _meeting(seat: Seat, number: Mapping[str, str], *, unit: str) -> Conversation:
    notified = yield Call(
        method="reception_county.notify_appointment",
        actor=_CLERK,
        at=_instant(seat, -2, time(11)),
        says=number,
    )
    hour = time.fromisoformat(notified["starts_at"])
    yield Call(
        method="reception_county.record_attendance",
        actor=_OFFICER,
        at=_instant(seat, 0, hour),
        says={
            **number,
            "parties": [
                {"party": "petitioner", "present": True},
                {"party": "leader", "present": True},
                {"party": "unit", "unit": unit, "present": True},
                {"party": "petition_officer", "present": True},
            ],
        },
    )
    yield Call(
        method="reception_county.hold_reception",
        actor=f"leader:{seat.leader}",
        at=_instant(seat, 0, hour) + timedelta(minutes=25),
        says={
            **number,
            "outcome": "decision",
            "text": "由责任单位核清情况，限期办结。",
            "record": "四方到齐，各方充分发表意见，领导当场拍板。",
            "due_on": str(seat.held_on + timedelta(days=21)),
            "standards": [
                {"kind": "payment_made", "amount": {"quantity": 120000, "unit": "cny"}},
            ],
            "signatures": [
                {"party": "petitioner"},
                {"party": "leader"},
                {"party": "unit", "unit": unit},
                {"party": "petition_officer"},
            ],
        },
    )


def _after_the_meeting(
    seat: Seat, number: Mapping[str, str], *, unit: str, slips: Iterable[str]
) -> Conversation:
    slips = tuple(slips)
    for slip in slips:
        yield Call(
            method="supervision.acknowledge_slip",
            actor=_OFFICER,
            at=_instant(seat, 3, time(9)),
            says={"slip_no": slip},
        )
    yield Call(
        method="supervision.report_result",
        actor=f"unit:{unit}",
        at=_instant(seat, 17, time(10)),
        says={
            **number,
            "result": "已按决定办理完毕，附办结报告。",
            "reported_to": list(_REPORTED_TO),
            "standards_met": [{"standard": 1, "evidence": "银行回单已附卷。"}],
        },
    )
    yield Call(
        method="supervision.deliver_opinion",
        actor=f"unit:{unit}",
        at=_instant(seat, 18, time(10)),
        says={
            **number,
            "outcome": "supported",
            "claim": "按来访登记的请求办理",
            "facts": "经调查核实，反映的情况属实。",
            "opinion": "予以支持，已按规定办理完毕。",
            "legal_basis": "《信访工作条例》第三十二条及相关业务规定",
        },
    )
    for slip in slips:
        yield Call(
            method="supervision.return_slip",
            actor=_OFFICER,
            at=_instant(seat, 19, time(10)),
            says={"slip_no": slip, "instruction": "已阅。"},
        )
    yield Call(
        method="supervision.close_case",
        actor=_OFFICER,
        at=_instant(seat, 20, time(10)),
        says={**number, "evaluation_invited": True, "verification": "已回访核实，结果属实。"},
    )
    yield Call(
        method="supervision.archive_case",
        actor=_OFFICER,
        at=_instant(seat, 20, time(11)),
        says=number,
    )


def _instant(seat: Seat, days: int, hour: time) -> datetime:
    """Give an hour of a day so many days after the session's, or before it where negative."""
    return datetime.combine(seat.held_on + timedelta(days=days), hour, tzinfo=LOCAL_ZONE)
