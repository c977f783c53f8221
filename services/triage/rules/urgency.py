"""The urgent report upward of major and urgent matters, beside whatever outcome (D-09)."""

from __future__ import annotations

from enum import StrEnum

from services.triage.rules.category import does_matter_stay_sealed
from services.triage.rules.terms import Category
from shared.decisions import decides


class UrgentReport(StrEnum):
    """Whether an urgent report goes upward, and what it tells."""

    NONE = "none"
    WITH_THE_MATTER = "with_the_matter"
    WITHOUT_THE_MATTER = "without_the_matter"


@decides("D-09", "L22-25", "L22-22", "P-9")
def which_urgent_report_goes_up(*, said_by_person: bool, category: Category) -> UrgentReport:
    """Choose the report that goes upward at once, out of the reception cycle.

    A person finds that a matter is urgent or major enough; no outcome takes that decision from
    them or replaces the report.  Of an accusation the report gives the number and the office's
    proposal and not the matter.

    Reference: D-09; 《信访工作条例》, art. 22(1), 25.
    """
    if not said_by_person:
        return UrgentReport.NONE
    if does_matter_stay_sealed(category=category):
        return UrgentReport.WITHOUT_THE_MATTER
    return UrgentReport.WITH_THE_MATTER
