"""The fiche de synthèse of a dossier: what its pieces state on each subject, word for word. Pure.

Nothing is written but sums: each entry is a span of a piece. Two pieces differ when each gives a
value of the same thing that the other does not: 150 € against 80 €, but not 12 months against 12
and 48, nor a maximum for a year against one for all years.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from assistant.question.topics import (
    WITHIN,
    Topic,
    asks_for_topics,
    said_in,
    topics,
    topics_asked,
)
from assistant.tenders.derogations import Derogation, listed_derogations
from assistant.tenders.general_clauses import AppliedText, EditionSource, applied_texts
from assistant.tenders.priority import USUAL_ORDER, Priority, stated_priority
from assistant.tenders.stated_values import COMPARED, MAIN, StatedValue
from assistant.tenders.statements import (
    Statement,
    is_labelled,
    mentions,
    statements,
)
from assistant.tenders.weights import WHOLE, describe_sum, weights_by_lot
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document
from ingestion.documents.pieces import PieceKind, guess_kind

LINES = (
    *("subject", "buyer", "procedure", "lots", "duration", "renewal", "estimate", "minimum"),
    *("deadline", "criteria", "variants", "retention", "guarantee", "advance", "penalties"),
    *("penalty_cap", "price_form", "revision", "payment_time", "insurance", "subcontracting"),
    *("personal_data", "ccag", "derogations"),
)
"""The topics of the lines (corpus/clauses.toml), in the order of the fiche."""

MOST = 3
"""Entries of one document on one line."""

MOST_COMPARED = 3
"""Values of one entry that are one statement: more are a table of several things."""

FIRST_PAGE = 2000
"""Characters that tell what a document without pages is."""

_OF_CONTRACT = (PieceKind.AE, PieceKind.CCAP, PieceKind.CCP, PieceKind.RC)
"""The pieces that state the terms of the contract and of the procedure."""

_OF_WORK = (
    *(PieceKind.CCTP, PieceKind.BPU, PieceKind.DPGF, PieceKind.DQE, PieceKind.ANNEX),
    PieceKind.OTHER,
)
"""The pieces that describe the work and its prices; answers to questions may change any term."""

_SCATTERED = ("deadline", "guarantee", "price_form", "penalty_cap")
"""The topics that clauses below headings on others state too."""

_HIDDEN = " (texte que la page ne montre pas)"
_RECOGNISED = " (lu par reconnaissance de caractères)"


def located(passage: Passage, start: int, end: int) -> str:
    """Where these characters of a document stand, and that its page does not simply write them."""
    hidden = _HIDDEN if passage.hides(start, end) else ""
    return f"{passage.locator}{hidden}{_RECOGNISED if passage.is_recognised(start, end) else ''}"


class FicheState(StrEnum):
    """What became of a line; the value is French."""

    FOUND = "trouvé"
    ABSENT = "non trouvé"
    DIFFERS = "à vérifier"


@dataclass(frozen=True, slots=True)
class FicheEntry:
    """What a piece states: half-open characters of the passage's document, and their values.

    It has no values where a figure of it was read with doubt: nothing is computed with them.
    """

    piece: PieceKind
    passage: Passage
    start: int
    end: int
    values: tuple[StatedValue, ...]

    @property
    def text(self) -> str:
        """The words of the piece."""
        first = self.passage.start
        return self.passage.text[self.start - first : self.end - first]

    @property
    def located(self) -> str:
        """Where the words stand, and that their page does not simply write them."""
        return located(self.passage, self.start, self.end)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Its figures that were read with doubt."""
        return self.passage.doubts(self.start, self.end)


@dataclass(frozen=True, slots=True)
class FicheLine:
    """A subject and the entries that state it, those of the piece that prevails first.

    `remark` says in French what was computed: the sums of weights, which pieces differ.
    """

    label: str
    entries: tuple[FicheEntry, ...]
    state: FicheState
    remark: str = ""

    @property
    def texts(self) -> Mapping[str, tuple[FicheEntry, ...]]:
        """The entries of each text, which several pieces may repeat."""
        found: dict[str, tuple[FicheEntry, ...]] = {}
        for entry in self.entries:
            found[entry.text] = (*found.get(entry.text, ()), entry)
        return found


@dataclass(frozen=True, slots=True)
class Fiche:
    """The lines, and the order of priority by which their entries stand."""

    lines: tuple[FicheLine, ...]
    priority: Priority


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: PieceKind
    passages: tuple[Passage, ...]


def fiche(
    documents: Sequence[tuple[Document, tuple[Passage, ...]]], day: date | None = None
) -> Fiche:
    """The fiche of a dossier, from its documents and their passages.

    `day` is the dossier's, which tells the edition of a CCAG that no piece tells.
    """
    pieces, priority = _ranked(documents)
    lines = {name: _line(topics()[name], pieces, priority) for name in LINES}
    every = [document for document, _ in documents]
    lines["ccag"] = _with_texts(lines["ccag"], applied_texts(every, day))
    lines["derogations"] = _with_derogations(lines["derogations"], listed_derogations(every))
    return Fiche(tuple(lines.values()), priority)


def _with_texts(line: FicheLine, applied: Sequence[AppliedText]) -> FicheLine:
    """The line on the CCAG, with the one that applies, its edition, and the words that say so."""
    told = [each.describe() for each in applied]
    differs = any(each.source is EditionSource.CONTRADICTED for each in applied)
    state = FicheState.FOUND if applied and not line.entries else line.state
    entries = line.entries or tuple(dict.fromkeys(map(_applying, applied)))
    if differs:
        state = FicheState.DIFFERS
    remark = " ; ".join(filter(None, [line.remark, *told]))
    return replace(line, entries=entries, state=state, remark=remark)


def _applying(applied: AppliedText) -> FicheEntry:
    """The words that name a CCAG."""
    named, family = applied.place, StatedValue("CCAG", applied.text.family)
    end = named.start + len(named.text)
    return FicheEntry(applied.piece, named, named.start, end, (family,))


def _with_derogations(line: FicheLine, listed: Sequence[Derogation]) -> FicheLine:
    """The line on derogations, with which clause derogates from which article."""
    told = (f"art. {each.own} du {each.piece} → {', '.join(each.general)}" for each in listed)
    told_once = dict.fromkeys(told)
    return replace(line, remark=" ; ".join(filter(None, [line.remark, *told_once])))


def disagreements(
    question: str, documents: Sequence[tuple[Document, tuple[Passage, ...]]]
) -> tuple[FicheLine, ...]:
    """The subjects that a question is about and on which the pieces give different values."""
    pieces, priority = _ranked(documents)
    lines = ((topic, _line(topic, pieces, priority)) for topic in topics_asked(question))
    return tuple(line for topic, line in lines if _differing(topic, line.entries))


def stated(
    question: str, documents: Sequence[tuple[Document, tuple[Passage, ...]]]
) -> tuple[FicheEntry, ...]:
    """What the fiche tells of the subject that a question asks for, and for nothing else.

    The values of the first such subject that has any, those of the prevailing piece first. A
    question with a word beside it asks for a case of it, which the fiche does not tell.
    """
    if not asks_for_topics(question):
        return ()
    pieces, priority = _ranked(documents)
    asked = (topic for topic in topics_asked(question) if topic.name in LINES)
    lines = (_line(topic, pieces, priority) for topic in asked)
    valued = (tuple(entry for entry in line.entries if entry.values) for line in lines)
    return next(filter(None, valued), ())


def _ranked(
    documents: Sequence[tuple[Document, tuple[Passage, ...]]],
) -> tuple[list[_Piece], Priority]:
    """The pieces of the buyer, the one that prevails first, and the order that they state."""
    every = [_Piece(_kind(document), passages) for document, passages in documents]
    pieces = _in_order([piece for piece in every if piece.kind in USUAL_ORDER], USUAL_ORDER)
    priority = stated_priority(passage for piece in pieces for passage in piece.passages)
    return _in_order(pieces, (*priority.pieces, *USUAL_ORDER)), priority


def _kind(document: Document) -> PieceKind:
    """What the document was said to be, else what its name and first page say."""
    end = document.pages[0].end if document.pages else FIRST_PAGE
    return document.piece or guess_kind(document.source, document.text[:end]).kind


def _in_order(pieces: Sequence[_Piece], order: Sequence[PieceKind]) -> list[_Piece]:
    return sorted(pieces, key=lambda piece: order.index(piece.kind))


def _line(topic: Topic, pieces: Sequence[_Piece], priority: Priority) -> FicheLine:
    entries = _about(topic, _entries(topic, pieces, statements))
    if not any(entry.values for entry in entries):
        main = [piece for piece in pieces if piece.kind in _OF_CONTRACT]
        mentioned = _entries(topic, main or pieces, mentions)
        valued = tuple(each for each in mentioned if each.values)
        others = (each for each in entries if not any(_holds(other, each) for other in valued))
        entries = (*valued, *others) if entries else mentioned
    weighed = [entry for entry in entries if entry.values and topic.kind == "weights"]
    differing = _differing(topic, entries)
    sums = [each for entry in weighed for each in weights_by_lot(entry.text).values()]
    doubts = list(dict.fromkeys(doubt for entry in entries for doubt in entry.doubts))
    if not entries:
        state = FicheState.ABSENT
    elif doubts or differing or any(sum(each) != WHOLE for each in sums):
        state = FicheState.DIFFERS
    else:
        state = FicheState.FOUND
    remarks = [*map(_sum, weighed), *_verdict(differing, priority), *map(_doubt, doubts)]
    return FicheLine(topic.label, entries, state, " ; ".join(remarks))


def _entries(
    topic: Topic, pieces: Sequence[_Piece], read: Callable[[Topic, Passage], Sequence[Statement]]
) -> tuple[FicheEntry, ...]:
    """What the pieces state, of each the passages that are most about the topic."""
    found: list[FicheEntry] = []
    for piece in pieces:
        stated: dict[int, FicheEntry] = {}  # by start: the passages of a long text overlap
        for passage in sorted(piece.passages, key=lambda passage: -said_in(topic, passage)):
            for each in read(topic, passage):
                start, end = passage.start + each.span.start, passage.start + each.span.end
                values = () if passage.doubts(start, end) else each.values
                stated.setdefault(start, FicheEntry(piece.kind, passage, start, end, values))
        kept = sorted(stated.values(), key=_is_beside)[:MOST]
        found += sorted(kept, key=lambda entry: (_is_beside(entry), entry.start))
    return tuple(found)


def _is_beside(entry: FicheEntry) -> bool:
    """Whether nothing in an entry is said of the contract itself."""
    return not any(MAIN in value.part.split() for value in entry.values)


def _holds(one: FicheEntry, other: FicheEntry) -> bool:
    """Whether an entry has all the words of another."""
    is_same = one.passage.document_id == other.passage.document_id
    return is_same and one.start <= other.start and other.end <= one.end


def _about(topic: Topic, entries: Sequence[FicheEntry]) -> tuple[FicheEntry, ...]:
    """The entries without those of clauses on something else, where others state the topic.

    In one piece, those below a heading on the topic; of a piece that describes the work, those of
    a passage with no such heading give way to what the contract says.
    """
    headed = {entry.passage.document_id for entry in entries if _is_headed(topic, entry)}
    is_told = any(entry.piece in _OF_CONTRACT for entry in entries)
    return tuple(
        entry
        for entry in entries
        if (_is_headed(topic, entry) and not (topic.kind == "weights" and entry.piece in _OF_WORK))
        or (
            (topic.name in _SCATTERED or entry.passage.document_id not in headed)
            and not (is_told and entry.piece in _OF_WORK and MAIN not in topic.parts)
        )
    )


def _is_headed(topic: Topic, entry: FicheEntry) -> bool:
    """Whether a heading above an entry, or its label, names the topic."""
    return said_in(topic, entry.passage) >= WITHIN or is_labelled(topic, entry.text)


def _differing(topic: Topic, entries: Sequence[FicheEntry]) -> tuple[PieceKind, ...]:
    """The pieces that give a value which another contradicts, in the order of the entries."""
    given: dict[tuple[str, str], dict[PieceKind, set[StatedValue]]] = {}
    for entry in entries:
        for value in _compared(topic, entry):
            if value.unit in COMPARED.get(topic.kind, {value.unit}):
                alike = given.setdefault((value.unit, value.part), {})
                alike.setdefault(entry.piece, set()).add(value)
    apart = {
        kind
        for alike in given.values()
        for kind, one in alike.items()
        if any(one - other and other - one for other in alike.values())
    }
    return tuple(dict.fromkeys(entry.piece for entry in entries if entry.piece in apart))


def _compared(topic: Topic, entry: FicheEntry) -> tuple[StatedValue, ...]:
    """The values of an entry that those of another piece may contradict: of a long list none."""
    if MAIN not in topic.parts:
        return entry.values
    main = tuple(value for value in entry.values if MAIN in value.part.split())
    return main if len(set(main)) <= MOST_COMPARED else ()


def _verdict(differing: Sequence[PieceKind], priority: Priority) -> list[str]:
    if not differing:
        return []
    said = f"{', '.join(differing)} : valeurs différentes"
    first, *others = priority.prevailing(differing) or differing
    is_settled = others and first in priority.pieces
    return [f"{said} ; {first} prévaut sur {', '.join(others)}" if is_settled else said]


def _doubt(figure: str) -> str:
    return f"chiffre lu avec doute, vérifiez sur l’image : « {' '.join(figure.split())} »"


def _sum(entry: FicheEntry) -> str:
    """The sum of the weights, as it is computed, of each lot where a table has several."""
    said = []
    for lot, found in weights_by_lot(entry.text).items():
        verdict = "" if sum(found) == WHOLE else f", et non {WHOLE}"
        place = ", ".join(filter(None, (entry.passage.locator, lot)))
        said.append(f"{place} : {describe_sum(found)}{verdict}")
    return " ; ".join(said)


# A fiche as plain JSON: the contract of `dossier fiche` for programs. Pure.


def fiche_fields(fiche: Fiche) -> dict[str, Any]:
    """A fiche as programs read it; offsets are half-open characters of the document's text."""
    return {
        "priority": {"pieces": list(fiche.priority.pieces), "locator": fiche.priority.locator},
        "lines": [
            {
                "name": name,
                "label": line.label,
                "state": line.state,
                "remark": line.remark,
                "entries": [_entry_fields(entry) for entry in line.entries],
            }
            for name, line in zip(LINES, fiche.lines, strict=True)
        ],
    }


def _entry_fields(entry: FicheEntry) -> dict[str, Any]:
    return {
        "piece": entry.piece,
        "locator": entry.passage.locator,
        "source": entry.passage.source,
        "document": entry.passage.document_id,
        "start": entry.start,
        "end": entry.end,
        "text": entry.text,
        "values": [{"unit": value.unit, "written": value.written} for value in entry.values],
        **reading_fields(entry.passage, entry.start, entry.end),
    }


def reading_fields(passage: Passage, start: int, end: int) -> dict[str, Any]:
    """That no page shows some of these characters, or which were read from a picture or doubted."""
    told = {
        "hidden": passage.hides(start, end),
        "recognised": passage.is_recognised(start, end),
        "doubts": list(passage.doubts(start, end)),
    }
    return {name: value for name, value in told.items() if value}
