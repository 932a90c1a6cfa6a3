"""Periods: the days that are counted, and the steps in which they are shown. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

USUAL = 30
"""Days of a period when nothing is chosen."""

_BY_DAY, _BY_WEEK = 45, 200
"""Days of the longest period shown by day, and by week."""


class Step(StrEnum):
    """What one column of a chart stands for; the value is the French word."""

    DAY = "jour"
    WEEK = "semaine"
    MONTH = "mois"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from the first to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def step(self) -> Step:
        """The step in which so many days are readable."""
        if self.days <= _BY_DAY:
            return Step.DAY
        return Step.WEEK if self.days <= _BY_WEEK else Step.MONTH

    @property
    def starts(self) -> tuple[date, ...]:
        """The first day of each step that the period touches, in order."""
        days = (self.first + timedelta(each) for each in range(self.days))
        return tuple(dict.fromkeys(map(self.start, days)))

    def start(self, day: date) -> date:
        """The first day of the step of a day; weeks begin on Monday."""
        match self.step:
            case Step.DAY:
                return day
            case Step.WEEK:
                return day - timedelta(day.weekday())
            case Step.MONTH:
                return day.replace(day=1)

    def has(self, day: date) -> bool:
        """Whether a day is one of its own."""
        return self.first <= day <= self.last


def chosen(since: date | None, until: date | None, today: date) -> Period:
    """The period between two days in either order; what is left out is the last thirty days."""
    last = until or max(today, since or today)
    first = since or last - timedelta(USUAL - 1)
    return Period(min(first, last), max(first, last))
