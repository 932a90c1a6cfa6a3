"""Question sets, the grading of answers, and what is measured over many."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.answering.answer import Answer, Outcome, Removed, Seconds, Sentence
from assistant.citations.checker import Support
from assistant.confidence import Estimate
from assistant.errors import WrongQuestions
from assistant.evaluation.grading import (
    FaultKind,
    Graded,
    Length,
    Measure,
    TurnStep,
    cited_articles,
    estimates,
    grade,
    grouped,
    lengths,
    removals,
    seconds,
    stands_at,
)
from assistant.evaluation.questions import ExpectedPlace, Question, read_questions
from tests.support.graded import ABSTAINED, TEXT, answer_of, graded_of, question_of, result_of


@pytest.mark.parametrize(
    ("facts", "text", "correct"),
    [
        ((("30", "trente"), ("jours",)), "Trente jours.", True),
        ((("30", "trente"), ("jours",)), "Trente mois.", False),
        ((("30", "trente"), ("jours",)), "Quinze jours.", False),
        ((("40 000",),), "40\u00a0000 €", True),
        ((("40 000",),), "40\u202f000 €", True),
        ((("trente jours",),), "trente\njours", True),
        ((), "N'importe quoi.", True),
    ],
)
def test_an_answer_is_correct_when_every_group_has_a_match(
    facts: tuple[tuple[str, ...], ...], text: str, *, correct: bool
) -> None:
    assert graded_of(question_of(facts), answer_of(text)).correct is correct


def test_a_missing_fact_is_named_by_its_pattern() -> None:
    question = question_of((("30", "trente"), ("jours",), ("ouvrés",)))
    [first, second] = graded_of(question, answer_of("Quinze jours.")).faults
    assert (first.kind, first.detail) == (FaultKind.MISSING_FACT, "30|trente")
    assert second.detail == "ouvrés"


def test_a_forbidden_word_makes_an_answer_wrong_and_is_quoted() -> None:
    question = question_of(facts=(("trente",),), forbidden=("^\\W*oui",))
    assert graded_of(question, answer_of("Non, trente.")).correct
    [fault] = graded_of(question, answer_of("Oui, trente.")).faults
    assert (fault.kind, fault.detail) == (FaultKind.FORBIDDEN, "Oui")


def test_an_abstention_is_wrong_where_an_answer_is_expected() -> None:
    for question in (question_of(facts=(("trente",),)), question_of()):
        graded = graded_of(question, ABSTAINED)
        assert [fault.kind for fault in graded.faults] == [FaultKind.FALSE_REFUSAL]
        assert graded.refused


def test_a_refusal_expected_is_an_abstention_or_a_part_without_falsehood() -> None:
    question = question_of(forbidden=("quinze",), refusal=True)
    assert graded_of(question, ABSTAINED).correct
    assert graded_of(question, answer_of("Trente jours.", outcome=Outcome.PARTIAL)).correct
    assert not graded_of(question, answer_of("Quinze jours.", outcome=Outcome.PARTIAL)).correct
    [fault] = graded_of(question, answer_of("Trente jours.")).faults
    assert fault.kind is FaultKind.MISSED_REFUSAL


def test_articles_are_read_in_the_locators() -> None:
    answer = answer_of(
        "…", "art. R2122-8", "art. L2112-1 et R2112-1, fiche « Écrit »", "CCAP, p. 7"
    )
    assert cited_articles(answer) == {"R2122-8", "L2112-1", "R2112-1"}


def test_recall_and_precision_of_the_articles() -> None:
    question = question_of(articles=("R1-1", "R2122-8"), useful=("L2122-1",))
    graded = graded_of(question, answer_of("…", "art. R2122-8", "art. L2122-1", "art. R2122-9"))
    assert graded.recall == 0.5
    assert graded.precision == pytest.approx(2 / 3)
    assert graded.uncited == ("R1-1",)
    nothing = graded_of(question, answer_of("…"))
    assert (nothing.recall, nothing.precision) == (0, None)
    unexpected = graded_of(question_of(), answer_of("…", "art. R2122-8"))
    assert (unexpected.recall, unexpected.precision) == (None, None)


@pytest.mark.parametrize(
    ("locator", "piece", "page", "stands"),
    [
        ("CCAP, art. 12.3, p. 7", "CCAP", 7, True),
        ("CCAP, art. 12.3, p. 7-9", "CCAP", 8, True),
        ("CCAP, art. 12.3, p. 7-9", "CCAP", 9, True),
        ("CCAP, art. 12.3, p. 7-9", "CCAP", 10, False),
        ("CCAP, art. 12.3, p. 17", "CCAP", 7, False),
        ("CCAP, art. 7, p. 12", "CCAP", 7, False),
        ("CCTP, art. 12.3, p. 7", "CCAP", 7, False),
        ("CCAG-FCS, art. 12.3, p. 7", "CCAP", 7, False),
        ("CCAP, art. 12.3", "CCAP", 7, False),
        ("CCAP, art. 12.3", "CCAP", None, True),
        ("AE, § B – Dispositions, p. 2", "AE", 2, True),
        ("Questions-Réponses pour candidats, p. 1", "QR", 1, True),
        ("Rapport d'analyse, p. 1", "QR", 1, False),
        ("art. R2122-8", "RC", None, False),
    ],
)
def test_a_locator_names_the_piece_and_has_the_page(
    locator: str, piece: str, page: int | None, *, stands: bool
) -> None:
    assert stands_at(locator, ExpectedPlace(piece, page)) is stands


def test_places_that_no_citation_names_are_kept() -> None:
    seven, nine = ExpectedPlace("CCAP", 7), ExpectedPlace("CCTP", 9)
    graded = graded_of(question_of(places=(seven, nine)), answer_of("…", "CCAP, art. 1, p. 7"))
    assert graded.unplaced == (nine,)
    assert graded.correct


def test_exact_quotes_are_compared_with_the_document() -> None:
    answer = answer_of("…", "art. R2192-10", "art. R2192-11")
    right = grade(question_of(), result_of(answer), lambda citation: TEXT)
    moved = grade(question_of(), result_of(answer), lambda citation: " " + TEXT)
    unknown = grade(question_of(), result_of(answer), lambda citation: None)
    assert right.exact_quotes == (True, True)
    assert moved.exact_quotes == (False, False)
    assert unknown.exact_quotes == ()
    assert graded_of(question_of(), Answer(Outcome.ABSTAINED)).exact_quotes == ()


# Questions


WHOLE = {
    "id": "q-1",
    "question": "Quel délai ?",
    "as_of": "2026-03-15",
    "dossier": "ecole",
    "articles_attendus": ["R2192-10"],
    "articles_utiles": ["L2192-10"],
    "faits": [["trente", "30"], ["jours"]],
    "interdits": ["\\bmois\\b"],
    "attendu_refus": False,
    "piece": "CCAP",
    "page": 7,
    "piece2": "QR",
    "page2": None,
    "theme": "Paiement",
    "type": "fait",
    "categorie": "courante",
    "difficulte": "simple",
    "note": "not read",
}


def _read(folder: Path, *lines: str) -> list[Question]:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_questions(path)


def test_every_field_is_read(tmp_path: Path) -> None:
    [question] = _read(tmp_path, json.dumps(WHOLE))
    assert question.id == "q-1"
    assert question.text == "Quel délai ?"
    assert question.as_of == date(2026, 3, 15)
    assert question.dossier == "ecole"
    assert question.articles == ("R2192-10",)
    assert question.useful == ("L2192-10",)
    assert [[option.pattern for option in group] for group in question.facts] == WHOLE["faits"]
    assert question.facts[0][0].search("TRENTE jours")
    assert [pattern.pattern for pattern in question.forbidden] == WHOLE["interdits"]
    assert not question.refusal_expected
    assert question.places == (ExpectedPlace("CCAP", 7), ExpectedPlace("QR", None))
    assert question.theme == "Paiement"
    assert (question.kind, question.category, question.difficulty) == ("fait", "courante", "simple")
    assert question.file == str(tmp_path / "questions.jsonl")


def test_an_article_is_expected_however_it_is_written(tmp_path: Path) -> None:
    written = {"articles_attendus": ["art. R. 2192-10"], "articles_utiles": ["L.2192-10"]}
    [question] = _read(tmp_path, json.dumps(WHOLE | written))
    assert (question.articles, question.useful) == (("R2192-10",), ("L2192-10",))


def test_most_fields_may_be_left_out_or_null(tmp_path: Path) -> None:
    nothing = dict.fromkeys(WHOLE.keys() - {"id", "question"})
    lines = [{"id": "a", "question": "?"}, {"id": "b", "question": "?", **nothing}]
    bare, null = _read(tmp_path, *map(json.dumps, lines))
    file = str(tmp_path / "questions.jsonl")
    nothing_expected = Question("a", "?", None, None, (), (), (), (), False, file=file)
    assert bare == nothing_expected
    assert null == replace(nothing_expected, id="b")


def test_blank_lines_are_skipped_and_the_order_kept(tmp_path: Path) -> None:
    lines = [json.dumps({"id": name, "question": "?"}) for name in "cab"]
    assert [each.id for each in _read(tmp_path, lines[0], "", lines[1], "  ", lines[2], "")] == [
        *"cab"
    ]


def test_a_line_separator_inside_a_question_ends_no_line(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "question": "Un\u2028deux\u0085trois"}, ensure_ascii=False)
    assert [each.text for each in _read(tmp_path, line)] == ["Un\u2028deux\u0085trois"]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '"text"',
        "null",
        '{"question": "?"}',
        '{"id": "a"}',
        json.dumps(WHOLE | {"as_of": "15/03/2026"}),
        json.dumps(WHOLE | {"articles_attendus": "R2192-10"}),
        json.dumps(WHOLE | {"faits": "trente"}),
        json.dumps(WHOLE | {"faits": ["trente"]}),
        json.dumps(WHOLE | {"faits": [["("]]}),
        json.dumps(WHOLE | {"faits": [[30]]}),
        json.dumps(WHOLE | {"interdits": "mois"}),
        json.dumps(WHOLE | {"interdits": ["("]}),
        json.dumps(WHOLE | {"page": "sept"}),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(WrongQuestions, match="ligne 2"):
        _read(tmp_path, json.dumps(WHOLE), line)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongQuestions, match="absent"):
        read_questions(tmp_path / "absent.jsonl")
    (tmp_path / "latin.jsonl").write_bytes('{"id": "é"}'.encode("latin-1"))
    with pytest.raises(WrongQuestions, match=r"latin\.jsonl"):
        read_questions(tmp_path / "latin.jsonl")


def test_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("b.jsonl", "a.jsonl")]
    for path in paths:
        path.write_text(json.dumps({"id": path.stem, "question": "?"}), encoding="utf-8")
    found = [(question.id, question.file) for question in read_questions(*paths)]
    assert found == [("b", str(paths[0])), ("a", str(paths[1]))]


def test_an_identifier_given_twice_is_named(tmp_path: Path) -> None:
    line = json.dumps({"id": "q-1", "question": "?"})
    with pytest.raises(WrongQuestions, match="« q-1 » est donné 2 fois"):
        _read(tmp_path, line, line)


# Measures


GOOD = answer_of("Trente.", "art. R1-1")


def _counted(estimate: Estimate | None) -> tuple[int | None, int] | None:
    return (estimate.part, estimate.whole) if estimate else None


def test_shares_are_counted() -> None:
    found = estimates(
        [
            graded_of(question_of((("trente",),), articles=("R1-1",)), GOOD),
            graded_of(question_of((("quinze",),)), GOOD),
            graded_of(question_of((("trente",),)), ABSTAINED),
            graded_of(question_of(refusal=True), ABSTAINED),
            graded_of(question_of(refusal=True), GOOD),
            graded_of(question_of(refusal=True), ABSTAINED),
        ]
    )
    assert _counted(found[Measure.CORRECT]) == (3, 6)
    assert _counted(found[Measure.ANSWERED]) == (3, 6)
    assert _counted(found[Measure.SUPPORTED]) == (3, 3)
    assert _counted(found[Measure.EXACT]) == (3, 3)
    assert _counted(found[Measure.REFUSAL_PRECISION]) == (2, 3)
    assert _counted(found[Measure.REFUSAL_RECALL]) == (2, 3)
    assert _counted(found[Measure.FALSE_REFUSALS]) == (1, 3)
    f1, recall = found[Measure.REFUSAL_F1], found[Measure.RECALL]
    assert f1 is not None
    assert f1.value == pytest.approx(2 / 3)
    assert f1.low < f1.value < f1.high
    assert recall is not None
    assert (recall.value, recall.whole) == (1, 1)


def test_nothing_has_no_measure() -> None:
    assert set(estimates([])) == set(Measure)
    assert not any(estimates([]).values())
    assert lengths([]) == ()
    assert removals([]) == []


def test_a_sentence_without_its_citation_is_not_supported() -> None:
    cited = answer_of("Trente.", "art. R1-1")
    [sentence] = cited.sentences
    for citations in ((), (2,)):
        lost = replace(cited, sentences=(sentence, replace(sentence, citations=citations)))
        found = estimates([graded_of(question_of(), lost)])
        assert _counted(found[Measure.SUPPORTED]) == (1, 2)


def test_pages_are_counted_where_they_are_expected() -> None:
    pages = (ExpectedPlace("CCAP", 7), ExpectedPlace("CCTP", 9), ExpectedPlace("RC", None))
    graded = [
        graded_of(question_of(places=pages), answer_of("…", "CCAP, art. 1, p. 7")),
        graded_of(question_of(), answer_of("…", "CCAP, art. 1, p. 7")),
    ]
    assert _counted(estimates(graded)[Measure.PAGES]) == (1, 2)


def test_removed_sentences_are_counted_by_reason() -> None:
    removed = (
        Removed("Faux.", "quantité absente : « 3 »"),
        Removed("Faux.", "nature"),
        Removed("Faux.", "quantité absente : « 4 »"),
    )
    graded = [graded_of(question_of(), Answer(Outcome.ABSTAINED, removed=removed))]
    assert removals(graded) == [("quantité absente", 2), ("nature", 1)]


def test_words_quoted_are_told_from_those_of_the_program() -> None:
    answer = Answer(
        Outcome.ANSWERED,
        (
            Sentence("L'acheteur paie sous 30 jours.", (1,), Support.VERBATIM),
            Sentence("Calcul : 20 < 30.", (1,), Support.COMPUTED),
        ),
        notice="Vérifiez la date.",
    )
    graded = [graded_of(question_of(), answer), graded_of(question_of(), ABSTAINED)]
    assert lengths(graded) == (Length(words=11, own=6),)


def test_steps_leave_out_what_did_not_happen() -> None:
    times = [Seconds(0.1, None, 0.3), Seconds(0.2, 0.4, 0.5)]
    found = seconds([graded_of(question_of(), GOOD, each) for each in times])
    assert found == {
        TurnStep.EVIDENCE: (0.1, 0.2),
        TurnStep.FIRST: (0.4,),
        TurnStep.TOTAL: (0.3, 0.5),
    }


def test_groups_come_by_size_then_by_name() -> None:
    graded = [graded_of(question_of(name=name), GOOD) for name in "bacbc"]

    def name(item: Graded) -> str:
        return item.question.id

    assert [(label, len(items)) for label, items in grouped(graded, name)] == [
        ("b", 2),
        ("c", 2),
        ("a", 1),
    ]
