"""The terms that the rules of sorting decide over; their values are those of the wire."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Category(StrEnum):
    """What kind of matter a petition is (L22-29 to L22-31)."""

    SUGGESTION = "suggestion"  # 建议意见
    ACCUSATION = "accusation"  # 检举控告
    CLAIM = "claim"  # 申诉求决


class Severity(StrEnum):
    """How hard and how grave a matter is (C-06)."""

    ORDINARY = "ordinary"  # 信访部门能处理的
    COMPLEX = "complex"  # 较为复杂的
    DIFFICULT = "difficult"  # 疑难的
    MAJOR = "major"  # 重大的


class Outcome(StrEnum):
    """The one way on that sorting chooses (T3 to T6, T8, D-08)."""

    REDIRECT = "redirect"
    DECLINE = "decline"
    DISCIPLINE_TRANSFER = "discipline_transfer"
    REPLY = "reply"
    FORWARD = "forward"
    ASSIGN = "assign"
    PRINCIPAL_LEADER = "principal_leader"
    LEADER_IN_CHARGE = "leader_in_charge"


class Channel(StrEnum):
    """The six ways of L22-31 for a claim."""

    LITIGATION = "litigation"  # （一）
    ARBITRATION = "arbitration"  # （二）
    PARTY_APPEAL = "party_appeal"  # （三）
    ADMINISTRATIVE_PROCEDURE = "administrative_procedure"  # （四）
    PROTECTIVE_DUTY = "protective_duty"  # （五）
    PETITION_PROCEDURE = "petition_procedure"  # （六）


class Form(StrEnum):
    """How a petition arrived."""

    VISIT = "visit"
    LETTER = "letter"
    PHONE = "phone"
    ONLINE = "online"


class DeclineGround(StrEnum):
    """Why a petition is not accepted (T4)."""

    PENDING_BELOW = "pending_below"  # L22-19¶3
    FINALLY_CONCLUDED = "finally_concluded"  # L22-36¶3


class Principal(StrEnum):
    """The two principal leaders (D-07)."""

    PARTY_SECRETARY = "party_secretary"
    COUNTY_HEAD = "county_head"


class Side(StrEnum):
    """Whether a field of matters is the Party's or the government's (D-07)."""

    PARTY = "party"
    GOVERNMENT = "government"


class UnitKind(StrEnum):
    """What kind of organ a unit is."""

    GOVERNMENT = "government"
    PARTY = "party"
    DISCIPLINE = "discipline"
    JUDICIAL = "judicial"
    ARBITRATION = "arbitration"
    PETITION_OFFICE = "petition_office"
    TOWNSHIP = "township"
    OUTSIDE = "outside"


class Post(StrEnum):
    """The addressees of the eight slips, by post (C-14)."""

    PARTY_SECRETARY = "party_secretary"
    DEPUTY_PARTY_SECRETARY_IN_CHARGE = "deputy_party_secretary_in_charge"
    COUNTY_HEAD = "county_head"
    DEPUTY_COUNTY_HEAD_IN_CHARGE = "deputy_county_head_in_charge"
    DISCIPLINE_SECRETARY = "discipline_secretary"
    ORGANIZATION_HEAD = "organization_head"
    RESPONSIBLE_UNIT = "responsible_unit"
    PETITION_OFFICE_STUB = "petition_office_stub"


LEADERS_POSTS: Final = (
    Post.PARTY_SECRETARY,
    Post.DEPUTY_PARTY_SECRETARY_IN_CHARGE,
    Post.COUNTY_HEAD,
    Post.DEPUTY_COUNTY_HEAD_IN_CHARGE,
    Post.DISCIPLINE_SECRETARY,
    Post.ORGANIZATION_HEAD,
)
"""The six posts that leaders hold, in the order of the slips."""

LEADER_ROUTES: Final = frozenset({Outcome.PRINCIPAL_LEADER, Outcome.LEADER_IN_CHARGE})
TRANSFERS: Final = frozenset({Outcome.FORWARD, Outcome.ASSIGN})
