"""Needs, lots and modifications told in their parts: which are calculated, of what."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from assistant.calculators.catalogue import Asked
from assistant.calculators.constants import constants
from assistant.calculators.estimate import RULES, EstimateAsked, ValueBasis
from assistant.calculators.facts import read_facts
from assistant.calculators.modification import ModificationAsked
from assistant.calculators.needs import Missing
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.requests.durations import total_months
from assistant.calculators.requests.legal_limits import but_limits_of_the_law
from assistant.calculators.requests.parsing import parse_calculation
from assistant.calculators.small_lots import SmallLotsAsked
from tests.support.question_lists import read_lists, read_rows

TODAY = date(2026, 11, 24)
KINDS = {
    each.__name__: TypeAdapter[Asked](each)
    for each in (EstimateAsked, ModificationAsked, ProcedureAsked, SmallLotsAsked)
}
CALCULATED = tuple(
    (row.pop("question"), KINDS[row.pop("asked")].validate_python(row))
    for row in read_rows("needs_calculated.jsonl")
)
(LEFT,) = read_lists("needs_left.txt")
DURATION = "Quelle est la durée totale du marché"
YEARLY = (
    "HT par an", "HT l'année", "HT à l'année", "H.T. par an", "hors TVA par an", "HT (par an)",
    "HT environ par an", "HT tous les ans", "HT annuels", "HT par an, reconductible",
)  # fmt: skip


@pytest.mark.parametrize(("question", "expected"), CALCULATED)
def test_what_is_told_in_parts_is_calculated(question: str, expected: Asked) -> None:
    assert parse_calculation(question, TODAY) == expected


@pytest.mark.parametrize("question", [question for question, _ in LEFT])
def test_what_its_figures_do_not_tell_is_left_to_the_texts(question: str) -> None:
    assert parse_calculation(question, TODAY) is None


@pytest.mark.parametrize("yearly", YEARLY)
def test_of_what_comes_back_the_whole_duration_is_asked(yearly: str) -> None:
    asked = f"Quelle procédure pour des services de nettoyage à 30 000 € {yearly}, commune ?"
    assert parse_calculation(asked, TODAY) == Missing((f"{DURATION}, reconductions comprises ?",))


def test_of_lots_beside_others_the_value_of_all_is_asked_and_not_their_sum() -> None:
    asked = (
        "Trois lots de services à 30 000, 20 000 et 9 000 HT, les autres en AO : en MAPA, ville ?"
    )
    found = parse_calculation(asked, TODAY)
    assert found == Missing(("Quel est le montant hors taxes de tous les lots ensemble ?",))


def test_of_a_need_with_tax_the_rate_is_asked_with_each_likely_one() -> None:
    found = parse_calculation("Commune : 74 000 € TTC de mobilier, quelle procédure ?", TODAY)
    assert isinstance(found, Missing)
    assert [case.amount for _, case in found.cases if isinstance(case, ProcedureAsked)] == [
        Decimal("61666.67"),
        Decimal("67272.73"),
        Decimal("70142.18"),
    ]


def test_of_a_change_beside_a_limit_the_initial_amount_is_asked() -> None:
    found = parse_calculation("Un avenant de 23 000 HT au lot toiture : sous les 15 % ?", TODAY)
    assert found == Missing(("Quel est le montant initial hors taxes du marché ?",))


@pytest.mark.parametrize(
    ("question", "is_calculated"),
    [
        ("Nettoyage de la mairie à 150 000 ht : un MAPA ou un appel d'offres ?", True),
        ("Nettoyage de la mairie à 150 000 ht : je reste en procédure adaptée ?", True),
        ("Nettoyage de la mairie à 150 000 ht, MAPA ou appel d'offres : quels critères ?", False),
    ],
)
def test_which_of_two_procedures_is_told_whatever_was_judged(
    question: str, is_calculated: bool
) -> None:
    found = parse_calculation(question, TODAY, lambda _: -2.0)
    assert (found is not None) == is_calculated


def test_a_year_is_no_amount_beside_one() -> None:
    facts = read_facts("Acheté en 2025 et 40 000 € HT cette année", TODAY)
    assert [each.value for each in facts.amounts] == [Decimal(40_000)]


def test_of_a_lot_alone_the_value_of_all_is_asked() -> None:
    found = parse_calculation("Un lot de services à 40 000 € HT : gré à gré ok ?", TODAY)
    assert isinstance(found, Missing)
    assert found.facts == ("Quel est le montant hors taxes de tous les lots ensemble ?",)


@pytest.mark.parametrize(
    ("words", "months"), [(row["words"], row["months"]) for row in read_rows("durations.jsonl")]
)
def test_a_duration_has_its_renewals(words: str, months: int | None) -> None:
    found = total_months(words.replace("é", "e"))
    assert found == (None if months is None else Decimal(months))


def _amounts(question: str) -> Iterator[Decimal]:
    facts = but_limits_of_the_law(read_facts(question, TODAY))
    return (each.value for each in facts.amounts)


@pytest.mark.parametrize(
    ("question", "amounts"),
    [
        ("Un devis de 94 000 €, au-dessus de 60 000 € ?", (94000,)),
        ("Un devis de 94 000 €, sous 100 000 ?", (94000,)),
        ("Au-dessus de 60 000 €, un devis ?", (60000,)),
        ("Entre 10 000 € et 60 000 € ?", (10000, 60000)),
        ("Un devis de 94 000 €, plus de 60 000 € de travaux ?", (94000, 60000)),
        ("Un devis de 94 000 €, au-dessus de 61 000 € ?", (94000, 61000)),
    ],
)
def test_a_limit_of_the_law_named_beside_an_amount_is_none(
    question: str, amounts: tuple[int, ...]
) -> None:
    assert tuple(_amounts(question)) == tuple(map(Decimal, amounts))


@pytest.mark.parametrize(
    ("question", "amounts"),
    [
        ("Avenant 1 : 8 000 € HT, avenant 2 : 12 000, avenant 3 : 9.500", (8000, 12000, 9500)),
        ("L'école 28 000, la mairie 22 000, tout en HT", (28000, 22000)),
        ("Une ville de 12 000 habitants achète 5 000 € HT", (5000,)),
        ("Marché n° 12 345, de 5 000 € HT", (5000,)),
        ("Entre 2025 et 2026, 5 000 € HT", (5000,)),
        ("L'école 28 000, la mairie 22 000", ()),
    ],
)
def test_thousands_beside_an_amount_are_amounts(question: str, amounts: tuple[int, ...]) -> None:
    found = read_facts(question, TODAY).amounts
    assert tuple(each.value for each in found) == tuple(map(Decimal, amounts))


def test_every_basis_stands_on_a_rule_of_the_law() -> None:
    named = {each.name for each in constants().values() if each.name.startswith("valeur estimée")}
    without_tax = "valeur estimée, hors taxes"
    assert {*RULES.values()} == named - {without_tax}
    assert {*RULES} == {*ValueBasis}


@pytest.mark.parametrize(("told", "is_calculated"), [("TTC, TVA 20 %", True), ("HT", False)])
def test_an_amount_told_with_its_tax_is_calculated_whatever_was_judged(
    told: str, is_calculated: bool
) -> None:
    asked = f"Véhicule de la mairie à 69 000 € {told} : procédure formalisée ou pas ?"
    assert (parse_calculation(asked, TODAY, lambda _: -0.5) is not None) == is_calculated
