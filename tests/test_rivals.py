"""Figures that texts state against each other, compared by a small embedder of words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.law.contradictions import disagreements
from assistant.law.figures import FigureStatement, statements_of
from assistant.law.hierarchy import Rank, rank_of
from assistant.retrieval.ranking import SubjectBounds
from ingestion.chunking.passages import passages_of
from ingestion.readers.documents import Kind
from ingestion.readers.reading import read_file
from tests.fakes import WordEmbedder
from tests.passage_texts import article_of

DAY = date(2026, 11, 28)
BOUNDS = SubjectBounds(near=0.6, other_article=0.95, unnamed=0.02, agreement=0.1)
THIRTY = "Un pouvoir adjudicateur paie ses fournisseurs dans un délai maximal de trente jours."
TWENTY = "Un pouvoir adjudicateur paie ses fournisseurs sous un délai maximal de 20 jours."


def stated(folder: Path, name: str, text: str) -> list[FigureStatement]:
    """What a sheet of this name states."""
    path = folder / f"{name}.md"
    path.write_text(f"---\ntitle: {name}\netat_au: 2026-08-23\n---\n## Payer\n\n{text}\n")
    documents = read_file(path, path.name, Kind.RULES).documents
    return list(statements_of(each for one in documents for each in passages_of(one)))


def opposed(
    fresh: Sequence[FigureStatement], others: Sequence[FigureStatement]
) -> list[tuple[str, str]]:
    found = disagreements(fresh, others, DAY, WordEmbedder(dimension=512).embed_passages, BOUNDS)
    return [(each.first.text, each.second.text) for each in found]


def test_another_figure_on_the_same_subject_is_found_and_both_sides_are_told(
    tmp_path: Path,
) -> None:
    one, other = stated(tmp_path, "Guide", TWENTY), stated(tmp_path, "Fiche", THIRTY)
    assert opposed(one, other) == [(TWENTY, THIRTY)]
    assert [float(each.value) for each in one[0].figures] == [20]
    found = disagreements(one, other, DAY, WordEmbedder(dimension=512).embed_passages, BOUNDS)
    assert [each.second.passage.title for each in found] == ["Fiche"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(THIRTY.replace("trente jours", "20 jours"), id="the same figure"),
        pytest.param(THIRTY.replace("trente jours", "2 %"), id="another kind of figure"),
        pytest.param(
            THIRTY.replace("pouvoir adjudicateur", "pouvoir adjudicateur, marché de défense"),
            id="another regime",
        ),
        pytest.param(f"Avant le 1er janvier 2020, {THIRTY}", id="another day"),
        pytest.param(f"Par exemple, {THIRTY}", id="an example"),
        pytest.param("La remise des offres prend au moins trente jours.", id="another subject"),
    ],
)
def test_what_is_no_contradiction(tmp_path: Path, other: str) -> None:
    assert opposed(stated(tmp_path, "Guide", TWENTY), stated(tmp_path, "Fiche", other)) == []


def test_a_ccag_states_nothing_that_another_text_contradicts() -> None:
    clause = replace(article_of("14.1", TWENTY), references=("CCAG-FCS 14.1",))
    assert rank_of(clause) is Rank.GENERAL_CLAUSE
    assert not list(statements_of([clause]))
    assert list(statements_of([replace(clause, references=("R14-1",))]))


def test_rules_for_different_cases_are_none(tmp_path: Path) -> None:
    works = stated(tmp_path, "Guide", TWENTY.replace("fournisseurs", "titulaires de travaux"))
    supplies = stated(tmp_path, "Fiche", THIRTY.replace("fournisseurs", "titulaires de services"))
    both = stated(tmp_path, "Note", THIRTY.replace("fournisseurs", "titulaires"))
    assert opposed(works, supplies) == []
    assert len(opposed(works, both)) == 1


def test_a_text_that_agrees_is_believed(tmp_path: Path) -> None:
    fresh = stated(tmp_path, "Guide", TWENTY)
    others = stated(tmp_path, "Fiche", THIRTY) + stated(tmp_path, "Note", TWENTY)
    assert opposed(fresh, others) == []


def test_articles_of_one_code_are_told_apart_by_its_sections() -> None:
    texts = {"R2192-10": THIRTY, "R2192-11": THIRTY.replace("trente", "vingt")}
    one, other = (replace(article_of(*each), title="Code") for each in texts.items())
    elsewhere = replace(other, headings=("Ailleurs",))
    first, *others = (list(statements_of([each])) for each in (one, other, elsewhere))
    assert [len(opposed(first, each)) for each in others] == [1, 0]


def test_an_exception_of_the_article_that_a_sheet_is_about_is_none(tmp_path: Path) -> None:
    article = f"{THIRTY} Ce délai est de 20 jours en cas d'urgence."
    sheet = stated(tmp_path, "Guide", TWENTY.replace(".", " (art. R2192-10)."))
    others = list(statements_of([article_of("R2192-10", article)]))
    assert opposed(sheet, others) == []
