"""Since when a matter counts as accepted that came back and was accepted again (D-21, D-30)."""

from __future__ import annotations

from datetime import date

import pytest

from services.supervision.rules.clocks import acceptance_that_counts

DAY = date(2026, 6, 10)


@pytest.mark.proves("D-21", "D-30", "L22-34")
@pytest.mark.parametrize(
    ("earlier", "counts"),
    [
        pytest.param((), DAY, id="it was never accepted before"),
        pytest.param((date(2026, 6, 4),), date(2026, 6, 4), id="the first acceptance counts"),
        pytest.param((DAY,), DAY, id="accepted on the same day"),
        pytest.param((date(2026, 6, 11),), DAY, id="a later day never replaces an earlier one"),
        pytest.param(
            (date(2026, 6, 8), date(2026, 6, 4)), date(2026, 6, 4), id="of several the first"
        ),
    ],
)
def test_the_first_acceptance_counts(earlier: tuple[date, ...], counts: date) -> None:
    assert acceptance_that_counts(accepted_on=DAY, earlier=earlier) == counts
