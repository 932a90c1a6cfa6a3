"""Figures: what the answers of a period add up to. Pure.

Of a thing that several readers judged, the verdict of the first counts; the others serve to say
how far readers agree.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.activity.gaps import Gap, gaps, is_unanswered
from assistant.activity.period import Period
from assistant.answers import Outcome
from assistant.checking import Support
from assistant.confidence import Estimate, percentiles, share
from assistant.review.agreement import Agreement, agreement, pairs_of
from assistant.review.line import Item, Thumb
from assistant.review.marks import SCALES, Place, Target, Verdict
from assistant.review.sampling import Sampling, is_drawn
from assistant.themes import OUT_OF_SCOPE


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

    verdicts: Mapping[Verdict, int]
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

    period: Period
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


def figures(items: Iterable[Item], period: Period, sampling: Sampling) -> Figures:
    """The numbers of the answers of a period, which come latest first."""
    counted = [item for item in items if period.has(item.line.day)]
    lines = [item.line for item in counted]
    ended = [line for line in lines if line.ended == "finished"]
    asked_in = Counter(period.start(line.day) for line in lines)
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
        thumbs={each: sum(_thumb(item) is each for item in counted) for each in Thumb},
        gaps=gaps(counted),
    )


def _judgement(items: Sequence[Item], target: Target, sampling: Sampling) -> Judgement:
    found = [verdict for item in items for verdict in _verdicts(item, target)]
    drawn = [
        verdict
        for item in items
        if is_drawn(item.line.record_id, sampling.rate, sampling.seed)
        for verdict in _verdicts(item, target)
    ]
    best, second, *_ = SCALES[target]
    return Judgement(
        verdicts={each: found.count(each) for each in SCALES[target]},
        good=share(found.count(best), len(found)),
        passable=share(found.count(best) + found.count(second), len(found)),
        drawn=share(drawn.count(best), len(drawn)),
        dangerous=share(found.count(Verdict.DANGEROUS), len(found)),
    )


def _verdicts(item: Item, target: Target) -> Iterator[Verdict]:
    """The first verdict on each thing of a kind in an answer."""
    first: dict[Place, Verdict] = {}
    for sheet in item.sheets.values():
        for place, mark in sheet.items():
            if place[0] is target and mark.verdict:
                first.setdefault(place, mark.verdict)
    yield from first.values()


def _themes(items: Sequence[Item]) -> tuple[Theme, ...]:
    """Every theme, the most asked about first."""
    asked = Counter(item.line.theme for item in items)
    without = Counter(item.line.theme for item in items if is_unanswered(item.line))
    found = (Theme(name, times, without[name]) for name, times in asked.items())
    return tuple(sorted(found, key=lambda theme: (-theme.asked, theme.name)))


def _thumb(item: Item) -> Thumb | None:
    return item.opinion.thumb if item.opinion else None
