"""The notice that a retired node sends to a petitioner whose reception it had arranged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.reception.documents.names import Names
from services.reception.documents.standing import office_lines, standing_lines
from shared.calendar import date_zh
from shared.decisions import decides

_GOES_ON: Final = (
    "　　该接访点已经撤销，您的信访事项已移交其他接访点继续办理，不需要重新登记。",
    "　　新的接访领导、时间和地点将另行通知您；已经进行的办理期限照常计算，不重新起算。",
)


@dataclass(frozen=True, kw_only=True)
class HandOverPaper:
    """What is printed on it; `starts_at` is None where only the day was told so far."""

    notice_no: str
    petition_no: str
    place_of_node: str
    held_on: date
    starts_at: str | None
    place: str
    notified_on: date
    petitioner: str | None


@decides("D-30", "P-5")
def hand_over_text(paper: HandOverPaper, *, names: Names) -> str:
    """Print the notice: what is cancelled, that the matter goes on, and that its clocks run on.

    Reference: D-30; P-5.
    """
    hour = paper.starts_at or ""
    return "\n".join(
        (
            "移交告知书",
            f"编号：{paper.notice_no}　信访事项编号：{paper.petition_no}",
            f"{paper.petitioner or '信访人'}：",
            f"　　您的信访事项原由{names.place_zh(paper.place_of_node)}接访点接待。",
            _GOES_ON[0],
            f"　　原定{date_zh(paper.held_on)}{hour}在{paper.place}的接待取消，请不要前往。",
            _GOES_ON[1],
            *standing_lines(),
            *office_lines(names.office),
            f"　　{date_zh(paper.notified_on)}",
        )
    )
