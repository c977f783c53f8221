"""What the load needs of a county before it begins, and how its time passes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from balian.deployment import Deployment
from balian.faults import HostUnreachable
from shared.contracts.every_service import PendingWork
from shared.contracts.mechanism import Fault
from shared.messaging.rest import NOTHING_APART, Balance, came_to_rest
from tests.support.faults.desk import Desk
from tests.support.faults.lives_of_offices import DIRECTORY, LONG_DAY
from tests.support.faults.steps import NODE, OFFICER, at

OPERATOR: Final = "operator:harness"

WEEKS_PLANNED: Final = 60
_LOOK: Final = 0.1


class NotAtRest(Exception):
    """Raised when the bus does not come to rest in time."""


def open_county(desk: Desk, monday: date) -> None:
    """Put the directory and publish long sessions with short hours for the weeks to come."""
    desk.order("triage.put_directory", OPERATOR, at(monday, "08:00"), **DIRECTORY)
    let_announce(desk, at(monday, "08:00"))
    period = {
        "from_on": (monday + timedelta(days=4)).isoformat(),
        "until_on": (monday + timedelta(weeks=WEEKS_PLANNED)).isoformat(),
    }
    desk.order(
        f"{NODE}.plan_sessions",
        OFFICER,
        at(monday, "08:10"),
        place="接访大厅",
        **LONG_DAY,
        **period,
    )
    desk.order(f"{NODE}.publish_sessions", OFFICER, at(monday, "08:20"), **period)


def let_announce(desk: Desk, moment: datetime) -> None:
    """Let the node tell that it has opened, which it does with its first sweep."""
    desk.order(f"{NODE}.sweep", OPERATOR, moment)


def come_to_rest(
    deployment: Deployment, moment: datetime, *, within: float, apart: Balance = NOTHING_APART
) -> Mapping[str, PendingWork]:
    """Wait until nothing is unsent, in flight or on its way; give what every service then said.

    A service that does not answer yet is asked again, as long as there is time.

    Args:
        deployment: whose rest.
        moment: the instant at which the services are asked.
        within: seconds for all of it.
        apart: as for `shared.messaging.rest.is_at_rest`.

    Raises:
        NotAtRest: the time is over; names what is left.
    """
    ends = time.monotonic() + within
    headers = {"actor": OPERATOR, "now": moment.isoformat()}
    work: Mapping[str, PendingWork] = {}

    def look() -> Mapping[str, PendingWork]:
        nonlocal work
        while True:
            try:
                work = deployment.pending(headers, deployment.services)
            except (Fault, HostUnreachable) as silent:
                if not wait():
                    raise NotAtRest(str(silent)) from silent
            else:
                return work

    def wait() -> bool:
        time.sleep(_LOOK)
        return time.monotonic() < ends

    if not came_to_rest(look, deployment.topology, wait=wait, apart=apart):
        raise NotAtRest(
            "; ".join(
                f"{name}: {one.unsent} unsent, {one.in_flight} in flight, {one.early} early"
                for name, one in work.items()
            )
        )
    return work


def let_time_pass(
    desk: Desk,
    deployment: Deployment,
    until: datetime,
    *,
    within: float,
    apart: Balance = NOTHING_APART,
) -> int:
    """Let every deadline up to an instant fire, those it sets off too; give how many did.

    Raises:
        NotAtRest: the bus does not come to rest in between.
    """
    fired = 0
    while True:
        work = come_to_rest(deployment, until, within=within, apart=apart)
        due = [name for name, one in work.items() if one.next_due and one.next_due <= until]
        if not due:
            return fired
        for service in due:
            fired += int(desk.order(f"{service}.sweep", OPERATOR, until)["fired"])
