"""Reviewing: what the review of a dossier found, as the lines of an answer about it."""

from collections.abc import Iterator, Sequence
from datetime import date

from assistant.answering.answer import Event
from assistant.answering.notices import notice
from assistant.answering.state import TurnState
from assistant.question.language import Language
from assistant.retrieval.standing import evidence_of
from assistant.tenders.conformity.checks import IndexedCode
from assistant.tenders.conformity.review import review
from assistant.tenders.conformity.rules import (
    ConformityFinding,
    FindingSeverity,
    ReviewRequest,
    rule_book,
)
from ingestion.chunking.passages import Passage
from ingestion.index.snapshot import IndexSnapshot
from ingestion.tenders.dossiers import Dossier

MOST_FINDINGS = 12
"""Findings that an answer tells; the page of the dossier has all of them."""

MOST_PLACES = 2
"""Places of a finding that are shown beside it."""


def say_review(
    turn: TurnState, request: ReviewRequest, dossier: Dossier, today: date
) -> Iterator[Event]:
    """What the review found of a request, each finding with the places where it stands.

    The pieces are those of the index that answers, and the law is that of the turn.
    """
    assert turn.dossier is not None
    turn.route = "review"
    law = IndexedCode(turn.generation, turn.day.as_of)
    among = rule_book().checked_by(request)
    made = review(turn.dossier.store.documents(), law, today, dossier)
    asked = [each for each in made if each.rules & among]
    found = [each for each in asked if each.severity is not FindingSeverity.UNCHECKED]
    shown = found[:MOST_FINDINGS]
    turn.evidence = tuple(
        evidence_of(_holding(turn, passage), passage, number)
        for number, passage in enumerate(_places(shown), 1)
    )
    turn.evidence_seconds = turn.elapsed
    yield turn.found
    yield from _say_findings(turn, request, shown, len(found))
    unchecked = sum(len(each.rules & among) for each in asked if each not in found)
    turn.notice = "\n\n".join(_notices(turn.language, shown, found, unchecked))


def _say_findings(
    turn: TurnState, request: ReviewRequest, shown: Sequence[ConformityFinding], most: int
) -> Iterator[Event]:
    if not shown:
        return
    name = f"review_{request.name}"
    count = notice(f"{name}_one", turn.language) if most == 1 else most
    first = dict.fromkeys(each.places[0] for each in shown if each.places)
    yield turn.account(notice(name, turn.language, count), [*map(turn.shown, first)])
    for each in shown:
        places = dict.fromkeys(each.places[:MOST_PLACES])
        yield turn.account(each.sentence, [turn.shown(place) for place in places])


def _places(shown: Sequence[ConformityFinding]) -> list[Passage]:
    """The words that the findings rest on, each once."""
    places = (place for each in shown for place in each.places[:MOST_PLACES])
    return list({place.id: place for place in places}.values())


def _holding(turn: TurnState, passage: Passage) -> IndexSnapshot:
    return turn.dossier if passage.dossier and turn.dossier else turn.generation


def _notices(
    language: Language,
    shown: Sequence[ConformityFinding],
    found: Sequence[ConformityFinding],
    unchecked: int,
) -> Iterator[str]:
    """What the findings leave out."""
    if not found:
        yield notice("review_none", language)
    if len(found) > len(shown):
        yield notice("review_others", language, len(shown), len(found))
    if unchecked:
        yield notice("review_unchecked", language, unchecked)
    yield notice("review_limits", language)
