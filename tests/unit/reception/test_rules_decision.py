"""The one outcome of a meeting: held in person, complete, within the statute, signed."""

from datetime import date
from typing import Any

import pytest

from services.reception.rules.decision import (
    Hand,
    Meeting,
    Outcome,
    Ruling,
    Signing,
    may_hold,
    may_rule,
    may_sign,
    signed_parties,
    statutory_limit,
)
from services.reception.rules.terms import Seat, Step
from shared.calendar import standard_calendar

TODAY = date(2026, 6, 5)
LIMIT = date(2026, 8, 3)


@pytest.mark.proves("C-13", "T12", "I-4", "C-04")
@pytest.mark.parametrize(
    ("changes", "refused_for"),
    [
        pytest.param({}, None, id="on the day, in person, all four there"),
        pytest.param({"step": Step.DECIDED}, "no_decision_yet", id="a second decision"),
        pytest.param({"step": Step.ANSWERED_ON_SPOT}, "no_decision_yet", id="after an answer"),
        pytest.param(
            {"appointed_on": None, "receiving_leader": None, "complete": None},
            "appointment_notified",
            id="without an appointment notice",
        ),
        pytest.param({"caller": "l_secretary"}, "received_in_person", id="another leader"),
        pytest.param({"appointed_on": date(2026, 6, 4)}, "is_the_day", id="a day late"),
        pytest.param({"appointed_on": date(2026, 6, 8)}, "is_the_day", id="before the day"),
        pytest.param({"complete": False}, "four_parties_complete", id="not all four there"),
        pytest.param({"complete": None}, "four_parties_complete", id="who came is not known"),
    ],
)
def test_the_leader_receives_in_person_on_the_day_with_all_four(
    changes: dict[str, Any], refused_for: str | None
) -> None:
    facts: dict[str, Any] = {
        "step": Step.APPOINTED,
        "appointed_on": TODAY,
        "receiving_leader": "l_head",
        "caller": "l_head",
        "complete": True,
    }

    reason = may_hold(Meeting(**(facts | changes)), on=TODAY).first_refusal()

    assert (reason.code if reason else None) == refused_for


@pytest.mark.proves("C-13", "C-15", "T13", "X-5", "I-14")
@pytest.mark.parametrize(
    ("changes", "refused_for"),
    [
        pytest.param({}, None, id="due date, standard, lead unit at the table"),
        pytest.param({"lead_unit": "court"}, None, id="another unit at the table leads"),
        pytest.param(
            {"lead_unit": "health_bureau"}, "lead_unit_at_table", id="a unit that was not there"
        ),
        pytest.param({"due_on": None}, "due_date_stated", id="no due date"),
        pytest.param({"standards": 0}, "standard_stated", id="no standard"),
        pytest.param({"due_on": date(2026, 6, 4)}, "due_date_ahead", id="due yesterday"),
        pytest.param({"due_on": TODAY}, None, id="due today"),
        pytest.param({"due_on": date(2026, 8, 2)}, None, id="the day before the statutory limit"),
        pytest.param({"due_on": LIMIT}, None, id="on the statutory limit"),
        pytest.param(
            {"due_on": date(2026, 8, 4)},
            "within_the_statute",
            id="the day after the statutory limit",
        ),
    ],
)
def test_a_decision_has_due_date_and_standard_within_the_statute(
    changes: dict[str, Any], refused_for: str | None
) -> None:
    facts: dict[str, Any] = {
        "outcome": Outcome.DECISION,
        "lead_unit": "labour_bureau",
        "units_at_table": ("labour_bureau", "court"),
        "due_on": date(2026, 7, 31),
        "standards": 1,
        "remaining_work": False,
        "limit_on": LIMIT,
    }

    reason = may_rule(Ruling(**(facts | changes)), on=TODAY).first_refusal()

    assert (reason.code if reason else None) == refused_for


@pytest.mark.proves("D-14", "T13")
@pytest.mark.parametrize(
    ("changes", "refused_for"),
    [
        pytest.param({}, None, id="nothing remains"),
        pytest.param({"remaining_work": True}, "nothing_remains", id="work remains"),
        pytest.param({"standards": 1}, "nothing_remains", id="a standard to be met"),
        pytest.param({"due_on": date(2026, 7, 1)}, "nothing_remains", id="a day by which"),
        pytest.param(
            {"lead_unit": "health_bureau"}, "lead_unit_at_table", id="a unit that was not there"
        ),
    ],
)
def test_an_answer_on_the_spot_leaves_nothing_to_be_executed(
    changes: dict[str, Any], refused_for: str | None
) -> None:
    facts: dict[str, Any] = {
        "outcome": Outcome.ANSWERED_ON_SPOT,
        "lead_unit": "labour_bureau",
        "units_at_table": ("labour_bureau",),
        "due_on": None,
        "standards": 0,
        "remaining_work": False,
        "limit_on": LIMIT,
    }

    reason = may_rule(Ruling(**(facts | changes)), on=TODAY).first_refusal()

    assert (reason.code if reason else None) == refused_for


@pytest.mark.proves("X-5", "L22-34", "D-21", "D-22")
@pytest.mark.parametrize(
    ("accepted_on", "limit_on"),
    [
        pytest.param(
            date(2026, 6, 2), date(2026, 8, 3), id="day 60 is a Saturday and moves to Monday"
        ),
        pytest.param(date(2026, 6, 5), date(2026, 8, 4), id="day 60 is a working day"),
    ],
)
def test_sixty_days_run_from_the_day_after_acceptance(accepted_on: date, limit_on: date) -> None:
    limit = statutory_limit(calendar=standard_calendar(), accepted_on=accepted_on)

    assert (limit.due_on, limit.article) == (limit_on, "L22-34")


def hand(seat: Seat, kind: Hand, *, unit: str | None = None, witness: str | None = None) -> Signing:
    return Signing(seat=seat, unit=unit, hand=kind, witness=witness)


@pytest.mark.proves("D-15")
@pytest.mark.parametrize(
    ("signing", "refused_for"),
    [
        pytest.param(hand(Seat.PETITIONER, Hand.SIGNATURE), None, id="a signature"),
        pytest.param(hand(Seat.PETITIONER, Hand.THUMBPRINT), None, id="a thumbprint counts"),
        pytest.param(
            hand(Seat.PETITIONER, Hand.REFUSED, witness="officer:desk_1"),
            None,
            id="refused before a witness",
        ),
        pytest.param(
            hand(Seat.PETITIONER, Hand.REFUSED),
            "refusals_witnessed",
            id="refused without a witness",
        ),
        pytest.param(hand(Seat.UNIT, Hand.SIGNATURE, unit="court"), None, id="a unit of the table"),
        pytest.param(
            hand(Seat.UNIT, Hand.SIGNATURE, unit="health_bureau"),
            "signers_at_table",
            id="a unit that was not there",
        ),
    ],
)
def test_a_refused_signature_needs_its_witness(signing: Signing, refused_for: str | None) -> None:
    reason = may_sign([signing], units_at_table=("labour_bureau", "court")).first_refusal()

    assert (reason.code if reason else None) == refused_for


@pytest.mark.proves("D-15")
def test_of_several_entries_of_a_party_the_last_counts_and_a_refusal_is_no_hand() -> None:
    signed = signed_parties(
        [
            hand(Seat.PETITIONER, Hand.REFUSED, witness="officer:desk_1"),
            hand(Seat.LEADER, Hand.SIGNATURE),
            hand(Seat.UNIT, Hand.SIGNATURE, unit="court"),
            hand(Seat.PETITION_OFFICER, Hand.REFUSED, witness="officer:desk_2"),
            hand(Seat.PETITIONER, Hand.THUMBPRINT),
        ]
    )

    assert signed == ("petitioner", "leader", "court")
