"""The eight slips as they are printed: a text for each addressee, the same facts on all (C-14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.supervision.documents.names import Printing
from services.supervision.documents.standing import office_lines, standing_lines
from shared.calendar import date_zh
from shared.contracts.common import SlipPost
from shared.contracts.reception import DecidedStandard, StandardKind

POSTS_ZH: Final[Mapping[SlipPost, str]] = {
    SlipPost.PARTY_SECRETARY: "书记",
    SlipPost.DEPUTY_PARTY_SECRETARY_IN_CHARGE: "主管副书记",
    SlipPost.COUNTY_HEAD: "县（乡镇）长",
    SlipPost.DEPUTY_COUNTY_HEAD_IN_CHARGE: "主管副县（乡镇）长",
    SlipPost.DISCIPLINE_SECRETARY: "纪检委书记",
    SlipPost.ORGANIZATION_HEAD: "组织部长",
    SlipPost.RESPONSIBLE_UNIT: "责任单位",
    SlipPost.PETITION_OFFICE_STUB: "信访部门存根",
}
_STANDARDS_ZH: Final[Mapping[StandardKind, str]] = {
    StandardKind.PAYMENT_MADE: "款项已支付",
    StandardKind.DOCUMENT_ISSUED: "证照文书已办理",
    StandardKind.WORK_FINISHED: "工程、整改已完成",
    StandardKind.SERVICE_RESTORED: "服务已恢复",
    StandardKind.BENEFIT_GRANTED: "待遇已落实",
    StandardKind.AGREEMENT_SIGNED: "协议已签订",
    StandardKind.INVESTIGATION_REPORTED: "调查结论已书面告知",
    StandardKind.EXPLANATION_GIVEN: "政策已书面说明",
}
_AMOUNTS_ZH: Final[Mapping[str, str]] = {
    "cny": "元",
    "households": "户",
    "persons": "人",
    "square_metres": "平方米",
    "documents": "份",
}


@dataclass(frozen=True, kw_only=True)
class SlipPaper:
    """What is printed on a slip; `position` counts from 1, a co-unit's copy follows the eighth."""

    slip_no: str
    set_no: str
    petition_no: str
    position: int
    post: SlipPost
    holder: str
    is_copy: bool
    unit: str
    co_units: Sequence[str]
    leader: str | None
    decision_no: str
    standards: Sequence[DecidedStandard]
    due_on: date
    authorisation: str
    issued_on: date

    @classmethod
    def of(cls, slip_no: str, content: Mapping[str, Any]) -> SlipPaper:
        """Read a slip from its content as it was issued."""
        return cls(
            slip_no=slip_no,
            set_no=content["set_no"],
            petition_no=content["petition_no"],
            position=content["position"],
            post=SlipPost(content["post"]),
            holder=content["holder"],
            is_copy=content["is_copy"],
            unit=content["unit"],
            co_units=content["co_units"],
            leader=content["leader"],
            decision_no=content["decision_no"],
            standards=tuple(DecidedStandard.load(one) for one in content["standards"]),
            due_on=date.fromisoformat(content["due_on"]),
            authorisation=content["authorisation"],
            issued_on=date.fromisoformat(content["issued_on"]),
        )


def slip_text(paper: SlipPaper, *, printing: Printing) -> str:
    """Print one slip in Chinese, with what is asked of its addressee."""
    names = printing.names
    copy = "（协办单位抄件）" if paper.is_copy else f"（第{paper.position}联，共8联）"
    co_units = [f"　　协办单位：{names.units_zh(paper.co_units)}"] if paper.co_units else []
    leader = [f"　　接访领导：{names.leader_zh(paper.leader)}"] if paper.leader else []
    return "\n".join(
        (
            f"信访事项督办单{copy}",
            f"单号：{paper.slip_no}　信访事项编号：{paper.petition_no}",
            f"经县委授权（{paper.authorisation}），由信访部门填发。",
            f"送：{'协办单位' if paper.is_copy else POSTS_ZH[paper.post]}　"
            + names.leader_zh(paper.holder),
            f"　　信访人：{printing.petitioner or '见登记表'}",
            f"　　事项：{printing.summary or '见登记表'}",
            "　　该事项已由领导接访并作出决定。",
            f"　　处理决定：{paper.decision_no}",
            *leader,
            f"　　责任单位：{names.unit_zh(paper.unit)}",
            *co_units,
            f"　　办结时限：{date_zh(paper.due_on)}",
            "　　办结标准：",
            *standards_zh(paper.standards),
            f"　　{_asked_of(paper)}",
            *standing_lines(),
            *office_lines(names.office),
            f"　　{date_zh(paper.issued_on)}",
        )
    )


def standards_zh(standards: Sequence[DecidedStandard]) -> tuple[str, ...]:
    """Give the lines that list completion standards, numbered from 1 as a report names them."""
    return tuple(
        f"　　　　{number}. {_STANDARDS_ZH[standard.kind]}{_amount_zh(standard)}"
        for number, standard in enumerate(standards, start=1)
    )


def _amount_zh(standard: DecidedStandard) -> str:
    if standard.amount is None:
        return ""
    unit = _AMOUNTS_ZH.get(standard.amount.unit, standard.amount.unit)
    return f"：{standard.amount.quantity}{unit}"


def _asked_of(paper: SlipPaper) -> str:
    if paper.is_copy:
        return "请配合责任单位按时限和标准办结，责任单位报告处理结果后将本抄件交回信访部门。"
    match paper.post:
        case SlipPost.PETITION_OFFICE_STUB:
            return "本联为存根，由信访部门保留，不送达，不撤回。"
        case SlipPost.RESPONSIBLE_UNIT:
            return (
                "请按时限和标准办结，向以上六位领导报告处理结果，并将本单连同领导批示交回信访部门，"
                "存档销案；确有困难不能按时办结的，由县委通报，并向信访人说明情况、承诺办结时间。"
            )
        case _:
            return "请予督办。责任单位报告处理结果后，请在本单批示，由信访部门收回存档。"
