"""Recorded answers as they are listed, made by hand for the tests of figures."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from assistant.answering.answer import Ending, Outcome
from assistant.citations.checker import Support
from assistant.review.readings import (
    Marking,
    Readings,
    ReviewMark,
    ReviewVerdict,
    Sheet,
    Target,
    readings_after,
)
from assistant.review.recorded import BuyerOpinion, CitedPlace, Item, ReviewLine, Thumb, folded

START = datetime(2026, 6, 1, 12)


def item(
    record_id: str,
    day: date,
    question: str = "Quel délai de paiement ?",
    *,
    outcome: Outcome = Outcome.ANSWERED,
    theme: str = "Facturation et paiement",
    cited: tuple[tuple[str, str] | CitedPlace, ...] = (),
    seconds: float = 1.0,
    ending: Ending = Ending.FINISHED,
    removed: int = 0,
    user: str = "u1",
    dossier: str | None = None,
    generation: str = "20261101-000000-000",
    thumb: Thumb | None = None,
    sheets: Mapping[str, Sheet] = MappingProxyType({}),
) -> Item:
    """An answer; what is not given is ordinary."""
    line = ReviewLine(
        position=0,
        record_id=record_id,
        at=datetime(day.year, day.month, day.day, 12),
        user=user,
        question=question,
        text="",
        as_of=day,
        outcome=outcome,
        supports=frozenset({Support.VERBATIM} if outcome is not Outcome.ABSTAINED else ()),
        route="rule",
        theme=theme,
        dossier=dossier,
        ending=ending,
        seconds=seconds,
        model="lecteur",
        generation=generation,
        removed=removed,
        cited=tuple(CitedPlace(*each) for each in cited),
        searchable=folded(question),
    )
    return Item(line, BuyerOpinion(thumb) if thumb else None, readings_of(sheets))


def readings_of(sheets: Mapping[str, Sheet]) -> Readings:
    """The readings of those who said all of a sheet at once, one after the other."""
    found: Readings = {}
    for position, (user, sheet) in enumerate(sheets.items()):
        said = tuple(sheet.values())
        found = readings_after(found, Marking(user, START, position, f"e{position}", said))
    return found


def sheet(*verdicts: tuple[Target, int, ReviewVerdict]) -> Sheet:
    """What one reader found."""
    marks = [ReviewMark(target, number, verdict) for target, number, verdict in verdicts]
    return {mark.place: mark for mark in marks}
