"""The handling opinion as it is printed, with the remedies it opens (L22-32, L22-35)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.supervision.documents.names import Printing
from services.supervision.documents.standing import office_lines, standing_lines
from shared.calendar import DueDate, date_zh
from shared.contracts.supervision import OpinionOutcome
from shared.decisions import decides

_OUTCOMES_ZH: Final[Mapping[OpinionOutcome, str]] = {
    OpinionOutcome.SUPPORTED: "请求事实清楚，符合法律、法规、规章或者其他有关规定，予以支持。",
    OpinionOutcome.EXPLAINED: "请求事由合理但缺乏法律依据，作出解释说明。",
    OpinionOutcome.NOT_SUPPORTED: (
        "请求缺乏事实根据或者不符合法律、法规、规章或者其他有关规定，不予支持。"
    ),
}


@dataclass(frozen=True, kw_only=True)
class OpinionPaper:
    """What a handling opinion states; `review` is the last day to ask for review, explained."""

    opinion_no: str
    petition_no: str
    unit: str
    outcome: OpinionOutcome
    claim: str
    facts: str
    opinion: str
    legal_basis: str
    review: DueDate


@decides("L22-32", "P-5")
def opinion_text(paper: OpinionPaper, *, printing: Printing) -> str:
    """Print the handling opinion: claim, facts and reasons, opinion, legal basis, and the remedies.

    Reference: Regulation on Petition Work, art. 32, 35; P-5.
    """
    return "\n".join(
        (
            "信访处理意见书",
            f"编号：{paper.opinion_no}　信访事项编号：{paper.petition_no}",
            f"{printing.petitioner_zh}：",
            f"　　一、信访请求：{paper.claim}",
            f"　　二、查明的事实和理由：{paper.facts}",
            f"　　三、处理意见：{_OUTCOMES_ZH[paper.outcome]}{paper.opinion}",
            f"　　四、法律法规依据：{paper.legal_basis}",
            "　　五、救济途径：对本处理意见不服的，可以自收到本意见书之日起30日内请求复查。",
            f"　　复查机关：{printing.names.reviewer_zh(paper.unit)}。",
            f"　　请求复查的最后一日：{date_zh(paper.review.due_on)}。{paper.review.explain_zh()}",
            *standing_lines(),
            f"　　{printing.names.unit_zh(paper.unit)}",
            *office_lines(printing.names.office),
            f"　　{date_zh(paper.review.start_on)}" if paper.review.start_on else "",
        )
    )
