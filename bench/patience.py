"""How long a caller waits before it makes a call again that came too early to be understood."""

from __future__ import annotations

from typing import Final

FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 1.0
"""In seconds; each pause between them is twice the one before."""


def pause_after(refusals: int) -> float:
    """Give the seconds to wait after so many refusals of one call.

    Args:
        refusals: how many there were, the last one included.
    """
    return min(FIRST_PAUSE * float(2 ** min(refusals - 1, 16)), LONGEST_PAUSE)
