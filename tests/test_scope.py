import json
import os
from pathlib import Path
from unicodedata import normalize

import pytest

from assistant.question.language import Language
from assistant.question.scope import names_offer, refusal_for
from tests.question_lists import read_lists

SHARED = Path(os.environ.get("SOURCIER_SHARED") or Path(__file__).parents[2] / "shared")
QUESTIONS = SHARED / "data/questions"

ORDINARY, REFUSED = read_lists("scope.txt")


@pytest.mark.parametrize("question", [question for question, _ in ORDINARY])
def test_an_ordinary_question_is_not_refused(question: str) -> None:
    refusal = refusal_for(question)
    assert refusal is None, refusal.name


@pytest.mark.parametrize(("question", "names"), REFUSED)
def test_what_is_out_of_scope_is_refused_for_its_reason(
    question: str, names: tuple[str, ...]
) -> None:
    refusal = refusal_for(question)
    assert refusal is not None
    assert (refusal.name,) == names


def test_apostrophes_and_accents_may_be_written_in_any_way() -> None:
    question = "Cite un arrêt du Conseil d’État."
    for written in (question, question.replace("’", "'"), normalize("NFD", question)):
        assert refusal_for(written) is not None


@pytest.mark.parametrize("question", {names: question for question, names in REFUSED}.values())
def test_a_refusal_says_why_in_both_languages(question: str) -> None:
    refusal = refusal_for(question)
    assert refusal is not None
    assert set(refusal.notices) == set(Language)
    assert all(len(notice) > 60 and notice.endswith(".") for notice in refusal.notices.values())


def _asked(name: str, *, refusal_expected: bool) -> list[str]:
    path = QUESTIONS / f"{name}.jsonl"
    if not path.exists():
        pytest.skip("no ../shared: the development questions are absent")
    lines = path.read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line.strip()]
    return [row["question"] for row in rows if row["attendu_refus"] is refusal_expected]


@pytest.mark.parametrize("name", ["lois_dev", "dce_dev"])
def test_no_development_question_to_answer_is_refused(name: str) -> None:
    asked = _asked(name, refusal_expected=False)
    assert len(asked) > 10
    assert [question for question in asked if refusal_for(question)] == []


def test_most_development_questions_out_of_scope_are_refused() -> None:
    asked = _asked("hors_perimetre_dev", refusal_expected=True)
    refused = [question for question in asked if refusal_for(question)]
    assert len(refused) >= 0.8 * len(asked)


@pytest.mark.parametrize(
    "question",
    [
        "Que propose l'offre de la société Verdure ?",
        "Que dit le mémoire technique sur les délais ?",
        "Combien d'agents le candidat propose-t-il ?",
        "Compare les offres des candidats.",
        "Le soumissionnaire a-t-il joint son attestation ?",
    ],
)
def test_a_question_about_what_a_supplier_wrote_is_known(question: str) -> None:
    assert names_offer(question)
    assert names_offer(question.replace("'", "’"))


@pytest.mark.parametrize(
    "question",
    [
        "Quelle est la date limite de remise des offres ?",
        "Quel délai pour un appel d'offres ouvert ?",
        "Que faire d'une offre anormalement basse ?",
        "Quelles pièces le candidat doit-il fournir ?",
        "Quelles pénalités de retard ?",
    ],
)
def test_a_question_about_the_buyers_rules_on_offers_is_not_one(question: str) -> None:
    assert not names_offer(question)
