"""A regime as the code sees it, and the closed set of values each of its parameters may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Final

from services.reception.rules.schedule import Schedule
from shared.calendar import HolidayPolicy, Weekday
from shared.contracts.common import LeaderAssignment

NOT_STATED: Final = "not_stated"
"""What a parameter says where the founding text says nothing."""


class SwapRule(StrEnum):
    """Whether two leaders may change places."""

    NOT_STATED = NOT_STATED
    NEXT_IN_ROTA_BEFOREHAND = "next_in_rota_beforehand"  # 事先与下一位值班领导调换，不得空岗


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The hours of a sitting, where planning names none; local times."""

    starts_at: time
    ends_at: time
    slot_minutes: int


@dataclass(frozen=True, kw_only=True)
class Regime:
    """One node's rules of reception: every parameter of procedure §1E.

    What is text here has one value in force for all nodes in this version; `CHOICES` lists it
    beside those that are named in procedure §1E and refused.
    """

    regime: str
    intake_days: tuple[Weekday, ...]
    reception_schedule: Schedule
    hours: Hours
    holiday_policy: HolidayPolicy
    ad_hoc_reception: str
    leader_assignment: LeaderAssignment
    swap_rule: SwapRule
    modes: tuple[str, ...]
    notice_board: str
    cards: int
    joint_meeting: str
    supervision_instrument: str
    register_form_signed_by_both: str
    supervisor: str
    overdue_action: str
    disruption_action: str
    max_representatives: int
    escalation_if_unsolved: str
    annual_summary: str
    scope_of_visitors: str

    @property
    def has_rota(self) -> bool:
        """Tell whether one leader in turn receives."""
        return self.leader_assignment is LeaderAssignment.ROTA


@dataclass(frozen=True)
class Choice:
    """The values of one parameter: those in force in this version, and those that are not."""

    in_force: tuple[str, ...]
    not_in_force: tuple[str, ...] = ()


CHOICES: Final[Mapping[str, Choice]] = {
    "ad_hoc_reception": Choice(
        (NOT_STATED, "none"), ("appointment_only", "group_visit_or_important_matter")
    ),
    "annual_summary": Choice(("target_assessment",), ("archive_only", "required")),
    "disruption_action": Choice((NOT_STATED,), ("security_section", "police_unit_or_guardian")),
    "escalation_if_unsolved": Choice(
        ("joint_conference",),
        ("designate_lead_department", "collective_study", "leader_case_responsibility"),
    ),
    "holiday_policy": Choice(tuple(policy.value for policy in HolidayPolicy)),
    "joint_meeting": Choice(
        ("four_party",),
        ("joint_on_appointment", "relevant_departments", "responsible_departments"),
    ),
    "leader_assignment": Choice(
        tuple(assignment.value for assignment in LeaderAssignment),
        ("rota_and_portfolio_ad_hoc",),
    ),
    "notice_board": Choice(("by_law", "required"), ("by_law_and_plates",)),
    "overdue_action": Choice(("circular_explanation_promise",), (NOT_STATED, "chase")),
    "register_form_signed_by_both": Choice((NOT_STATED,), ("required", "record_by_office")),
    "scope_of_visitors": Choice(("public",), ("residents", "staff_and_patients")),
    "supervision_instrument": Choice(
        ("eight_slips",), ("supervision_entry", "office_chasing", "time_limited_order")
    ),
    "supervisor": Choice(
        ("petition_office",),
        ("discipline_committee", "hospital_office", "bureau_petition_office"),
    ),
    "swap_rule": Choice(tuple(rule.value for rule in SwapRule)),
}
"""Every parameter that is one value of a closed set."""

MODES: Final = Choice(("by_appointment",), ("walk_in", "ad_hoc"))
"""How a petitioner may come to the table; a regime may have several."""

NUMBERS: Final[Mapping[str, int]] = {"cards": 4, "max_representatives": 5}
"""Numbers with one value in force: the four cards (C-08), and the law's limit (L22-20)."""
