"""The four cards as they are printed: one text for each addressee, the same facts on all (C-09)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.reception.documents.names import Names
from services.reception.documents.standing import office_lines, standing_lines
from shared.calendar import date_zh
from shared.contracts.reception import CardKind

_TITLES: Final[Mapping[CardKind, str]] = {
    CardKind.PETITIONER_NOTICE: "领导接待日通知卡（信访人）",
    CardKind.UNIT_NOTICE: "接待日通知卡（责任单位）",
    CardKind.LEADER_REPORT: "信访领导接待日呈报卡",
    CardKind.OFFICE_STUB: "领导接待日四卡存根",
}


@dataclass(frozen=True, kw_only=True)
class CardPaper:
    """What is printed on a card; `petitioner` and `summary` are None where they may not be.

    `moved_to` is the day of the meeting where an absence moved it from the card's own; `in_turn`
    tells that the leader receives in turn and not by portfolio.
    """

    kind: CardKind
    card_no: str
    set_no: str
    petition_no: str
    copy: int
    addressee: str
    held_on: date
    place: str
    leader: str
    lead_unit: str
    co_units: tuple[str, ...]
    issued_on: date
    petitioner: str | None
    summary: str | None
    moved_to: date | None = None
    in_turn: bool = False


def card_text(paper: CardPaper, *, names: Names) -> str:
    """Print one card in Chinese, with what is asked of its addressee."""
    body = _BODIES[paper.kind]
    copy = f"（抄送第{paper.copy}份）" if paper.copy else ""
    return "\n".join(
        (
            f"{_TITLES[paper.kind]}{copy}",
            f"卡号：{paper.card_no}　套号：{paper.set_no}　信访事项编号：{paper.petition_no}",
            *body(paper, names),
            *_common(paper, names),
            *standing_lines(),
            *office_lines(names.office),
            f"　　{date_zh(paper.issued_on)}",
        )
    )


def _common(paper: CardPaper, names: Names) -> tuple[str, ...]:
    units = [f"　　牵头责任单位：{names.unit_zh(paper.lead_unit)}"]
    if paper.co_units:
        units.append(f"　　协办单位：{names.units_zh(paper.co_units)}")
    lines = (
        f"　　接访领导：{names.leader_zh(paper.leader)}",
        *units,
        f"　　接待日期：{date_zh(paper.held_on)}",
        f"　　接待地点：{paper.place}",
    )
    if paper.moved_to is None:
        return lines
    return (
        *lines,
        f"　　（附记：接待日期已改为{date_zh(paper.moved_to)}，以新的约访通知为准。）",
    )


def _matter(paper: CardPaper) -> str:
    who = f"信访人{paper.petitioner}" if paper.petitioner else "信访人"
    what = f"“{paper.summary}”事项" if paper.summary else "信访事项"
    return f"{who}反映的{what}"


def _to_petitioner(paper: CardPaper, _names: Names) -> tuple[str, ...]:
    what = f"“{paper.summary}”事项" if paper.summary else "信访事项"
    return (
        f"{paper.petitioner or '信访人'}：",
        f"　　您反映的{what}已经疏理，并确定了接访领导和责任单位。",
        "　　具体时间另发约访通知，请以约访通知为准，收到前不必前来等候。",
    )


def _to_unit(paper: CardPaper, names: Names) -> tuple[str, ...]:
    return (
        f"{names.unit_zh(paper.addressee)}：",
        f"　　{_matter(paper)}确定由你单位承办。",
        "　　请在接待日前提出本单位意见，配合形成初步处理意见，并派负责人准时参加四方碰头。",
        "　　本卡送达牵头责任单位之日即为受理之日，办理期限自次日起计算。",
    )


def _to_leader(paper: CardPaper, names: Names) -> tuple[str, ...]:
    why = "由您轮值接待" if paper.in_turn else "属于您主管、分管的工作"
    return (
        f"{names.leader_zh(paper.addressee)}：",
        f"　　{_matter(paper)}{why}，现呈请您于接待日接访。",
        "　　初步处理意见将在接待日前另行报送。",
    )


def _stub(paper: CardPaper, _names: Names) -> tuple[str, ...]:
    return (
        f"　　{_matter(paper)}，本套四卡已下发信访人、责任单位和接访领导。",
        "　　本存根由信访部门留存，不送达。",
    )


_BODIES: Final[Mapping[CardKind, Callable[[CardPaper, Names], tuple[str, ...]]]] = {
    CardKind.PETITIONER_NOTICE: _to_petitioner,
    CardKind.UNIT_NOTICE: _to_unit,
    CardKind.LEADER_REPORT: _to_leader,
    CardKind.OFFICE_STUB: _stub,
}
