"""The papers that triage issues, in Chinese: notices, transfers, reports and decisions.

Every notice to a petitioner says why, where to turn and what can be done against it, and carries
the standing text against retaliation (P-4, P-5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.calendar import date_zh
from shared.contracts.triage import DeclineGround, LegalChannel, SuggestionAnswer

NO_RETALIATION: Final = (
    "任何组织和个人不得打击报复信访人。如遭受打击报复，可以直接向纪检监察机关或者本机关反映，"
    "反映情况予以保密。"
)

CHANNELS: Final[Mapping[LegalChannel, str]] = {
    LegalChannel.LITIGATION: "诉讼、刑事立案、法律监督或者公安机关法律程序",
    LegalChannel.ARBITRATION: "仲裁程序",
    LegalChannel.PARTY_APPEAL: "党员申诉、申请复审程序",
    LegalChannel.ADMINISTRATIVE_PROCEDURE: "行政复议、裁决、确认、许可、处罚等行政程序",
    LegalChannel.PROTECTIVE_DUTY: "申请查处违法行为、履行保护职责程序",
    LegalChannel.PETITION_PROCEDURE: "信访程序",
}

_GROUNDS: Final[Mapping[DeclineGround, str]] = {
    DeclineGround.PENDING_BELOW: (
        "该事项与信访事项{earlier}为同一信访事项，后者已经受理并正在规定期限内办理"
        "（《信访工作条例》第十九条第三款），本机关不予受理"
    ),
    DeclineGround.FINALLY_CONCLUDED: (
        "该事项与信访事项{earlier}系以同一事实和理由提出，后者已经复核终结"
        "（《信访工作条例》第三十六条第三款），不再受理"
    ),
}

_TO_NO_ACCUSED: Final = (
    "不得将检举、揭发材料以及有关情况透露或者转给被检举、揭发的人员或者单位"
    "（《信访工作条例》第三十条第三款）。"
)

_REMEDY: Final = (
    "对本告知有异议的，可以向本机关说明理由，要求重新核实；也可以向上一级党委、政府信访部门反映。"
    "有新的事实和理由的，可以重新提出信访事项。"
)


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands at the head and the foot of every paper."""

    no: str
    petition_no: str
    on: date
    office: str
    office_address: str
    office_phone: str
    petitioner: str | None = None
    summary: str | None = None


@dataclass(frozen=True, kw_only=True)
class Body:
    """A body a paper names: how it is called and reached."""

    name: str
    address: str | None = None
    phone: str | None = None

    @property
    def reached(self) -> str:
        """Give name, address and telephone as a notice prints them."""
        address = f"，地址：{self.address}" if self.address else ""
        phone = f"，电话：{self.phone}" if self.phone else ""
        return f"{self.name}{address}{phone}"


def redirect_notice(head: Head, *, body: Body, channel: LegalChannel | None, reason: str) -> str:
    """Write the notice that leads a petitioner to the right body or procedure (L22-23, L22-31)."""
    way = (
        f"依照《信访工作条例》第三十一条，该事项应当通过{CHANNELS[channel]}解决。"
        if channel is not None and channel is not LegalChannel.PETITION_PROCEDURE
        else "依照《信访工作条例》第二十二条、第二十三条，该事项应当由有权处理的机关处理。"
    )
    return _notice(
        head, "信访事项告知书", way, f"理由：{reason}", f"请向以下机关提出：{body.reached}。"
    )


def decline_notice(
    head: Head, *, ground: DeclineGround, earlier: str, body: Body, reason: str
) -> str:
    """Write the reasoned notice that a petition is not accepted (T4)."""
    return _notice(
        head,
        "信访事项不予（不再）受理告知书",
        f"{_GROUNDS[ground].format(earlier=earlier)}。",
        f"理由：{reason}",
        f"原事项的办理情况，请向以下机关查询：{body.reached}。",
    )


def reply_notice(head: Head, *, reply: str) -> str:
    """Write the office's own answer to an enquiry or a suggestion (D-08, L22-29)."""
    return _notice(head, "信访事项答复书", f"答复如下：{reply}")


def direction_notice(head: Head, *, unit: Body, due_on: date | None) -> str:
    """Tell the petitioner to which unit the matter was forwarded or assigned (T6)."""
    way = (
        f"已交由{unit.name}办理，要求至迟于{date_zh(due_on)}报送办理结果。"
        if due_on is not None
        else f"已转送{unit.name}处理。"
    )
    return _notice(
        head,
        "信访事项转送（交办）去向告知书",
        f"依照《信访工作条例》第二十二条，您提出的信访事项{way}",
        "该单位应当自收到之日起15日内书面告知您接收情况以及处理途径和程序。",
        f"联系方式：{unit.reached}。",
    )


def transfer_letter(
    head: Head, *, unit: Body, co_units: tuple[str, ...], due_on: date | None, reason: str
) -> str:
    """Write the letter by which a petition is forwarded or assigned to a unit (T6)."""
    duty = (
        f"请至迟于{date_zh(due_on)}办结，反馈结果并提交办结报告。"
        if due_on is not None
        else "请依法按政策处理，并将处理意见书面答复信访人。"
    )
    return "\n".join(
        (
            "信访事项交办函" if due_on is not None else "信访事项转送函",
            f"编号：{head.no}",
            f"{unit.name}：",
            f"现将信访事项{head.petition_no}转你单位。{_matter(head)}",
            *((f"共同办理单位：{'、'.join(co_units)}。由你单位牵头。",) if co_units else ()),
            f"疏理意见：{reason}",
            duty,
            "请自收到之日起15日内书面告知信访人接收情况以及处理途径和程序；",
            "不属于本单位职权范围的，请自收到之日起5个工作日内提出异议并详细说明理由。",
            NO_RETALIATION,
            *_foot(head),
        )
    )


def discipline_letter(head: Head, *, organ: Body, reason: str) -> str:
    """Write the covering letter of a sealed transfer; the material itself stays under seal (T5)."""
    return "\n".join(
        (
            "检举控告类信访事项密封转送函（密）",
            f"编号：{head.no}",
            f"{organ.name}：",
            f"现将信访事项{head.petition_no}密封转送你单位，请按照管理权限依规依纪依法处理。",
            f"转送说明：{reason}",
            _TO_NO_ACCUSED,
            *_foot(head),
        )
    )


def urgent_report(head: Head, *, reason: str) -> str:
    """Write the urgent report upward of a major or urgent matter (D-09, L22-25)."""
    return "\n".join(
        (
            "重大、紧急信访事项报告",
            f"编号：{head.no}",
            "县委、县政府，上一级党委、政府信访部门，县信访工作联席会议办公室：",
            f"现将信访事项{head.petition_no}报告如下。{_matter(head)}",
            f"情况和建议：{reason}",
            "依照《信访工作条例》第二十二条第一项、第二十五条报告。",
            *_foot(head),
        )
    )


def objection_decision(
    head: Head, *, unit: Body, transfer_no: str, agreed: bool, reason: str
) -> str:
    """Write the office's decision on a unit's objection to a transfer (T7)."""
    outcome = (
        "经核实，同意你单位提出的异议，请交还相关材料，本机关重新疏理。"
        if agreed
        else "经核实，不同意你单位提出的异议，请继续依法办理。"
    )
    return "\n".join(
        (
            "信访事项转送（交办）异议核实意见",
            f"编号：{head.no}",
            f"{unit.name}：",
            f"你单位对{transfer_no}号转送（交办）提出的异议收悉。{outcome}",
            f"理由：{reason}",
            "依照《信访工作条例》第二十三条第三款作出。",
            *_foot(head),
        )
    )


SUGGESTION_ANSWERS: Final[Mapping[SuggestionAnswer, str]] = {
    SuggestionAnswer.ADOPTED: "采纳",
    SuggestionAnswer.PARTLY: "部分采纳",
    SuggestionAnswer.NOT_ADOPTED: "不采纳",
}


def _notice(head: Head, title: str, *paragraphs: str) -> str:
    return "\n".join(
        (
            title,
            f"编号：{head.no}",
            f"{head.petitioner or '信访人'}：",
            f"您提出的信访事项（{head.petition_no}）收悉。{_matter(head)}",
            *paragraphs,
            _REMEDY,
            NO_RETALIATION,
            f"咨询：{head.office}，地址：{head.office_address}，电话：{head.office_phone}。",
            *_foot(head),
        )
    )


def _matter(head: Head) -> str:
    return f"事由：{head.summary}。" if head.summary else ""


def _foot(head: Head) -> tuple[str, str]:
    return head.office, date_zh(head.on)
