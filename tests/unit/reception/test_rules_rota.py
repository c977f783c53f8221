"""The rota: turns go on across periods and departures, and a swap leaves no vacancy."""

from datetime import date
from typing import Any

import pytest

from services.reception.rules.rota import Swap, may_swap, roster_with_newcomers, turns

ROSTER = ("l_a", "l_b", "l_c")
TODAY = date(2026, 6, 1)


@pytest.mark.proves("M-04")
@pytest.mark.parametrize(
    ("roster", "present", "order"),
    [
        pytest.param((), ("l_b", "l_a"), ("l_b", "l_a"), id="at first the directory's order"),
        pytest.param(ROSTER, ("l_c", "l_b", "l_a"), ROSTER, id="later orders do not shuffle it"),
        pytest.param(ROSTER, ("l_z", "l_a", "l_y"), (*ROSTER, "l_z", "l_y"), id="newcomers last"),
        pytest.param(ROSTER, (), ROSTER, id="who left keeps the place"),
    ],
)
def test_newcomers_join_at_the_end(
    roster: tuple[str, ...], present: tuple[str, ...], order: tuple[str, ...]
) -> None:
    assert roster_with_newcomers(roster, present=present) == order


@pytest.mark.proves("M-04", "D-16", "I-11")
@pytest.mark.parametrize(
    ("present", "last", "sessions", "leaders"),
    [
        pytest.param(ROSTER, None, 4, ("l_a", "l_b", "l_c", "l_a"), id="from the first, around"),
        pytest.param(ROSTER, "l_b", 2, ("l_c", "l_a"), id="on from the last planned"),
        pytest.param(ROSTER, "l_c", 1, ("l_a",), id="around after the last of the roster"),
        pytest.param(("l_a", "l_c"), "l_a", 2, ("l_c", "l_a"), id="who left is skipped"),
        pytest.param(("l_a", "l_c"), "l_b", 2, ("l_c", "l_a"), id="on from one who left"),
        pytest.param(("l_b",), "l_b", 2, ("l_b", "l_b"), id="one leader alone"),
        pytest.param(ROSTER, "l_nobody", 1, ("l_a",), id="a last one the roster never had"),
        pytest.param((), "l_a", 2, (), id="nobody is left: no turn"),
        pytest.param(ROSTER, "l_a", 0, (), id="nothing to plan"),
    ],
)
def test_turns_follow_sessions(
    present: tuple[str, ...], last: str | None, sessions: int, leaders: tuple[str, ...]
) -> None:
    assert turns(ROSTER, present=present, last=last, sessions=sessions) == leaders


def swap(**changes: Any) -> Swap:
    facts: dict[str, Any] = {
        "provided": True,
        "is_asked_by_either": True,
        "held_on": date(2026, 6, 2),
        "leader": "l_a",
        "next_leader": "l_b",
        "counterpart": "l_b",
        "present": frozenset(ROSTER),
    }
    return Swap(**(facts | changes))


@pytest.mark.proves("M-14", "D-16", "I-11")
@pytest.mark.parametrize(
    ("changes", "against"),
    [
        pytest.param({}, None, id="with the next, on the eve"),
        pytest.param({"held_on": date(2026, 6, 1)}, "agreed_beforehand", id="on the day itself"),
        pytest.param({"held_on": date(2026, 5, 31)}, "agreed_beforehand", id="after the day"),
        pytest.param({"provided": False}, "swap_is_provided", id="a regime without swaps"),
        pytest.param({"is_asked_by_either": False}, "asked_by_either", id="by a third leader"),
        pytest.param({"next_leader": None}, "next_is_planned", id="nothing planned after it"),
        pytest.param({"counterpart": "l_c"}, "with_the_next", id="with the one after the next"),
        pytest.param(
            {"next_leader": "l_a", "counterpart": "l_a"}, "are_two_leaders", id="with oneself"
        ),
        pytest.param(
            {"present": frozenset({"l_a"})}, "no_vacancy", id="the next has left the organ"
        ),
        pytest.param(
            {"present": frozenset({"l_b"})}, "no_vacancy", id="the prevented one has left"
        ),
    ],
)
def test_duty_is_swapped_beforehand_with_the_next_and_without_vacancy(
    changes: dict[str, Any], against: str | None
) -> None:
    reason = may_swap(swap(**changes), on=TODAY).first_refusal()

    assert (reason.code if reason else None) == against
