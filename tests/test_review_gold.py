"""Questions that were judged, kept in the format of every question set."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import WrongQuestions
from assistant.evaluation.questions import read_questions
from assistant.review.gold import FILE, GoldQuestion, GoldQuestions, require_plain

ADVANCE = GoldQuestion(
    "avance-1",
    "À partir de quel montant une avance est-elle due ?",
    date(2026, 6, 1),
    ("R2191-3",),
    ("30 000|trente mille", "avance"),
)


def test_a_question_is_read_by_eval_as_it_was_meant(tmp_path: Path) -> None:
    gold = GoldQuestions(tmp_path)
    assert gold.all() == ()
    gold.put(ADVANCE)
    [question] = read_questions(tmp_path / FILE)
    assert (question.id, question.text, question.as_of) == (
        ADVANCE.id,
        ADVANCE.question,
        ADVANCE.as_of,
    )
    assert question.articles == ("R2191-3",)
    assert [group[0].search("TRENTE MILLE euros") is not None for group in question.facts] == [
        True,
        False,
    ]
    assert not question.refusal_expected
    assert gold.all() == (ADVANCE,)
    assert gold.export() == (tmp_path / FILE).read_bytes()


def test_a_question_is_replaced_where_it_stands_and_taken_out(tmp_path: Path) -> None:
    gold = GoldQuestions(tmp_path)
    other = GoldQuestion("capitale", "Quelle est la capitale ?", refusal_expected=True)
    for question in (
        ADVANCE,
        other,
        GoldQuestion("avance-1", "Une avance ?", articles=("L2191-2",)),
    ):
        gold.put(question)
    assert [(each.id, each.question) for each in gold.all()] == [
        ("avance-1", "Une avance ?"),
        ("capitale", "Quelle est la capitale ?"),
    ]
    gold.remove("avance-1")
    gold.remove("inconnue")
    assert gold.all() == (other,)
    assert gold.get("capitale") == other
    assert gold.get("avance-1") is None


def test_what_a_line_holds_beyond_ours_stays(tmp_path: Path) -> None:
    row = {"id": "a", "question": "q", "articles_attendus": ["R1"], "articles_utiles": ["R2"]}
    (tmp_path / FILE).write_text(json.dumps(row))
    GoldQuestions(tmp_path).put(GoldQuestion("a", "mieux dite", articles=("R3",)))
    [question] = read_questions(tmp_path / FILE)
    assert (question.text, question.articles, question.useful) == ("mieux dite", ("R3",), ("R2",))


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (GoldQuestion("a b", "q", articles=("R1",)), "ne peut pas nommer"),
        (GoldQuestion("a", " ", articles=("R1",)), "est vide"),
        (GoldQuestion("a", "q"), "ce qui est attendu"),
        (
            GoldQuestion(
                "a",
                "q",
                facts=(
                    "30 jours",
                    "(ouverte",
                ),
            ),
            "« \\(ouverte » répète ou groupe",
        ),
        (GoldQuestion("a", "q", facts=(r"(?:\w|\w\w)+:",)), "répète ou groupe"),
        (GoldQuestion("a", "q", facts=("a?" * 9 + "a" * 9,)), "répète ou groupe"),
        (GoldQuestion("a", "q", facts=("30 jours\\",)), "répète ou groupe"),
        (GoldQuestion("a", "q", facts=("30 ??",)), "répète ou groupe"),
    ],
)
def test_what_is_no_question_is_refused_and_changes_nothing(
    tmp_path: Path, question: GoldQuestion, told: str
) -> None:
    gold = GoldQuestions(tmp_path)
    gold.put(ADVANCE)
    with pytest.raises(WrongQuestions, match=told):
        gold.put(question)
    assert gold.all() == (ADVANCE,)


def test_a_broken_file_is_said_and_not_written_over(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"id": "a"\n')
    with pytest.raises(WrongQuestions, match="ligne 1"):
        GoldQuestions(tmp_path).put(ADVANCE)
    assert (tmp_path / FILE).read_text() == '{"id": "a"\n'


def test_several_people_promote_at_once(tmp_path: Path) -> None:
    def put(number: int) -> None:
        GoldQuestions(tmp_path).put(GoldQuestion(f"q{number}", "q ?", articles=("R1",)))

    with ThreadPoolExecutor(8) as together:
        list(together.map(put, range(30)))
    assert len(GoldQuestions(tmp_path).all()) == 30


def test_the_answer_in_which_a_question_was_asked_stays_with_it(tmp_path: Path) -> None:
    gold = GoldQuestions(tmp_path)
    gold.put(ADVANCE, "0123456789abcdef")
    gold.put(GoldQuestion("ecrite", "Une autre ?", refusal_expected=True))
    gold.put(GoldQuestion("avance-1", "Une avance ?", articles=("L2191-2",)))
    assert gold.records() == {"avance-1": "0123456789abcdef"}


@pytest.mark.parametrize(
    "fact",
    ["60 ?000|soixante mille", r"\(sans publicité\)", "M. le maire", r"\b30\b", "a?b?c?|d?e?f?"],
)
def test_a_fact_is_a_text_in_two_ways_or_more(tmp_path: Path, fact: str) -> None:
    gold = GoldQuestions(tmp_path)
    gold.put(GoldQuestion("a", "q", facts=(fact,)))
    assert [each.facts for each in gold.all()] == [(fact,)]


@given(st.text(st.sampled_from("ab.?|\\ db(*+[{^$"), max_size=12))
def test_what_is_plain_is_an_expression(fact: str) -> None:
    with suppress(WrongQuestions):
        require_plain("a", [fact])
        assert re.compile(fact)
