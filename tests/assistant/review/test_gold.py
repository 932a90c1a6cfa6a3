"""Questions that were judged, kept in the format of every question set."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answer import Answer, Outcome, TurnResult
from assistant.cli.command import main
from assistant.errors import WrongQuestions
from assistant.evaluation.questions import read_questions
from assistant.journal.journal import erase, purge
from assistant.review.gold import (
    FILE,
    RECORD,
    ROUNDS,
    GoldQuestion,
    GoldQuestions,
    promoted_from,
    require_plain,
    tried,
)
from ingestion.durable import lock_for_writing
from tests.support.graded import answer_of, result_of
from tests.support.journals import bodies
from tests.support.review_home import ANNE, CLAIRE, House, house
from tests.support.small_index import TODAY

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


def test_a_line_ends_where_json_lines_end(tmp_path: Path) -> None:
    asked = "Quelle avance ?\u2028Et quand ?"
    line = json.dumps({"id": "a", "question": asked, "attendu_refus": True}, ensure_ascii=False)
    (tmp_path / FILE).write_text(f"{line}\n", encoding="utf-8")
    gold = GoldQuestions(tmp_path)
    gold.put(ADVANCE)
    assert [each.question for each in gold.all()] == [asked, ADVANCE.question]


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


# A question for the evaluation set must tell the index in service from a broken one


QUESTION = GoldQuestion("delai-1", "Quel délai ?", None, ("R1",), ("trente",))
NOTHING = Answer(Outcome.ABSTAINED, notice="Je ne trouve pas la réponse.")


class Shelf:
    """An index of texts by reference, which answers with the first one that it does not lack."""

    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.asked: list[frozenset[str]] = []

    def __call__(self, lacking: frozenset[str]) -> TurnResult:
        self.asked.append(lacking)
        for number, (reference, text) in enumerate(self.texts.items(), 1):
            if lacking.isdisjoint((reference, f"d1:{number}")):
                # Its passage is named by its place among the citations: "d1:2" for the second.
                answer = answer_of(text, *["art. R1"] * number)
                return result_of(Answer(answer.outcome, answer.sentences, answer.citations[-1:]))
        return result_of(NOTHING)


def test_an_answer_that_goes_with_its_text_is_told_apart() -> None:
    shelf = Shelf(R1="Trente jours.", R2="Une avance.")
    trial = tried(QUESTION, shelf)
    assert trial.refusal == ""
    assert shelf.asked == [frozenset(), frozenset({"R1", "d1:1"})]


def test_what_says_the_same_elsewhere_is_taken_away_too() -> None:
    shelf = Shelf(R1="Trente jours.", R2="Aussi trente jours.", R3="Quinze jours.")
    assert tried(QUESTION, shelf).refusal == ""
    assert shelf.asked[-1] == frozenset({"R1", "d1:1", "d1:2"})


def test_a_fact_that_any_text_says_tells_nothing() -> None:
    shelf = Shelf(**{f"R{n}": "Trente jours." for n in range(9)})
    assert "ne distingue pas" in tried(QUESTION, shelf).refusal
    assert len(shelf.asked) == 1 + ROUNDS


def test_a_question_that_is_missed_already_tells_nothing() -> None:
    told = tried(QUESTION, Shelf(R1="Quinze jours.")).refusal
    assert "Fait absent : trente" in told
    assert "Quinze jours." in told


def test_an_article_that_is_not_cited_could_not_be_seen_lost() -> None:
    uncited = replace(QUESTION, articles=("R1", "R2192-10"))
    told = tried(uncited, Shelf(R1="Trente jours.")).refusal
    assert "sans citer ce qui est attendu : R2192-10." in told


def test_an_article_is_taken_away_however_it_is_written() -> None:
    shelf = Shelf(R1="Trente jours.")
    assert tried(replace(QUESTION, articles=("art. R. 1",)), shelf).refusal == ""
    assert shelf.asked[-1] == frozenset({"R1", "d1:1"})


def test_a_refusal_that_is_expected_is_asked_once() -> None:
    shelf = Shelf()
    refusal = GoldQuestion("lettre", "Une lettre ?", refusal_expected=True)
    assert tried(refusal, shelf).refusal == ""
    assert shelf.asked == [frozenset()]


# What a person asked is found again in the evaluation set when their words are erased


PURCHASE = "Puis-je acheter pour 35 000 € sans publicité ?"
PROMOTED = "À partir de quel montant une avance ?"
ASKED, WRITTEN = "relue-claire", "ecrite-par-anne"
ABOUT_PURCHASE = GoldQuestion(ASKED, PURCHASE, TODAY, ("R2122-8",), ("60 000",))


@pytest.fixture
def known(small_home: Path, tmp_path: Path) -> House:
    """A set of two questions: one that Claire asked, one that Anne wrote herself."""
    known = house(copytree(small_home, tmp_path / "home"))
    record_id = known.ask(PURCHASE).record_id
    known.review.promote(ANNE, ABOUT_PURCHASE, record_id)
    known.review.promote(ANNE, GoldQuestion(WRITTEN, PROMOTED, TODAY, ("R2191-3",), ("30 000",)))
    return known


def erased(known: House, *more: str) -> list[str]:
    return ["--data", str(known.home), "journal", "erase", "--user", CLAIRE.user, *more]


def test_they_are_named_to_who_erases_and_stay(
    known: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(erased(known)) == 0
    said = capsys.readouterr().out
    assert f"avec ses mots : {ASKED}." in said
    assert WRITTEN not in said
    assert [each.id for each in known.review.gold] == [ASKED, WRITTEN]
    assert main(erased(known, "--json")) == 0
    assert json.loads(capsys.readouterr().out) == {"forgotten": 0, "questions": [ASKED]}


def test_they_are_taken_out_when_that_is_asked_for(
    known: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(erased(known, "--questions")) == 0
    assert f"retirées du jeu d'évaluation : {ASKED}." in capsys.readouterr().out
    assert [each.id for each in known.review.gold] == [WRITTEN]
    assert PURCHASE not in (known.home / FILE).read_text()
    last = list(known.journal.entries())[-1]
    assert (known.journal.body(last) or {})["act"] == "removed"
    assert list(known.journal.faults()) == []
    assert main(erased(known)) == 0
    assert "évaluation" not in capsys.readouterr().out


def test_they_are_not_taken_out_while_an_index_is_examined_by_them(
    known: House, capsys: pytest.CaptureFixture[str]
) -> None:
    with lock_for_writing(known.home):
        assert main(erased(known, "--questions")) == 1
    assert "indexation" in capsys.readouterr().err
    assert PURCHASE in str(bodies(known.journal))
    assert [each.id for each in known.review.gold] == [ASKED, WRITTEN]


def test_they_are_found_once_who_promoted_them_is_forgotten_too(known: House) -> None:
    known.review.promote(ANNE, replace(ABOUT_PURCHASE, question=f"{PURCHASE} Mieux dite"))
    erase(known.journal, ANNE.user)
    assert promoted_from(known.home, known.journal, CLAIRE.user) == (ASKED,)
    assert promoted_from(known.home, known.journal, ANNE.user) == ()


@pytest.mark.parametrize("is_purged", [False, True])
def test_the_trial_of_a_correction_goes_with_the_words_of_who_asked(
    known: House, is_purged: bool
) -> None:
    if is_purged:
        purge(known.journal, datetime.now(UTC) + timedelta(days=1))
    known.review.promote(ANNE, replace(ABOUT_PURCHASE, question=f"{PURCHASE} Mieux dite"))
    erase(known.journal, CLAIRE.user)
    assert PURCHASE not in str(bodies(known.journal))


def test_those_that_an_earlier_version_promoted_are_found_by_the_journal(known: House) -> None:
    path = known.home / FILE
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    earlier = ({name: row[name] for name in row if name != RECORD} for row in rows)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in earlier))
    assert promoted_from(known.home, known.journal, CLAIRE.user) == (ASKED,)
