"""Exports: recorded answers, what they say and cite, and what readers found, as tables. Pure."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from assistant.ledger.tables import Cell, Format, LedgerTable, TableColumn
from assistant.review.listing import SUPPORTS, answers_table
from assistant.review.marks import LABELS, TARGETS, Place, ReviewMark, ReviewVerdict
from assistant.review.readings import Reading
from assistant.review.recorded import Item, Recorded, said_at

Opened = Callable[[Item], Recorded]
"""Reads all that was kept of an answer."""

Called = Callable[[str], str]
"""What the pseudonym of a reader is told as."""


class ExportedTable(StrEnum):
    """What of a list of answers goes into a file; the value is the name of the file."""

    ANSWERS = "answers"
    SENTENCES = "sentences"
    CITATIONS = "citations"
    MARKS = "marks"


def table_of(
    chosen: ExportedTable, items: Iterable[Item], opened: Opened, reader: str, called: Called
) -> LedgerTable:
    """A table of some answers, with the marks that a reader may see."""
    match chosen:
        case ExportedTable.ANSWERS:
            return answers_table(items, reader, called)
        case ExportedTable.SENTENCES:
            rows = (row for item in items for row in _sentences(opened(item)))
            return LedgerTable("Phrases", _SENTENCES, tuple(rows))
        case ExportedTable.CITATIONS:
            rows = (row for item in items for row in _citations(opened(item)))
            return LedgerTable("Citations", _CITATIONS, tuple(rows))
        case ExportedTable.MARKS:
            rows = (row for item in items for row in _marks(item, opened, reader, called))
            return LedgerTable("Marques", _MARKS, tuple(rows))


_SENTENCES = (
    TableColumn("Enregistrement"),
    TableColumn("Question"),
    TableColumn("Phrase", Format.COUNT),
    TableColumn("Texte"),
    TableColumn("Soutien"),
    TableColumn("Sources"),
    TableColumn("Écartée, motif"),
)


def _sentences(shown: Recorded) -> Iterator[tuple[Cell, ...]]:
    """The sentences of an answer, then those that were left out."""
    result = shown.result
    for number, each in enumerate(result.answer.sentences, 1):
        sources = " ".join(f"[{n}]" for n in each.citations)
        support = SUPPORTS[each.support]
        yield result.record_id, result.question, number, each.text, support, sources, None
    for left in result.answer.removed:
        yield result.record_id, result.question, None, left.text, None, None, left.reason


_CITATIONS = (
    TableColumn("Enregistrement"),
    TableColumn("Question"),
    TableColumn("Citation", Format.COUNT),
    TableColumn("Source", Format.COUNT),
    TableColumn("Titre"),
    TableColumn("Endroit"),
    TableColumn("Citation mot à mot"),
    TableColumn("En vigueur du", Format.DATE),
    TableColumn("Jusqu'au", Format.DATE),
    TableColumn("Premier caractère", Format.COUNT),
    TableColumn("Après le dernier", Format.COUNT),
    TableColumn("Document"),
    TableColumn("sha256 du texte"),
)


def _citations(shown: Recorded) -> Iterator[tuple[Cell, ...]]:
    result = shown.result
    for number, each in enumerate(result.answer.citations, 1):
        yield (
            *(result.record_id, result.question, number, each.n, each.title, each.locator),
            *(each.quote, each.valid_from, each.valid_to, each.start, each.end),
            *(each.document, each.sha256),
        )


_MARKS = (
    TableColumn("Enregistrement"),
    TableColumn("Question"),
    TableColumn("Sur"),
    TableColumn("Numéro", Format.COUNT),
    TableColumn("Texte"),
    TableColumn("Lecteur"),
    TableColumn("État"),
    TableColumn("Le"),
    TableColumn("Verdict"),
    TableColumn("Verdict d'avant"),
    TableColumn("Commentaire"),
    TableColumn("Entrée du journal"),
    TableColumn("Secondes", Format.COUNT),
)

DRAFT, FROZEN, CHANGED, DECIDED = "brouillon", "figé", "changé ensuite", "arbitrage"
"""What a row of marks is."""


def _marks(item: Item, opened: Opened, reader: str, called: Called) -> Iterator[tuple[Cell, ...]]:
    seen = item.seen_by(reader)
    if not seen:
        return
    result = opened(item).result
    decided = item.arbitrations if len(item.readers) > 1 else ()

    def row(place: Place, *rest: Cell) -> tuple[Cell, ...]:
        target, number = place
        about = (TARGETS[target], number, said_at(result, place))
        return (result.record_id, result.question, *about, *rest)

    for user, reading in seen.items():
        for place, rest in _of_reading(reading):
            yield row(place, called(user), *rest)
    for each in decided:
        told = (DECIDED, f"{each.at:%Y-%m-%d %H:%M:%S}", LABELS[each.verdict], None)
        yield row(each.place, called(each.user), *told, each.reason, each.entry, None)


def _of_reading(reading: Reading) -> Iterator[tuple[Place, tuple[Cell, ...]]]:
    """What stood when a reading was frozen, then each change; of a draft what stands now."""
    state = FROZEN if reading.is_frozen else DRAFT
    at = f"{reading.at:%Y-%m-%d %H:%M:%S}" if reading.at else None
    marks = reading.frozen if reading.is_frozen else reading.now
    for place, mark in sorted(marks.items()):
        said = (_verdict(mark.verdict), None, mark.comment)
        yield place, (state, at, *said, reading.entry or None, reading.seconds or None)
    for each in reading.changes:
        yield (
            each.after.place,
            (
                CHANGED,
                f"{each.at:%Y-%m-%d %H:%M:%S}",
                *_change(each.before, each.after),
                each.entry,
                None,
            ),
        )


def _change(before: ReviewMark, after: ReviewMark) -> tuple[Cell, ...]:
    return _verdict(after.verdict), _verdict(before.verdict), after.comment


def _verdict(verdict: ReviewVerdict | None) -> str | None:
    return LABELS[verdict] if verdict else None
