"""The steps that lives are made of: each is one thing that one party does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def at(day: date, hour: str) -> datetime:
    """Give an instant of a local day."""
    return datetime.combine(day, time.fromisoformat(hour), HERE)


def next_day(day: date) -> date:
    """Give the day after."""
    return day + timedelta(days=1)


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


def route(
    desk: Desk, number: str, day: date, matter: Matter, *, outcome: str = "leader_in_charge"
) -> None:
    """Sort a petition to a leader who receives."""
    sort(
        desk,
        number,
        at(day, "16:00"),
        outcome=outcome,
        field=matter.field,
        severity="complex" if outcome == "leader_in_charge" else "difficult",
        severity_reason="涉及面较宽",
        lead_unit=matter.unit,
    )


def prepare(desk: Desk, number: str, day: date, matter: Matter, *, outcome: str) -> date:
    """Bring a petition from sorting to its appointment; give the day of the meeting."""
    route(desk, number, day, matter, outcome=outcome)
    cards = desk.ask(f"{NODE}.get_card_set", OFFICER, at(day, "17:00"), petition_no=number)
    for card in cards["cards"][:3]:
        desk.order(
            f"{NODE}.deliver_card", CLERK, at(next_day(day), "09:00"), card_no=card["card_no"]
        )
    record_opinion(desk, number, next_day(day), matter)
    notice = notify(desk, number, next_day(day))
    return date.fromisoformat(notice["on"])


def record_opinion(desk: Desk, number: str, day: date, matter: Matter, *, node: str = NODE) -> None:
    """Record the preliminary opinion."""
    desk.order(
        f"{node}.record_preliminary_opinion",
        OFFICER,
        at(day, "10:00"),
        petition_no=number,
        leader_consulted=matter.leader,
        positions=[{"unit": matter.unit, "position": "已核实。"}],
        opinion="建议限期兑现。",
    )


def notify(desk: Desk, number: str, day: date, *, node: str = NODE) -> dict[str, Any]:
    """Notify the appointment."""
    return desk.order(f"{node}.notify_appointment", CLERK, at(day, "11:00"), petition_no=number)


def attend(
    desk: Desk,
    number: str,
    held_on: date,
    matter: Matter,
    *,
    absent: str = "",
    node: str = NODE,
) -> Any:
    """Record who came to the meeting."""
    parties: list[dict[str, Any]] = [
        {"party": party, "present": party != absent}
        for party in ("petitioner", "leader", "petition_officer")
    ]
    parties.append({"party": "unit", "unit": matter.unit, "present": absent != "unit"})
    return desk.order(
        f"{node}.record_attendance",
        OFFICER,
        at(held_on, "18:05"),
        petition_no=number,
        parties=parties,
    )


def hold(
    desk: Desk,
    number: str,
    held_on: date,
    leader: str,
    unit: str,
    *,
    node: str = NODE,
    **how: Any,
) -> None:
    """Hold the meeting."""
    desk.order(
        f"{node}.hold_reception",
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


def decide(
    desk: Desk, number: str, held_on: date, matter: Matter, *, days: int, node: str = NODE
) -> date:
    """Hold the meeting with a decision; give its due date."""
    due_on = held_on + timedelta(days=days)
    hold(
        desk,
        number,
        held_on,
        matter.leader,
        matter.unit,
        node=node,
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
