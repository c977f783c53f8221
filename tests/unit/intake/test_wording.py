"""How a reception node is called before whoever reads of it."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.rules import MilestoneKind
from services.intake.wording import Dated, event_text, place_zh, waiting_text

TUESDAY = date(2026, 6, 2)


@pytest.mark.proves("P-8")
@pytest.mark.parametrize(
    ("node", "place", "called"),
    [
        ("sanchakou", "三岔口镇", "三岔口镇接访点"),
        ("labour", "云岭县人社局", "云岭县人社局接访点"),
        ("county", "云岭县", "云岭县接访点"),
        ("county", None, "县接访点"),
        ("sanchakou", None, "接访点（sanchakou）"),
    ],
)
def test_a_node_is_called_by_its_place_and_by_its_code_only_where_that_is_unknown(
    node: str, place: str | None, called: str
) -> None:
    assert place_zh(node, place) == called


@pytest.mark.proves("P-8")
@pytest.mark.parametrize(
    ("taken_in", "said"),
    [
        (False, "2026年6月2日（星期二）已转到三岔口镇接访点，该接访点尚未接收"),
        (
            True,
            "三岔口镇接访点已接收，自2026年6月2日（星期二）起等候接访领导有空余时段的接待日",
        ),
    ],
)
def test_waiting_names_the_place_and_since_when(taken_in: bool, said: str) -> None:
    told = waiting_text(node="sanchakou", place="三岔口镇", since=TUESDAY, taken_in=taken_in)

    assert told == said


@pytest.mark.proves("P-8")
def test_a_milestone_of_an_unknown_node_still_reads_as_a_sentence() -> None:
    told = event_text(MilestoneKind.ROUTED, Dated(day=None))

    assert told == "已确定由领导接访，已转到接访点安排接待日。"
