import pytest

from assistant.answers import Answer, Outcome, Removed
from assistant.measures import cited_articles, grade, is_correct, table
from assistant.turn import Seconds
from tests.graded import ABSTAINED, TEXT, answer_of, graded_of, question_of, result_of


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
    assert is_correct(question_of(facts), answer_of(text)) is correct


def test_a_forbidden_word_makes_an_answer_wrong() -> None:
    question = question_of(facts=(("trente",),), forbidden=("^\\W*oui",))
    assert is_correct(question, answer_of("Non, trente."))
    assert not is_correct(question, answer_of("Oui, trente."))


def test_an_abstention_is_wrong_where_an_answer_is_expected() -> None:
    assert not is_correct(question_of(facts=(("trente",),)), ABSTAINED)
    assert not is_correct(question_of(), ABSTAINED)


def test_a_refusal_expected_is_an_abstention_or_a_part_without_falsehood() -> None:
    question = question_of(forbidden=("quinze",), refusal=True)
    assert is_correct(question, ABSTAINED)
    assert is_correct(question, answer_of("Trente jours.", outcome=Outcome.PARTIAL))
    assert not is_correct(question, answer_of("Quinze jours.", outcome=Outcome.PARTIAL))
    assert not is_correct(question, answer_of("Trente jours."))


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
    nothing = graded_of(question, answer_of("…"))
    assert (nothing.recall, nothing.precision) == (0, None)
    unexpected = graded_of(question_of(), answer_of("…", "art. R2122-8"))
    assert (unexpected.recall, unexpected.precision) == (None, None)


def test_exact_quotes_are_compared_with_the_document() -> None:
    answer = answer_of("…", "art. R2192-10", "art. R2192-11")
    right = grade(question_of(), result_of(answer), lambda document: TEXT)
    moved = grade(question_of(), result_of(answer), lambda document: " " + TEXT)
    assert (right.exact_quotes, moved.exact_quotes) == (1.0, 0.0)
    assert graded_of(question_of(), ABSTAINED).exact_quotes is None


def test_the_table_counts() -> None:
    good = answer_of("Trente.", "art. R1-1")
    graded = [
        graded_of(question_of((("trente",),), articles=("R1-1",)), good),
        graded_of(question_of((("quinze",),)), good),
        graded_of(question_of((("trente",),)), ABSTAINED),
        graded_of(question_of(refusal=True), ABSTAINED),
        graded_of(question_of(refusal=True), good),
        graded_of(question_of(refusal=True), ABSTAINED),
    ]
    measures = dict(table(graded))
    assert measures["questions"] == "6"
    assert measures["correct"] == "0.50 (3/6)"
    assert measures["answered"] == "0.50 (3/6)"
    assert measures["gold recall"] == "1.00"
    assert measures["supported"] == "1.00 (3/3)"
    assert measures["exact quotes"] == "1.00"
    assert measures["refusal precision"] == "0.67 (2/3)"
    assert measures["refusal recall"] == "0.67 (2/3)"
    assert measures["refusal F1"] == "0.67 (4/6)"


def test_the_table_of_nothing_says_nothing() -> None:
    measures = dict(table([]))
    assert measures["questions"] == "0"
    assert {value for name, value in measures.items() if name not in {"questions"}} <= {"–", "0"}


def test_removed_sentences_are_counted() -> None:
    removed = (Removed("Faux.", "chiffre"), Removed("Faux.", "nature"))
    graded = [graded_of(question_of(), Answer(Outcome.ABSTAINED, removed=removed))]
    assert dict(table(graded))["removed sentences"] == "2"


def test_percentiles_leave_out_what_did_not_happen() -> None:
    times = [Seconds(0.1 * i, None if i % 2 else 1.0 * i, 2.0 * i) for i in range(1, 12)]
    measures = dict(table([graded_of(question_of(), answer_of("…"), each) for each in times]))
    assert measures["seconds evidence, p50 / p95"] == "0.60 / 1.05"
    assert measures["seconds first token, p50 / p95"] == "6.00 / 9.60"
    assert measures["seconds total, p50 / p95"] == "12.00 / 21.00"
