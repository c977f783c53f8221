"""A caller waits longer each time, and never longer than a moment."""

from __future__ import annotations

import pytest

from bench.patience import pause_after


@pytest.mark.parametrize(
    ("refusals", "seconds"), [(1, 0.05), (2, 0.1), (3, 0.2), (5, 0.8), (6, 1.0), (10_000, 1.0)]
)
def test_each_pause_is_twice_the_one_before_up_to_a_second(refusals: int, seconds: float) -> None:
    assert pause_after(refusals) == pytest.approx(seconds)
