"""Activity: what the answers of a period add up to, gaps, and those the law has touched."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from assistant.answering.answer import Ending, Outcome
from assistant.citations.checker import Support
from assistant.confidence import Estimate, percentiles, share
from assistant.evaluation.questions import OUT_OF_SCOPE
from assistant.question.language import find_stems
from assistant.review.progress import Agreement, agreement, pairs_of
from assistant.review.readings import SCALES, ReviewVerdict, Target
from assistant.review.recorded import Item, ReviewLine, Thumb, folded
from assistant.review.register import Reason, Sampling, reasons

# Periods: the days that are counted, and the steps in which they are shown. Pure.

USUAL = 30
"""Days of a period when nothing is chosen."""

_BY_DAY, _BY_WEEK = 45, 200
"""Days of the longest period shown by day, and by week."""


class ChartStep(StrEnum):
    """What one column of a chart stands for; the value is the French word."""

    DAY = "jour"
    WEEK = "semaine"
    MONTH = "mois"


@dataclass(frozen=True, slots=True)
class ActivityPeriod:
    """The days from the first to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def step(self) -> ChartStep:
        """The step in which so many days are readable."""
        if self.days <= _BY_DAY:
            return ChartStep.DAY
        return ChartStep.WEEK if self.days <= _BY_WEEK else ChartStep.MONTH

    @property
    def starts(self) -> tuple[date, ...]:
        """The first day of each step that the period touches, in order."""
        days = (self.first + timedelta(each) for each in range(self.days))
        return tuple(dict.fromkeys(map(self.start, days)))

    def start(self, day: date) -> date:
        """The first day of the step of a day; weeks begin on Monday."""
        match self.step:
            case ChartStep.DAY:
                return day
            case ChartStep.WEEK:
                return day - timedelta(day.weekday())
            case ChartStep.MONTH:
                return day.replace(day=1)

    def has(self, day: date) -> bool:
        """Whether a day is one of its own."""
        return self.first <= day <= self.last


def chosen(since: date | None, until: date | None, today: date) -> ActivityPeriod:
    """The period between two days in either order; what is left out is the last thirty days."""
    last = until or max(today, since or today)
    first = since or date.fromordinal(max(last.toordinal() - USUAL + 1, 1))
    return ActivityPeriod(min(first, last), max(first, last))


# Gaps: questions without answer, grouped by theme and by the words that they share. Pure.

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions of a theme that found no answer, the latest first.

    `shared` are the words that all of them have, as the first one writes them; the questions that
    share none with another are together, without any.
    """

    theme: str
    shared: tuple[str, ...]
    lines: tuple[ReviewLine, ...]


def gaps(items: Iterable[Item]) -> tuple[Gap, ...]:
    """What the texts did not answer, the most asked first.

    What is out of scope, or only greets, lacks nothing.
    """
    by_theme: dict[str, list[ReviewLine]] = {}
    for line in (item.line for item in items):
        if is_unanswered(line) and line.theme != OUT_OF_SCOPE and not is_courtesy(line.question):
            by_theme.setdefault(line.theme, []).append(line)
    found = [gap for theme, lines in by_theme.items() for gap in _grouped(theme, lines)]
    return tuple(sorted(found, key=lambda gap: (-len(gap.lines), gap.theme, gap.shared)))


def is_courtesy(question: str) -> bool:
    """Whether a question only greets, thanks or tries whether anybody is there."""
    return set(_WORD.findall(folded(question))) <= _courtesies()


@cache
def _courtesies() -> frozenset[str]:
    file = Path(__file__).with_name("courtesies.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return frozenset(word for words in table.values() for word in words)


def is_unanswered(line: ReviewLine) -> bool:
    """Whether a turn went to its end and found no answer."""
    return line.ending is Ending.FINISHED and line.outcome is Outcome.ABSTAINED


def _grouped(theme: str, lines: Sequence[ReviewLine]) -> Iterator[Gap]:
    """The word of most questions makes the first group, and so on with the questions left."""
    left = [(line, find_stems(line.question)) for line in lines]
    while left:
        counted = Counter(stem for _, found in left for stem in found)
        stem, times = min(counted.items(), key=lambda each: (-each[1], each[0]), default=("", 0))
        if times < 2:
            yield Gap(theme, (), tuple(line for line, _ in left))
            return
        group = [(line, found) for line, found in left if stem in found]
        left = [(line, found) for line, found in left if stem not in found]
        common = frozenset.intersection(*(found for _, found in group))
        lines_of = tuple(line for line, _ in group)
        yield Gap(theme, tuple(_spelled(lines_of[0].question, common)), lines_of)


def _spelled(question: str, wanted: frozenset[str]) -> Iterator[str]:
    """The words of a question that have these stems, in its order, each once."""
    seen: set[str] = set()
    for word in _WORD.findall(question):
        fresh = find_stems(word) & wanted - seen
        if fresh:
            seen |= fresh
            yield word.lower()


# Figures: what the answers of a period add up to. Pure.
#
# Of a thing that several readers judged, the arbitrated verdict counts, else the frozen one of the
# first; the others serve to say how far readers agree.


@dataclass(frozen=True, slots=True)
class Theme:
    """How often a theme was asked about, and how often without answer."""

    name: str
    asked: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What readers found of one kind of thing.

    `good` is the share of the best verdict, `passable` that of the two best, `drawn` that of the
    best among the answers drawn by lot: only those stand for all the others.
    """

    verdicts: Mapping[ReviewVerdict, int]
    good: Estimate | None
    passable: Estimate | None
    drawn: Estimate | None
    dangerous: Estimate | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a period; `seconds` are the median and the 95th percentile of whole answers.

    `outcomes` counts turns that ended, `interrupted` those that were stopped or failed. `supports`
    counts the answers that have a sentence so supported, `removed` sentences that checks took out.
    """

    period: ActivityPeriod
    asked: int
    askers: int
    volume: tuple[tuple[date, int], ...]
    outcomes: Mapping[Outcome, int]
    out_of_scope: int
    interrupted: int
    supports: Mapping[Support, int]
    removed: int
    judgements: Mapping[Target, Judgement]
    agreements: Mapping[Target, Agreement]
    read: int
    seconds: tuple[float, float] | None
    themes: tuple[Theme, ...]
    thumbs: Mapping[Thumb, int]
    gaps: tuple[Gap, ...]


def figures(items: Iterable[Item], period: ActivityPeriod, sampling: Sampling) -> Figures:
    """The numbers of the answers of a period, which come latest first."""
    counted = [item for item in items if period.has(item.line.day)]
    lines = [item.line for item in counted]
    ended = [line for line in lines if line.ending is Ending.FINISHED]
    asked_in = Counter(period.start(line.day) for line in lines)
    thumbs = Counter(item.opinion.thumb for item in counted if item.opinion)
    return Figures(
        period=period,
        asked=len(lines),
        askers=len({line.user for line in lines}),
        volume=tuple((start, asked_in[start]) for start in period.starts),
        outcomes={each: sum(line.outcome is each for line in ended) for each in Outcome},
        out_of_scope=sum(line.theme == OUT_OF_SCOPE for line in ended),
        interrupted=len(lines) - len(ended),
        supports={each: sum(each in line.supports for line in ended) for each in Support},
        removed=sum(line.removed for line in lines),
        judgements={each: _judgement(counted, each, sampling) for each in Target},
        agreements={each: agreement(list(pairs_of(counted, each))) for each in Target},
        read=sum(bool(item.readers) for item in counted),
        seconds=percentiles([line.seconds for line in ended]),
        themes=_themes(counted),
        thumbs={each: thumbs[each] for each in Thumb},
        gaps=gaps(counted),
    )


def _judgement(items: Sequence[Item], target: Target, sampling: Sampling) -> Judgement:
    found, drawn = [], []
    for item in items:
        found += (verdicts := _verdicts(item, target))
        if Reason.RANDOM in reasons(item, frozenset(), sampling):
            drawn += verdicts
    best, second, *_ = SCALES[target]
    return Judgement(
        verdicts={each: found.count(each) for each in SCALES[target]},
        good=share(found.count(best), len(found)),
        passable=share(found.count(best) + found.count(second), len(found)),
        drawn=share(drawn.count(best), len(drawn)),
        dangerous=share(found.count(ReviewVerdict.DANGEROUS), len(found)),
    )


def _verdicts(item: Item, target: Target) -> list[ReviewVerdict]:
    """The verdict that counts on each thing of a kind in an answer."""
    return [verdict for (kind, _), verdict in item.retained.items() if kind is target]


def _themes(items: Sequence[Item]) -> tuple[Theme, ...]:
    """Every theme, the most asked about first."""
    asked = Counter(item.line.theme for item in items)
    without = Counter(item.line.theme for item in items if is_unanswered(item.line))
    found = (Theme(name, times, without[name]) for name, times in asked.items())
    return tuple(sorted(found, key=lambda theme: (-theme.asked, theme.name)))
