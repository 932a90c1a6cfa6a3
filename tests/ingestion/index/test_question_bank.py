"""The glossary and the bank of questions, by which passages are found."""

import json
import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.quantities import find_quantities, fold_same_length
from assistant.retrieval.candidates import phrases_of
from assistant.retrieval.ranking import default_tuning
from ingestion.documents.references import find_references, normalise
from ingestion.errors import IngestionError
from ingestion.index.dossier_bank import asked_of_dossiers
from ingestion.index.lexical import EverydayWords, Term, read_glossary
from ingestion.index.question_bank import (
    OUTSIDE,
    RULES,
    UNANSWERED,
    BankQuestion,
    Form,
    HasAnswer,
    JudgedQuestion,
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
    read_nowhere_answered,
    read_outside,
    read_rules,
    read_unanswered,
    write_bank,
)
from ingestion.index.search import Vectors
from ingestion.index.shipped_vectors import (
    ShippedVectors,
    questions_of_dossiers,
    shipped_file,
    write_shipped,
)
from tests.studies.bank_writing import joined, sentences_of, texts_of
from tests.studies.ship_vectors import builtin_texts
from tests.support.fakes import RememberingEmbedder
from tests.support.index_home import (
    ARTICLES,
    add,
    build_and_publish,
    passages_of_texts,
    published,
    write_articles,
)
from tests.support.paths import DATA
from tests.support.shared_texts import CODE, needs_code

TERMS = read_glossary()


LONGEST_RULE = 38
"""Words of a rule; most have thirty at most."""

A_THIRD = ("ratio", "1/3")
"""As which "un tiers", who is somebody, is read."""

COPIED = 14
"""Words in a row that no rule shares with its article: enumerations are shorter."""


def test_terms_are_read_from_every_file_with_normalised_articles(tmp_path: Path) -> None:
    entry = '[[term]]\nwords = ["MAPA"]\narticles = ["L. 2123-1"]\n'
    (tmp_path / "a.toml").write_text(entry, encoding="utf-8")
    (tmp_path / "b.toml").write_text(entry.replace("MAPA", "AO"), encoding="utf-8")
    assert read_glossary(tmp_path) == (
        Term(("MAPA",), ("L2123-1",)),
        Term(("AO",), ("L2123-1",)),
    )
    assert read_glossary(tmp_path / "nowhere") == ()


@pytest.mark.parametrize("written", ["[[term", "[[term]]\nwords = []", "term = 3", "[autre]"])
def test_a_file_that_is_no_glossary_is_named(tmp_path: Path, written: str) -> None:
    (tmp_path / "faux.toml").write_text(written, encoding="utf-8")
    with pytest.raises(IngestionError, match=r"faux\.toml"):
        read_glossary(tmp_path)


def test_a_passage_has_the_words_of_all_its_articles() -> None:
    first, second, *_ = passages_of_texts(["Un texte.", "Un autre."])
    everyday = EverydayWords(
        [Term(("un", "deux"), ("R1-0",)), Term(("trois",), ("R1-9", "R1-8", "R1-1"))]
    )
    assert everyday.of(first) == "un\ndeux"
    assert everyday.of(second) == ""


def test_every_entry_of_the_glossary_names_articles_of_the_code() -> None:
    assert len(TERMS) > 1000
    for term in TERMS:
        assert all(word.strip() for word in term.words), term
        assert 1 <= len(term.articles) <= 5, term
        for article in term.articles:
            assert normalise(article) == article, term
            assert article[0] in "LRDA", term


def test_no_phrase_stands_twice_in_an_entry() -> None:
    for term in TERMS:
        assert len(set(term.words)) == len(term.words), term


@pytest.mark.parametrize(
    "question",
    [
        "Puis-je recevoir les offres par e-mail pour un achat à 30 000 € ?",
        "Un candidat a envoyé son offre par mail, est-elle recevable ?",
        "Les devis par email suffisent-ils ?",
        "May we accept bids by e-mail?",
    ],
)
def test_an_offer_by_mail_leads_to_the_rule_and_to_its_exceptions(question: str) -> None:
    assert phrases_of(TERMS).articles(question)[:2] == ["R2132-7", "R2132-12"]


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
def test_a_rule_that_people_alone_ask_for_rests_on_words_of_its_article() -> None:
    texts = _texts()
    unasked = [each for each in read_rules() if not each.questions]
    assert len(unasked) > 400
    for rule in unasked:
        text = texts[rule.article]
        assert digest_of(text) == rule.text_sha256
        ends = [end for span in rule.spans for end in span]
        assert ends
        assert ends == sorted(set(ends))
        assert ends[-1] <= len(text)
        for start, end in rule.spans:
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
def test_a_rule_has_no_figure_that_its_article_has_not() -> None:
    texts = _texts()

    def figures(text: str) -> set[tuple[str, str]]:
        found = find_quantities(fold_same_length(text))
        told = {(each.unit, each.value) for each in found}
        return {each for each in told if each[0] in {"euro", "ratio", "month", "day"}} - {A_THIRD}

    added = [
        each.text for each in read_rules() if figures(each.text) - figures(texts[each.article])
    ]
    assert added == []


@needs_code
def test_rules_are_not_in_the_words_of_their_article() -> None:
    texts = _texts()
    copied = [
        each.text
        for each in read_rules()
        if _runs(each.text, COPIED) & _runs(texts[each.article], COPIED)
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


BANK_LINE = BankQuestion(
    "R2191-3-01", "", "R2191-3", digest_of(ARTICLES["R2191-3"]), ((0, 20),), Form.YES,
    Style.SHORT, "Oui.", rule="Une avance est accordée.",
)  # fmt: skip


TEXTS = [f"Question {number} ?" for number in range(40)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Vectors]:
    vectors = np.random.default_rng(7).normal(size=(len(TEXTS), 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    path = tmp_path_factory.mktemp("shipped") / "questions.npz"
    write_shipped(path, TEXTS, vectors, TEXTS[:1], vectors[1:2])
    return path, vectors


@given(places=st.lists(st.integers(0, 79), max_size=20))
def test_each_text_has_its_own_vector_or_none(
    places: list[int], written: tuple[Path, Vectors]
) -> None:
    path, vectors = written
    asked = [TEXTS[place] if place < 40 else f"Autre {place}" for place in places]
    is_known, rows = ShippedVectors(path).find(asked, 384, as_questions=True)
    assert is_known.tolist() == [place < 40 for place in places]
    for place, row in zip(places, rows, strict=True):
        if place < 40:
            assert row @ vectors[place] > 0.999
            assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-5)
        else:
            assert not row.any()


def test_cosines_are_right_to_a_hundredth(written: tuple[Path, Vectors]) -> None:
    path, vectors = written
    _, rows = ShippedVectors(path).find(TEXTS, 384, as_questions=True)
    assert np.abs(rows @ vectors.T - vectors @ vectors.T).max() < 0.01


def test_a_file_that_is_not_there_or_of_another_width_has_none(
    tmp_path: Path, written: tuple[Path, Vectors]
) -> None:
    none = ShippedVectors(tmp_path / "none.npz")
    assert not none.find(TEXTS, 384, as_questions=True)[0].any()
    assert not ShippedVectors(written[0]).find(TEXTS, 12, as_questions=True)[0].any()


def test_a_text_that_is_asked_has_another_vector_than_in_a_document(
    written: tuple[Path, Vectors],
) -> None:
    path, vectors = written
    is_known, [row, *_] = ShippedVectors(path).find(TEXTS[:2], 384, as_questions=False)
    assert is_known.tolist() == [True, False]
    assert row @ vectors[1] > 0.999


def test_a_build_takes_what_is_shipped_and_computes_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [replace(BANK_LINE, question=asked) for asked in ("Une avance ?", "Des sous ?")]
    embedder = RememberingEmbedder()
    known = np.zeros((1, embedder.dimension), dtype=np.float32)
    known[0, 3] = 1.0
    write_shipped(tmp_path / "shipped.npz", ["Une avance ?"], known, [], known[:0])
    monkeypatch.setattr("ingestion.index.build.shipped_file", lambda _: tmp_path / "shipped.npz")
    monkeypatch.setattr("ingestion.index.build.read_bank", lambda: lines)
    monkeypatch.setattr("ingestion.index.build.read_nowhere_answered", lambda: ())
    judged = [JudgedQuestion("Combien ?", HasAnswer.NO), JudgedQuestion("Où ?")]
    monkeypatch.setattr("ingestion.index.build.read_judged", lambda: judged)
    add(tmp_path / "home", write_articles(tmp_path / "code.jsonl", ARTICLES))
    build_and_publish(tmp_path / "home", embedder)
    assert embedder.asked == ["Des sous ?", "Combien ?"]
    [nearest] = published(tmp_path / "home").questions.alike(known[0], 1)
    assert nearest.question.text == "Une avance ?"
    assert nearest.cosine == pytest.approx(1.0)


def test_nor_does_a_build_compute_the_passages_that_are_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = write_articles(tmp_path / "code.jsonl", ARTICLES)
    first, again = RememberingEmbedder(), RememberingEmbedder()
    add(tmp_path / "first", code)
    build_and_publish(tmp_path / "first", first)
    row = np.eye(1, first.dimension, dtype=np.float32)
    write_shipped(tmp_path / "shipped.npz", [], row[:0], first.told[:1], row)
    monkeypatch.setattr("ingestion.index.build.shipped_file", lambda _: tmp_path / "shipped.npz")
    add(tmp_path / "again", code)
    build_and_publish(tmp_path / "again", again)
    assert again.told == first.told[1:]
    assert len(again.told) > 1


def test_a_question_of_the_default_embedder_is_not_computed_again() -> None:
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    texts = [wording for each in read_bank() for wording in each.asked]
    texts += [each.question for each in read_nowhere_answered()]
    texts += [each.text for each in asked_of_dossiers()]
    texts += [each.question for each in read_judged()]
    assert shipped.find(texts, 384, as_questions=True)[0].all()
    rules = [each.text for each in read_rules()]
    assert shipped.find(rules, 384, as_questions=False)[0].all()


def test_nor_is_a_text_of_the_builtin_corpus() -> None:
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    assert shipped.find(builtin_texts(), 384, as_questions=False)[0].all()


def test_what_dossiers_leave_open_is_known_for_the_embedder_that_is_shipped() -> None:
    name = default_tuning().embedder
    asked = questions_of_dossiers(name, 384)
    assert asked.questions == asked_of_dossiers()
    is_open = [not each.passage_ids for each in asked.questions]
    told = [asked.unanswered(vector) > 0 for vector in asked.vectors]
    assert np.mean(np.array(told) == np.array(is_open)) > 0.9
    assert len(questions_of_dossiers("words@1", 384)) == 0
