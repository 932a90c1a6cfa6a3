import pytest

from assistant.answering.answer import Answer, Outcome
from assistant.evaluation.grading import FaultKind, cited_articles, grade, stands_at
from assistant.evaluation.questions import ExpectedPlace
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
