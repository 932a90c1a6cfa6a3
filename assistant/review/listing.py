"""Listing: which answers are shown, in which words, and as tables of what they say and cite."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.answering.answer import Ending, Outcome
from assistant.citations.checker import Support
from assistant.ledger.tables import Cell, Format, LedgerTable, TableColumn
from assistant.review.readings import (
    ANSWER,
    LABELS,
    TARGETS,
    Place,
    Reading,
    ReviewMark,
    ReviewVerdict,
    frozen_of,
)
from assistant.review.recorded import Item, Recorded, ReviewState, Thumb, folded, said_at
from assistant.review.register import Reason

# Filter: which answers are listed. Pure.


class ListOrder(StrEnum):
    """What a list is sorted by."""

    LATEST = "latest"
    OLDEST = "oldest"
    SLOWEST = "slowest"
    THEME = "theme"


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """What an answer must be to be listed; None and "" ask for nothing.

    Both days are included. `team` is that of the dossier asked about. Every word of `words` must
    stand in the question or the answer, whatever its accents and case.
    """

    since: date | None = None
    until: date | None = None
    theme: str = ""
    outcome: Outcome | None = None
    support: Support | None = None
    route: str = ""
    thumb: Thumb | None = None
    team: str = ""
    dossier: str = ""
    state: ReviewState | None = None
    ending: Ending | None = None
    words: str = ""

    def select(self, items: Iterable[Item], teams: Mapping[str, str]) -> Iterator[Item]:
        """The items that are listed, in their order; `teams` has the team of each dossier."""
        wanted = folded(self.words).split()
        return (
            item
            for item in items
            if self._admits(item, teams) and all(word in item.line.searchable for word in wanted)
        )

    def _admits(self, item: Item, teams: Mapping[str, str]) -> bool:
        line, dossier = item.line, item.line.dossier or ""
        return (
            (self.since is None or self.since <= line.day)
            and (self.until is None or line.day <= self.until)
            and self.theme in ("", line.theme)
            and self.outcome in (None, line.outcome)
            and (self.support is None or self.support in line.supports)
            and self.route in ("", line.route)
            and (
                self.thumb is None
                or (item.opinion is not None and item.opinion.thumb is self.thumb)
            )
            and self.team in ("", teams.get(dossier, ""))
            and self.dossier in ("", dossier)
            and self.state in (None, item.state)
            and self.ending in (None, line.ending)
        )


def ordered(items: Iterable[Item], order: ListOrder) -> list[Item]:
    """Items that come latest first, in an order."""
    match order:
        case ListOrder.LATEST:
            return list(items)
        case ListOrder.OLDEST:
            return list(items)[::-1]
        case ListOrder.SLOWEST:
            return sorted(items, key=lambda item: -item.line.seconds)
        case ListOrder.THEME:
            return sorted(items, key=lambda item: item.line.theme)


# Labels: what is said of answers in French, in the lists, pages and files of a review.

OUTCOMES = {
    Outcome.ANSWERED: "répondue",
    Outcome.PARTIAL: "partielle ou incertaine",
    Outcome.ABSTAINED: "sans réponse",
}
SUPPORTS = {
    Support.VERBATIM: "mot à mot",
    Support.SUPPORTED: "vérifié",
    Support.COMPUTED: "calculé",
    Support.PREPARED: "dans nos mots",
}
STATES = {
    ReviewState.UNREAD: "non relue",
    ReviewState.READ: "relue",
    ReviewState.TWICE: "relue deux fois",
}
THUMBS = {Thumb.UP: "utile", Thumb.DOWN: "à revoir"}
ENDINGS = {Ending.FINISHED: "terminée", Ending.INTERRUPTED: "interrompue"}
ORDERS = {
    ListOrder.LATEST: "les plus récentes d'abord",
    ListOrder.OLDEST: "les plus anciennes d'abord",
    ListOrder.SLOWEST: "les plus lentes d'abord",
    ListOrder.THEME: "par thème",
}
REASONS = {
    Reason.COMPLAINED: "signalée par l'acheteur",
    Reason.CHANGED: "droit changé depuis",
    Reason.DOUBTFUL: "réponse incertaine",
    Reason.RANDOM: "tirée au sort",
}
_ROUTES = {
    "rule": "règles",
    "dossier": "dossier",
    "calculation": "calcul",
    "invoices": "factures",
    "purchases": "achats",
    "case_law": "décisions de justice",
    "out_of_scope": "hors périmètre",
}


def outcome_label(item: Item) -> str:
    """How a question ended, in words: one that was interrupted has no outcome."""
    is_over = item.line.ending is Ending.FINISHED
    return OUTCOMES[item.line.outcome] if is_over else ENDINGS[Ending.INTERRUPTED]


def route_label(route: str) -> str:
    """The route of a question in words; one without words of its own is given as it is."""
    return _ROUTES.get(route, route)


# Export: a list of answers as a table. Pure.

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


def _row(item: Item, reader: str, called: Callable[[str], str]) -> tuple[Cell, ...]:
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


def _verdicts(item: Item, reader: str, called: Callable[[str], str]) -> list[str]:
    """The verdict of each reader on the whole answer."""
    seen = frozen_of(item.seen_by(reader))
    marks = ((called(each.user), each.frozen[ANSWER].verdict) for each in seen)
    return [f"{name} : {LABELS[verdict]}" for name, verdict in marks if verdict]


# Exports: recorded answers, what they say and cite, and what readers found, as tables. Pure.


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
