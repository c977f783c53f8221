"""The lives of petitions that the load leads: every route of sorting, and most ends there are,
and what goes on beside them.

Each life is one function of a desk; dates follow from what the services answer, so any number of
lives can go on side by side.
Those that wait for a date to pass say so by returning what is left to be done after the sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from tests.support.faults.desk import Desk
from tests.support.faults.lives_of_offices import directory_put_again, week_planned_ahead
from tests.support.faults.lives_of_reception import (
    AfterTheSweep,
    answered_on_spot,
    cards_issued_again,
    decided_and_archived,
    overdue_and_circulated,
    overdue_and_let_off,
    unit_did_not_come,
)
from tests.support.faults.lives_of_sorting import (
    accusation_under_seal,
    assigned_and_forgotten,
    declined,
    forwarded_and_forgotten,
    group_that_comes_again,
    names_told_and_revealed,
    objected_then_assigned,
    redirected,
    replied_and_suggested,
)
from tests.support.faults.steps import Matter

Life = Callable[[Desk, date, Matter], AfterTheSweep | None]

LIVES: Final[Mapping[str, Life]] = {
    life.__name__: life
    for life in (
        decided_and_archived,
        overdue_and_circulated,
        overdue_and_let_off,
        answered_on_spot,
        unit_did_not_come,
        cards_issued_again,
        objected_then_assigned,
        forwarded_and_forgotten,
        assigned_and_forgotten,
        redirected,
        replied_and_suggested,
        accusation_under_seal,
        group_that_comes_again,
        names_told_and_revealed,
        declined,
        directory_put_again,
        week_planned_ahead,
    )
}
"""Every life there is, by name."""
