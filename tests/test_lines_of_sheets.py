"""The line of a sheet above the words of the law that it explains."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from assistant.answering.answer import Answer, Prominence
from assistant.answering.pipeline import Assistant
from assistant.answering.record import contract
from assistant.citations.checker import Support
from assistant.evaluation.runs import run_turn
from assistant.journal.journal import Journal
from assistant.law.sheets import disputed_figures
from assistant.question.language import Language
from assistant.retrieval.ranking import LineBounds, Tuning
from assistant.retrieval.snapshots import SnapshotHolder
from tests.fakes import ScriptedModel
from tests.index_home import add, build_and_publish
from tests.small_index import TODAY, Article, answering_embedder, write_code
from tests.words_tuning import words_tunings

ASKED = "À partir de quel montant l'acheteur accorde-t-il une avance ?"
HEADING = "À partir de quel montant une avance ?"
LINE = "L'acheteur accorde une avance au-dessus de 30 000 euros (art. R2191-3)."
LAW = "L'acheteur accorde une avance lorsque le montant initial du marché dépasse 30 000 euros."
OTHERWISE = LAW.replace("30 000", "20 000")
ARTICLE: Article = ("R2191-3", ("Avances",), LAW, None, None)
SHEET = """---
title: Avances
etat_au: 2026-05-01
---

# Avances

## {heading} (art. R2191-3)

{line}
Le titulaire peut refuser l'avance (art. R2191-3).
"""
LIKELY = LineBounds(heading=0.3)


def _assistant(folder: Path, weights: LineBounds, line: str, *articles: Article) -> Assistant:
    home, sheet = folder / "home", folder / "avances.md"
    sheet.write_text(SHEET.format(heading=HEADING, line=line), encoding="utf-8")
    add(home, sheet)
    if articles:
        add(home, write_code(folder, articles))
    embedder = answering_embedder()
    build_and_publish(home, embedder, partial(disputed_figures, day=TODAY))
    journal = Journal(folder / "journal.jsonl")
    holder = SnapshotHolder(home, embedder)
    return Assistant(holder, embedder, ScriptedModel(), journal, 6, tuning=_tuning(weights))


def _tuning(weights: LineBounds) -> Tuning:

    return replace(words_tunings()[0], line=weights)


def _answer(
    folder: Path, weights: LineBounds, *articles: Article, line: str = LINE, asked: str = ASKED
) -> Answer:
    return run_turn(_assistant(folder, weights, line, *articles), asked, None, None).answer


def test_the_line_comes_before_the_law_that_it_explains_and_cites_both(tmp_path: Path) -> None:
    answer = _answer(tmp_path, LIKELY, ARTICLE)
    assert [(each.text, each.place) for each in answer.sentences] == [
        (LINE, Prominence.LEAD),
        (LAW, Prominence.BODY),
    ]
    assert {each.support for each in answer.sentences} == {Support.VERBATIM}
    law, sheet = answer.citations
    assert (law.locator, sheet.quote) == ("art. R2191-3", LINE)
    assert answer.sentences[0].citations == (law.n, sheet.n)


def test_a_line_with_a_figure_that_the_article_does_not_state_is_not_said(tmp_path: Path) -> None:
    assistant = _assistant(tmp_path, LIKELY, LINE, (*ARTICLE[:2], OTHERWISE, None, None))
    result = run_turn(assistant, ASKED, None, None)
    assert [each.text for each in result.answer.sentences] == [OTHERWISE]
    shown = contract(result)["evidence"]
    assert [each["n"] for each in shown if each.get("disputed") == ["30 000 euros"]] == [len(shown)]


def test_over_sheets_alone_the_line_is_not_said_twice(tmp_path: Path) -> None:
    answer = _answer(tmp_path, LIKELY)
    assert [each.text for each in answer.sentences if each.place is Prominence.LEAD] == [LINE]
    assert [each.text.count("30 000") for each in answer.sentences].count(1) == 1
    assert len(answer.sentences) == 2


@pytest.mark.parametrize("weights", [LineBounds(), LineBounds(0.3, share=1.1)])
def test_a_line_that_may_not_answer_is_not_said(tmp_path: Path, weights: LineBounds) -> None:
    assert _answer(tmp_path, weights, ARTICLE).lead is None


def test_the_figures_of_the_question_are_compared_with_those_of_the_line(tmp_path: Path) -> None:
    asked = "Pour un marché de 25 000 euros, l'acheteur accorde-t-il une avance ?"
    lead, compared, *_ = _answer(tmp_path, LIKELY, ARTICLE, asked=asked).sentences
    assert (lead.text, lead.place) == (LINE, Prominence.LEAD)
    assert (compared.support, compared.place) == (Support.COMPUTED, Prominence.BODY)


def test_what_takes_too_long_to_tell_is_no_line(tmp_path: Path) -> None:
    long = LINE.replace("avance", "avance " + "à un titulaire ou à un sous-traitant " * 6, 1)
    assert _answer(tmp_path, LIKELY, ARTICLE, line=long).lead is None


def test_a_question_in_english_has_no_line_in_french(tmp_path: Path) -> None:
    assistant = _assistant(tmp_path, LIKELY, LINE, ARTICLE)
    assert run_turn(assistant, ASKED, None, None, Language.ENGLISH).answer.lead is None


def test_a_heading_that_asks_something_else_gives_no_line(tmp_path: Path) -> None:
    weights = LineBounds(heading=0.8)
    assert _answer(tmp_path, weights, ARTICLE, asked=HEADING).lead is not None
    other = tmp_path / "other"
    other.mkdir()
    assert (
        _answer(other, weights, ARTICLE, asked="Le titulaire peut refuser l'avance ?").lead is None
    )


def test_the_sections_of_an_article_are_likely_together(tmp_path: Path) -> None:
    more = f"{LINE}\n\n## Une avance, combien ? (art. R2191-3)\n\nUne avance est de 5 %."
    assert _answer(tmp_path, LineBounds(0.3, share=0.99), line=more).lead is not None
