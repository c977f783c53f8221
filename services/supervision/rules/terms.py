"""The words these rules speak in: routes, stages, posts and clocks.

They are the words of the contracts, spelled again because rules see no contract; a test holds
the two lists together.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Route(StrEnum):
    """How a case came to be supervised."""

    LEADER = "leader"
    FORWARDED = "forwarded"
    ASSIGNED = "assigned"


class Stage(StrEnum):
    """Where a case stands."""

    ROUTED = "routed"
    TRANSFERRED = "transferred"
    OBJECTED = "objected"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    ANSWERED_ON_SPOT = "answered_on_spot"
    AWAITING_AUTHORISATION = "awaiting_authorisation"
    IN_HANDLING = "in_handling"
    RESULT_REPORTED = "result_reported"
    OPINION_DELIVERED = "opinion_delivered"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Post(StrEnum):
    """The eight addressees of a slip set in their order: six leaders, the unit, the stub (C-14)."""

    PARTY_SECRETARY = "party_secretary"
    DEPUTY_PARTY_SECRETARY_IN_CHARGE = "deputy_party_secretary_in_charge"
    COUNTY_HEAD = "county_head"
    DEPUTY_COUNTY_HEAD_IN_CHARGE = "deputy_county_head_in_charge"
    DISCIPLINE_SECRETARY = "discipline_secretary"
    ORGANIZATION_HEAD = "organization_head"
    RESPONSIBLE_UNIT = "responsible_unit"
    PETITION_OFFICE_STUB = "petition_office_stub"


class Clock(StrEnum):
    """Which clock runs (D-20)."""

    SLIP = "slip"
    ASSIGNMENT = "assignment"
    STATUTORY = "statutory"


LEADER_POSTS: Final = tuple(Post)[:6]
"""The six leaders to whom a result is reported (C-16)."""

ENDED: Final = frozenset({Stage.RETURNED, Stage.CLOSED, Stage.ARCHIVED})
"""Stages from which nothing more is owed here."""
