"""How many copies there are of each group of petitions, and in which week each of them begins.

A week of the play that began so many weeks ago is copied as it stood at that age; an older one as
it stood at the end.
So the years end in weeks in which petitions stand wherever petitions of a county stand, and before
that nearly everything is in the archive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from bench.filler.copies import Copy
from bench.filler.moulds import Mould

WEEK: Final = timedelta(weeks=1)

_TEN_YEARS: Final = 520
_LEAST_WEEKS: Final = 13
_PETITIONS_A_WEEK: Final = 40
_SHARED_EVERY: Final = 11
"""In weeks: a play plans its sessions so far ahead, and a session is planned once."""
_SHARED_FIRST: Final = 2
"""In weeks: at this age the leaders' petitions stand between their routing and their slips."""


@dataclass(frozen=True, kw_only=True)
class Age:
    """The moulds of a county at one age."""

    groups: Sequence[Mould]
    shared: Mould

    @property
    def petitions(self) -> int:
        """Count the petitions of one round of its groups."""
        return sum(len(mould.registered) for mould in self.groups)


@dataclass(kw_only=True)
class Plan:
    """A filling, copy by copy, from the oldest week to this one; the same whenever it is asked.

    Args:
        ages: the county at the age of 0 weeks, 1 week and so on, and last of all at the end.
        petitions: how many there are to be, give or take those that belong to another.
        played: the Monday of the week that was played.
        today: the day on which the stores are to stand as if they had been filled by living.
    """

    ages: Sequence[Age]
    petitions: int
    played: date
    today: date
    day_counts: dict[date, int] = field(default_factory=dict, init=False)
    """The last number given on each day, once the copies have been made."""

    @property
    def weeks(self) -> int:
        """Give over how many weeks the petitions are spread."""
        return min(_TEN_YEARS, max(_LEAST_WEEKS, self.petitions // _PETITIONS_A_WEEK))

    def copies(self) -> Iterator[tuple[Mould, Copy]]:
        """Iterate over all copies."""
        self.day_counts.clear()
        this_week = (monday_of(self.today) - self.played) // WEEK
        weights = [self._of_age(age).petitions for age in reversed(range(self.weeks))]
        made = number = people = turn = weighed = 0
        for weight, age in zip(weights, reversed(range(self.weeks)), strict=True):
            moulds, weighed = self._of_age(age), weighed + weight
            shared = [moulds.shared] if age % _SHARED_EVERY == _SHARED_FIRST else []
            while shared or made * sum(weights) < self.petitions * weighed:
                if shared:
                    mould = shared.pop()
                else:
                    mould, turn = moulds.groups[turn % len(moulds.groups)], turn + 1
                yield mould, self._copy(mould, number, this_week - age, people)
                number += 1
                made, people = made + len(mould.registered), people + mould.people

    def _of_age(self, age: int) -> Age:
        return self.ages[min(age, len(self.ages) - 1)]

    def _copy(self, mould: Mould, number: int, weeks: int, people: int) -> Copy:
        return Copy(
            number=number,
            weeks=weeks,
            petitions=[self._number(day + weeks * WEEK) for day, _ in mould.registered],
            first_person=people,
        )

    def _number(self, on: date) -> str:
        count = self.day_counts[on] = self.day_counts.get(on, 0) + 1
        return f"XF-{on:%Y%m%d}-{count:04d}"


def monday_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def instants(now: datetime, *, played: date, ages: int) -> list[datetime]:
    """Give the instants of the play that are as far into their week as now, one for each age."""
    monday = monday_of(now.date())
    into = now - datetime.combine(monday, datetime.min.time(), now.tzinfo)
    begins = datetime.combine(played, datetime.min.time(), now.tzinfo)
    return [begins + age * WEEK + into for age in range(ages)]
