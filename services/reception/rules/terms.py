"""The words the rules of reception share: steps, parties, cards and how grave a matter is.

They are written here once more, beside the contracts, because rules see nothing of the wire.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Step(StrEnum):
    """Where a routed petition stands on its way to the table (procedure §3.1)."""

    AWAITING_SESSION = "awaiting_session"  # 待排期
    CARDS_ISSUED = "cards_issued"  # 已下发四卡
    PREPARED = "prepared"  # 已形成初步处理意见
    APPOINTED = "appointed"  # 已约访
    AWAITING_PETITIONER = "awaiting_petitioner"  # 待信访人另约
    ANSWERED_ON_SPOT = "answered_on_spot"  # 已当场答复
    DECIDED = "decided"  # 已作出决定
    HANDED_OVER = "handed_over"  # 已移交上级接访点


ENDED: Final = frozenset({Step.ANSWERED_ON_SPOT, Step.DECIDED})
"""The steps after which a meeting has its one outcome."""


class Seat(StrEnum):
    """The four parties at the table (C-13)."""

    PETITIONER = "petitioner"  # 信访人
    LEADER = "leader"  # 接访领导
    UNIT = "unit"  # 责任单位
    PETITION_OFFICER = "petition_officer"  # 信访干部


class Card(StrEnum):
    """The four cards of a set, in the order of C-08."""

    PETITIONER_NOTICE = "petitioner_notice"  # 领导接待日通知卡（信访人）
    UNIT_NOTICE = "unit_notice"  # 接待日通知卡（责任单位）
    LEADER_REPORT = "leader_report"  # 信访领导接待日呈报卡（县领导）
    OFFICE_STUB = "office_stub"  # 存根（信访部门）


GRAVEST_FIRST: Final = ("major", "difficult", "complex", "ordinary")
"""Severities in the order in which a docket takes them up."""
