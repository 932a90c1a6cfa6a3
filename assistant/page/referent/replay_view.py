"""An answer and its replay side by side, what differs marked. Pure HTML."""

from collections.abc import Iterator, Sequence

from assistant.page.law_view import unseen
from assistant.page.markup import NOTHING, Html, element, joined
from assistant.page.referent.frame import SAID, badge
from assistant.page.referent.list_view import answer_address
from assistant.page.table import table
from assistant.page.words import at, written
from assistant.review.labels import OUTCOMES
from assistant.review.recorded import Recorded
from assistant.review.replay import Beside, comparison
from ingestion.wording import Change, Segment


def replay_html(first: Recorded, again: Recorded) -> Iterator[Html]:
    """Both answers, sentence by sentence, then citation by citation."""
    compared = comparison(first.result.answer, again.result.answer)
    back = element("a", "Retour à la réponse", href=answer_address(first.result.record_id))
    yield element("p", back)
    verdict = (
        "La réponse est la même, mot pour mot, avec les mêmes citations."
        if compared.is_same
        else "La réponse diffère : ce qui a disparu est barré à gauche, ce qui est nouveau est "
        "souligné à droite."
    )
    yield element("p", verdict, class_="done", role="status")
    heads = tuple(_head(*each) for each in (("À l'époque", first), ("Rejeu", again)))
    yield element("h2", "Ce qui est dit")
    yield _beside(heads, compared.sentences, "Phrases")
    yield element("h2", "Citations")
    yield _beside(heads, compared.citations, "Citations")


def _head(name: str, shown: Recorded) -> str:
    result = shown.result
    return (
        f"{name}, {at(shown.at)} : droit au {written(SAID, result.as_of)}, index "
        f"{result.generation}, {OUTCOMES[result.answer.outcome]}"
    )


def _beside(heads: tuple[str, ...], rows: Sequence[Beside], caption: str) -> Html:
    if not rows:
        return element("p", "Aucune, ni à l'époque ni maintenant.", class_="quiet")
    return table(heads, map(_row, rows), caption, class_="beside")


def _row(row: Beside) -> list[Html]:
    sides = ((row.before, Change.REMOVED), (row.after, Change.ADDED))
    place = element("p", element("strong", row.place)) if row.place else NOTHING
    return [joined([place, _side(row, change)]) if text else _none(row) for text, change in sides]


def _none(row: Beside) -> Html:
    return badge("rien à cet endroit" if not row.place else "non citée", "quiet")


def _side(row: Beside, change: Change) -> Html:
    """One side of what differs: what both have, and what only this one has."""
    return element("div", *_pieces(row.segments, change), class_="wording", lang="fr")


def _pieces(segments: Sequence[Segment], change: Change) -> Iterator[str]:
    tag, told = ("del", "word_removed") if change is Change.REMOVED else ("ins", "word_added")
    for segment in segments:
        if segment.change is Change.KEPT:
            yield segment.text
        elif segment.change is change:
            yield element(tag, unseen(SAID[told]), segment.text)
