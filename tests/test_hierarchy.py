from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.law.hierarchy import LABELS, Rank, rank_of
from assistant.question.language import Language
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.chunking.passages import Passage
from ingestion.readers.documents import Kind
from ingestion.tenders.pieces import PieceKind
from tests.passage_texts import evidence_of
from tests.small_index import answering_embedder

ANY = evidence_of("Un texte.").passage


def _article(reference: str, locator: str | None = None) -> Passage:
    return replace(ANY, references=(reference,), locator=locator or f"art. {reference}")


@pytest.mark.parametrize(
    ("passage", "rank"),
    [
        (_article("L2151-2"), Rank.LAW),
        (_article("R2151-8"), Rank.DECREE),
        (_article("D2131-5-1"), Rank.DECREE),
        (_article("A15"), Rank.ORDER),
        (_article("Annexe 2", "Annexe 2"), Rank.ORDER),
        (_article("1101"), None),
        (
            replace(ANY, references=("CCAG-FCS 14",), locator="CCAG-FCS, art. 14"),
            Rank.GENERAL_CLAUSE,
        ),
        (
            replace(ANY, kind=Kind.TENDER, references=("CCAP 12",), locator="CCAP, art. 12"),
            Rank.CLAUSE,
        ),
        (replace(ANY, kind=Kind.TENDER, locator="CCAG-FCS, art. 14"), Rank.CLAUSE),
        (replace(ANY, kind=Kind.TENDER, piece=PieceKind.OFFER), Rank.OFFER),
        (replace(ANY, kind=Kind.INVOICES), None),
        (replace(ANY, locator="Guide d'achat"), None),
        (replace(ANY, locator="Petits achats", state_date=date(2026, 8, 23)), Rank.SHEET),
        (
            replace(ANY, locator="CCAG-FCS, art. 14, fiche « Pénalités »", state_date=date.min),
            Rank.SHEET,
        ),
    ],
)
def test_each_text_has_its_rank(passage: Passage, rank: Rank | None) -> None:
    assert rank_of(passage) is rank


def test_a_sheet_about_an_article_is_not_the_article(small_home: Path) -> None:
    store = SnapshotHolder(small_home, answering_embedder()).current().store
    ranks = {passage.locator: rank_of(passage) for passage in store.all_passages()}
    assert ranks["art. R2192-10"] is Rank.DECREE
    assert ranks["art. R2122-8, fiche « Petits achats »"] is Rank.SHEET


def test_every_rank_has_its_label_in_both_languages() -> None:
    for language in Language:
        assert LABELS[language].keys() == set(Rank)
