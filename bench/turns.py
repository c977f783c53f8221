"""Running contenders in turns: A B A B, so that a slow minute of the machine hits all alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.figures import Lap


@dataclass(frozen=True, kw_only=True)
class Contender:
    """Something that is measured.

    Args:
        name: what it is called in the table.
        run: runs one lap, of some seconds where the figures are to be good.
        warm_up: what is done before the first round, uncounted.
    """

    name: str
    run: Callable[[], Lap]
    warm_up: Callable[[], object] | None = None


def in_turns(
    contenders: Sequence[Contender], *, rounds: int, say: Callable[[str], None]
) -> Mapping[str, Sequence[Lap]]:
    """Run every contender once in each round, each round beginning with another one."""
    laps: dict[str, list[Lap]] = {contender.name: [] for contender in contenders}
    for contender in contenders:
        if contender.warm_up is not None:
            contender.warm_up()
    for number in range(rounds):
        shift = number % len(contenders)
        for contender in (*contenders[shift:], *contenders[:shift]):
            lap = contender.run()
            laps[contender.name].append(lap)
            say(f"  round {number + 1} of {rounds}: {contender.name}: {lap.rate:,.1f} per second")
    return laps
