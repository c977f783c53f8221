"""The paper that ends a meeting: the one decision, or the answer on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.reception.documents.standing import standing_lines
from shared.calendar import date_zh
from shared.contracts.reception import CompletionStandard, ReceptionOutcome, StandardKind

_STANDARDS: Final[Mapping[StandardKind, str]] = {
    StandardKind.PAYMENT_MADE: "款项已支付",
    StandardKind.DOCUMENT_ISSUED: "证照、文书已办理",
    StandardKind.WORK_FINISHED: "工程、整改已完成",
    StandardKind.SERVICE_RESTORED: "服务已恢复",
    StandardKind.BENEFIT_GRANTED: "待遇已落实",
    StandardKind.AGREEMENT_SIGNED: "协议已签订",
    StandardKind.INVESTIGATION_REPORTED: "调查结论已书面告知",
    StandardKind.EXPLANATION_GIVEN: "政策已书面说明",
}

_UNITS_OF_AMOUNT: Final[Mapping[str, str]] = {
    "cny": "元",
    "households": "户",
    "persons": "人",
    "square_metres": "平方米",
    "documents": "份",
}


@dataclass(frozen=True, kw_only=True)
class RulingPaper:
    """What is printed of a meeting's outcome; the leader's own words are `words`."""

    outcome: ReceptionOutcome
    document_no: str
    record_no: str
    petition_no: str
    held_on: date
    words: str
    due_on: date | None
    standards: tuple[CompletionStandard, ...]


def ruling_text(paper: RulingPaper) -> str:
    """Print the decision or the answer on the spot in Chinese."""
    decision = paper.outcome is ReceptionOutcome.DECISION
    return "\n".join(
        (
            "领导接访决定书" if decision else "领导接访当场答复书",
            f"编号：{paper.document_no}　信访事项编号：{paper.petition_no}",
            f"　　接待日期：{date_zh(paper.held_on)}　接待记录：{paper.record_no}",
            f"　　{paper.words}",
            *(_terms(paper.due_on, paper.standards) if decision else _answered()),
            *standing_lines(),
        )
    )


def _terms(due_on: date | None, standards: Sequence[CompletionStandard]) -> tuple[str, ...]:
    day = date_zh(due_on) if due_on else ""
    return (
        f"　　办结时限：{day}",
        f"　　办结标准：{'；'.join(map(_standard, standards))}",
        "　　信访部门据此下达八单督办，办理结果由责任单位书面答复信访人。",
    )


def _answered() -> tuple[str, ...]:
    return ("　　本事项已当场答复，没有尚待执行的内容；处理意见书送达后，可依法申请复查、复核。",)


def _standard(standard: CompletionStandard) -> str:
    if standard.amount is None:
        return _STANDARDS[standard.kind]
    unit = _UNITS_OF_AMOUNT.get(standard.amount.unit, standard.amount.unit)
    return f"{_STANDARDS[standard.kind]}（{standard.amount.quantity}{unit}）"
