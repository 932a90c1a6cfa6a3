"""Clauses: pieces cut at their headings, and the quantities, days and names they state. Pure."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from assistant.calculators.amounts import euros, numeral, percent
from assistant.question.quantities import fold_same_length
from assistant.tenders.conformity.rules import RuleValue, Where
from assistant.tenders.folding import bare
from assistant.tenders.quantities import stated_quantities
from ingestion.chunking.passages import Passage, passages_of
from ingestion.chunking.places import page_numbers, place_of
from ingestion.chunking.sentences import SentenceSpan, sentences, units
from ingestion.documents.document import Document
from ingestion.documents.pieces import PieceKind, guess_kind

# Canonical texts: what patterns are matched against, and where its characters come from. Pure.
#
# A canonical text is in lower case without accents, its quantities as `{5 euro}`, line by line.


@dataclass(frozen=True, slots=True)
class _Part:
    """Where a stretch of canonical text begins, and the characters that it stands for."""

    begins: int
    start: int
    end: int
    is_quantity: bool = False


@dataclass(frozen=True, slots=True)
class Canonical:
    """A canonical text with its origin."""

    text: str
    parts: tuple[_Part, ...]

    def origin(self, start: int, end: int) -> SentenceSpan:
        """The half-open characters of the text as written; a quantity is never cut."""
        first, last = self._part(start), self._part(end - 1)
        begins = first.start if first.is_quantity else first.start + start - first.begins
        return SentenceSpan(
            begins, last.end if last.is_quantity else last.start + end - last.begins
        )

    def _part(self, position: int) -> _Part:
        return self.parts[bisect_right(self.parts, position, key=lambda part: part.begins) - 1]


def canonical(text: str) -> Canonical:
    """The canonical text of a text, as long in lines."""
    written: list[str] = []
    parts: list[_Part] = []
    length = 0
    for characters, start, end, is_quantity in _stretches(text):
        parts.append(_Part(length, start, end, is_quantity))
        written.append(characters)
        length += len(characters)
    return Canonical("".join(written), tuple(parts))


def _stretches(text: str) -> Iterator[tuple[str, int, int, bool]]:
    """What is written, the characters that it stands for, and whether it is a quantity."""
    begins = 0
    for line in text.split("\n"):
        read, position = bare(line), 0
        for quantity in stated_quantities(fold_same_length(line)):
            yield read[position : quantity.start], begins + position, begins + quantity.start, False
            token = f"{{{quantity.key}}}"
            yield token, begins + quantity.start, begins + quantity.end, True
            position = quantity.end
        yield f"{read[position:]}\n", begins + position, begins + len(line) + 1, False
        begins += len(line) + 1


# Clauses: the pieces of a dossier cut at their headings, and the words found in them. Pure.

_WHOLE = 10**9  # characters: a clause is never cut


@dataclass(frozen=True)
class DossierClause:
    """The text between two headings of a piece; its `canonical` text is made once it is read."""

    piece: PieceKind
    document: Document
    passage: Passage

    @cached_property
    def canonical(self) -> Canonical:
        """The canonical text of its passage."""
        return canonical(self.passage.text)

    @property
    def title(self) -> str:
        """The nearest heading in lower case without accents, empty above the first one."""
        return bare(self.passage.headings[-1]) if self.passage.headings else ""

    @property
    def number(self) -> str:
        """The number that its heading gives it ("14.4"), empty when there is none."""
        return self.passage.references[0].split()[-1] if self.passage.references else ""

    @property
    def has_doubts(self) -> bool:
        """Whether some figure in it was read with doubt."""
        return bool(self.passage.doubts(self.passage.start, self.passage.end))

    def says(self, patterns: Iterable[re.Pattern[str]]) -> bool:
        """Whether one of these is found in its text or its heading."""
        return any(each.search(self.canonical.text) or each.search(self.title) for each in patterns)

    def matches(self, patterns: Iterable[re.Pattern[str]]) -> Iterator[re.Match[str]]:
        """Where these are found in its text."""
        return (match for each in patterns for match in each.finditer(self.canonical.text))

    def place(self, match: re.Match[str]) -> Passage:
        """The sentences, items or rows that a match is in, as a passage of their own."""
        return self.sentences_of(self.canonical.origin(*match.span()))

    def doubts(self, match: re.Match[str]) -> bool:
        """Whether a figure that a match says was read with doubt."""
        words, start = self.canonical.origin(*match.span()), self.passage.start
        return bool(self.passage.doubts(start + words.start, start + words.end))

    def sentences_of(self, words: SentenceSpan) -> Passage:
        """The same for some characters of its text."""
        return self.words(_touched(sentences(self.passage.text), words))

    def around(self, match: re.Match[str]) -> str:
        """The canonical text of the sentence, or the whole list, that a match is in."""
        words = self.canonical.origin(*match.span())
        touched = _touched(units(self.passage.text), words)
        return canonical(self.passage.text[touched.start : touched.end]).text

    def beside(self, place: Passage) -> str:
        """The canonical text, on one line, of the heading, the lead of the list and the words."""
        start = place.start - self.passage.start
        unit = _touched(units(self.passage.text), SentenceSpan(start, start + len(place.text)))
        lead = self.passage.text[unit.start : unit.end].partition("\n")[0]
        return canonical(f"{self.title} {lead} {place.text}".replace("\n", " ")).text

    def words(self, span: SentenceSpan) -> Passage:
        """Some characters of its text as a passage of their own, located by themselves."""
        start, end = self.passage.start + span.start, self.passage.start + span.end
        first_page, last_page = page_numbers(self.document, start, end) or (None, None)
        return replace(
            self.passage,
            id=f"{self.document.id[:16]}:{start}-{end}",
            locator=place_of(self.document, self.passage.headings, start, end).locator,
            text=self.document.text[start:end],
            start=start,
            end=end,
            first_page=first_page,
            last_page=last_page,
        )


def _touched(spans: Iterable[SentenceSpan], words: SentenceSpan) -> SentenceSpan:
    """From the first to the last of these spans that hold some of the words."""
    touched = [each for each in spans if each.start < words.end and words.start < each.end]
    return SentenceSpan(touched[0].start, touched[-1].end) if touched else words


def clauses_of(documents: Iterable[Document]) -> tuple[DossierClause, ...]:
    """The clauses of the buyer's pieces, in order; what suppliers wrote is left out."""
    return tuple(
        DossierClause(piece, document, passage)
        for document in documents
        if (piece := piece_of(document)) is not PieceKind.OFFER
        for passage in passages_of(document, size=_WHOLE, overlap=0)
    )


def piece_of(document: Document) -> PieceKind:
    """Which piece a document is, guessed from its name and first page where nobody has said it."""
    end = document.pages[0].end if document.pages else len(document.text)
    return document.piece or guess_kind(document.source, document.text[:end]).kind


def of_pieces(
    clauses: Sequence[DossierClause], pieces: Collection[PieceKind]
) -> tuple[DossierClause, ...]:
    """Those of certain pieces."""
    return tuple(clause for clause in clauses if clause.piece in pieces)


# Values: the quantities, days and names that the pieces of a dossier state. Pure.

Stated = Decimal | date | str

_DAY, _NAME, _PERCENT = "date", "name", "percent"
_WORDS = {
    "day": "jours",
    "hour": "heures",
    "month": "mois",
    "times": "fois",
    "point": "points",
    "count": "",
}


@dataclass(frozen=True, slots=True)
class ValueReading:
    """A value as a piece states it, in the unit of its kind, and the words that state it.

    `is_doubtful` when it was read from a picture with little confidence.
    """

    value: Stated
    piece: PieceKind
    place: Passage
    is_doubtful: bool = False


def readings(value: RuleValue, clauses: Sequence[DossierClause]) -> tuple[ValueReading, ...]:
    """What the pieces state, in their order, the same words once.

    Of values of which the highest counts, those that are doubtful are kept besides.
    """
    every = tuple(dict.fromkeys(_read(value, value.says, clauses)))
    if not value.highest:
        return every
    numbered = dict.fromkeys(_read(value, value.numbered, clauses))
    every += _beyond(every, tuple(numbered))
    tops = {piece: max(_of(piece, every)) for piece in {each.piece for each in every}}
    return tuple(each for each in every if each.is_doubtful or each.value == tops[each.piece])


def _read(
    value: RuleValue, patterns: Iterable[re.Pattern[str]], clauses: Sequence[DossierClause]
) -> Iterator[ValueReading]:
    return (
        ValueReading(stated, clause.piece, clause.place(match), clause.doubts(match))
        for clause in looked_at(value.where, clauses)
        for match in clause.matches(patterns)
        if (stated := _stated(match, value.unit)) is not None
    )


def _beyond(
    counted: Sequence[ValueReading], numbered: Sequence[ValueReading]
) -> tuple[ValueReading, ...]:
    """The numbers above every count; none where a piece that counts numbers otherwise itself."""
    counting = {each.piece for each in counted}
    most = max((number for piece in counting for number in _of(piece, counted)), default=None)
    beyond = tuple(
        each
        for each in numbered
        if most is not None and isinstance(each.value, Decimal) and each.value > most
    )
    return () if counting & {each.piece for each in beyond} else beyond


def _of(piece: PieceKind, found: Iterable[ValueReading]) -> Iterator[Decimal]:
    return (r.value for r in found if r.piece is piece and isinstance(r.value, Decimal))


def looked_at(where: Where, clauses: Sequence[DossierClause]) -> tuple[DossierClause, ...]:
    """The clauses of these pieces under such a heading or saying such things, all without both."""
    mine = of_pieces(clauses, where.pieces)
    if not where.heading and not where.about:
        return mine
    return tuple(
        clause
        for clause in mine
        if any(each.search(clause.title) for each in where.heading)
        or any(each.search(clause.canonical.text) for each in where.about)
    )


def exact(captured: str, unit: str) -> Decimal:
    """A quantity of a canonical text in the unit of its kind: "1/20" is 5 percent."""
    value = Fraction(captured) * (100 if unit == _PERCENT else 1)
    return Decimal(value.numerator) / value.denominator


def written(value: Stated, unit: str) -> str:
    """A value as French texts write it."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, str):
        return value
    if unit == "euro":
        return euros(value)
    return percent(value) if unit == _PERCENT else f"{numeral(value)} {_WORDS[unit]}".rstrip()


def listed(values: Iterable[Stated], unit: str) -> str:
    """Values one after the other, each once."""
    return ", ".join(written(each, unit) for each in dict.fromkeys(values))


def _stated(match: re.Match[str], unit: str) -> Stated | None:
    """The value captured; None for a day that no calendar has."""
    captured = match["value"]
    if unit == _NAME:
        return captured
    if unit == _DAY:
        try:
            return date.fromisoformat(captured)
        except ValueError:
            return None
    return exact(captured, unit)
