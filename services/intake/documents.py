"""The receipt a petitioner takes home: what stands on it, and nothing of what they said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from shared.calendar import date_zh
from shared.decisions import Citation

ANTI_RETALIATION: Final = "任何组织和个人不得打击报复信访人。"
"""The standing text of every paper that goes to a petitioner (P-4)."""

_HOW_TO_ASK: Final = (
    "凭查询码可以到信访部门窗口、打电话或者上网查询办理进展，答复后可以凭查询码作出评价，"
    "不收取任何费用。查询码相当于您的凭证，请妥善保管，不要告诉他人。"
)
_ADDED_TO_OPEN: Final = (
    "您反映的事项此前已经登记，正在办理；本次反映已并入原事项，继续使用原查询码。"
)


def receipt_content(
    *,
    petition_no: str,
    visit_no: str,
    registered_on: date,
    sorting_due_on: date | None,
    repeat: bool,
) -> dict[str, Any]:
    """Give what a receipt says, but for its own number and the code for asking.

    The code stays out of what is hashed: the hash travels in an event, and a code of 16 digits
    could be found from its hash.
    """
    lines = [
        f"信访事项编号：{petition_no}",
        f"本次登记编号：{visit_no}",
        f"登记日期：{date_zh(registered_on)}",
        _ADDED_TO_OPEN if repeat else "您提出的信访事项已经登记。",
    ]
    if sorting_due_on is not None:
        lines.append(
            f"信访部门将在{date_zh(sorting_due_on)}前完成疏理，确定由谁办理，并按规定告知您"
            f"（{Citation('L22-22').zh}）。"
        )
    return {"title": "信访事项登记回执", "lines": lines, "closing": [_HOW_TO_ASK, ANTI_RETALIATION]}


def receipt_text(*, receipt_no: str, content: Mapping[str, Any], receipt_code: str) -> str:
    """Write a receipt out for printing, with the code for asking."""
    lines: Sequence[str] = content["lines"]
    closing: Sequence[str] = content["closing"]
    return "\n".join(
        (
            str(content["title"]),
            f"回执编号：{receipt_no}",
            *lines,
            f"查询码：{receipt_code}",
            *closing,
        )
    )
