"""Questions in words: which are calculations, of what, and which are left to the texts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from assistant.calculators.advance import AdvanceAsked
from assistant.calculators.advance_parts import AdvancePart, AdvancePartsAsked
from assistant.calculators.amounts import euros
from assistant.calculators.award import StandstillAsked, TurnoverAsked
from assistant.calculators.calculation import Buyer, Nature
from assistant.calculators.catalogue import Asked, calculate
from assistant.calculators.constants import Rates, constants, ungrounded
from assistant.calculators.delays import DelayAsked, DelayWord
from assistant.calculators.forms import FORMS
from assistant.calculators.modification import ModificationAsked
from assistant.calculators.needs import Missing
from assistant.calculators.payment import PaymentAsked
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.repayment import (
    InstalmentAsked,
    RepaymentDueAsked,
    RepaymentStartAsked,
)
from assistant.calculators.requests.parsing import (
    calculator_of,
    is_told_around,
    parse_calculation,
)
from assistant.calculators.retention import RetentionAsked
from assistant.calculators.subcontracting import DirectPaymentAsked, SmeShareAsked
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked
from assistant.errors import Ungrounded
from assistant.evaluation.questions import read_questions
from tests.support.fake_law import FakeLaw
from tests.support.paths import DATA
from tests.support.question_lists import read_lists, read_rows, read_table

TODAY = date(2026, 11, 24)
WORKS, SUPPLIES = Nature.WORKS, Nature.SUPPLIES
KINDS = {each.__name__: TypeAdapter[Asked](each) for each in get_args(Asked)}
CALCULATED = tuple(
    (row.pop("question"), KINDS[row.pop("asked")].validate_python(row))
    for row in read_rows("calculated.jsonl")
)
(_LACKING,) = read_lists("calculators_lacking.txt")
LACKING = tuple((question, fact, int(cases)) for question, (fact, cases) in _LACKING)
(LEFT_TO_THE_TEXTS,) = read_lists("calculators_left.txt")


@pytest.mark.parametrize(("question", "expected"), CALCULATED)
def test_a_plain_question_is_calculated(question: str, expected: Asked) -> None:
    assert parse_calculation(question, TODAY) == expected


@pytest.mark.parametrize(("question", "fact", "cases"), LACKING)
def test_missing_facts_are_asked_back_with_their_likely_cases(
    question: str, fact: str, cases: int
) -> None:
    found = parse_calculation(question, TODAY)
    assert isinstance(found, Missing)
    assert found.facts[0].startswith(fact)
    assert len(found.cases) == cases


@pytest.mark.parametrize("question", ["", *(question for question, _ in LEFT_TO_THE_TEXTS)])
def test_any_other_question_is_left_to_the_texts(question: str) -> None:
    assert parse_calculation(question, TODAY) is None


@pytest.mark.parametrize("name", ["execution", "passation"])
def test_of_our_own_questions_only_those_judged_by_hand_are_calculated(name: str) -> None:
    questions = read_questions(DATA / f"questions_{name}.jsonl")
    found = {each.id for each in questions if parse_calculation(each.text, TODAY) is not None}
    assert (
        found
        == {
            "execution": {"qe-004", "qe-072"},
            "passation": {"qp-059", "qp-071", "qp-118", "qp-160"},
        }[name]
    )


def test_a_question_about_a_dossier_or_in_english_is_no_calculation() -> None:
    for name in ("dossier", "english"):
        for each in read_questions(DATA / f"{name}_questions.jsonl"):
            assert parse_calculation(each.text, TODAY) is None, each.text


BOUGHT = "Je signe le devis de 35 000 € HT de mobilier pour la commune ?"


@pytest.mark.parametrize(
    ("question", "odds", "is_calculated"),
    [
        (BOUGHT, 1.5, True),
        (BOUGHT, 0.0, False),
        ("Quelle procédure pour 35 000 € HT de fournitures de la commune ?", None, True),
        ("Quelle procédure pour 35 000 € HT de fournitures de la commune ?", 1.3, True),
        ("Quelle procédure pour 35 000 € HT de fournitures de la commune ?", 0.9, False),
        (BOUGHT, 0.9, False),
        ("La commune signe 35k de mobilier sans consulter ?", 1.5, True),
        ("La commune signe 3 millions de travaux de voirie ?", 1.5, True),
        ("Quelle procédure pour 3 millions de fournitures de la commune ?", 1.5, True),
        ("La commune achète 35 km de clôture ?", 1.5, False),
        ("La commune achète des téléviseurs 4K ?", 1.5, False),
        ("La commune imprime 100k flyers ?", 1.5, False),
        ("La commune signe 3 millions de repas ?", 1.5, False),
        ("La commune signe pour 2 millions d'habitants ?", 1.5, False),
        ("La commune signe 3 millions de travaux, en francs CFP ?", 1.5, False),
        ("La commune publie l'attribution de 300 000 € HT de fournitures ?", 1.5, False),
        ("Je signe le devis de 35 000 € HT de livres pour la commune ?", 1.5, False),
        ("Je signe 35 000 € HT de restauration scolaire pour la commune ?", 1.5, False),
        ("Je signe 75 000 € HT de mobilier non innovant pour la commune ?", 1.5, False),
        ("Je signe 150 000 € HT de mobilier, nous ne sommes pas l'État ?", 1.5, False),
        ("Je signe 35 000 € HT de mobilier de la commune sans demander trois devis ?", 1.5, True),
        ("Je signe 35 000 € HT de mobilier par an pour la commune ?", 1.5, False),
        ("Le lot de 35 000 € HT et ce lot de 20 000 € HT de fournitures ?", 1.5, False),
        ("Où publier l'avis d'attribution de 400 000 € HT de fournitures, commune ?", 1.5, False),
        ("Publicité pour la vente d'un véhicule de la commune à 15 000 € HT ?", 1.5, False),
        ("Je signe 35 000 € HT de mobilier de la commune, monopole du fabricant ?", 1.5, False),
        ("Je signe 300 000 € HT d'accompagnement social pour la commune ?", 1.5, False),
    ],
)
def test_the_procedure_of_an_amount_is_told_by_the_questions_around(
    question: str, odds: float | None, is_calculated: bool
) -> None:
    found = parse_calculation(question, TODAY, lambda _: odds)
    assert (found is not None) == is_calculated


FOUND = "Commune, de la roche : 10 000 € HT sur notre marché de travaux de 100 000 € HT, et alors ?"
CHANGED = "de 10 000 € HT sur un marché de travaux de 100 000 € HT de la commune"


@pytest.mark.parametrize(
    ("question", "share", "is_calculated"),
    [
        (f"Le peintre veut une rallonge {CHANGED}, on signe ?", 0.5, True),
        (f"Le peintre veut une rallonge {CHANGED}, on signe ?", None, False),
        (f"Le peintre veut une rallonge {CHANGED}, ça passe ?", 0.3, True),
        (f"Avenant {CHANGED} : sommes-nous dans les clous ?", 0.5, True),
        (FOUND, 0.5, True),
        (FOUND, None, False),
        (f"Comment relancer le titulaire qui tarde à signer l'avenant {CHANGED} ?", 0.3, False),
        (f"Le maire est ok pour un avenant {CHANGED}, comment le rédiger ?", 0.3, False),
        (f"Peut-on notifier par mail un avenant {CHANGED} ?", 0.0, False),
        ("Puis-je conclure un avenant pour changer la formule des prix ?", 0.9, False),
    ],
)
def test_how_much_a_contract_may_be_changed_is_told_by_the_questions_around(
    question: str, share: float | None, is_calculated: bool
) -> None:
    found = parse_calculation(question, TODAY, share=lambda *_: share)
    assert (found is not None) == is_calculated


PAID = "Services de la commune à 100 000 € HT sur 8 mois, de l'argent au démarrage ?"


@pytest.mark.parametrize(
    ("question", "answering", "calculator"),
    [
        (FOUND, "R2194-8", ModificationAsked),
        (FOUND, "R2191-3", None),
        (PAID, "R2191-3", AdvanceAsked),
        (PAID, "R2194-8", None),
    ],
)
def test_which_calculation_is_asked_for_is_told_by_what_answers_the_questions_around(
    question: str, answering: str, calculator: type[object] | None
) -> None:
    found = parse_calculation(question, TODAY, share=lambda _, of: 0.9 * (answering in of))
    assert (found and calculator_of(found)) is calculator


@pytest.mark.parametrize(
    ("answering", "share", "is_told"),
    [("R2194-8", 0.5, True), ("R2194-8", 0.3, False), ("R2191-3", 0.5, False)],
)
def test_that_questions_around_tell_it_is_known_of_a_calculation(
    answering: str, share: float, is_told: bool
) -> None:
    question = f"Le peintre veut une rallonge {CHANGED}, ça passe ?"
    asked = parse_calculation(question, TODAY)
    assert asked is not None
    assert is_told_around(asked, question, lambda _, of: share * (answering in of)) == is_told


def test_another_calculation_goes_before_a_procedure_that_is_only_judged() -> None:
    asked = "Commune, marché de 80 000 € HT de 8 mois : avance obligatoire ?"
    found = parse_calculation(asked, TODAY, lambda _: 1.5)
    assert isinstance(found, AdvanceAsked)


@pytest.mark.parametrize("odds", [0.0, -2.0])
def test_a_procedure_asked_beside_another_calculation_leaves_both(odds: float) -> None:
    asked = (
        "Quelle procédure pour 150 000 € HT de fournitures de la commune, "
        "et une avance est-elle obligatoire sur 12 mois ?"
    )
    assert parse_calculation(asked, TODAY, lambda _: odds) is None


@given(st.decimals(min_value="0.01", max_value="1e9", places=2))
def test_an_amount_written_in_french_is_read_as_it_is(amount: Decimal) -> None:
    question = f"Quelle procédure pour {euros(amount)} HT de fournitures ? Nous sommes une commune."
    assert parse_calculation(question, TODAY) == ProcedureAsked(amount, SUPPLIES, Buyer.LOCAL)


@given(st.dates(date(2019, 4, 1), date(2099, 12, 31)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d"]))
def test_a_day_is_read_as_it_is(day: date, written: str) -> None:
    question = f"Les rejets sont partis par mail le {day.strftime(written)} : quand signer ?"
    assert parse_calculation(question, TODAY) == StandstillAsked(day)


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    parse_calculation(text, TODAY)


@given(st.sampled_from([question for question, _ in CALCULATED]), st.data())
def test_case_accents_of_months_and_spaces_change_nothing(
    question: str, data: st.DataObject
) -> None:
    written = question.replace(" ", data.draw(st.sampled_from([" ", "\u00a0", "\u202f"])))
    if data.draw(st.booleans()):
        written = written.upper().replace("FÉVRIER", "FEVRIER")
    assert parse_calculation(written, TODAY) == parse_calculation(question, TODAY)


def test_each_case_is_calculated_with_what_the_question_gave() -> None:
    asked = "Ville : avenants de 5 000 € et 7 000 € sur un marché de 90 000 €, possible ?"
    found = parse_calculation(asked, TODAY)
    assert isinstance(found, Missing)
    (answer,), case = found.cases[0]
    assert answer.label == WORKS.label
    assert case == ModificationAsked(
        Decimal(90000), (Decimal(5000), Decimal(7000)), WORKS, Buyer.LOCAL
    )


@pytest.mark.parametrize("question", [question for question, *_ in LACKING])
def test_a_likely_answer_added_to_the_question_gives_its_case(question: str) -> None:
    found = parse_calculation(question, TODAY)
    assert isinstance(found, Missing)
    for answers, case in found.cases:
        told = [each.told for each in answers]
        if all(told):
            assert parse_calculation(" ".join([question, *told]), TODAY) == case


# Every calculator through its one door, on a law that states everything


DAY = date(2026, 11, 24)
FIGURE = Decimal(150000)
ASKED: tuple[tuple[str, Asked], ...] = (
    ("procedure", ProcedureAsked(FIGURE, Nature.SUPPLIES, Buyer.LOCAL)),
    ("delais", TimeLimitsAsked(Procedure.OPEN, DAY, Buyer.STATE)),
    ("standstill", StandstillAsked(DAY)),
    ("echeance", DelayAsked(DelayWord.DATA, DAY, amount=FIGURE)),
    ("chiffre-affaires", TurnoverAsked(FIGURE)),
    ("avance", AdvanceAsked(FIGURE, None, Decimal(24), Buyer.LOCAL)),
    ("avance-par-part", AdvancePartsAsked(AdvancePart.ORDER, (FIGURE,), (FIGURE,), Buyer.LOCAL)),
    ("remboursement-avance", RepaymentStartAsked(FIGURE)),
    ("precompte-avance", RepaymentDueAsked(FIGURE, Decimal(65), Decimal(80), Decimal(70))),
    ("acompte", InstalmentAsked(FIGURE, Decimal(5))),
    ("paiement-direct", DirectPaymentAsked(FIGURE)),
    ("part-pme", SmeShareAsked(FIGURE)),
    ("retenue", RetentionAsked(FIGURE)),
    ("paiement", PaymentAsked(DAY, Buyer.HOSPITAL, FIGURE)),
    ("modification", ModificationAsked(FIGURE, (FIGURE / 10,), Nature.WORKS, Buyer.LOCAL)),
)
NEEDED = read_table("constants_needed.toml")
RATES = Rates(Path("taux.toml"))


@pytest.mark.parametrize(("name", "asked"), ASKED)
def test_each_question_has_its_calculator(name: str, asked: Asked) -> None:
    found = calculate(asked, FakeLaw(DAY), RATES)
    assert found.name == name
    assert found.day == DAY
    assert found.result


@pytest.mark.parametrize(("calculator", "asked"), ASKED)
def test_a_constant_that_no_text_states_stops_its_calculators(
    calculator: str, asked: Asked
) -> None:
    for name in NEEDED[calculator]:
        with pytest.raises(Ungrounded, match=constants()[name].article):
            calculate(asked, FakeLaw(DAY, silent={name}), RATES)


@pytest.mark.parametrize("is_above", [False, True])
def test_a_planned_retention_is_told_on_which_side_of_the_ceiling_it_falls(is_above: bool) -> None:
    ceiling = FakeLaw(DAY).stated("retenue de garantie").value
    asked = replace(RetentionAsked(FIGURE), rate=ceiling + Decimal("0.01") * is_above)
    said = calculate(asked, FakeLaw(DAY), RATES).result[0].text
    assert ("ne dépasse pas le plafond" in said) is not is_above


# Calculators grounding


@given(st.sets(st.sampled_from(sorted(constants()))))
def test_the_constants_that_no_text_states_are_named_in_the_order_of_the_files(
    silent: set[str],
) -> None:
    found = [each.name for each in ungrounded(FakeLaw(silent=silent))]
    assert found == [name for name in constants() if name in silent]


def test_the_turnover_is_that_of_the_contract_or_of_the_lot() -> None:
    (amount,) = (each.inputs["amount"] for each in FORMS if each.name == "chiffre-affaires")
    assert amount.told == "montant estimé HT du marché ou du lot"
