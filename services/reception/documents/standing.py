"""What stands on every paper that a petitioner may see."""

from __future__ import annotations

from typing import Final

from shared.contracts.triage import OfficeView
from shared.decisions import decides

NO_RETALIATION: Final = "任何组织和个人不得打击报复信访人。"


@decides("P-4", "L22-18¶4")
def standing_lines() -> tuple[str, ...]:
    """Give the lines of every notice: nobody may retaliate against a petitioner.

    Reference: P-4; L22-18.
    """
    return (f"　　{NO_RETALIATION}",)


def office_lines(office: OfficeView) -> tuple[str, ...]:
    """Give the lines that name the petition office and how to reach it."""
    return (f"　　{office.name}", f"　　地址：{office.address}　电话：{office.phone}")
