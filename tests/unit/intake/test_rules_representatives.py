"""The legal table of representatives."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.rules import ProposedList, may_represent
from shared.decisions import Verdict

TODAY = date(2026, 6, 1)


@pytest.mark.proves("L22-20", "I-12", "D-01")
@pytest.mark.parametrize(
    ("named", "headcount", "in_person", "refused_for"),
    [
        pytest.param(4, 140, True, None, id="four_for_a_group_in_person"),
        pytest.param(5, 140, True, None, id="five_for_a_group_in_person"),
        pytest.param(6, 140, True, "at_most_five_in_person", id="six_for_a_group_in_person"),
        pytest.param(6, 140, False, None, id="six_sign_a_joint_letter"),
        pytest.param(1, 2, True, None, id="two_people_send_one"),
        pytest.param(2, 3, True, None, id="three_people_send_two"),
        pytest.param(3, 3, True, None, id="three_people_send_three"),
        pytest.param(4, 3, True, "no_more_than_they_are", id="three_people_send_four"),
        pytest.param(6, 5, False, "no_more_than_they_are", id="five_sign_and_six_are_named"),
        pytest.param(6, 3, True, "at_most_five_in_person", id="too_many_by_both_counts"),
        pytest.param(1, 1, True, "joint_matter_of_several", id="one_person_elects_nobody"),
        pytest.param(6, 1, False, "joint_matter_of_several", id="one_letter_writer_elects_nobody"),
    ],
)
def test_at_most_five_speak_for_those_who_come(
    named: int, headcount: int, in_person: bool, refused_for: str | None
) -> None:
    proposed = ProposedList(named=named, headcount=headcount, in_person=in_person)

    reason = may_represent(proposed, on=TODAY).first_refusal()

    assert (reason.code if reason else None) == refused_for


@pytest.mark.proves("L22-20")
@pytest.mark.parametrize(
    ("proposed", "missing_facts"),
    [
        pytest.param(
            ProposedList(named=None, headcount=140, in_person=True),
            ("named",),
            id="how_many_are_named_is_unknown",
        ),
        pytest.param(
            ProposedList(named=3, headcount=None, in_person=True),
            ("headcount",),
            id="how_many_they_are_is_unknown",
        ),
        pytest.param(
            ProposedList(named=6, headcount=140, in_person=None),
            ("in_person",),
            id="whether_they_come_is_unknown_and_it_matters",
        ),
    ],
)
def test_a_missing_fact_is_named_and_not_guessed(
    proposed: ProposedList, missing_facts: tuple[str, ...]
) -> None:
    decision = may_represent(proposed, on=TODAY)

    assert decision.verdict is Verdict.UNKNOWN
    assert decision.missing_facts == missing_facts


@pytest.mark.proves("L22-20")
def test_a_list_short_enough_for_a_visit_needs_no_word_on_how_they_came() -> None:
    decision = may_represent(ProposedList(named=5, headcount=9, in_person=None), on=TODAY)

    assert decision.allowed


@pytest.mark.proves("L22-20")
@pytest.mark.parametrize(
    ("on", "source"),
    [
        pytest.param(date(2022, 4, 30), "L05-18", id="the_day_before_the_regulation_of_2022"),
        pytest.param(date(2022, 5, 1), "L22-20¶3", id="the_day_it_came_into_force"),
    ],
)
def test_the_limit_cites_the_text_in_force_on_the_day(on: date, source: str) -> None:
    reason = may_represent(
        ProposedList(named=6, headcount=9, in_person=True), on=on
    ).first_refusal()

    assert reason is not None
    assert reason.citation.rule_id == source
