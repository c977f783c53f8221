"""The lives that sorting sends elsewhere: to a unit, to another organ, back, or under seal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.support.faults.desk import Desk
from tests.support.faults.steps import (
    CANARIES,
    CLERK,
    OFFICER,
    Matter,
    at,
    close,
    deliver_opinion,
    next_day,
    register,
    report,
    sort,
)


def objected_then_assigned(desk: Desk, day: date, matter: Matter) -> None:
    """Forwarded to the wrong unit, objected to, assigned to the right one, and archived."""
    number = register(desk, day, matter)["petition_no"]
    how = {"field": matter.field, "severity": "ordinary", "severity_reason": "事实清楚"}
    sort(desk, number, at(day, "15:00"), outcome="forward", lead_unit="land_bureau", **how)
    desk.order(
        "supervision.object_to_transfer",
        "unit:land_bureau",
        at(next_day(day), "09:00"),
        petition_no=number,
        reason="不属本单位职责。",
    )
    desk.order(
        "triage.decide_objection",
        OFFICER,
        at(next_day(day), "15:00"),
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


def _accepted(desk: Desk, number: str, day: date, matter: Matter, **how: Any) -> None:
    """Send an ordinary petition to its unit, which accepts it the next morning."""
    ordinary = {"severity": "ordinary", "severity_reason": "事实清楚"}
    sort(
        desk,
        number,
        at(day, "15:00"),
        field=matter.field,
        lead_unit=matter.unit,
        **ordinary,
        **how,
    )
    unit = f"unit:{matter.unit}"
    desk.order("supervision.accept_transfer", unit, at(next_day(day), "09:00"), petition_no=number)


def forwarded_and_forgotten(desk: Desk, day: date, matter: Matter) -> None:
    """Forwarded, told upward and accepted, and forgotten: the sweep passes the statutory limit."""
    number = register(desk, day, matter, form="letter")["petition_no"]
    _accepted(desk, number, day, matter, outcome="forward", urgent_report=True)


def assigned_and_forgotten(desk: Desk, day: date, matter: Matter) -> None:
    """Assigned with a day, and accepted; the day passes with the sweep."""
    number = register(desk, day, matter)["petition_no"]
    due_on = (day + timedelta(days=30)).isoformat()
    _accepted(desk, number, day, matter, outcome="assign", due_on=due_on)


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
        at(next_day(day), "09:00"),
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
        "intake.record_visit", CLERK, at(next_day(day), "09:00"), petition_no=number, form="visit"
    )
    register(desk, next_day(day), matter, repeat_of=number)


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
    second = register(desk, next_day(day), matter)["petition_no"]
    sort(
        desk,
        second,
        at(next_day(day), "10:00"),
        outcome="decline",
        field="land",
        decline_ground="pending_below",
        earlier_petition=first,
    )
