"""The rank of texts, when a sentence applies, and as of which days an index is right."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assistant.law.state_dates import state_counts, state_range
from assistant.law.validity import applies, speaks_for
from assistant.question.language import Language
from assistant.retrieval.hierarchy import RANK_LABELS, Rank, rank_of
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind
from ingestion.documents.pieces import PieceKind
from ingestion.index.store import Manifest
from tests.support.passage_texts import evidence_of
from tests.support.small_index import answering_embedder

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
        assert RANK_LABELS[language].keys() == set(Rank)


# Validity


EVE, DAY, NEXT = date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 2)


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("Avant le 1er avril 2026, le seuil était de 40 000 € HT.", (True, False, False)),
        ("Le seuil est de 40 000 € jusqu'au 1er avril 2026.", (True, True, False)),
        ("Le seuil est de 40 000 € jusqu’au 1er avril 2026 inclus.", (True, True, False)),
        ("Le seuil est de 60 000 € depuis le 1er avril 2026.", (False, True, True)),
        ("À compter du 1er avril 2026, le seuil est de 60 000 €.", (False, True, True)),
        ("À partir du 2 avril 2026, le seuil est de 60 000 €.", (False, False, True)),
        ("A compter du 1er avril 2026, le seuil est de 60 000 €.", (False, True, True)),
        ("Dès le 1er avril 2026, le seuil est de 60 000 €.", (False, True, True)),
        ("À compter du 01/04/2026, le seuil est de 60 000 €.", (False, True, True)),
        ("Jusqu'au 1er fevrier 2026, le seuil était autre.", (False, False, False)),
        ("Du 1er avril 2026 au 1er avril 2026, un jour seulement.", (False, True, False)),
        ("Du 1er janvier au 1er avril 2026, le seuil est de 40 000 €.", (True, True, False)),
        ("Du 01/04/2026 au 02/04/2026, deux jours seulement.", (False, True, True)),
        ("Les arrêtés des 2 avril 2026 et 3 avril 2026 fixent le seuil.", (True, True, True)),
        ("Avant le 31/06/2026, le seuil était autre.", (True, True, True)),
        ("DEPUIS LE 1ER AVRIL 2026, le seuil change.", (False, True, True)),
        ("Depuis le 1er avril\n2026, le seuil change.", (False, True, True)),
        ("Depuis le 1er\u00a0avril\u00a02026, le seuil change.", (False, True, True)),
        (
            "Depuis le 1er avril 2026 et jusqu'au 1er avril 2026, un jour seulement.",
            (False, True, False),
        ),
        ("Le seuil est de 60 000 € HT.", (True, True, True)),
        ("L'offre est remise avant le 15 du mois.", (True, True, True)),
        ("Le décret du 1er avril 2026 fixe le seuil.", (True, True, True)),
        ("Avant le 31 juin 2026, le seuil était autre.", (True, True, True)),
        ("Depuis le 0 avril 2027, le seuil est autre.", (True, True, True)),
        ("", (True, True, True)),
    ],
)
def test_a_sentence_applies_on_its_days(sentence: str, days: tuple[bool, bool, bool]) -> None:
    assert tuple(applies(sentence, day) for day in (EVE, DAY, NEXT)) == days


def test_a_clause_is_said_before_its_day_as_well_and_a_rule_is_not() -> None:
    clause = _article("R2112-4")
    sentence = "L'accord-cadre court à compter du 1er avril 2026."
    told = (
        speaks_for(replace(clause, kind=kind), sentence, EVE) for kind in (Kind.RULES, Kind.TENDER)
    )
    assert tuple(told) == (False, True)


# State dates: parts of a year as days, and the range that an index tells of its texts


def test_an_index_tells_from_when_to_when_its_texts_are() -> None:
    manifest = Manifest(
        "n", "c", datetime(2026, 11, 1, tzinfo=UTC), "e", 1, 1, (), (), (), None, {}, ()
    )
    assert state_range(manifest) == "date non indiquée"
    mid = (date(2025, 5, 1), date(2025, 8, 31), 3)
    only = replace(manifest, state_ranges=(mid,))
    assert state_range(only) == "à mi-2025"
    mixed = replace(only, state_dates=((date(2026, 8, 23), 5), (None, 2)))
    assert state_range(mixed) == "de mi-2025 au 23/08/2026, et 2 sans date"
    assert state_counts(mixed) == (("mi-2025", 3), ("23/08/2026", 5), ("sans date", 2))
