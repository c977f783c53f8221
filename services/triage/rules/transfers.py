"""Forwarding and assigning: one lead unit, and for an assignment a day (T6, C-06a)."""

from __future__ import annotations

from datetime import date
from operator import ge, le

from services.triage.rules.directory import Directory
from services.triage.rules.terms import LEADER_ROUTES, TRANSFERS, Outcome, UnitKind
from shared.decisions import Decision, condition, decide, decides, known


@decides("C-07", "I-14", "T6", "L22-24")
def are_units_fixed(
    *,
    outcome: Outcome,
    lead_unit: str | None,
    co_units: tuple[str, ...],
    directory: Directory,
) -> Decision:
    """Decide whether exactly one unit leads, and every unit named is one of this county.

    Several units: one leads, the others handle with it and stand once beside it.  A body
    outside the county cannot be made responsible; the petitioner is redirected to it.

    Reference: C-07; 《信访工作条例》, art. 24¶1.
    """
    needed = outcome in LEADER_ROUTES | TRANSFERS
    named = tuple(code for code in (lead_unit, *co_units) if code is not None)
    units = [directory.unit_by_code.get(code) for code in named]
    return decide(
        condition(
            "lead_unit_is_named",
            True if lead_unit or not needed else None,
            cites="C-07",
            facts=("lead_unit",),
        ),
        condition("units_are_in_directory", all(units), cites="C-07"),
        condition(
            "units_are_of_the_county",
            all(unit is None or unit.kind is not UnitKind.OUTSIDE for unit in units),
            cites="L22-22",
        ),
        condition("lead_unit_is_one", len(set(named)) == len(named), cites="I-14"),
    )


@decides("T6", "L22-22", "C-15", "X-5")
def may_assignment_be_due(*, due_on: date | None, on: date, last_on: date) -> Decision:
    """Decide whether an assignment's day is stated, not past, and within the statutory period.

    `last_on` is the last day of the handling period as if the unit accepted on the day of the
    assignment, `on`.  It accepts later, so a day within this one is within the statute.

    Reference: 《信访工作条例》, art. 22(3), 34; X-5.
    """
    stated = None if due_on is None else True
    day = ("due_on",)
    return decide(
        condition("assignment_has_day", stated, cites="L22-22(3)", facts=day),
        condition("day_is_not_past", known(ge, due_on, on), cites="C-15", facts=day),
        condition("day_is_within_statute", known(le, due_on, last_on), cites="X-5", facts=day),
    )
