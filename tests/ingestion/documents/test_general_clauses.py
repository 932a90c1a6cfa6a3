"""The clauses of a CCAG: from the official copy to passages, found by number and by meaning."""

from datetime import date
from pathlib import Path

import pytest

from assistant.answering.beginning import Beginning
from assistant.journal.journal import journal_of
from assistant.question.scope import buys_works, general_texts_meant
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.hierarchy import Rank, general_text, rank_of
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.tuning import default_tuning
from ingestion.documents.general_clauses import (
    GeneralText,
    edition_on,
    general_text_of,
    general_texts_named,
)
from ingestion.index.snapshot import IndexSnapshot
from ingestion.legislation.legi import read_article
from tests.support.fakes import WordEmbedder
from tests.support.general_texts import add_general, versions_of
from tests.support.index_home import ARTICLES, add, build_and_publish, published, write_articles
from tests.support.legi_files import article_xml
from tests.support.small_index import assistant_over, result_of

TODAY = date(2026, 6, 1)
SHEET = """---
title: Pénalités de retard
articles: ["CCAG-FCS, art. 14.1.1"]
etat_au: 2026-08-23
---
# Pénalités de retard

## Quelle pénalité par jour de retard ? (CCAG-FCS, art. 14.1.1)

La pénalité par jour de retard est d'un millième de la valeur des prestations en retard.
"""
SHEET_ON_WORKS = SHEET.replace("CCAG-FCS, art. 14.1.1", "CCAG-Travaux, art. 19.2.1").replace(
    "Pénalités de retard", "Pénalités en travaux"
)
UNNAMED = "Quel délai de paiement pour l'acheteur, et quelle pénalité par jour de retard ?"


def rules(folder: Path, *names: str) -> IndexSnapshot:
    home = folder / "home"
    add(home, write_articles(folder / "code.jsonl", ARTICLES))
    add_general(home, folder, *names)
    build_and_publish(home)
    return published(home)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> IndexSnapshot:
    """Five articles of a code, and two families of CCAG in their two editions."""
    names = ("fcs_2021", "fcs_2009", "travaux_2021", "travaux_2009")
    return rules(tmp_path_factory.mktemp("general"), *names)


@pytest.fixture(scope="module")
def explained_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five articles, a sheet on a clause of the CCAG-FCS, one on one of the CCAG-Travaux."""
    folder = tmp_path_factory.mktemp("explained")
    home = folder / "home"
    add(home, write_articles(folder / "code.jsonl", ARTICLES))
    for name, text in (("fcs.md", SHEET), ("travaux.md", SHEET_ON_WORKS)):
        sheet = folder / name
        sheet.write_text(text, encoding="utf-8")
        add(home, sheet)
    build_and_publish(home)
    return home


@pytest.fixture(scope="module")
def explained(explained_home: Path) -> IndexSnapshot:
    return published(explained_home)


def asked(index: IndexSnapshot, question: str, day: date = TODAY) -> tuple[Evidence, ...]:
    general, works = general_texts_meant([question]), buys_works(question)
    scope = Scope(day, general=general, works=works)
    return Retriever(index, WordEmbedder(), default_tuning()).retrieve(question, scope, 4)


def told(found: Evidence) -> tuple[str, int | None]:
    text = general_text(found.passage)
    return found.passage.locator, text.edition if text else None


@pytest.mark.parametrize(
    ("question", "day", "first"),
    [
        ("Que dit l'article 19.2.1 du CCAG Travaux ?", TODAY, ("art. 19.2.1 CCAG-Travaux", 2021)),
        ("CCAG-FCS art. 14.1.2", TODAY, ("art. 14.1.2 CCAG-FCS", 2021)),
        ("ccag fcs 2009, art. 23.1", TODAY, ("art. 23.1 CCAG-FCS", 2009)),
        ("l'article 20.1 du CCAG-Travaux", date(2020, 6, 1), ("art. 20.1 CCAG-Travaux", 2009)),
        ("Combien de mois de garantie dans le CCAG-Travaux ?", TODAY,
         ("art. 44.1 CCAG-Travaux", 2021)),
        ("Combien de mois de garantie dans le CCAG-Travaux de 2009 ?", TODAY,
         ("art. 44.1 CCAG-Travaux", 2009)),
    ],
)  # fmt: skip
def test_a_clause_is_found_by_its_number_and_by_meaning_in_the_edition_meant(
    index: IndexSnapshot, question: str, day: date, first: tuple[str, int]
) -> None:
    found = asked(index, question, day)
    assert told(found[0]) == first
    assert rank_of(found[0].passage) is Rank.GENERAL_CLAUSE
    editions = {edition for each in found for _, edition in [told(each)] if edition}
    assert editions == {first[1]}


@pytest.mark.parametrize(("year", "is_untold"), [(2026, False), (2020, False), (2005, True)])
def test_a_day_without_any_edition_is_not_told_by_another(
    index: IndexSnapshot, year: int, *, is_untold: bool
) -> None:
    question = "Combien de mois de garantie dans le CCAG-Travaux ?"
    scope = Scope(date(year, 6, 1), general=general_texts_meant([question]))
    retriever = Retriever(index, WordEmbedder(), default_tuning())
    assert retriever.is_untold(question, scope) is is_untold


def test_an_article_is_all_of_its_clauses_below_their_titles(index: IndexSnapshot) -> None:
    found = asked(index, "Que prévoit l'article 14.1 du CCAG-FCS ?")
    named = {each.passage.locator: each.passage for each in found if each.score > 1}
    assert set(named) == {f"art. 14.1.{number} CCAG-FCS" for number in (1, 2, 3)}
    assert named["art. 14.1.2 CCAG-FCS"].headings[-2:] == (
        "Article 14 – Pénalités",
        "14.1. Pénalités de retard",
    )


def test_a_text_annexed_as_one_article_is_cut_at_its_numbers(index: IndexSnapshot) -> None:
    [version] = index.store.versions("CCAG-Travaux 41.3")
    assert version.text.startswith("41.3. La décision de réception")
    assert version.path[-2:] == (
        "Chapitre 5 – Réception et garanties",
        "Article 41 – Réception",
    )
    assert index.store.versions("CCAG-FCS 1") == []  # the order's own article is no clause


def test_an_article_without_a_number_is_read_where_it_is_a_ccag() -> None:
    [annexed] = versions_of("travaux_2009")
    written = article_xml(annexed, changed={"<NUM>Annexe</NUM>": "<NUM/>"})
    assert read_article(written).number == "Annexe"


def test_what_nobody_asked_of_a_ccag_takes_no_place_of_an_article(
    index: IndexSnapshot, tmp_path: Path
) -> None:
    alone = asked(rules(tmp_path), UNNAMED)
    with_general = asked(index, UNNAMED)
    assert [(e.passage.locator, e.score, e.number) for e in with_general[: len(alone)]] == [
        (e.passage.locator, e.score, e.number) for e in alone
    ]
    beside = with_general[len(alone) :]
    assert beside
    assert {told(each)[1] for each in beside} == {2021}
    assert all(each.score == 0 for each in beside)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("le CCAG-FCS, approuvé par l'arrêté du 30 mars 2021", ["CCAG-FCS de 2021"]),
        ("C.C.A.G. Travaux dans sa version de 2009", ["CCAG-Travaux de 2009"]),
        ("l'édition 2021 du CCAG-PI", ["CCAG-PI de 2021"]),
        ("Le CCAG-TIC s'applique depuis le 1er mars 2021.", ["CCAG-TIC"]),
        ("CCAG | CCAG-MOE (2021)", ["CCAG", "CCAG-MOE de 2021"]),
        ("l'arrêté du 19 janvier 2009 portant approbation du CCAG-FCS", ["CCAG-FCS de 2009"]),
        ("arrêté du 8 septembre 2009 modifié approuvant le CCAG-Travaux", ["CCAG-Travaux de 2009"]),
        ("le CCAG-FCS (arrêté du 19/01/2009)", ["CCAG-FCS de 2009"]),
        ("l'arrêté du 30 septembre 2021 modifiant le CCAG-FCS", ["CCAG-FCS"]),
        (
            "l'arrêté du 19 janvier 2009 approuvant le CCAG-FCS, remplacé par le CCAG-FCS de 2021",
            ["CCAG-FCS de 2009", "CCAG-FCS de 2021"],
        ),
        ("le CCAP, sans cahier général", []),
    ],
)
def test_a_mention_says_its_family_and_its_edition(written: str, named: list[str]) -> None:
    assert [str(each.text) for each in general_texts_named(written)] == named


def test_the_titles_of_the_orders_say_which_text_they_approve() -> None:
    title = "Arrêté du 16 septembre 2009 portant approbation du cahier des clauses administratives "
    title += "générales applicables aux marchés publics industriels"
    assert general_text_of(title) == GeneralText("CCAG-MI", 2009)
    assert general_text_of("Code de la commande publique") is None


def test_a_contract_of_the_months_of_both_editions_tells_none() -> None:
    days = (date(2021, 3, 31), date(2021, 4, 1), date(2021, 9, 30), date(2021, 10, 1))
    assert [edition_on(day) for day in days] == [2009, None, None, 2021]


@pytest.mark.parametrize(
    ("question", "is_shown"),
    [
        ("Quelle pénalité par jour de retard dans le CCAG-FCS ?", True),
        ("Quelle pénalité par jour de retard ?", True),
        ("Quelle pénalité par jour de retard dans le CCAG-Travaux ?", False),
        ("Quelle pénalité par jour de retard du chantier ?", False),
        ("Quelle pénalité par jour de retard du maçon dans le CCAG-FCS ?", True),
        ("Quelle pénalité par jour de retard du maçon, d'après le CCAG ?", False),
        ("Quelle pénalité par jour de retard du fournisseur, d'après le CCAG ?", True),
    ],
)
def test_a_sheet_about_another_ccag_says_nothing_of_the_one_asked_about(
    explained: IndexSnapshot, question: str, *, is_shown: bool
) -> None:
    found = {each.passage.title for each in asked(explained, question)}
    assert ("Pénalités de retard" in found) is is_shown


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        ("du fournisseur", {"Pénalités de retard", "Pénalités en travaux"}),
        ("du maçon", {"Pénalités en travaux"}),
    ],
)
def test_a_turn_about_works_rests_on_no_sheet_about_supplies(
    explained_home: Path, tmp_path: Path, who: str, shown: set[str]
) -> None:
    assistant = assistant_over(explained_home, journal_of(tmp_path), WordEmbedder(), day=TODAY)
    result = result_of(assistant.ask(f"Quelle pénalité par jour de retard {who} ?"))
    titles = {each.passage.title for each in result.evidence}
    assert {each for each in titles if each.startswith("Pénalités")} == shown


@pytest.mark.parametrize(
    ("asked", "is_about_works"),
    [
        (["Et combien par jour ?", "Le maçon est en retard : quelles pénalités ?"], True),
        (["Et pour des fournitures ?", "Le maçon est en retard : quelles pénalités ?"], False),
        (["Le maçon est en retard : quelles pénalités dans le CCAG-FCS ?"], False),
    ],
)
def test_what_is_bought_is_told_by_the_questions_before_too_but_not_where_a_ccag_is_named(
    explained_home: Path, asked: list[str], *, is_about_works: bool
) -> None:
    beginning = Beginning(SnapshotHolder(explained_home, WordEmbedder()), lambda: TODAY)
    assert beginning.begin(asked, None, None, None, "buyer").scope.works is is_about_works
