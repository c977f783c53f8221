"""A regime is a file, checked whole."""

from datetime import time
from typing import Any

import pytest

from services.reception.regime import RegimeInvalid, load_regime, read_regime
from shared.calendar import HolidayPolicy, Weekday

COUNTY: dict[str, Any] = {
    "regime": "county",
    "weekday": "friday",
    "holiday_policy": "next_working_day",
    "leader_assignment": "by_severity_and_portfolio",
    "mode": "by_appointment",
    "cards": 4,
    "joint_meeting": "four_party",
    "slips": True,
    "hours": {"starts_at": "08:30", "ends_at": "11:30", "slot_minutes": 30},
}


@pytest.mark.proves("C-03", "D-17")
def test_the_county_receives_on_friday_and_moves_holidays_on() -> None:
    county = load_regime("county")

    assert county == read_regime(COUNTY, source="test")
    assert county.weekday is Weekday.FRIDAY
    assert county.holiday_policy is HolidayPolicy.NEXT_WORKING_DAY
    assert (county.cards, county.slips, county.hours.starts_at) == (4, True, time(8, 30))


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        pytest.param({"weekday": "freitag"}, ["weekday"], id="an unknown weekday"),
        pytest.param({"holiday_policy": "work"}, ["holiday_policy"], id="an unknown policy"),
        pytest.param({"leader_assignment": "rota"}, ["leader_assignment"], id="a rota"),
        pytest.param({"cards": 3, "slips": "yes"}, ["cards", "slips"], id="two faults at once"),
        pytest.param({"regime": 7, "mode": "walk_in"}, ["regime", "mode"], id="no code, no mode"),
        pytest.param({"joint_meeting": "any"}, ["joint_meeting"], id="an unknown meeting"),
        pytest.param({"rota": []}, ["rota: unknown"], id="an unknown key"),
        pytest.param({"hours": {"starts_at": "08:30"}}, ["hours"], id="incomplete hours"),
        pytest.param({"hours": COUNTY["hours"] | {"ends_at": "08:30"}}, ["hours"], id="no time"),
        pytest.param({"hours": COUNTY["hours"] | {"starts_at": "8h"}}, ["hours"], id="no hour"),
        pytest.param({"hours": COUNTY["hours"] | {"ends_at": 690}}, ["hours"], id="unquoted"),
        pytest.param(
            {"hours": COUNTY["hours"] | {"slot_minutes": 9}}, ["slot_minutes"], id="short"
        ),
    ],
)
def test_every_fault_of_a_regime_file_is_told(changes: dict[str, Any], faults: list[str]) -> None:
    with pytest.raises(RegimeInvalid) as refused:
        read_regime(COUNTY | changes, source="test.yaml")

    assert all(fault in str(refused.value) for fault in faults)


def test_a_missing_key_is_told() -> None:
    with pytest.raises(RegimeInvalid, match="weekday: missing"):
        read_regime({key: COUNTY[key] for key in COUNTY if key != "weekday"}, source="test.yaml")


@pytest.mark.parametrize("entries", [None, [], "county"])
def test_a_file_that_is_no_mapping_is_refused(entries: object) -> None:
    with pytest.raises(RegimeInvalid, match="mapping"):
        read_regime(entries, source="test.yaml")


def test_an_unknown_regime_names_those_there_are() -> None:
    with pytest.raises(RegimeInvalid, match="county"):
        load_regime("moon")
