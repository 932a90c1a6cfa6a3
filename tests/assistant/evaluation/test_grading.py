"""The grading of answers, result files read back, and what is measured over many."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.answer import (
    Answer,
    LineRole,
    Outcome,
    Removed,
    Seconds,
    Sentence,
    TurnResult,
)
from assistant.answering.record import contract
from assistant.citations.checker import Support
from assistant.confidence import Estimate
from assistant.errors import WrongResults
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
    read_results,
    removals,
    seconds,
    stands_at,
)
from assistant.evaluation.questions import ExpectedPlace
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


# Result files


def _results_file(path: Path, *results: TurnResult) -> Path:
    lines = (
        json.dumps({"id": f"q{n}", **contract(result)}, ensure_ascii=False)
        for n, result in enumerate(results)
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_what_eval_writes_is_read_back(tmp_path: Path) -> None:
    full = replace(
        answer_of("Trente\u2028jours.", "art. R2192-10", "CCAP, p. 7"),
        removed=(Removed("Faux.", "nature"),),
        notice="À vérifier.",
    )
    line = Sentence("Trois.", (1,), Support.VERBATIM, role=LineRole.EXCEPTION, label="Attention")
    rule = Sentence("Zéro.", (1,), Support.PREPARED, label="En clair")
    quote = Sentence("Un.", (1, 2), Support.VERBATIM)
    computed = Sentence("Deux.", (), Support.COMPUTED)
    several = Answer(Outcome.ANSWERED, (rule, quote, computed, line))
    results = [result_of(answer) for answer in (full, several, ABSTAINED)]
    found = read_results(_results_file(tmp_path / "results.jsonl", *results))
    assert list(found.values()) == results
    assert list(found) == ["q0", "q1", "q2"]


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "maybe"},
        {"citations": [{"n": 1}]},
        {"sentences": [{"text": "…", "citations": [1], "support": None}]},
        {"answer": "Autre chose."},
        {"as_of": "hier"},
        {"seconds": {}},
        {"as_of_source": None},
    ],
)
def test_a_line_that_is_no_result_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    good = {"id": "a", **contract(result_of(answer_of("Trente.")))}
    path = tmp_path / "results.jsonl"
    path.write_text("\n".join(map(json.dumps, (good, good | change))), encoding="utf-8")
    with pytest.raises(WrongResults, match="ligne 2"):
        read_results(path)


@pytest.mark.parametrize("line", ["{", "[]", "1", "null", "{}"])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(WrongResults, match="ligne 1"):
        read_results(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongResults, match="absent"):
        read_results(tmp_path / "absent.jsonl")


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
