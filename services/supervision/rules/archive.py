"""When a file is complete and how it is sealed (C-16, I-5, P-6, ARC-37, T22)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.supervision.rules.terms import Route, Stage
from shared.decisions import Decision, condition, decide, decides


class FileItem(StrEnum):
    """What a document in the file is."""

    RECEIPT = "receipt"  # 登记回执
    TRANSFER = "transfer"  # 转送函、交办函
    OBJECTION = "objection"  # 异议及其核实
    CARD = "card"  # 四卡
    PRELIMINARY_OPINION = "preliminary_opinion"  # 初步处理意见
    APPOINTMENT = "appointment"  # 约访通知
    HAND_OVER = "hand_over"  # 移交告知书
    MEETING_RECORD = "meeting_record"  # 接待记录
    DECISION = "decision"  # 处理决定
    SPOT_ANSWER = "spot_answer"  # 当场答复
    SLIP = "slip"  # 八单
    LOST_SLIP_NOTE = "lost_slip_note"  # 遗失说明
    EXTENSION = "extension"  # 延期告知
    PROMISE = "promise"  # 逾期说明及承诺
    RESULT = "result"  # 办理结果（办结）报告
    HANDLING_OPINION = "handling_opinion"  # 处理意见书
    CIRCULAR = "circular"  # 通报
    CLOSING_NOTE = "closing_note"  # 结案审核


_FULL_SETS: Final[Mapping[FileItem, int]] = {FileItem.CARD: 4, FileItem.SLIP: 8}
_MEETING: Final = (
    FileItem.CARD,
    FileItem.PRELIMINARY_OPINION,
    FileItem.APPOINTMENT,
    FileItem.MEETING_RECORD,
)
_ANSWERED_MEETING: Final = (*_MEETING, FileItem.SPOT_ANSWER)
_OWN_ITEMS: Final[Mapping[Route, tuple[FileItem, ...]]] = {
    Route.LEADER: (*_MEETING, FileItem.DECISION, FileItem.SLIP, FileItem.RESULT),
    Route.ASSIGNED: (FileItem.TRANSFER, FileItem.RESULT),
    Route.FORWARDED: (FileItem.TRANSFER,),
}


@dataclass(frozen=True, kw_only=True)
class FiledDocument:
    """One document of a file: its number and the SHA-256 of its content."""

    no: str
    sha256: str


@decides("T22", "C-16")
def required_items(
    *, route: Route, answered_on_spot: bool, owes_opinion: bool
) -> tuple[FileItem, ...]:
    """List what a file must hold, by the route its matter took.

    Reference: T22.
    """
    own = _ANSWERED_MEETING if answered_on_spot else _OWN_ITEMS[route]
    opinion = (FileItem.HANDLING_OPINION,) if owes_opinion else ()
    return (FileItem.RECEIPT, *own, *opinion, FileItem.CLOSING_NOTE)


@decides("T22")
def missing_items(
    required: Iterable[FileItem], *, held: Mapping[FileItem, int]
) -> tuple[FileItem, ...]:
    """List what a file lacks; of cards it needs four and of slips eight.

    Reference: T22; C-08; C-14.
    """
    return tuple(item for item in required if held.get(item, 0) < _FULL_SETS.get(item, 1))


@decides("C-16", "I-5", "T22", "ARC-37")
def may_case_be_archived(
    *, stage: Stage, slips_outstanding: int, items_missing: tuple[FileItem, ...]
) -> Decision:
    """Decide whether a case may be filed and struck off: slips back, closed, its file complete.

    Reference: C-16; T22; Archives Law, art. 37.
    """
    return decide(
        condition("slips_back", slips_outstanding == 0, cites="I-5"),
        condition("case_closed", stage is Stage.CLOSED, cites="T22"),
        condition("file_complete", not items_missing, cites="T22"),
    )


@decides("P-6", "T22", "ARC-37")
def seal_of(*, petition_no: str, documents: Iterable[FiledDocument]) -> str:
    """Return the seal of a file: the SHA-256 of its number and its documents in order of number.

    The sealed text is JSON with sorted keys, UTF-8 and no blanks, so that anyone who holds the
    list can compute the seal again.

    Reference: P-6; Archives Law, art. 37.
    """
    content = {
        "petition_no": petition_no,
        "documents": [
            {"no": document.no, "sha256": document.sha256}
            for document in sorted(documents, key=lambda one: one.no)
        ],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
