"""The two notices of a reception day: the board for all, the appointment for one petitioner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.reception.documents.names import Names
from services.reception.documents.standing import office_lines, standing_lines
from shared.calendar import Weekday, date_zh
from shared.contracts.common import LeaderAssignment, SlipPost
from shared.contracts.reception import NoticeLine, ReceivingPoint
from shared.decisions import decides

_WORK_OF_A_POST: Final[Mapping[str, str]] = {
    SlipPost.PARTY_SECRETARY.value: "主持党委全面工作",
    SlipPost.COUNTY_HEAD.value: "主持政府全面工作",
    SlipPost.DEPUTY_PARTY_SECRETARY_IN_CHARGE.value: "协助书记分管党务工作",
    SlipPost.DEPUTY_COUNTY_HEAD_IN_CHARGE.value: "协助政府主要领导分管工作",
    SlipPost.DISCIPLINE_SECRETARY.value: "纪检监察工作",
    SlipPost.ORGANIZATION_HEAD.value: "组织人事工作",
}


_WAYS_ZH: Final[Mapping[LeaderAssignment | None, str]] = {
    LeaderAssignment.BY_SEVERITY_AND_PORTFOLIO: "按分管工作接访",
    LeaderAssignment.ROTA: "领导轮值接访",
}
_WEEKDAYS_ZH: Final = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


def portfolio_of_posts(posts: Sequence[str]) -> tuple[str, ...]:
    """Say what a post is in charge of, for a leader whose portfolio lists no field of matters.

    A principal leader heads the whole of the work, which no list of fields would say.
    """
    return tuple(_WORK_OF_A_POST[post] for post in posts if post in _WORK_OF_A_POST)


@decides("L22-18", "P-2")
def notice_board_text(
    lines: Sequence[NoticeLine],
    *,
    points: Sequence[ReceivingPoint] = (),
    intake_days: Sequence[Weekday] = (),
) -> str:
    """Print the notice board: leaders with post, portfolio, time and place, and no petitioner.

    `points` are the places that receive, and `intake_days` those on which the petition office
    itself receives and sorts.

    Reference: L22-18; P-2.
    """
    entries = tuple(map(_entry, lines)) or ("　　目前没有已公示的接待日，请向信访部门查询。",)
    receiving = tuple(
        f"　　{point.place}：{_WAYS_ZH.get(point.leader_assignment, '领导接访')}"
        for point in points
    )
    days = "、".join(_WEEKDAYS_ZH[day] for day in intake_days)
    return "\n".join(
        (
            "领导接待日公示",
            *entries,
            *(("接待点", *receiving) if receiving else ()),
            *((f"　　信访部门受理日：{days}。",) if days else ()),
            "　　办理进度可凭回执上的查询码向信访部门查询。",
            *standing_lines(),
        )
    )


def _entry(line: NoticeLine) -> str:
    portfolio = f"（分管工作：{'、'.join(line.portfolio)}）" if line.portfolio else ""
    return (
        f"　　{date_zh(line.on)}{line.starts_at}至{line.ends_at}　{line.place}　"
        f"{line.title}{line.leader_name}{portfolio}"
    )


@dataclass(frozen=True, kw_only=True)
class NoticePaper:
    """What is printed on an appointment notice; `petitioner` is None where it may not be."""

    notice_no: str
    petition_no: str
    held_on: date
    starts_at: str
    place: str
    leader: str
    units: tuple[str, ...]
    notified_on: date
    petitioner: str | None


@decides("C-12", "D-13")
def appointment_text(paper: NoticePaper, *, names: Names) -> str:
    """Print the appointment notice: hour, place and leader, and what not coming would mean.

    Reference: C-12; D-13.
    """
    return "\n".join(
        (
            "约访通知",
            f"编号：{paper.notice_no}　信访事项编号：{paper.petition_no}",
            f"{paper.petitioner or '信访人'}：",
            "　　您反映的事项已形成初步处理意见，现约请您与接访领导、责任单位和信访干部当面会商。",
            f"　　时间：{date_zh(paper.held_on)}{paper.starts_at}",
            f"　　地点：{paper.place}",
            f"　　接访领导：{names.leader_zh(paper.leader)}",
            f"　　责任单位：{names.units_zh(paper.units)}",
            "　　请携带有关材料准时到场。多人共同走访的，由推选的代表参加，代表不超过5人。",
            "　　不能到场的，请提前告知，可另约时间；未到场不作为撤回信访，也不影响您的其他权利。",
            *standing_lines(),
            *office_lines(names.office),
            f"　　{date_zh(paper.notified_on)}",
        )
    )
