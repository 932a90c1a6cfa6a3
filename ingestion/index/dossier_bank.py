"""The bank's tender dossiers: fictional pieces, and what buyers and firms ask of them.

The pieces are ours, so that the answering words stand in full beside each question.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from ingestion.documents.document import Document, Kind
from ingestion.index.question_bank import Form, Style, read_lines
from ingestion.index.questions import LeadingQuestion
from ingestion.library.corpus import CORPUS
from ingestion.readers.reading import read_file

DOSSIERS = CORPUS / "questions" / "dossiers"
ANSWERED, UNANSWERED = "questions.jsonl", "sans-reponse.jsonl"

HELD_OUT = frozenset(
    {
        "demarches-en-ligne-metropole-arvernoise",
        "equipements-tunnel-departement-hautvalais",
        "logiciel-etat-civil-sarrelune",
        "navires-desserte-iles-du-ponant-gris",
    }
)
"""The dossiers from which nothing is learnt."""


class LackingClause(StrEnum):
    """Why a dossier does not answer a question on its own subject."""

    FIGURE = "figure"
    CLAUSE = "clause"
    LATER = "later"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class DossierQuestion:
    """A question that a piece answers, such as "CCAP", by these of its words, in their order.

    The `wordings` are the same question as other people would ask it.
    """

    id: str
    question: str
    piece: str
    quotes: tuple[str, ...]
    form: Form
    style: Style
    lead: str
    wordings: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """All the ways in which it is asked."""
        return (self.question, *self.wordings)


@dataclass(frozen=True, slots=True)
class UnansweredDossierQuestion:
    """A question on the subject that no piece answers, and the piece nearest to it."""

    id: str
    question: str
    piece: str
    lacking: LackingClause


@dataclass(frozen=True, slots=True)
class BankDossier:
    """A dossier of the bank: its pieces as they are read, and its questions."""

    name: str
    pieces: tuple[Document, ...]
    questions: tuple[DossierQuestion, ...]
    unanswered: tuple[UnansweredDossierQuestion, ...]

    @property
    def is_held_out(self) -> bool:
        """Whether nothing may be learnt from it."""
        return self.name in HELD_OUT

    def piece(self, name: str) -> Document:
        """The piece of this name; raises StopIteration when there is none."""
        return next(each for each in self.pieces if Path(each.source).stem == name)

    def spans(self, question: DossierQuestion) -> tuple[tuple[int, int], ...]:
        """The half-open offsets of the answering words in their piece.

        Raises ValueError when the piece does not have them.
        """
        text = self.piece(question.piece).text
        starts = [text.index(quote) for quote in question.quotes]
        return tuple(
            (start, start + len(quote))
            for start, quote in zip(starts, question.quotes, strict=True)
        )


_answered = TypeAdapter(DossierQuestion)
_unanswered = TypeAdapter(UnansweredDossierQuestion)


def asked_of_dossiers(folder: Path = DOSSIERS) -> tuple[LeadingQuestion, ...]:
    """What is asked of the bank's dossiers, but of those held out.

    A question that its dossier answers leads to it, by its name; the others lead to nothing. Raises
    IngestionError naming the line that is not such a question.
    """
    found = []
    for of in sorted(folder.glob("*/")):
        if of.name not in HELD_OUT:
            answered = read_lines(of / ANSWERED, _answered)
            found += [LeadingQuestion(each.question, (of.name,)) for each in answered]
            lacking = read_lines(of / UNANSWERED, _unanswered)
            found += [LeadingQuestion(each.question, ()) for each in lacking]
    return tuple(found)


def read_dossiers(folder: Path = DOSSIERS) -> tuple[BankDossier, ...]:
    """Every dossier of the bank, in the order of their names; none without the folder.

    Raises IngestionError naming the line that is not such a question.
    """
    return tuple(_dossier(each) for each in sorted(folder.glob("*/")))


def _dossier(folder: Path) -> BankDossier:
    read = (read_file(path, path.name, Kind.TENDER) for path in sorted(folder.glob("*.md")))
    pieces = tuple(
        replace(document, dossier=folder.name) for each in read for document in each.documents
    )
    return BankDossier(
        folder.name,
        pieces,
        tuple(read_lines(folder / ANSWERED, _answered)),
        tuple(read_lines(folder / UNANSWERED, _unanswered)),
    )
