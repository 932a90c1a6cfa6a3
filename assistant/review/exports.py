"""Exports: recorded answers, what they say and cite, and what readers found, as tables. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from assistant.ledger.tables import Cell, Format, LedgerTable, TableColumn
from assistant.review.listing import STATES, SUPPORTS, THUMBS, outcome_label, route_label
from assistant.review.readings import (
    ANSWER,
    LABELS,
    TARGETS,
    Place,
    Reading,
    ReviewVerdict,
    frozen_of,
)
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
            rows = (_row(item, reader, called) for item in items)
            return LedgerTable("Réponses", _COLUMNS, tuple(rows))
        case ExportedTable.SENTENCES:
            rows = (row for item in items for row in _sentences(opened(item)))
            return LedgerTable("Phrases", _SENTENCES, tuple(rows))
        case ExportedTable.CITATIONS:
            rows = (row for item in items for row in _citations(opened(item)))
            return LedgerTable("Citations", _CITATIONS, tuple(rows))
        case ExportedTable.MARKS:
            rows = (row for item in items for row in _marks(item, opened, reader, called))
            return LedgerTable("Marques", _MARKS, tuple(rows))


_COLUMNS = (
    TableColumn("Enregistrement"),
    TableColumn("Posée le", Format.DATE),
    TableColumn("Utilisateur"),
    TableColumn("Dossier"),
    TableColumn("Thème"),
    TableColumn("Voie"),
    TableColumn("Question"),
    TableColumn("Droit au", Format.DATE),
    TableColumn("Issue"),
    TableColumn("Soutien"),
    TableColumn("Réponse"),
    TableColumn("Sources"),
    TableColumn("Phrases écartées", Format.COUNT),
    TableColumn("Avis"),
    TableColumn("Mot de l'acheteur"),
    TableColumn("Relecture"),
    TableColumn("Verdicts"),
    TableColumn("Index"),
    TableColumn("Modèle"),
)


def _row(item: Item, reader: str, called: Called) -> tuple[Cell, ...]:
    line, opinion = item.line, item.opinion
    return (
        line.record_id,
        line.day,
        line.user,
        line.dossier,
        line.theme,
        route_label(line.route),
        line.question,
        line.as_of,
        outcome_label(item),
        ", ".join(sorted(SUPPORTS[each] for each in line.supports)),
        line.text,
        " ; ".join(f"{each.title}, {each.locator}" for each in line.cited),
        line.removed,
        THUMBS[opinion.thumb] if opinion else None,
        opinion.comment if opinion else None,
        STATES[item.state],
        " ; ".join(_verdicts(item, reader, called)),
        line.generation,
        line.model,
    )


def _verdicts(item: Item, reader: str, called: Called) -> list[str]:
    """The verdict of each reader on the whole answer."""
    seen = frozen_of(item.seen_by(reader))
    marks = ((called(each.user), each.frozen[ANSWER].verdict) for each in seen)
    return [f"{name} : {LABELS[verdict]}" for name, verdict in marks if verdict]


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
        told = (DECIDED, _second(each.at), LABELS[each.verdict], None)
        yield row(each.place, called(each.user), *told, each.reason, each.entry, None)


def _of_reading(reading: Reading) -> Iterator[tuple[Place, tuple[Cell, ...]]]:
    """What stood when a reading was frozen, then each change; of a draft what stands now."""
    state = FROZEN if reading.is_frozen else DRAFT
    at = _second(reading.at) if reading.at else None
    marks = reading.frozen if reading.is_frozen else reading.now
    for place, mark in sorted(marks.items()):
        said = (_verdict(mark.verdict), None, mark.comment)
        yield place, (state, at, *said, reading.entry or None, reading.seconds or None)
    for each in reading.changes:
        now, then = _verdict(each.after.verdict), _verdict(each.before.verdict)
        changed = (CHANGED, _second(each.at), now, then, each.after.comment, each.entry, None)
        yield each.after.place, changed


def _verdict(verdict: ReviewVerdict | None) -> str | None:
    return LABELS[verdict] if verdict else None


def _second(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
