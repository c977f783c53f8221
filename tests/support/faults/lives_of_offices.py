"""What goes on beside the petitions: the directory is put again, further weeks are published."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any, Final

from balian.casebook import read_casebook
from tests.support.casebooks import CASEBOOKS
from tests.support.faults.desk import Desk
from tests.support.faults.steps import NODE, OFFICER, Matter, at

OFFICE_HEAD: Final = "office_head:chief"

DIRECTORY: Final = read_casebook(CASEBOOKS / "main_path.jsonl").directory
"""The directory with which the county begins."""

LONG_DAY: Final = {"starts_at": "08:00", "ends_at": "18:00", "slot_minutes": 10}


def directory_put_again(desk: Desk, day: date, _matter: Matter) -> None:
    """A unit has moved, and everyone is told of the new directory."""
    moment = at(day, "08:30")
    before = desk.ask("triage.get_directory", OFFICER, moment)
    put_directory(desk, day, moved=before["version"] + 1)


def put_directory(desk: Desk, day: date, *, moved: int, **changed: Any) -> None:
    """Put the county's directory, with a unit where it has moved to, and what else changed."""
    directory = deepcopy({**DIRECTORY, **changed})
    unit = next(unit for unit in directory["units"] if unit["code"] == "labour_bureau")
    unit["address"] = f"劳动路{moved}号"
    desk.order("triage.put_directory", OFFICE_HEAD, at(day, "08:30"), **directory)


def week_planned_ahead(desk: Desk, day: date, _matter: Matter) -> None:
    """The week after the last that is planned is planned and published."""
    moment = at(day, "08:40")
    planned = desk.ask(f"{NODE}.list_sessions", OFFICER, moment)
    after = date.fromisoformat(planned["sessions"][-1]["on"])
    period = {
        "from_on": (after + timedelta(days=1)).isoformat(),
        "until_on": (after + timedelta(days=14)).isoformat(),
    }
    plan = {"place": "接访大厅", **LONG_DAY, **period}
    desk.order(f"{NODE}.plan_sessions", OFFICER, moment, **plan)
    desk.order(f"{NODE}.publish_sessions", OFFICER, moment, **period)
