"""Files of holidays: what is shipped, what an operator adds, and what is refused."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.calendar import CalendarFileInvalid, WorkingCalendar, standard_calendar
from shared.calendar.year_files import ANNOUNCED_DIRECTORY, read_announced_year


def shipped(year: int) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ANNOUNCED_DIRECTORY / f"{year}.json").read_text("utf-8"))
    return content


def announced_2027() -> dict[str, Any]:
    """Return an invented notice for 2027: the spring holiday from 5 to 12 February."""

    def holiday(name: str, first: str, last: str, *workdays: str) -> dict[str, Any]:
        return {
            "name": name,
            "first_day": first,
            "last_day": last,
            "make_up_workdays": list(workdays),
        }

    return {
        "year": 2027,
        "notices": ["国办发明电〔2026〕99号"],
        "holidays": [
            holiday("元旦", "2026-12-31", "2027-01-02"),
            holiday("春节", "2027-02-05", "2027-02-12", "2027-01-31", "2027-02-20"),
            holiday("劳动节", "2027-05-01", "2027-05-05", "2027-04-25", "2027-05-08"),
            holiday("国庆节", "2027-10-01", "2027-10-07", "2027-09-26", "2027-10-09"),
        ],
    }


def written(directory: Path, content: object, *, name: str = "2027.json") -> Path:
    path = directory / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(ANNOUNCED_DIRECTORY.iterdir()), ids=lambda path: path.name)
def test_a_shipped_file_reads_and_writes_back_unchanged(path: Path) -> None:
    assert read_announced_year(path).dump() == json.loads(path.read_text("utf-8"))


def test_an_operator_adds_a_year(tmp_path: Path) -> None:
    written(tmp_path, announced_2027())

    calendar = WorkingCalendar.load(extra_directory=tmp_path)

    assert not calendar.day(date(2027, 6, 1)).provisional
    assert calendar.day(date(2027, 2, 20)).is_working
    assert not calendar.day(date(2026, 12, 31)).is_working
    assert not calendar.day(date(2026, 12, 31)).provisional
    assert calendar.version != standard_calendar().version


def test_an_operators_file_wins_over_the_one_shipped(tmp_path: Path) -> None:
    amended = shipped(2026)
    amended["notices"].append("国办发明电〔2026〕98号")
    amended["holidays"][-1]["last_day"] = "2026-10-08"
    written(tmp_path, amended, name="2026.json")

    calendar = WorkingCalendar.load(extra_directory=tmp_path)

    assert not calendar.is_working_day(date(2026, 10, 8))
    assert calendar.day(date(2026, 10, 8)).notices[-1] == "国办发明电〔2026〕98号"


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalendarFileInvalid, match="no directory"):
        WorkingCalendar.load(extra_directory=tmp_path / "absent")


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"year: 2027", id="no JSON"),
        pytest.param("{'元旦'}".encode("gbk"), id="no UTF-8"),
    ],
)
def test_what_is_no_json_is_refused(tmp_path: Path, octets: bytes) -> None:
    path = tmp_path / "2027.json"
    path.write_bytes(octets)

    with pytest.raises(CalendarFileInvalid, match="not JSON in UTF-8"):
        read_announced_year(path)


def changed(field: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda content: content.__setitem__(field, value)


def changed_spring(field: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["holidays"][1].__setitem__(field, value)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(changed("year", "2027"), "year is no year", id="a year as text"),
        pytest.param(changed("year", 27), "year is no year", id="a year of two digits"),
        pytest.param(changed("year", 2028), "the file is named 2027", id="another year's file"),
        pytest.param(changed("notices", []), "at least one notice", id="no notice"),
        pytest.param(changed("notices", [""]), "at least one notice", id="an empty notice"),
        pytest.param(changed("notices", "99"), "at least one notice", id="a notice not in a list"),
        pytest.param(changed("holidays", {}), "holidays is no list", id="holidays not in a list"),
        pytest.param(
            changed("holidays", ["元旦"]), r"holidays\[0\] is no object", id="a bare name"
        ),
        pytest.param(changed("holiday", []), "holiday is unknown", id="a field that is unknown"),
        pytest.param(
            lambda content: content.pop("notices"), "notices is missing", id="a field missing"
        ),
        pytest.param(
            lambda content: content["holidays"][1].pop("make_up_workdays"),
            r"holidays\[1\].make_up_workdays is missing",
            id="a field of a holiday missing",
        ),
        pytest.param(
            changed_spring("name", ""),
            r"holidays\[1\].name is no text",
            id="a holiday without name",
        ),
        pytest.param(
            changed_spring("first_day", "2027-02-30"),
            r"holidays\[1\].first_day is no date",
            id="a day that does not exist",
        ),
        pytest.param(
            changed_spring("last_day", None), r"last_day is no date", id="a day that is no text"
        ),
        pytest.param(
            changed_spring("make_up_workdays", ["2.20"]),
            "make_up_workdays is no list of dates",
            id="a workday that is no date",
        ),
        pytest.param(
            changed_spring("last_day", "2027-02-04"),
            "春节 ends before it begins",
            id="a holiday that ends before it begins",
        ),
        pytest.param(
            changed_spring("last_day", "9999-12-31"),
            "9999-12-31 lies outside the year",
            id="a holiday without end",
        ),
        pytest.param(
            changed_spring("make_up_workdays", ["2028-02-19"]),
            "2028-02-19 lies outside the year",
            id="a day of another year",
        ),
        pytest.param(
            changed_spring("make_up_workdays", ["2027-02-19"]),
            "2027-02-19 is named a make-up workday but is no weekend day",
            id="a weekday named as made up",
        ),
        pytest.param(
            changed_spring("make_up_workdays", ["2027-02-06"]),
            "2027-02-06 stands 2 times",
            id="a day both off and worked",
        ),
        pytest.param(
            lambda content: content["holidays"].pop(),
            r"国庆节 \(10-1\) is missing; 国庆节 \(10-2\) is missing",
            id="a file that stops before autumn",
        ),
    ],
)
def test_a_slip_of_the_pen_is_named(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], problem: str
) -> None:
    content = announced_2027()
    change(content)

    with pytest.raises(CalendarFileInvalid, match=problem):
        read_announced_year(written(tmp_path, content))


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    content = announced_2027() | {"year": None, "notices": None}

    with pytest.raises(CalendarFileInvalid, match=r"year is no year.*at least one notice"):
        read_announced_year(written(tmp_path, content))


def test_a_file_that_holds_no_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalendarFileInvalid, match="holds no object"):
        read_announced_year(written(tmp_path, []))
