"""Which CCAG a dossier refers to, read from its pieces; nothing is guessed. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.question.language import fold_text
from assistant.question.topics import topics
from assistant.tenders.clauses import DossierClause, clauses_of
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import SentenceSpan, units
from ingestion.documents.document import Document
from ingestion.documents.general_clauses import CCAG, GeneralText, edition_on, general_texts_named
from ingestion.documents.pieces import PieceKind

_DENIES = re.compile(r"\b(?:n'|ne )[^.;]{0,30}?\b(?:pas|plus|aucun)\b[^.;]{0,30}?\b(?:appli|ccag)")


_CALLED_SO = re.compile(r"(?i)(?<=\b)celui(?= (?:applicable aux |des |de la ))")
_ITS_ORDER = re.compile(r"(?i);(?= ?arrêté du )")
_GENERAL = re.compile(r"(?i)\bc\.?c\.?a\.?g\b|clauses administratives générales")


def with_general_texts(written: str) -> str:
    """A text that names each CCAG in full, of the same length. Pure.

    "Le CCAG est celui des prestations intellectuelles" names one, and the order that follows it,
    even after a semicolon, is its own.
    """
    if not _GENERAL.search(written):
        return written
    return _ITS_ORDER.sub(",", _CALLED_SO.sub("CCAG ", written))


class EditionSource(StrEnum):
    """What tells the edition of a CCAG."""

    PIECES = "pieces"
    DAY = "day"
    NOTHING = "nothing"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class AppliedText:
    """A CCAG that the pieces make applicable, and where they say so.

    Its edition is None where nothing tells it, or where pieces name several (`editions`). Its
    `place` is the sentence or the item that makes it applicable.
    """

    text: GeneralText
    source: EditionSource
    locator: str
    piece: PieceKind
    place: Passage
    editions: tuple[int, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether its clauses may be cited for the dossier."""
        return self.text.edition is not None

    def describe(self) -> str:
        """The text in French, and what tells its edition."""
        if self.source is EditionSource.CONTRADICTED:
            years = " et ".join(map(str, self.editions))
            return f"{self.text.family}, éditions différentes dans les pièces ({years})"
        if self.source is EditionSource.NOTHING:
            return f"{self.text.family} ({self.locator}), édition non dite"
        by_day = self.source is EditionSource.DAY
        told = f"{self.locator} ; édition d’après la date de l’avis" if by_day else self.locator
        return f"{self.text} ({told})"


@dataclass(frozen=True, slots=True)
class _Mention:
    text: GeneralText
    locator: str
    piece: PieceKind
    place: Passage
    applies: bool


def applied_texts(documents: Iterable[Document], day: date | None) -> tuple[AppliedText, ...]:
    """The CCAG that a dossier refers to, in the order of their families.

    Those that a piece says to be applicable or approved, else the only one that pieces name. The
    edition is the one that pieces name, else that of the dossier's day.
    """
    mentions = [each for clause in clauses_of(documents) for each in _mentions(clause)]
    named = {each.text.family for each in mentions} - {CCAG}
    stated = {each.text.family for each in mentions if each.applies} - {CCAG}
    families = stated or (named if len(named) == 1 else set())
    return tuple(
        _applied(family, mentions, day, is_alone=len(families) == 1) for family in sorted(families)
    )


def _applied(
    family: str, mentions: Sequence[_Mention], day: date | None, *, is_alone: bool
) -> AppliedText:
    """One of the texts; where it is alone, "le CCAG de 2021" is said of it too."""
    mine = [each for each in mentions if each.text.family == family]
    about = [each for each in mentions if each in mine or (is_alone and each.text.family == CCAG)]
    said = {each.text.edition: each for each in reversed(about) if each.text.edition}
    first = next((each for each in mine if each.applies), mine[0])
    if len(said) == 1:
        [(edition, mention)] = said.items()
        text, told = GeneralText(family, edition), EditionSource.PIECES
        return AppliedText(text, told, mention.locator, first.piece, first.place)
    if said:
        editions = tuple(sorted(said))
        contradicted = EditionSource.CONTRADICTED
        text = GeneralText(family)
        return AppliedText(text, contradicted, first.locator, first.piece, first.place, editions)
    of_day = edition_on(day, family) if day else None
    source = EditionSource.DAY if of_day else EditionSource.NOTHING
    text = GeneralText(family, of_day)
    return AppliedText(text, source, first.locator, first.piece, first.place)


def _mentions(clause: DossierClause) -> Iterator[_Mention]:
    """The CCAG that a clause names, but for those that it says do not apply.

    What is derogated from is named, and not said to apply.
    """
    topic, text = topics()["ccag"], clause.passage.text
    for unit in units(text):
        written = text[unit.start : unit.end]
        said = fold_text(written)
        if _DENIES.search(said):
            continue
        applies = bool(topic.states.search(said)) and not topic.unless.search(said)
        for each in general_texts_named(with_general_texts(written)):
            named = SentenceSpan(unit.start + each.start, unit.start + each.end)
            place = clause.sentences_of(named)
            yield _Mention(each.text, clause.passage.locator, clause.piece, place, applies)
