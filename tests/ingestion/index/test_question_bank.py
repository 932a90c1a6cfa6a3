"""The bank of questions with their rules, and the questions that readers judged."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.quantities import find_quantities, fold_same_length
from ingestion.documents.references import find_references
from ingestion.errors import IngestionError
from ingestion.index.question_bank import (
    OUTSIDE,
    RULES,
    UNANSWERED,
    ArticleGround,
    ArticleRule,
    BankQuestion,
    Elsewhere,
    Form,
    HasAnswer,
    Lacking,
    Outside,
    OutsideQuestion,
    Style,
    UnansweredQuestion,
    chapter_of,
    digest_of,
    digest_of_rule,
    is_held_out,
    read_bank,
    read_judged,
    read_outside,
    read_rules,
    read_unanswered,
)
from tests.studies.bank_writing import joined, sentences_of, texts_of, write_bank
from tests.support.paths import DATA
from tests.support.shared_texts import CODE, needs_code

LONGEST_RULE = 38
"""Words of a rule; most have thirty at most."""

A_THIRD = ("ratio", "1/3")
"""As which "un tiers", who is somebody, is read."""

COPIED = 14
"""Words in a row that no rule shares with its article: enumerations are shorter."""

TEXT = "L'acheteur choisit. Il le dit :\n1° A tous, au sens de l'article L. 2 ;\n2° Par écrit."


def _question(article: str = "R2142-7", text: str = TEXT) -> BankQuestion:
    return BankQuestion(
        f"{article}-01",
        "Qui choisit ?",
        article,
        digest_of(text),
        ((0, 19),),
        Form.WHO,
        Style.SHORT,
        "L'acheteur.",
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    questions = (_question("L1121-1"), _question("R2142-7"), _question("Annexe 2"))
    unanswered = (
        UnansweredQuestion("sans-0001", "Et le juge ?", "R2142-7", Lacking.FIGURE, Elsewhere.BUYER),
    )
    outside = (OutsideQuestion("hors-001", "Quel temps ?", Outside.GENERAL, Style.SHORT),)
    write_bank(tmp_path, questions, unanswered, outside)
    assert {path.name for path in tmp_path.iterdir()} == {
        "1121.jsonl",
        "2142.jsonl",
        "annexes.jsonl",
        OUTSIDE,
        UNANSWERED,
    }
    assert set(read_bank(tmp_path)) == set(questions)
    assert read_unanswered(tmp_path) == unanswered
    assert read_outside(tmp_path) == outside
    write_bank(tmp_path, questions)
    assert not read_unanswered(tmp_path)
    assert not read_outside(tmp_path)


def test_a_question_is_read_with_its_rule_which_stands_apart(tmp_path: Path) -> None:
    rules = tmp_path / RULES / "2142.jsonl"
    rules.parent.mkdir()
    rules.write_text(
        '{"article": "R2142-7", "questions": ["R2142-7-01"], "text": "L\'acheteur choisit."}\n',
        encoding="utf-8",
    )
    ruled = replace(_question(), rule="L'acheteur choisit.")
    other = replace(_question(), id="R2142-7-02")
    write_bank(tmp_path, [ruled, other])
    assert read_bank(tmp_path) == (ruled, other)
    assert '"rule"' not in (tmp_path / "2142.jsonl").read_text(encoding="utf-8")
    rules.write_text('{"article": "R2142-7"}\n', encoding="utf-8")
    with pytest.raises(IngestionError, match=r"2142\.jsonl, ligne 1"):
        read_bank(tmp_path)


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    write_bank(tmp_path, [_question()])
    with (tmp_path / "2142.jsonl").open("a") as file:
        file.write('{"question": "Et alors ?"}\n')
    with pytest.raises(IngestionError, match=r"2142\.jsonl, ligne 2"):
        read_bank(tmp_path)


def test_the_titles_before_the_parts_have_a_file_of_their_own() -> None:
    assert [chapter_of(each) for each in ("L3", "L2142-1", "R2142-7", "Annexe 2")] == [
        "preliminaire",
        "2142",
        "2142",
        "annexes",
    ]


def test_sentences_are_cut_at_lines_and_full_stops_but_not_at_references() -> None:
    assert [TEXT[start:end] for start, end in sentences_of(TEXT)] == [
        "L'acheteur choisit.",
        "Il le dit :",
        "1° A tous, au sens de l'article L. 2 ;",
        "2° Par écrit.",
    ]


@given(st.text("aB.°12 \n;", max_size=60))
def test_sentences_cover_all_that_is_not_space_in_order(text: str) -> None:
    spans = sentences_of(text)
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@given(st.sets(st.integers(0, 3)))
def test_neighbouring_sentences_become_one_span(chosen: set[int]) -> None:
    sentences = sentences_of(TEXT)
    spans = joined([sentences[each] for each in chosen], TEXT)
    gaps = [TEXT[a[1] : b[0]].strip() for a, b in pairwise(spans)]
    assert all(gaps)
    kept = "".join(TEXT[start:end] for start, end in spans)
    assert all(TEXT[slice(*sentences[each])] in kept for each in chosen)


def test_each_question_of_the_bank_stands_once_and_alone() -> None:
    bank = read_bank()
    assert max(Counter(each.id for each in bank).values()) == 1
    said = Counter(" ".join(each.question.casefold().split()) for each in bank)
    others: list[UnansweredQuestion | OutsideQuestion] = [*read_unanswered(), *read_outside()]
    said.update(" ".join(each.question.casefold().split()) for each in others)
    assert [question for question, count in said.items() if count > 1] == []
    named = [
        each.id
        for each in bank
        if each.article in {found.key for found in find_references(each.question)}
    ]
    assert named == []


def test_each_lead_is_short_and_says_its_side_first() -> None:
    bank = read_bank()
    assert [each.id for each in bank if len(each.lead.split()) > 27] == []
    first = {Form.YES: "oui", Form.YES_IF: "oui", Form.NO: "non", Form.NO_UNLESS: "non"}
    sided = [each for each in bank if each.form in first]
    assert [e.id for e in sided if not e.lead.casefold().startswith(first[e.form])] == []


def test_each_question_has_one_rule_of_its_article() -> None:
    articles = {each.id: each.article for each in read_bank()}
    rules = read_rules()
    told = Counter(of for rule in rules for of in rule.questions)
    assert told == Counter(articles.keys())
    asked = [each for each in rules if each.questions]
    assert [r.text for r in asked if {articles[of] for of in r.questions} != {r.article}] == []
    assert [each.text for each in asked if each.spans] == []


@needs_code
def test_a_rule_that_people_alone_ask_for_rests_on_words_of_its_articles() -> None:
    texts = _texts()
    unasked = [each for each in read_rules() if not each.questions]
    assert len(unasked) > 400
    on_several = [each for each in unasked if each.also]
    assert [each.text for each in read_rules() if each.also and each.questions] == []
    for rule in on_several:
        articles = {rule.article, *(each.article for each in rule.also)}
        assert len(articles) == 1 + len(rule.also)
    grounds: list[ArticleRule | ArticleGround] = [*unasked]
    for words in [*grounds, *(each for rule in unasked for each in rule.also)]:
        text = texts[words.article]
        assert digest_of(text) == words.text_sha256
        ends = [end for span in words.spans for end in span]
        assert ends
        assert ends == sorted(set(ends))
        assert ends[-1] <= len(text)
        for start, end in words.spans:
            assert not text[start].isspace()
            assert not (start and text[start - 1 : start + 1].isalnum())
            assert end == len(text) or not text[end - 1 : end + 1].isalnum()


def test_a_rule_stands_once_and_answers_someone() -> None:
    told = Counter(each.text for each in read_rules())
    assert [text for text, count in told.items() if count > 1] == []
    answering = {name for each in read_judged() for name in each.answering}
    unasked = [each.text for each in read_rules() if not each.questions]
    assert [text for text in unasked if digest_of_rule(text) not in answering] == []


def test_each_rule_is_a_short_sentence_that_says_no_side() -> None:
    rules = read_rules()
    assert [each.text for each in rules if len(each.text.split()) > LONGEST_RULE] == []
    sided = re.compile(r"(oui|non|elle|cela|ceux-ci|celui-ci)\b", re.IGNORECASE)
    assert [each.text for each in rules if sided.match(each.text)] == []
    assert [each.text for each in rules if each.text[-1] not in ".»"] == []


def test_each_rule_has_its_figures_in_english_too() -> None:
    def figures(text: str) -> Counter[str]:
        joined_up = re.sub(r"(?<=\d)[ \u202f\xa0.,](?=\d)", "", text)
        return Counter(re.findall(r"\d+", joined_up))

    assert [r.text for r in read_rules() if figures(r.text) != figures(r.english)] == []


@needs_code
def test_a_rule_has_no_figure_that_its_articles_have_not() -> None:
    texts = _texts()

    def figures(text: str) -> set[tuple[str, str]]:
        found = find_quantities(fold_same_length(text))
        told = {(each.unit, each.value) for each in found}
        return {each for each in told if each[0] in {"euro", "ratio", "month", "day"}} - {A_THIRD}

    added = [
        each.text
        for each in read_rules()
        if figures(each.text) - figures("\n".join(_texts_of(each, texts)))
    ]
    assert added == []


def _texts_of(rule: ArticleRule, texts: Mapping[str, str]) -> list[str]:
    """All that a rule rests on."""
    return [texts[rule.article], *(texts[each.article] for each in rule.also)]


@needs_code
def test_rules_are_not_in_the_words_of_their_articles() -> None:
    texts = _texts()
    copied = [
        each.text
        for each in read_rules()
        if any(_runs(each.text, COPIED) & _runs(text, COPIED) for text in _texts_of(each, texts))
    ]
    assert copied == []


def test_each_judged_question_stands_once_and_has_its_articles() -> None:
    judged = read_judged()
    said = Counter(" ".join(each.question.casefold().split()) for each in judged)
    assert [question for question, count in said.items() if count > 1] == []
    assert [each.question for each in judged if each.answered is None] == []
    lacking = [e.question for e in judged if e.answered is not HasAnswer.NO and not e.articles]
    assert lacking == []


def test_the_best_rule_of_a_judged_question_is_one_of_several_that_answer_it() -> None:
    known = {digest_of_rule(each.text) for each in read_rules()}
    several = [e for e in read_judged() if len(known.intersection(e.answering)) > 1]
    chosen = [each for each in read_judged() if each.best]
    assert [each.question for each in chosen if each.best not in each.answering] == []
    assert {each.question for each in chosen} == {each.question for each in several}


def test_no_judged_question_is_one_by_which_answers_are_measured() -> None:
    def words(text: str) -> tuple[str, ...]:
        return tuple(re.findall(r"\w+", text.casefold()))

    names = ("unseen_*", "questions_*", "strangers_fitted", "judged_lines")
    measured = {
        words(json.loads(line)["question"])
        for name in names
        for path in DATA.glob(f"{name}.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert len(measured) > 2000
    judged = [each.question for each in read_judged()]
    assert [each for each in judged if words(each) in measured] == []


@needs_code
def test_judged_questions_are_not_in_the_words_of_their_article() -> None:
    texts = _texts()
    copied = [
        each.question
        for each in read_judged()
        if any(_runs(each.question, COPIED) & _runs(texts[name], COPIED) for name in each.articles)
    ]
    assert copied == []


@needs_code
def test_what_answers_a_judged_question_is_an_article_of_the_code() -> None:
    texts = _texts()
    named = {article for each in read_judged() for article in each.articles}
    assert named - texts.keys() == set()


def test_one_article_in_ten_is_held_out_with_its_twin() -> None:
    articles = {each.article for each in read_bank()}
    assert 0.06 < sum(map(is_held_out, articles)) / len(articles) < 0.14
    assert all(
        is_held_out("L" + a[1:]) == is_held_out("R" + a[1:]) for a in articles if a[0] in "LR"
    )


def _texts() -> dict[str, str]:
    return texts_of(CODE)


@needs_code
def test_the_spans_of_the_bank_are_sentences_of_the_code() -> None:
    texts = _texts()
    for each in read_bank():
        assert digest_of(texts[each.article]) == each.text_sha256, each.id
        starts = {start for start, _ in sentences_of(texts[each.article])}
        assert {start for start, _ in each.spans} <= starts, each.id


@needs_code
def test_questions_are_not_in_the_words_of_their_article() -> None:
    runs = {number: _runs(text) for number, text in _texts().items()}
    copied = [each.id for each in read_bank() if _runs(each.question) & runs[each.article]]
    assert copied == []


def _runs(text: str, length: int = 5) -> set[tuple[str, ...]]:
    """Every five words, or so many, that follow one another: terms of art are shorter."""
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[place : place + length]) for place in range(len(words) - length + 1)}
