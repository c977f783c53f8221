"""Two notices to the petitioner: that handling is extended, and why an overdue case is late."""

from __future__ import annotations

from datetime import date

from services.supervision.documents.names import Printing
from services.supervision.documents.standing import office_lines, standing_lines
from shared.calendar import DueDate, date_zh


def extension_text(
    *, document_no: str, unit: str, reason: str, due: DueDate, printing: Printing, issued_on: date
) -> str:
    """Print the notice that the time limit is extended, with the reasons (L22-34)."""
    return _notice(
        title="信访事项延期办理告知书",
        document_no=document_no,
        lines=(
            f"　　您反映的{printing.matter_zh}由{printing.names.unit_zh(unit)}办理。",
            "　　因情况复杂，经办理机关负责人批准，延长办理期限。",
            f"　　延期理由：{reason}",
            f"　　办理期限延长至{date_zh(due.due_on)}。{due.explain_zh()}",
        ),
        printing=printing,
        issued_on=issued_on,
    )


def promise_text(
    *,
    document_no: str,
    unit: str,
    explanation: str,
    promised_on: date,
    printing: Printing,
    issued_on: date,
) -> str:
    """Print the explanation of an overdue case and the day by which it is promised (C-17)."""
    return _notice(
        title="信访事项逾期情况说明及办结承诺书",
        document_no=document_no,
        lines=(
            f"　　您反映的{printing.matter_zh}由{printing.names.unit_zh(unit)}办理。",
            "　　该事项未能在规定期限内办结。",
            f"　　情况说明：{explanation}",
            f"　　承诺办结时间：{date_zh(promised_on)}。",
            "　　到期仍未办结的，您可以向信访部门反映，由信访部门依照程序督办。",
        ),
        printing=printing,
        issued_on=issued_on,
    )


def _notice(
    *,
    title: str,
    document_no: str,
    lines: tuple[str, ...],
    printing: Printing,
    issued_on: date,
) -> str:
    return "\n".join(
        (
            title,
            f"编号：{document_no}",
            f"{printing.petitioner_zh}：",
            *lines,
            *standing_lines(),
            *office_lines(printing.names.office),
            f"　　{date_zh(issued_on)}",
        )
    )
