"""What the two leaders who swap duty are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.reception.documents.names import Names
from services.reception.documents.standing import office_lines
from shared.calendar import date_zh
from shared.decisions import decides


@dataclass(frozen=True, kw_only=True)
class DutyPaper:
    """What is printed on the notice of a swap for one of the two leaders."""

    notice_no: str
    leader: str
    other: str
    was_on: date
    is_on: date
    starts_at: str
    ends_at: str
    place: str
    notified_on: date


@decides("M-14", "M-13")
def duty_notice_text(paper: DutyPaper, *, names: Names) -> str:
    """Print the notice of a swap: when the leader is on duty now, in person and without fail.

    Reference: M-14; M-13.
    """
    return "\n".join(
        (
            "领导接待日调班通知",
            f"编号：{paper.notice_no}",
            f"{names.leader_zh(paper.leader)}：",
            f"　　经与{names.leader_zh(paper.other)}商定，您{date_zh(paper.was_on)}的值班改期。",
            f"　　现值班时间：{date_zh(paper.is_on)}{paper.starts_at}至{paper.ends_at}",
            f"　　地点：{paper.place}",
            "　　请亲自到岗接访，不得空岗。",
            *office_lines(names.office),
            f"　　{date_zh(paper.notified_on)}",
        )
    )
