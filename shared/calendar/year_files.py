"""Files of holidays: read, checked against themselves, and refused whole if anything is wrong.

`holidays/<year>.json` is written as the notice reads, with the number of the notice.  An
operator adds a year by dropping one more such file into a directory of their own.  A slip
of the pen in it would move statutory due dates, so whatever can be checked is checked: the
form first, then each day, then the year as a whole, and all that is wrong at one stage is
named at once.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from shared.calendar.years import FIXED_HOLIDAYS, CalendarYear, Holiday, provisional_year

ANNOUNCED_DIRECTORY: Final = Path(__file__).parent / "holidays"
PROVISIONAL_FILE: Final = Path(__file__).parent / "provisional.json"

_YEAR_FIELDS: Final = ("year", "notices", "holidays")
_HOLIDAY_FIELDS: Final = ("name", "first_day", "last_day", "make_up_workdays")
_YEARS: Final = range(2000, 3000)
_SATURDAY: Final = 5


class CalendarFileInvalid(ValueError):
    """Raised for a file of holidays that cannot be used; the message names what is wrong.

    Correct the file against the notice it comes from; nothing of it has been loaded.
    """


def read_announced_years(directory: Path) -> tuple[CalendarYear, ...]:
    """Read every JSON file of a directory as one announced year, oldest first.

    Raises:
        CalendarFileInvalid: the directory is missing, or a file in it cannot be used.
    """
    if not directory.is_dir():
        message = f"There is no directory {directory} to read holidays from; correct the setting."
        raise CalendarFileInvalid(message)
    return tuple(read_announced_year(path) for path in sorted(directory.glob("*.json")))


def read_announced_year(path: Path) -> CalendarYear:
    """Read and check one file, named for its year.

    Raises:
        CalendarFileInvalid: the file is not JSON, or says something that cannot be.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        message = f"{path.name} is not JSON in UTF-8 ({error}); write it like the files shipped."
        raise CalendarFileInvalid(message) from error
    _refuse(path, _malformed_fields(content))
    year = _build(content)
    _refuse(path, _impossible_days(year, file_year=path.stem))
    _refuse(path, _contradictions(year))
    return year


def read_provisional_years() -> tuple[CalendarYear, ...]:
    """Read the festivals of the years not yet announced and lay those years out, oldest first."""
    rows = json.loads(PROVISIONAL_FILE.read_text(encoding="utf-8"))["years"]
    return tuple(
        provisional_year(
            int(year),
            festivals={name: date.fromisoformat(on) for name, on in festivals.items()},
        )
        for year, festivals in rows.items()
    )


def _refuse(path: Path, problems: Iterator[str]) -> None:
    found = list(problems)
    if found:
        message = f"{path.name} cannot be used: {'; '.join(found)}. Check it against the notice."
        raise CalendarFileInvalid(message)


def _build(content: Mapping[str, Any]) -> CalendarYear:
    return CalendarYear(
        year=content["year"],
        notices=tuple(content["notices"]),
        holidays=tuple(
            Holiday(
                name=entry["name"],
                first_day=date.fromisoformat(entry["first_day"]),
                last_day=date.fromisoformat(entry["last_day"]),
                make_up_workdays=tuple(map(date.fromisoformat, entry["make_up_workdays"])),
            )
            for entry in content["holidays"]
        ),
    )


def _malformed_fields(content: object) -> Iterator[str]:
    """Yield what keeps a file's content from being read as a year at all."""
    if not isinstance(content, dict):
        yield "it holds no object"
        return
    yield from _wrong_names(content, expected=_YEAR_FIELDS, where="")
    year = content.get("year")
    if not isinstance(year, int) or year not in _YEARS:
        yield "year is no year"
    notices = content.get("notices")
    if not _is_list_of_texts(notices) or not notices:
        yield "notices must name at least one notice"
    entries = content.get("holidays")
    if not isinstance(entries, list):
        yield "holidays is no list"
        return
    for position, entry in enumerate(entries):
        yield from _malformed_holiday(entry, where=f"holidays[{position}]")


def _malformed_holiday(entry: object, *, where: str) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"{where} is no object"
        return
    yield from _wrong_names(entry, expected=_HOLIDAY_FIELDS, where=f"{where}.")
    if not _is_list_of_texts([entry.get("name")]):
        yield f"{where}.name is no text"
    for field in ("first_day", "last_day"):
        if not _is_date(entry.get(field)):
            yield f"{where}.{field} is no date such as 2026-10-01"
    workdays = entry.get("make_up_workdays")
    if not isinstance(workdays, list) or not all(map(_is_date, workdays)):
        yield f"{where}.make_up_workdays is no list of dates"


def _wrong_names(
    content: Mapping[str, Any], *, expected: tuple[str, ...], where: str
) -> Iterator[str]:
    for name in expected:
        if name not in content:
            yield f"{where}{name} is missing"
    for name in sorted(set(content) - set(expected)):
        yield f"{where}{name} is unknown"


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text for text in value)


def _is_date(value: object) -> bool:
    try:
        date.fromisoformat(value)  # type: ignore[arg-type]  # What is no text raises too.
    except (TypeError, ValueError):
        return False
    return True


def _impossible_days(year: CalendarYear, *, file_year: str) -> Iterator[str]:
    """Yield the days that no notice for this year can name."""
    if file_year != str(year.year):
        yield f"year is {year.year}, but the file is named {file_year}"
    for holiday in year.holidays:
        if holiday.last_day < holiday.first_day:
            yield f"{holiday.name} ends before it begins"
        for on in (holiday.first_day, holiday.last_day, *holiday.make_up_workdays):
            if not date(year.year - 1, 12, 1) <= on <= date(year.year, 12, 31):
                yield f"{on} lies outside the year"
        for on in holiday.make_up_workdays:
            if on.weekday() < _SATURDAY:
                yield f"{on} is named a make-up workday but is no weekend day"


def _contradictions(year: CalendarYear) -> Iterator[str]:
    """Yield the days that stand twice, and the holidays of every year that are missing."""
    days_off = [on for holiday in year.holidays for on in holiday.days()]
    workdays = [on for holiday in year.holidays for on in holiday.make_up_workdays]
    for on, times in Counter(days_off + workdays).items():
        if times > 1:
            yield f"{on} stands {times} times"
    for (month, day), name in FIXED_HOLIDAYS.items():
        if date(year.year, month, day) not in days_off:
            yield f"{name} ({month}-{day}) is missing"
