import os
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.errors import IngestionError
from ingestion.index.question_bank import (
    OUTSIDE,
    UNANSWERED,
    BankQuestion,
    Form,
    Lacking,
    Outside,
    OutsideQuestion,
    Style,
    UnansweredQuestion,
    chapter_of,
    digest_of,
    is_held_out,
    read_bank,
    read_outside,
    read_unanswered,
    write_bank,
)
from ingestion.legislation.references import find_references
from tests.studies.bank_writing import joined, sentences_of, texts_of

SHARED = Path(os.environ.get("SOURCIER_SHARED") or Path(__file__).parents[2] / "shared")
CODE = SHARED / "data" / "law" / "ccp_articles.jsonl"

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
    unanswered = (UnansweredQuestion("sans-0001", "Et le juge ?", "R2142-7", Lacking.CASE_LAW),)
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


# What stands in the bank.


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


def test_one_article_in_ten_is_held_out_with_its_twin() -> None:
    articles = {each.article for each in read_bank()}
    assert 0.06 < sum(map(is_held_out, articles)) / len(articles) < 0.14
    assert all(
        is_held_out("L" + a[1:]) == is_held_out("R" + a[1:]) for a in articles if a[0] in "LR"
    )


needs_code = pytest.mark.skipif(not CODE.exists(), reason=f"the real code is not in {CODE}")


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


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every five words that follow one another: terms of art are shorter."""
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[place : place + 5]) for place in range(len(words) - 4)}
