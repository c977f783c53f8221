"""A regime is a file, checked whole: every parameter, every fault, nothing passed over."""

from dataclasses import fields
from datetime import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.reception.node import Node
from services.reception.regime import RegimeInvalid, SwapRule, load_regime, read_regime
from services.reception.regime_values import CHOICES, MODES, Regime
from services.reception.rules.schedule import Rhythm, Schedule
from shared.calendar import HolidayPolicy, Weekday
from shared.contracts.common import LeaderAssignment

FILES = Path(__file__).parents[3] / "services" / "reception" / "regimes"
COUNTY: dict[str, Any] = yaml.safe_load((FILES / "county.yaml").read_text(encoding="utf-8"))

# Procedure §1E, by name.
PARAMETERS = {
    *("intake_days", "reception_schedule", "holiday_policy", "ad_hoc_reception"),
    *("leader_assignment", "swap_rule", "modes", "notice_board", "cards", "joint_meeting"),
    *("supervision_instrument", "register_form_signed_by_both", "supervisor", "overdue_action"),
    *("disruption_action", "max_representatives", "escalation_if_unsolved", "annual_summary"),
    "scope_of_visitors",
}


def faults_of(**changes: Any) -> str:
    with pytest.raises(RegimeInvalid) as refused:
        read_regime(COUNTY | changes, source="test.yaml")
    return str(refused.value)


@pytest.mark.proves("C-22")
def test_every_parameter_of_the_procedure_stands_in_the_file() -> None:
    assert {field.name for field in fields(Regime)} == PARAMETERS | {"regime", "hours"}
    assert set(COUNTY) == PARAMETERS | {"regime", "hours", "monthly_cap"}


@pytest.mark.proves("C-01", "C-03", "C-05", "C-08", "C-13", "C-14", "D-17")
def test_the_county_receives_on_friday_by_portfolio_and_moves_holidays_on() -> None:
    county = load_regime("county")

    assert county.reception_schedule == Schedule(rhythm=Rhythm.WEEKLY, weekday=Weekday.FRIDAY)
    assert county.intake_days == (0, 1, 2, 3)
    assert county.holiday_policy is HolidayPolicy.NEXT_WORKING_DAY
    assert (county.has_rota, county.swap_rule) == (False, SwapRule.NOT_STATED)
    assert (county.cards, county.joint_meeting) == (4, "four_party")
    assert (county.supervision_instrument, county.hours.starts_at) == ("eight_slips", time(8, 30))


@pytest.mark.proves("M-04", "M-05", "M-06", "M-14", "D-17")
def test_a_weekly_rota_receives_on_tuesday_in_turn_and_skips_holidays() -> None:
    rota = load_regime("weekly_rota")

    assert rota.reception_schedule == Schedule(rhythm=Rhythm.WEEKLY, weekday=Weekday.TUESDAY)
    assert (rota.hours.starts_at, rota.hours.ends_at) == (time(8, 30), time(11, 30))
    assert rota.holiday_policy is HolidayPolicy.SKIP
    assert (rota.has_rota, rota.swap_rule) == (True, SwapRule.NEXT_IN_ROTA_BEFOREHAND)
    assert rota.notice_board == "required"


def test_what_the_countys_system_supplies_is_the_same_in_both() -> None:
    county, rota = load_regime("county"), load_regime("weekly_rota")

    assert all(
        getattr(county, name) == getattr(rota, name)
        for name in (
            *("cards", "joint_meeting", "supervision_instrument", "supervisor"),
            *("overdue_action", "escalation_if_unsolved", "max_representatives"),
        )
    )


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        pytest.param({"holiday_policy": "work"}, ["holiday_policy: must be one of"], id="unknown"),
        pytest.param({"holiday_policy": []}, ["holiday_policy: must be one of"], id="no text"),
        pytest.param({"cards": 3}, ["cards: only 4 is in force"], id="three cards"),
        pytest.param({"cards": True}, ["cards: only 4"], id="a yes for a number"),
        pytest.param(
            {"max_representatives": 6}, ["max_representatives: only 5"], id="beyond the law"
        ),
        pytest.param({"regime": 7}, ["regime: must be a code"], id="no code"),
        pytest.param({"regime": "Mine"}, ["regime: must be a code"], id="no lower-case code"),
        pytest.param({"rota": []}, ["rota: unknown"], id="an unknown key"),
        pytest.param({"intake_days": "monday"}, ["intake_days"], id="no list of days"),
        pytest.param({"intake_days": ["monday", "monday"]}, ["intake_days"], id="a day twice"),
        pytest.param({"intake_days": ["montag"]}, ["intake_days"], id="an unknown day"),
        pytest.param({"modes": []}, ["modes: must be a list"], id="no mode"),
        pytest.param({"modes": "walk_in"}, ["modes: must be a list"], id="no list of modes"),
        pytest.param({"modes": ["by_post"]}, ["modes: must be one of"], id="an unknown mode"),
        pytest.param({"reception_schedule": "friday"}, ["must hold rhythm"], id="no schedule"),
        pytest.param(
            {"reception_schedule": {"rhythm": "daily", "weekday": "freitag", "nth": 2}},
            ["reception_schedule.rhythm: must", "reception_schedule.weekday: must"],
            id="an unknown rhythm and weekday",
        ),
        pytest.param(
            {"reception_schedule": {"rhythm": "weekly", "weekday": "friday", "nth": 2}},
            ["reception_schedule.nth: a weekly rhythm has none"],
            id="a second Friday every week",
        ),
        pytest.param(
            {"reception_schedule": {"rhythm": "nth_weekday", "weekday": "friday", "nth": 5}},
            ["reception_schedule.nth: must be 1 to 4"],
            id="a fifth Friday, which not every month has",
        ),
        pytest.param(
            {"reception_schedule": {"rhythm": "weekly", "weekday": "friday", "at": "08:30"}},
            ["reception_schedule.at: unknown"],
            id="an unknown key of the schedule",
        ),
        pytest.param({"monthly_cap": 0}, ["monthly_cap: must be none or"], id="no day a month"),
        pytest.param(
            {
                "monthly_cap": 4,
                "reception_schedule": {"rhythm": "nth_weekday", "weekday": "friday", "nth": 1},
            },
            ["monthly_cap: only a weekly rhythm"],
            id="a cap on what is monthly anyway",
        ),
        pytest.param(
            {"swap_rule": "next_in_rota_beforehand"}, ["have no rota"], id="a swap without a rota"
        ),
        pytest.param({"hours": {"starts_at": "08:30"}}, ["hours: must hold"], id="incomplete"),
        pytest.param({"hours": COUNTY["hours"] | {"ends_at": "08:30"}}, ["hours"], id="no time"),
        pytest.param({"hours": COUNTY["hours"] | {"starts_at": "8h"}}, ["hours"], id="no hour"),
        pytest.param({"hours": COUNTY["hours"] | {"ends_at": 690}}, ["hours"], id="unquoted"),
        pytest.param(
            {"hours": COUNTY["hours"] | {"slot_minutes": 9}}, ["slot_minutes"], id="short"
        ),
        pytest.param(
            {"cards": 3, "modes": [], "supervisor": "nobody", "hours": 1},
            ["cards", "modes", "supervisor", "hours"],
            id="every fault at once",
        ),
    ],
)
def test_every_fault_of_a_regime_file_is_told(changes: dict[str, Any], faults: list[str]) -> None:
    told = faults_of(**changes)

    assert all(fault in told for fault in faults)


NOT_IN_FORCE = [
    (key, value, choice.in_force)
    for key, choice in CHOICES.items()
    for value in choice.not_in_force
]


@pytest.mark.parametrize(
    ("key", "value", "in_force"),
    [pytest.param(*each, id=f"{each[0]}={each[1]}") for each in NOT_IN_FORCE],
)
def test_a_value_this_version_does_not_carry_out_is_refused_by_name(
    key: str, value: str, in_force: tuple[str, ...]
) -> None:
    told = faults_of(**{key: value})

    assert f"{key}: {value} is not in force in this version; in force: " in told
    assert all(each in told for each in in_force)


@pytest.mark.parametrize("mode", MODES.not_in_force)
def test_a_mode_this_version_does_not_carry_out_is_refused_by_name(mode: str) -> None:
    assert f"modes: {mode} is not in force" in faults_of(modes=["by_appointment", mode])


@pytest.mark.parametrize("key", sorted(COUNTY))
def test_a_missing_key_is_told(key: str) -> None:
    without = {each: COUNTY[each] for each in COUNTY if each != key}

    with pytest.raises(RegimeInvalid, match=f"{key}: missing"):
        read_regime(without, source="test.yaml")


def test_a_monthly_regime_and_a_capped_one_can_be_read() -> None:
    monthly = {"rhythm": "nth_weekday", "weekday": "wednesday", "nth": 2}

    once = read_regime(COUNTY | {"reception_schedule": monthly}, source="test.yaml")
    capped = read_regime(COUNTY | {"monthly_cap": 4}, source="test.yaml")

    assert once.reception_schedule == Schedule(
        rhythm=Rhythm.NTH_WEEKDAY, weekday=Weekday.WEDNESDAY, nth=2
    )
    assert capped.reception_schedule.monthly_cap == 4


@pytest.mark.parametrize("entries", [None, [], "county"])
def test_a_file_that_is_no_mapping_is_refused(entries: object) -> None:
    with pytest.raises(RegimeInvalid, match="mapping"):
        read_regime(entries, source="test.yaml")


def test_an_unknown_regime_names_those_there_are() -> None:
    with pytest.raises(RegimeInvalid, match="county, weekly_rota"):
        load_regime("moon")


def test_an_own_file_is_a_regime_too(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(yaml.safe_dump(COUNTY | {"regime": "ours"}), encoding="utf-8")

    assert load_regime(str(file)).regime == "ours"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(None, "cannot be read", id="no file"),
        pytest.param("regime: [", "cannot be read", id="no YAML"),
        pytest.param("regime: ours", "cards: missing", id="an incomplete one"),
        pytest.param(
            yaml.safe_dump(COUNTY), "county comes with this version", id="a name that is taken"
        ),
    ],
)
def test_an_own_file_that_cannot_be_used_is_refused(
    content: str | None, fault: str, tmp_path: Path
) -> None:
    file = tmp_path / "ours.yaml"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    with pytest.raises(RegimeInvalid, match=fault):
        load_regime(str(file))


@pytest.mark.proves("C-05", "I-13")
def test_the_countys_own_node_takes_no_rota() -> None:
    with pytest.raises(RegimeInvalid, match="C-05"):
        Node(
            code="county",
            service="reception_county",
            territory="county",
            regime=load_regime("weekly_rota"),
        )


def test_a_node_serves_its_department_or_its_territory() -> None:
    def organ(**facts: str) -> str:
        regime = load_regime("weekly_rota")
        return Node(
            code="labour", service="reception_labour", territory="labour", regime=regime, **facts
        ).organ

    assert (organ(), organ(department="labour_bureau")) == ("labour", "labour_bureau")
    assert load_regime("weekly_rota").leader_assignment is LeaderAssignment.ROTA
