"""The Chinese texts of accountability: the notice before a circular, and the circular itself.

The content that is hashed names codes of the directory; the printed text names units and persons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from shared.calendar import date_zh
from shared.contracts.accountability import GroundKind, IssuingBody
from shared.contracts.triage import DirectoryView

_BODIES: Final[Mapping[IssuingBody, str]] = {
    IssuingBody.COUNTY_COMMITTEE: "中共{county}委员会",
    IssuingBody.JOINT_CONFERENCE: "{county}信访工作联席会议",
}
_GROUNDS: Final[Mapping[GroundKind, str]] = {
    GroundKind.ABSENT_FROM_MEETING: "未按时参加现场联合办公",
    GroundKind.NOT_IMPLEMENTED_IN_TIME: "未按时限落实处理意见",
    GroundKind.WEAK_HANDLING: "措施不力、推诿敷衍，造成不良后果",
    GroundKind.PROMISE_BROKEN: "向信访人承诺的办结时间未兑现",
    GroundKind.NOT_EXPLAINED: "逾期后未按时向信访人说明情况并承诺办结时间",
}


class Names:
    """The directory in force, read for printing; a code that has left it prints as itself."""

    def __init__(self, directory: DirectoryView) -> None:
        self._names = {unit.code: unit.name for unit in directory.units}
        self._names |= {leader.code: leader.title + leader.name for leader in directory.leaders}
        self._names.setdefault(directory.office.code, directory.office.name)
        self._county = next((each.name for each in directory.territories if not each.parent), "")

    def name_zh(self, code: str) -> str:
        """Name a unit, or a leader by title and name."""
        return self._names.get(code, code)

    def body_zh(self, body: IssuingBody) -> str:
        """Name the body that issues."""
        return _BODIES[body].format(county=self._county)


def notice_facts(
    *, circular_no: str, unit: str | None, leader: str | None, answer_by: date
) -> dict[str, Any]:
    """Give the content of the notice that tells whom a circular will name (D-27)."""
    return {
        "kind": "circular_notice",
        "circular_no": circular_no,
        "unit": unit,
        "leader": leader,
        "answer_by": answer_by.isoformat(),
        "text": f"拟对你单位（本人）予以通报，请于{date_zh(answer_by)}前书面陈述意见。",
    }


def circular_facts(
    *,
    circular_no: str,
    issuing_body: IssuingBody,
    unit: str | None,
    leader: str | None,
    grounds: Sequence[tuple[str, GroundKind, date]],
    issued_on: date,
) -> dict[str, Any]:
    """Give the content of an issued circular: body, unit, person, grounds."""
    return {
        "kind": "circular",
        "circular_no": circular_no,
        "issuing_body": issuing_body.value,
        "unit": unit,
        "leader": leader,
        "grounds": [
            {"ground_no": no, "kind": kind.value, "occurred_on": on.isoformat()}
            for no, kind, on in grounds
        ],
        "issued_on": issued_on.isoformat(),
    }


def circular_text(facts: Mapping[str, Any], *, names: Names) -> str:
    """Write an issued circular in Chinese, naming the unit and the person (C-25)."""
    lines = [f"信访工作通报　{facts['circular_no']}", ""]
    named = "、".join(names.name_zh(code) for code in (facts["unit"], facts["leader"]) if code)
    lines.append(f"被通报单位（责任人）：{named}")
    lines.append("通报事由：")
    for ground in facts["grounds"]:
        on = date_zh(date.fromisoformat(ground["occurred_on"]))
        lines.append(f"　　{on}，{_GROUNDS[GroundKind(ground['kind'])]}（{ground['ground_no']}）。")
    lines.append("对本通报不服的，可以提出申诉，由未参与本通报的机关或人员审查决定。")
    issued_on = date_zh(date.fromisoformat(facts["issued_on"]))
    lines.append(f"{names.body_zh(IssuingBody(facts['issuing_body']))}　{issued_on}")
    return "\n".join(lines)
