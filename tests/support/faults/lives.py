"""The lives of petitions that the load leads: every route of sorting, and most ends there are.

Each life is one function of a desk; dates follow from what the services answer, so any number of
lives can go on side by side.
Those that wait for a date to pass say so by returning what is left to be done after the sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.support.faults.desk import Desk

HERE: Final = ZoneInfo("Asia/Shanghai")
NODE: Final = "reception_county"

CLERK: Final = "clerk:window"
OFFICER: Final = "officer:desk"
PETITIONER: Final = "petitioner:visitor"
COMMITTEE: Final = "committee:county"

CANARIES: Final = ("CANARY甲NAME", "CANARY乙TEXT", "CANARY丙ACCUSE", "18800009999")
"""A name, a petition's text, an accusation and a phone, found nowhere but where they are sealed."""

_SERVED: Final = 7
_LEADERS: Final = (
    "party_secretary",
    "deputy_party_secretary_in_charge",
    "county_head",
    "deputy_county_head_in_charge",
    "discipline_secretary",
    "organization_head",
)


@dataclass(frozen=True)
class Matter:
    """A field of work with the leader and the unit it falls to."""

    field: str
    leader: str
    unit: str


MATTERS: Final = (
    Matter("labour", "l_vice_head_labour", "labour_bureau"),
    Matter("land", "l_vice_head_land", "housing_bureau"),
    Matter("transport", "l_vice_head_land", "transport_bureau"),
)

AfterTheSweep = Callable[[Desk, datetime], None]
Life = Callable[[Desk, date, Matter], AfterTheSweep | None]


def at(day: date, hour: str) -> datetime:
    """Give an instant of a local day."""
    return datetime.combine(day, time.fromisoformat(hour), HERE)


# --- Steps --------------------------------------------------------------------------------------


def register(desk: Desk, day: date, matter: Matter, **more: Any) -> dict[str, Any]:
    """Register a visit."""
    request = {
        "form": "visit",
        "territory": "county",
        "petitioners": [{"name": CANARIES[0], "phone": CANARIES[3]}],
        "summary": f"事由 {CANARIES[1]}",
        "text": f"请求核清并补发 {CANARIES[1]}",
        "declared_category": "claim",
        "field": matter.field,
    }
    return desk.order("intake.register_petition", CLERK, at(day, "09:00"), **{**request, **more})


def sort(desk: Desk, number: str, moment: datetime, **how: Any) -> dict[str, Any]:
    """Sort a petition."""
    request = {"petition_no": number, "category": "claim", "reason": "经审查材料"}
    return desk.order("triage.sort_petition", OFFICER, moment, **{**request, **how})


def prepare(desk: Desk, number: str, day: date, matter: Matter, *, outcome: str) -> date:
    """Bring a petition from sorting to its appointment; give the day of the meeting."""
    severity = "complex" if outcome == "leader_in_charge" else "difficult"
    sort(
        desk,
        number,
        at(day, "16:00"),
        outcome=outcome,
        field=matter.field,
        severity=severity,
        severity_reason="涉及面较宽",
        lead_unit=matter.unit,
    )
    cards = desk.ask(f"{NODE}.get_card_set", OFFICER, at(day, "17:00"), petition_no=number)
    for card in cards["cards"][:3]:
        desk.order(f"{NODE}.deliver_card", CLERK, at(_next(day), "09:00"), card_no=card["card_no"])
    record_opinion(desk, number, _next(day), matter)
    notice = notify(desk, number, _next(day))
    return date.fromisoformat(notice["on"])


def record_opinion(desk: Desk, number: str, day: date, matter: Matter) -> None:
    """Record the preliminary opinion."""
    desk.order(
        f"{NODE}.record_preliminary_opinion",
        OFFICER,
        at(day, "10:00"),
        petition_no=number,
        leader_consulted=matter.leader,
        positions=[{"unit": matter.unit, "position": "已核实。"}],
        opinion="建议限期兑现。",
    )


def notify(desk: Desk, number: str, day: date) -> dict[str, Any]:
    """Notify the appointment."""
    return desk.order(f"{NODE}.notify_appointment", CLERK, at(day, "11:00"), petition_no=number)


def attend(desk: Desk, number: str, held_on: date, matter: Matter, *, absent: str = "") -> Any:
    """Record who came to the meeting."""
    parties: list[dict[str, Any]] = [
        {"party": party, "present": party != absent}
        for party in ("petitioner", "leader", "petition_officer")
    ]
    parties.append({"party": "unit", "unit": matter.unit, "present": absent != "unit"})
    return desk.order(
        f"{NODE}.record_attendance",
        OFFICER,
        at(held_on, "08:10"),
        petition_no=number,
        parties=parties,
    )


def hold(desk: Desk, number: str, held_on: date, leader: str, unit: str, **how: Any) -> None:
    """Hold the meeting."""
    desk.order(
        f"{NODE}.hold_reception",
        f"leader:{leader}",
        at(held_on, "18:30"),
        petition_no=number,
        text="限期兑现。",
        record="四方到齐。",
        signatures=[
            {"party": "petitioner"},
            {"party": "leader"},
            {"party": "unit", "unit": unit},
            {"party": "petition_officer"},
        ],
        **how,
    )


def decide(desk: Desk, number: str, held_on: date, matter: Matter, *, days: int) -> date:
    """Hold the meeting with a decision; give its due date."""
    due_on = held_on + timedelta(days=days)
    hold(
        desk,
        number,
        held_on,
        matter.leader,
        matter.unit,
        outcome="decision",
        due_on=due_on.isoformat(),
        standards=[{"kind": "payment_made", "amount": {"quantity": 120000, "unit": "cny"}}],
    )
    return due_on


def slips(desk: Desk, number: str, day: date) -> Sequence[Mapping[str, Any]]:
    """Wait for the eight slips and give the seven that were served."""
    found = desk.ask("supervision.get_slip_set", OFFICER, at(day, "19:00"), petition_no=number)
    return list(found["slips"])[:_SERVED]


def acknowledge(desk: Desk, served: Sequence[Mapping[str, Any]], day: date) -> None:
    """Let every addressee sign."""
    for slip in served:
        desk.order(
            "supervision.acknowledge_slip", OFFICER, at(day, "09:00"), slip_no=slip["slip_no"]
        )


def report(desk: Desk, number: str, moment: datetime, matter: Matter, *, to_leaders: bool) -> None:
    """Report the result."""
    more: dict[str, Any] = (
        {
            "reported_to": list(_LEADERS),
            "standards_met": [{"standard": 1, "evidence": "回单已附卷。"}],
        }
        if to_leaders
        else {}
    )
    desk.order(
        "supervision.report_result",
        f"unit:{matter.unit}",
        moment,
        petition_no=number,
        result="已兑现。",
        **more,
    )


def deliver_opinion(desk: Desk, number: str, moment: datetime, matter: Matter) -> None:
    """Deliver the written opinion."""
    desk.order(
        "supervision.deliver_opinion",
        f"unit:{matter.unit}",
        moment,
        petition_no=number,
        outcome="supported",
        claim="请求补发",
        facts="属实",
        opinion="已补发",
        legal_basis="《信访工作条例》第三十二条",
    )


def close(desk: Desk, number: str, moment: datetime) -> None:
    """Close the case and archive it."""
    desk.order(
        "supervision.close_case",
        OFFICER,
        moment,
        petition_no=number,
        evaluation_invited=True,
        verification="回访核实。",
    )
    desk.order("supervision.archive_case", OFFICER, moment, petition_no=number)


def return_slips(desk: Desk, served: Sequence[Mapping[str, Any]], moment: datetime) -> None:
    """Let every slip come back."""
    for slip in served:
        desk.order(
            "supervision.return_slip",
            OFFICER,
            moment,
            slip_no=slip["slip_no"],
            instruction="已阅。",
        )


# --- Lives --------------------------------------------------------------------------------------


def decided_and_archived(desk: Desk, day: date, matter: Matter) -> None:
    """From the window over the leader's table to the archive, in time and extended once."""
    receipt = register(desk, day, matter)
    number = receipt["petition_no"]
    held_on = prepare(desk, number, day, matter, outcome="leader_in_charge")
    attend(desk, number, held_on, matter)
    decide(desk, number, held_on, matter, days=21)
    served = slips(desk, number, held_on)
    monday = held_on + timedelta(days=3)
    acknowledge(desk, served, monday)
    desk.order(
        "supervision.grant_extension",
        f"organ_head:{matter.unit}",
        at(monday, "10:00"),
        petition_no=number,
        days=10,
        reason="资金分批到位",
        petitioner_told=True,
    )
    later = held_on + timedelta(days=10)
    report(desk, number, at(later, "10:00"), matter, to_leaders=True)
    deliver_opinion(desk, number, at(later, "11:00"), matter)
    return_slips(desk, served, at(later, "12:00"))
    close(desk, number, at(later, "15:00"))
    desk.order(
        "intake.evaluate_handling",
        PETITIONER,
        at(_next(later), "09:00"),
        receipt_code=receipt["receipt_code"],
        party="responsible_unit",
        grade="satisfied",
    )


def overdue_and_circulated(desk: Desk, day: date, matter: Matter) -> AfterTheSweep:
    """Decided, and nothing is done: overdue, explained late, promised, circulated."""
    number = register(desk, day, matter)["petition_no"]
    held_on = prepare(desk, number, day, matter, outcome="leader_in_charge")
    attend(desk, number, held_on, matter)
    decide(desk, number, held_on, matter, days=7)
    slips(desk, number, held_on)

    def afterwards(desk: Desk, moment: datetime) -> None:
        desk.order(
            "supervision.record_promise",
            OFFICER,
            moment,
            petition_no=number,
            explanation="资金未到位。",
            promised_on=(moment.date() + timedelta(days=5)).isoformat(),
        )
        found = desk.ask("accountability.list_circulars", OFFICER, moment, petition_no=number)
        for circular in found["circulars"]:
            _decide_circular(desk, circular["circular_no"], moment, matter)

    return afterwards


def _decide_circular(desk: Desk, circular_no: str, moment: datetime, matter: Matter) -> None:
    desk.order(
        "accountability.decide_circular",
        COMMITTEE,
        moment,
        circular_no=circular_no,
        approved=True,
        reason="逾期未落实。",
    )
    desk.order(
        "accountability.answer_circular",
        f"unit:{matter.unit}",
        moment + timedelta(hours=1),
        circular_no=circular_no,
        answer="已整改。",
    )
    desk.order(
        "accountability.issue_circular",
        COMMITTEE,
        moment + timedelta(hours=2),
        circular_no=circular_no,
    )


def answered_on_spot(desk: Desk, day: date, matter: Matter) -> None:
    """Received by a principal leader and answered at the table."""
    number = register(desk, day, matter)["petition_no"]
    held_on = prepare(desk, number, day, matter, outcome="principal_leader")
    attend(desk, number, held_on, matter)
    hold(desk, number, held_on, "l_head", matter.unit, outcome="answered_on_spot")
    deliver_opinion(desk, number, at(held_on + timedelta(days=3), "10:00"), matter)
    close(desk, number, at(held_on + timedelta(days=4), "10:00"))


def unit_did_not_come(desk: Desk, day: date, matter: Matter) -> None:
    """Heard at the second date, because the unit missed the first."""
    number = register(desk, day, matter)["petition_no"]
    held_on = prepare(desk, number, day, matter, outcome="leader_in_charge")
    attend(desk, number, held_on, matter, absent="unit")
    monday = held_on + timedelta(days=3)
    again = notify(desk, number, monday)
    second = date.fromisoformat(again["on"])
    attend(desk, number, second, matter)
    decide(desk, number, second, matter, days=28)
    acknowledge(desk, slips(desk, number, second), second + timedelta(days=3))


def objected_then_assigned(desk: Desk, day: date, matter: Matter) -> None:
    """Forwarded to the wrong unit, objected to, assigned to the right one, and archived."""
    number = register(desk, day, matter)["petition_no"]
    how = {"field": matter.field, "severity": "ordinary", "severity_reason": "事实清楚"}
    sort(desk, number, at(day, "15:00"), outcome="forward", lead_unit="land_bureau", **how)
    desk.order(
        "supervision.object_to_transfer",
        "unit:land_bureau",
        at(_next(day), "09:00"),
        petition_no=number,
        reason="不属本单位职责。",
    )
    desk.order(
        "triage.decide_objection",
        OFFICER,
        at(_next(day), "15:00"),
        petition_no=number,
        agreed=True,
        reason="异议成立。",
    )
    third = day + timedelta(days=2)
    sort(
        desk,
        number,
        at(third, "09:00"),
        outcome="assign",
        lead_unit=matter.unit,
        due_on=(day + timedelta(days=30)).isoformat(),
        **how,
    )
    unit = f"unit:{matter.unit}"
    desk.order("supervision.accept_transfer", unit, at(third, "15:00"), petition_no=number)
    later = day + timedelta(days=14)
    report(desk, number, at(later, "10:00"), matter, to_leaders=False)
    deliver_opinion(desk, number, at(later, "11:00"), matter)
    close(desk, number, at(later, "15:00"))


def forwarded_and_forgotten(desk: Desk, day: date, matter: Matter) -> None:
    """Forwarded and accepted; nobody does anything: the statutory limit passes with the sweep."""
    number = register(desk, day, matter, form="letter")["petition_no"]
    sort(
        desk,
        number,
        at(day, "15:00"),
        outcome="forward",
        field=matter.field,
        lead_unit=matter.unit,
        severity="ordinary",
        severity_reason="事实清楚",
    )
    unit = f"unit:{matter.unit}"
    desk.order("supervision.accept_transfer", unit, at(_next(day), "09:00"), petition_no=number)


def redirected(desk: Desk, day: date, matter: Matter) -> None:
    """Led to the court."""
    number = register(desk, day, matter)["petition_no"]
    sort(
        desk,
        number,
        at(day, "10:00"),
        outcome="redirect",
        field="public_order",
        channel="litigation",
        right_body="court",
    )


def replied_and_suggested(desk: Desk, day: date, matter: Matter) -> None:
    """A suggestion that the office answers itself and brings before a leader."""
    number = register(desk, day, matter, form="online", declared_category="suggestion")[
        "petition_no"
    ]
    sort(
        desk,
        number,
        at(day, "11:00"),
        category="suggestion",
        outcome="reply",
        field=matter.field,
        severity="ordinary",
        severity_reason="建议",
        reply_text="已采纳。",
    )
    suggestion = desk.order(
        "triage.submit_suggestion",
        OFFICER,
        at(day, "11:30"),
        leader=matter.leader,
        field=matter.field,
        title="建议",
        text="多件来信反映。",
        petitions=[number],
    )
    desk.order(
        "triage.answer_suggestion",
        f"leader:{matter.leader}",
        at(_next(day), "09:00"),
        suggestion_no=suggestion["suggestion_no"],
        answer="adopted",
        reason="同意。",
    )


def accusation_under_seal(desk: Desk, day: date, matter: Matter) -> None:
    """A mixed petition is split; the accusation goes to the discipline organ under seal."""
    number = register(desk, day, matter, declared_category=None)["petition_no"]
    parts = desk.order(
        "intake.split_petition",
        OFFICER,
        at(day, "10:00"),
        petition_no=number,
        claim_summary="求决",
        claim_text=f"请求补发 {CANARIES[1]}",
        accusation_summary="反映问题",
        accusation_text=f"反映负责人 {CANARIES[2]}",
        accused=[matter.leader],
        reason="检举与求决并存",
    )
    sort(
        desk,
        parts["accusation_no"],
        at(day, "11:00"),
        category="accusation",
        outcome="discipline_transfer",
        accused=[matter.leader],
    )
    sort(
        desk,
        parts["claim_no"],
        at(day, "11:30"),
        outcome="forward",
        field=matter.field,
        lead_unit=matter.unit,
        severity="ordinary",
        severity_reason="事实清楚",
        accused=[matter.leader],
    )


def group_that_comes_again(desk: Desk, day: date, matter: Matter) -> None:
    """A group with representatives comes, comes again, and waits for sorting beyond its limit."""
    people = [{"name": f"代表{number}"} for number in range(5)]
    number = register(desk, day, matter, headcount=40, representatives=people)["petition_no"]
    desk.order(
        "intake.record_visit", CLERK, at(_next(day), "09:00"), petition_no=number, form="visit"
    )
    register(desk, _next(day), matter, repeat_of=number)


def cards_issued_again(desk: Desk, day: date, matter: Matter) -> None:
    """The first cards are replaced; docket, signatures and a ground recorded by a person."""
    number = register(desk, day, matter)["petition_no"]
    sort(
        desk,
        number,
        at(day, "16:00"),
        outcome="leader_in_charge",
        field=matter.field,
        severity="complex",
        severity_reason="涉及面较宽",
        lead_unit=matter.unit,
    )
    desk.ask(f"{NODE}.get_card_set", OFFICER, at(day, "17:00"), petition_no=number)
    again = _next(day)
    cards = desk.order(
        f"{NODE}.issue_cards", OFFICER, at(again, "09:00"), petition_no=number, reason="另行安排"
    )
    for card in cards["cards"][:3]:
        desk.order(f"{NODE}.deliver_card", CLERK, at(again, "09:30"), card_no=card["card_no"])
    record_opinion(desk, number, again, matter)
    desk.order(f"{NODE}.plan_docket", OFFICER, at(again, "10:30"), session=cards["session"])
    held_on = date.fromisoformat(notify(desk, number, again)["on"])
    attend(desk, number, held_on, matter)
    decide(desk, number, held_on, matter, days=30)
    desk.order(
        f"{NODE}.sign_record",
        OFFICER,
        at(held_on, "18:40"),
        petition_no=number,
        signatures=[{"party": "petitioner"}],
    )
    slips(desk, number, held_on)
    desk.order(
        "accountability.record_ground",
        "accountability:desk",
        at(held_on, "19:30"),
        petition_no=number,
        unit=matter.unit,
        facts="推诿。",
        consequence="往返多次。",
    )


def names_told_and_revealed(desk: Desk, day: date, matter: Matter) -> None:
    """A group names its representatives again, and one who handles it learns who came."""
    people = [{"name": f"代表{number}"} for number in range(5)]
    number = register(desk, day, matter, headcount=30, representatives=people)["petition_no"]
    desk.order(
        "intake.name_representatives",
        CLERK,
        at(day, "09:30"),
        petition_no=number,
        representatives=people[:3],
    )
    desk.order(
        "intake.reveal_identity",
        OFFICER,
        at(day, "09:40"),
        petition_no=number,
        purpose="contact_petitioner",
        reason="联系",
    )


def declined(desk: Desk, day: date, matter: Matter) -> None:
    """Declined, because the same matter is pending below within its time limit."""
    first = register(desk, day, matter)["petition_no"]
    how = {"field": "land", "severity": "ordinary", "severity_reason": "事实清楚"}
    unit = "township_sanchakou"
    sort(desk, first, at(day, "10:00"), outcome="forward", lead_unit=unit, **how)
    desk.order("supervision.accept_transfer", f"unit:{unit}", at(day, "15:00"), petition_no=first)
    second = register(desk, _next(day), matter)["petition_no"]
    sort(
        desk,
        second,
        at(_next(day), "10:00"),
        outcome="decline",
        field="land",
        decline_ground="pending_below",
        earlier_petition=first,
    )


LIVES: Final[Mapping[str, Life]] = {
    life.__name__: life
    for life in (
        decided_and_archived,
        overdue_and_circulated,
        answered_on_spot,
        unit_did_not_come,
        objected_then_assigned,
        forwarded_and_forgotten,
        redirected,
        replied_and_suggested,
        accusation_under_seal,
        group_that_comes_again,
        cards_issued_again,
        names_told_and_revealed,
        declined,
    )
}
"""Every life there is, by name."""


def _next(day: date) -> date:
    return day + timedelta(days=1)
