"""Sheets beside the articles that they explain: the law is quoted, the sheet is shown after it."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from assistant.law.hierarchy import Rank, rank_of
from assistant.law.sheets import disputed_figures
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.retriever import Retriever
from ingestion.index.build import Comparison, uncompared
from ingestion.index.question_bank import BankQuestion, Form, Style, digest_of
from tests.index_home import add, build_and_publish, published
from tests.small_index import Article, answering_embedder, write_code

TODAY = date(2026, 6, 1)
ASKED = "À partir de quel montant l'acheteur accorde-t-il une avance ?"
SHEET = """---
title: Avances
etat_au: 2026-05-01
au_plus_tot: 2019-04-01
---

# Avances

## Qui demande les pièces ? (art. R2191-3)

Le titulaire demande les pièces au comptable.

## À partir de quel montant l'acheteur accorde-t-il une avance ? (art. R2191-3)

L'acheteur accorde une avance au-dessus de 50 000 euros. {du=2019-04-01 au=2026-03-31}
L'acheteur accorde une avance au-dessus de 30 000 euros. {du=2026-04-01}

## Quelle garantie l'acheteur exige-t-il contre une avance ? (art. R2191-3 et R2191-7)

L'acheteur exige une garantie contre une avance de 90 000 euros.
"""
UNDATED: Article = (
    "R2191-3",
    ("Avances",),
    "L'acheteur accorde une avance lorsque le montant initial du marché dépasse 30 000 euros.",
    None,
    None,
)
DATED: Article = (*UNDATED[:3], "2026-04-01", None)


def _found(
    folder: Path,
    *articles: Article,
    asked: str = ASKED,
    day: date = TODAY,
    compare: Comparison = uncompared,
) -> tuple[Evidence, ...]:
    home, sheet = folder / "home", folder / "avances.md"
    sheet.write_text(SHEET, encoding="utf-8")
    add(home, sheet)
    if articles:
        add(home, write_code(folder, articles))
    build_and_publish(home, answering_embedder(), compare)
    return Retriever(published(home), answering_embedder()).retrieve(asked, Scope(day), 3)


def _ranks(found: tuple[Evidence, ...]) -> list[Rank | None]:
    return [rank_of(item.passage) for item in found]


@pytest.mark.parametrize("article", [UNDATED, DATED])
def test_the_article_comes_first_and_what_explains_it_last(
    tmp_path: Path, article: Article
) -> None:
    first, *_, last = found = _found(tmp_path, article)
    assert first.passage.text == article[2]
    assert [item.number for item in found] == list(range(1, len(found) + 1))
    assert last.passage.text == "L'acheteur accorde une avance au-dessus de 30 000 euros."
    assert last.score == 0.0
    assert not any("comptable" in item.passage.text for item in found)


@pytest.mark.parametrize(("written_on", "explained"), [(UNDATED[2], True), ("Un autre.", False)])
def test_a_sheet_does_not_explain_a_text_that_has_changed_since_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written_on: str, explained: bool
) -> None:
    question = BankQuestion(
        "R2191-3-01", "Une avance ?", "R2191-3", digest_of(written_on), ((0, 9),),
        Form.YES, Style.SHORT, "Oui.",
    )  # fmt: skip
    monkeypatch.setattr("ingestion.index.build.read_bank", lambda: (question,))
    found = _found(tmp_path, UNDATED)
    assert found[0].passage.text == UNDATED[2]
    assert any("au-dessus de 30 000" in item.passage.text for item in found) is explained


def test_a_sheet_stands_for_itself_where_its_article_is_not_there(tmp_path: Path) -> None:
    found = _found(tmp_path)
    assert set(_ranks(found)) == {Rank.SHEET}
    assert len({item.passage.id for item in found}) == len(found) == 3


def test_a_section_about_another_article_as_well_is_found_beside_the_first(tmp_path: Path) -> None:
    found = _found(tmp_path, UNDATED, asked="Quelle garantie exiger contre une avance ?")
    assert "garantie" in found[0].passage.text


def test_a_figure_that_the_article_does_not_state_is_told_beside_its_sheet_and_never_quoted(
    tmp_path: Path,
) -> None:
    raised: Article = (*UNDATED[:2], UNDATED[2].replace("30 000", "35 000"), "2026-04-01", None)
    asked = f"{ASKED} Quelle garantie exiger contre une avance ?"
    found = _found(tmp_path, raised, asked=asked, compare=partial(disputed_figures, day=TODAY))
    assert found[0].passage.text == raised[2]
    *others, last = found
    assert not any(rank_of(each.passage) is Rank.SHEET or each.disputed for each in others)
    (disputed,) = last.disputed
    assert disputed.figure in last.passage.text
    assert (disputed.articles, disputed.since) == (("R2191-3",), date(2026, 4, 1))
    earlier = Retriever(published(tmp_path / "home"), answering_embedder()).retrieve(
        "Quelle garantie exiger contre une avance ?", Scope(date(2026, 3, 31)), 3
    )
    assert any("90 000" in each.passage.text for each in earlier)


@pytest.mark.parametrize("article", [UNDATED, DATED])
def test_the_law_of_an_earlier_day_stays_where_no_article_tells_it(
    tmp_path: Path, article: Article
) -> None:
    first, *_ = _found(tmp_path, article, day=date(2026, 3, 1))
    assert "50 000" in first.passage.text
