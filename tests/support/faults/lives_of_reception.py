"""The lives that come before a leader, and what becomes of the decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from tests.support.faults.desk import Desk
from tests.support.faults.steps import (
    CLERK,
    COMMITTEE,
    NODE,
    OFFICER,
    PETITIONER,
    Matter,
    acknowledge,
    at,
    attend,
    close,
    decide,
    deliver_opinion,
    hold,
    next_day,
    notify,
    prepare,
    record_opinion,
    register,
    report,
    return_slips,
    route,
    slips,
)

AfterTheSweep = Callable[[Desk, datetime], None]
"""What is left to be done after the sweep."""


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
        at(next_day(later), "09:00"),
        receipt_code=receipt["receipt_code"],
        party="responsible_unit",
        grade="satisfied",
    )


def overdue_and_circulated(desk: Desk, day: date, matter: Matter) -> AfterTheSweep:
    """Decided, and nothing is done: overdue, explained late, promised, circulated."""
    return _overdue(desk, day, matter, is_approved=True)


def overdue_and_let_off(desk: Desk, day: date, matter: Matter) -> AfterTheSweep:
    """The same, and the committee rejects the circular."""
    return _overdue(desk, day, matter, is_approved=False)


def _overdue(desk: Desk, day: date, matter: Matter, *, is_approved: bool) -> AfterTheSweep:
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
            number_of_it = circular["circular_no"]
            _decide_circular(desk, number_of_it, moment, is_approved=is_approved)
            if is_approved:
                _carry_out(desk, number_of_it, moment, matter)

    return afterwards


def _decide_circular(desk: Desk, circular_no: str, moment: datetime, *, is_approved: bool) -> None:
    desk.order(
        "accountability.decide_circular",
        COMMITTEE,
        moment,
        circular_no=circular_no,
        approved=is_approved,
        reason="逾期未落实。",
    )


def _carry_out(desk: Desk, circular_no: str, moment: datetime, matter: Matter) -> None:
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


def cards_issued_again(desk: Desk, day: date, matter: Matter) -> None:
    """The first cards are replaced; docket, signatures and a ground recorded by a person."""
    number = register(desk, day, matter)["petition_no"]
    route(desk, number, day, matter)
    desk.ask(f"{NODE}.get_card_set", OFFICER, at(day, "17:00"), petition_no=number)
    again = next_day(day)
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
