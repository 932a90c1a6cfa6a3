"""Dossiers for the tests of the review: the built-in one, corrected, or written by a test."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from assistant.tenders.conformity.review import review
from assistant.tenders.conformity.rules import ConformityFinding
from ingestion.documents.document import Document, Heading, Kind, Page
from ingestion.tenders.dossiers import Dossier
from tests.support import dossier_files
from tests.support.dossier_files import built_in
from tests.support.fake_law import FakeLaw

SENT = date(2026, 10, 8)
TODAY = date(2026, 11, 24)
CORRECTIONS: Mapping[str, Sequence[tuple[str, str]]] = {
    "RC.pdf": (("suivi (7 %) | 25 %", "suivi (7 %) | 30 %"),),
    "CCAP.pdf": (
        ("retenue de garantie de 7 %", "retenue de garantie de 5 %"),
        (
            "14.3 | 14.1.2 | Plafond des pénalités de retard",
            "14.3 | 14.1.2 | Plafond\n14.4 | 14.1.3 | Exonération",
        ),
    ),
    "CCTP.pdf": (("80 € par jour ouvré", "150 € par jour calendaire"),),
    "AE.docx": (
        ("lundi 23 novembre 2026", "vendredi 20 novembre 2026"),
        ("tacitement deux fois", "tacitement trois fois"),
        ("trente-six mois", "quarante-huit mois"),
    ),
}
"""What makes the built-in dossier right, a file at a time."""

_Spanned = TypeVar("_Spanned", Heading, Page)


class FakeCode(FakeLaw):
    """A law that states every constant and has each article in force every day.

    `other` has the articles that are otherwise: their versions, or none.
    """

    other: Mapping[str, Sequence[Document]] = {}

    def versions(self, reference: str) -> Sequence[Document]:
        return self.other.get(reference, (article(reference, "Un texte."),))


def article(
    reference: str, text: str, begins: date | None = None, ends: date | None = None
) -> Document:
    """A version of an article."""
    return Document(
        f"{reference} {begins}",
        "Code de la commande publique",
        "code.jsonl",
        Kind.RULES,
        text,
        reference=reference,
        valid_from=begins,
        valid_to=ends,
    )


def builtin_documents() -> tuple[Document, ...]:
    """The fictional dossier as it is read."""
    return tuple(document for document, _ in built_in())


def corrected_documents() -> tuple[Document, ...]:
    """The fictional dossier without its contradictions and irregularities."""
    return tuple(
        _corrected(document, CORRECTIONS.get(document.source, ()))
        for document in builtin_documents()
    )


def piece(name: str, text: str) -> Document:
    """A piece in Markdown."""
    return dossier_files.piece(f"{name}.md", text)[0]


def found_in(
    pieces: Mapping[str, str], code: FakeCode | None = None, description: Dossier | None = None
) -> tuple[ConformityFinding, ...]:
    """What a review finds in pieces written by a test."""
    documents = tuple(piece(name, text) for name, text in pieces.items())
    return review(documents, code or FakeCode(SENT), TODAY, description or Dossier("essai"))


def found_by(
    rule: str,
    pieces: Mapping[str, str],
    code: FakeCode | None = None,
    description: Dossier | None = None,
) -> list[ConformityFinding]:
    """What one rule finds in them."""
    return [each for each in found_in(pieces, code, description) if rule in each.rules]


def _corrected(document: Document, corrections: Sequence[tuple[str, str]]) -> Document:
    for old, new in corrections:
        assert old in document.text, (document.source, old)
        while old in document.text:
            document = _replaced(document, document.text.index(old), old, new)
    return document


def _replaced(document: Document, at: int, old: str, new: str) -> Document:
    """The document with other characters, and its headings and pages where they then stand."""

    def moved(offset: int) -> int:
        return offset if offset <= at else offset + len(new) - len(old)

    return replace(
        document,
        text=f"{document.text[:at]}{new}{document.text[at + len(old) :]}",
        headings=_moved(document.headings, moved),
        pages=_moved(document.pages, moved),
    )


def _moved(spanned: Sequence[_Spanned], moved: Callable[[int], int]) -> tuple[_Spanned, ...]:
    return tuple(replace(each, start=moved(each.start), end=moved(each.end)) for each in spanned)
