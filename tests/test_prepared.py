from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.answering.prepared import is_same_case, prepared_answer, sameness
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.ranking import Sameness, default_tuning, tuning_for
from ingestion.index.questions import LeadingQuestion, Likeness
from tests.passage_texts import article_of, evidence_of

TEXT = "L'acheteur peut acheter sans publicité en dessous de 60 000 euros hors taxes."
ARTICLE = article_of("R2122-8", TEXT)
EVIDENCE = Evidence(1, ARTICLE, 0.9, "0" * 64)
OTHER = evidence_of("Les prix sont fermes ou révisables.", 2)
LEAD = "Oui, en dessous de 60 000 € hors taxes."
WEIGHTS = Sameness(cosine=10.0, bias=-8.0)
BANK = LeadingQuestion("52 000 € de mobilier, je publie ?", (ARTICLE.id,), "R2122-8-01", LEAD)


def _alike(*cosines: float, of: Sequence[LeadingQuestion] = (BANK,)) -> list[Likeness]:
    rest = [replace(BANK, of=f"other-{n}") for n in range(len(cosines))]
    return [Likeness(each, cosine) for each, cosine in zip([*of, *rest], cosines, strict=False)]


def _prepared(question: str, alike: list[Likeness], *evidence: Evidence, today: bool = True) -> str:
    found = prepared_answer(question, alike, 0.0, evidence, WEIGHTS, is_of_today=today)
    return found.text if found else ""


ASKED = "Mobilier à 41 000 €, faut-il une annonce ?"


def test_the_same_question_has_its_answer_on_its_passage() -> None:
    found = prepared_answer(ASKED, _alike(0.9), 0.0, [OTHER, EVIDENCE], WEIGHTS, is_of_today=True)
    assert found is not None
    assert (found.text, found.evidence) == (LEAD, EVIDENCE)


def test_one_that_is_only_near_has_none() -> None:
    assert _prepared(ASKED, _alike(0.7), EVIDENCE) == ""
    assert _prepared(ASKED, [], EVIDENCE) == ""


def test_nor_one_whose_answer_went_with_its_text() -> None:
    assert _prepared(ASKED, _alike(0.9, of=[replace(BANK, lead="")]), EVIDENCE) == ""


def test_its_passage_must_be_among_the_first_found() -> None:
    others = [replace(OTHER, number=n) for n in range(1, 4)]
    assert _prepared(ASKED, _alike(0.9), OTHER) == ""
    assert _prepared(ASKED, _alike(0.9), *others[:2], EVIDENCE) == LEAD
    assert _prepared(ASKED, _alike(0.9), *others, EVIDENCE) == ""


def test_a_sheet_bears_an_answer_of_today_only() -> None:
    sheet = replace(EVIDENCE, passage=replace(ARTICLE, title="Petits achats", source="fiche.md"))
    sheet_only = replace(sheet, passage=replace(sheet.passage, references=("R2122-8", "R2123-1")))
    assert _prepared(ASKED, _alike(0.9), sheet_only) == LEAD
    assert _prepared(ASKED, _alike(0.9), sheet_only, today=False) == ""
    assert _prepared(ASKED, _alike(0.9), EVIDENCE, today=False) == LEAD


@pytest.mark.parametrize(
    ("asked", "is_same"),
    [
        ("Pour 41 000 € ?", True),
        ("Pour 41 k€ de chaises dans 3 écoles ?", True),
        ("Pour 60 000 € ?", False),
        ("Pour 75 000 € ?", False),
        ("Pour du mobilier ?", False),
    ],
)
def test_figures_on_other_sides_of_a_limit_are_another_case(asked: str, is_same: bool) -> None:
    assert is_same_case(asked, BANK.text, [LEAD, TEXT]) is is_same


def test_figures_that_no_limit_meets_make_no_difference() -> None:
    assert is_same_case("Une école de 12 classes ?", "Un lycée ?", [TEXT])


def test_wordings_of_one_question_and_a_lead_over_others_make_it_surer() -> None:
    weights = Sameness(cosine=0.0, ahead=1.0, votes=0.1, bias=0.0)
    alone = sameness(_alike(0.9, 0.8), 0.0, weights)
    assert alone == pytest.approx(0.2)
    wordings = [Likeness(BANK, 0.9), Likeness(BANK, 0.85), *_alike(0.9, 0.6)[1:]]
    assert sameness(wordings, 0.0, weights) == pytest.approx(0.5)


def test_neighbours_of_one_place_and_far_from_the_unanswered_make_it_surer() -> None:
    weights = Sameness(place=0.1, unanswered=-1.0, bias=0.0)
    elsewhere = replace(BANK, of="other", passage_ids=("elsewhere",))
    alike = [*_alike(0.9, 0.8), Likeness(elsewhere, 0.7)]
    assert sameness(alike, 0.0, weights) == pytest.approx(0.2)
    assert sameness(alike, -0.3, weights) == pytest.approx(0.5)


@pytest.fixture(autouse=True, scope="module")
def words_only() -> None:
    """Not here: the fitted weights are what these tests are about."""


def test_nothing_is_prepared_where_sameness_was_not_fitted() -> None:
    assert sameness(_alike(1.0), -0.4, tuning_for("other@1").sameness) < 0
    same = [Likeness(BANK, cosine) for cosine in (1.0, 0.85, 0.8)]
    assert sameness([*same, *_alike(0, 0.7, 0.65)[1:]], -0.4, default_tuning().sameness) > 0
