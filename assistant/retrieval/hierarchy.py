"""Hierarchy: the rank of a passage among the texts, from the law down to our own sheets. Pure."""

from enum import StrEnum

from assistant.question.language import Language
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind
from ingestion.documents.general_clauses import CCAG, GeneralText, edition_on, general_text_of
from ingestion.documents.pieces import PieceKind, find_piece


class Rank(StrEnum):
    """What kind of text a passage is; the first three are articles, highest first."""

    LAW = "law"
    DECREE = "decree"
    ORDER = "order"
    GENERAL_CLAUSE = "general clause"
    CLAUSE = "clause"
    OFFER = "offer"
    SHEET = "sheet"
    RULING = "ruling"


ARTICLES = frozenset({Rank.LAW, Rank.DECREE, Rank.ORDER})

RANK_LABELS = {
    Language.FRENCH: {
        Rank.LAW: "loi",
        Rank.DECREE: "décret",
        Rank.ORDER: "arrêté ou avis annexé",
        Rank.GENERAL_CLAUSE: "CCAG, si le marché y renvoie",
        Rank.CLAUSE: "pièce du marché",
        Rank.OFFER: "écrit par un candidat",
        Rank.SHEET: "fiche, sans valeur juridique",
        Rank.RULING: "décision de justice, pas la règle",
    },
    Language.ENGLISH: {
        Rank.LAW: "law",
        Rank.DECREE: "decree",
        Rank.ORDER: "order or annexed notice",
        Rank.GENERAL_CLAUSE: "CCAG, where the contract refers to it",
        Rank.CLAUSE: "contract document",
        Rank.OFFER: "written by a tenderer",
        Rank.SHEET: "sheet, without legal value",
        Rank.RULING: "court decision, not the rule",
    },
}
"""A rank in a few words for the reader."""

_OF_LETTER = {"L": Rank.LAW, "R": Rank.DECREE, "D": Rank.DECREE, "A": Rank.ORDER}
"""Of an article, by its first letter; "Annexe 2" is an order or a notice annexed to a code."""


def rank_of(passage: Passage) -> Rank | None:
    """The rank of a passage; None where nothing tells, as for invoices and undated guides.

    An article is located by its own reference alone; a sheet says when its author checked it.
    """
    if passage.piece is PieceKind.OFFER:
        return Rank.OFFER
    if passage.kind is Kind.TENDER:
        return Rank.CLAUSE
    if passage.kind is Kind.RULINGS:
        return Rank.RULING
    if passage.kind is not Kind.RULES:
        return None
    named = passage.references[0] if passage.references else passage.locator
    if named.startswith(CCAG) and "fiche «" not in passage.locator:
        return Rank.GENERAL_CLAUSE
    if passage.references == (passage.locator.removeprefix("art. "),):
        return _OF_LETTER.get(passage.references[0][0])
    return Rank.SHEET if passage.state_date else None


def general_text(passage: Passage) -> GeneralText | None:
    """The CCAG that a passage is a clause of, with its edition where its title or days tell it."""
    if rank_of(passage) is not Rank.GENERAL_CLAUSE:
        return None
    named = general_text_of(passage.title)
    family = named.family if named else find_piece(passage.locator) or CCAG
    edition = named.edition if named else None
    if edition is None and passage.valid_from:
        edition = edition_on(passage.valid_from, family)
    return GeneralText(family, edition)
