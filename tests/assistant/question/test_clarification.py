"""The fact that is asked back, where what is quoted turns on one that is missing."""

from typing import Any

import pytest

from assistant.question.clarification import ClarifyingFact, missing_fact
from assistant.question.language import Language
from tests.support.question_lists import read_rows, read_table
from tests.support.shared_texts import code_texts

TOLD = read_table("asked_back.toml")
QUOTED: dict[str, str] = TOLD["quoted"]


def _missing(question: str, *quoted: str) -> ClarifyingFact:
    """The fact that is missing, which there is."""
    fact = missing_fact(question, quoted)
    assert fact is not None
    return fact


@pytest.mark.parametrize("row", TOLD["asked"])
def test_a_fact_that_chooses_among_the_quoted_cases_is_asked(row: dict[str, Any]) -> None:
    fact = _missing(row["question"], *(QUOTED[name] for name in row["quoted"]))
    assert row["words"] in fact.question[Language.FRENCH]
    assert set(fact.question) == set(Language)
    assert all(text.endswith("?") and text.count("?") == 1 for text in fact.question.values())


@pytest.mark.parametrize("row", TOLD["clear"])
def test_nothing_is_asked_where_nothing_is_in_doubt(row: dict[str, Any]) -> None:
    assert missing_fact(row["question"], [QUOTED[name] for name in row["quoted"]]) is None


def test_the_cases_are_those_of_the_quotes() -> None:
    fact = _missing("Quel est le délai de paiement ?", QUOTED["paid_by_all"], QUOTED["paid_later"])
    assert fact.name == "buyer"
    assert fact.question[Language.ENGLISH].endswith(
        "is it a public hospital, a public undertaking or a contracting authority?"
    )


def test_each_case_has_a_sentence_that_settles_the_fact() -> None:
    asked = "Jusqu'à quel montant puis-je me passer de publicité ?"
    works, goods = _missing(asked, QUOTED["dispense"]).cases[Language.FRENCH]
    assert (works.label, works.statement) == ("Des travaux", "L'achat porte sur des travaux.")
    assert goods.label == "Des fournitures ou des services"
    for case in (works, goods):
        assert missing_fact(f"{asked} {case.statement}", [QUOTED["dispense"]]) is None


@pytest.mark.parametrize(
    ("asked", "quoted", "labels"),
    [
        (
            "Quel est le taux maximal de la retenue ?",
            QUOTED["retention"],
            ["Une petite ou moyenne entreprise", "Une autre entreprise"],
        ),
        (
            "Combien de jours avant de signer ?",
            QUOTED["standstill"],
            ["Par voie électronique", "Autrement"],
        ),
    ],
)
def test_a_single_case_can_be_denied(asked: str, quoted: str, labels: list[str]) -> None:
    fact = _missing(asked, quoted)
    assert [case.label for case in fact.cases[Language.FRENCH]] == labels
    assert {language: len(cases) for language, cases in fact.cases.items()} == dict.fromkeys(
        Language, 2
    )
    for case in fact.cases[Language.FRENCH]:
        assert missing_fact(f"{asked} {case.statement}", [quoted]) is None


def test_two_cases_with_the_same_figure_leave_nothing_to_choose() -> None:
    same = QUOTED["dispense"].replace("100 000", "60 000")
    assert missing_fact("Jusqu'à quel montant se passer de publicité ?", [same]) is None


@pytest.mark.parametrize(
    ("question", "articles", "name"),
    [
        ("Quel est le délai de paiement des factures ?", ["R2192-10", "R2192-11"], "buyer"),
        ("Quelle est la durée maximale d'un accord-cadre ?", ["L2125-1"], "buyer"),
        ("Sous quel montant peut-on acheter sans publicité ?", ["R2122-8"], "nature"),
        ("Jusqu'à quel pourcentage un avenant est-il possible ?", ["R2194-8"], "nature"),
        ("Combien de temps archiver les pièces ?", ["R2184-13"], "nature"),
        ("Quelle publicité pour un MAPA ?", ["R2131-12"], "amount"),
        ("Quel est le taux maximal de la retenue de garantie ?", ["R2191-33"], "size of the firm"),
        ("Combien de jours attendre avant de signer ?", ["R2182-1"], "dispatch"),
    ],
)
def test_the_real_articles_are_told_apart(question: str, articles: list[str], name: str) -> None:
    assert _missing(question, *(code_texts()[each] for each in articles)).name == name


def test_it_is_reserved_on_questions_of_our_own() -> None:
    spoken, code = 0, code_texts()
    for name in ("questions_execution.jsonl", "questions_passation.jsonl"):
        for row in read_rows(name):
            quoted = [code[each] for each in row["articles_attendus"] if each in code]
            spoken += missing_fact(row["question"], quoted) is not None
    assert 1 <= spoken <= 10
