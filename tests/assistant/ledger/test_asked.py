"""Questions about the ledger: what is understood, what is not, and slips of the hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ledger.parsing.naming import words_of_names
from assistant.ledger.parsing.questions import NotUnderstood, parse_plan
from assistant.ledger.parsing.subject import population_asked
from assistant.ledger.parsing.vocabulary import is_one_slip, load_vocabulary, slips
from assistant.ledger.query.names import Name, spoken
from assistant.ledger.query.plan import Operator, Plan, PlanFilter, Population
from assistant.ledger.query.wording import describe_plan
from tests.support.question_lists import Asked, read_lists

TODAY = date(2026, 11, 24)
NAMES = (
    Name("supplier", "111111111", "Jardins du Brelan SARL"),
    Name("supplier", "222222222", "Sève et Compas SAS"),
    Name("supplier", "333333333", "Atelier Tremplin Vert"),
    Name("buyer", "21350238800019", "Commune de Montelyre"),
    Name("service", "VOIRIE", "VOIRIE"),
    Name("procedure", "Marché passé sans publicité", "Marché passé sans publicité"),
)
INVOICES, PURCHASES, NO_INVOICES, NO_PURCHASES = read_lists("ledger_asked.txt")
UNDERSTOOD = ((Population.INVOICES, INVOICES), (Population.PURCHASES, PURCHASES))
NOT_UNDERSTOOD = (
    (Population.INVOICES, [("", ()), *NO_INVOICES]),
    (Population.PURCHASES, NO_PURCHASES),
)


def _said(plan: Plan) -> str:
    return describe_plan(plan).replace("\u202f", " ").replace("\u00a0", " ")


def _plan(question: str, over: Population = Population.INVOICES) -> Plan | NotUnderstood:
    return parse_plan(question, NAMES, TODAY, over)


@pytest.mark.parametrize(
    ("over", "question", "plans"),
    [(over, *each) for over, asked in UNDERSTOOD for each in asked],
)
def test_a_question_makes_the_plan_it_says(
    over: Population, question: str, plans: tuple[str, ...]
) -> None:
    found = _plan(question, over)
    assert isinstance(found, Plan), found
    assert (_said(found),) == plans


@pytest.mark.parametrize(
    ("over", "question"),
    [(over, question) for over, asked in NOT_UNDERSTOOD for question, _ in asked],
)
def test_a_question_of_which_a_word_is_not_understood_makes_no_plan(
    over: Population, question: str
) -> None:
    found = _plan(question, over)
    assert isinstance(found, NotUnderstood), describe_plan(found)
    assert found.can


def test_the_words_that_are_not_understood_are_named() -> None:
    found = _plan("Factures de Martin Dupont")
    assert isinstance(found, NotUnderstood)
    assert found.words == ("martin", "dupont")


@pytest.mark.parametrize(
    ("question", "doubt"),
    [
        ("Part des factures en retard par service", "part"),
        ("Factures entre 1000 et 2k€", "entre 1000 et 2k€"),
        ("Factures de 500 000 à 1 M€ de Sève", "de 500 000 a 1 m€"),
        ("Factures entre 2 000 et 1 000 €", "entre 2 000 et 1 000 €"),
        ("Factures impayées depuis 30 jours", "depuis 30 jours"),
        ("Factures en retard depuis janvier 2026", "depuis janvier 2026"),
        ("Factures non mandatées depuis 15 jours", "depuis 15 jours"),
        ("Factures impayées de mars 2026 à ce jour", "de mars 2026 a ce jour"),
        ("Factures échues depuis plus de 30 jours et impayées", "depuis plus de 30 jours"),
        ("Dépenses en avril à ce jour", "en avril"),
        ("Dépenses de mars 2026 par rapport à l'an dernier", "l'an dernier"),
        ("Dépenses de mars 2026 par rapport à l'année précédente", "l'annee precedente"),
        ("Dépenses du mois précédent par rapport à mars 2026", "du mois precedent"),
        ("Combien reste-t-il à payer en juillet ?", "en juillet"),
        ("Combien reste-t-il à payer ce mois-ci ?", "ce mois-ci"),
        ("Montant net à payer en octobre 2026", "en octobre 2026"),
        ("Total net à payer des factures en décembre 2026", "en decembre 2026"),
    ],
)
def test_words_that_may_mean_something_else_are_named(question: str, doubt: str) -> None:
    found = _plan(question)
    assert isinstance(found, NotUnderstood)
    assert found.doubts == (doubt,)
    assert found.why == f"je ne suis pas sûr de comprendre « {doubt} » ; dites-le autrement."


@pytest.mark.parametrize(
    "question",
    [
        "Combien de factures de Jardins ?",
        "Factures chez jardins",
        "Factures du fournisseur jardins",
        "Combien de factures pour les jardins ?",
        "factures brelan",
        "Factures des jardims",
    ],
)
def test_a_word_that_one_name_has_is_enough(question: str) -> None:
    found = _plan(question)
    assert isinstance(found, Plan)
    assert found.filters == (
        PlanFilter("supplier", Operator.IS, ("111111111",), "Jardins du Brelan SARL"),
    )


def test_a_first_word_that_several_names_have_means_each_of_them() -> None:
    alike = (*NAMES, Name("supplier", "444444444", "Jardins Verts"))
    found = parse_plan("Combien de factures de Jardins ?", alike, TODAY, Population.INVOICES)
    assert isinstance(found, Plan)
    assert describe_plan(found).endswith("Jardins du Brelan SARL ou Jardins Verts")
    many = (*NAMES, *(Name("supplier", str(n), f"Jardins {n}") for n in range(6)))
    assert isinstance(
        parse_plan("Combien de factures de Jardins ?", many, TODAY, Population.INVOICES),
        NotUnderstood,
    )


def test_a_word_of_rules_that_a_name_begins_with_names_nobody_and_the_name_is_asked_about() -> None:
    names = (*NAMES, Name("supplier", "444444444", "Travaux Lormont"))
    found = parse_plan("Factures de travaux", names, TODAY, Population.INVOICES)
    assert isinstance(found, NotUnderstood)
    assert found.why.endswith("« travaux » ; vouliez-vous dire « Travaux Lormont » ?")


def test_case_accents_and_typography_change_nothing() -> None:
    for written in (
        "factures recues en 2026 de seve et compas",
        "FACTURES REÇUES EN 2026 DE « SÈVE ET COMPAS »",
        "Factures  reçues en 2026, de Sève et Compas SAS ?",
    ):
        assert _plan(written) == _plan("Factures reçues en 2026 de Sève et Compas")


def test_a_supplier_is_compared_by_its_key() -> None:
    found = _plan("Factures de Sève et Compas")
    assert isinstance(found, Plan)
    assert found.filters == (
        PlanFilter("supplier", Operator.IS, ("222222222",), "Sève et Compas SAS"),
    )


def test_a_name_that_two_fields_have_is_not_chosen_between() -> None:
    names = (Name("supplier", "1" * 9, "Voirie"), Name("service", "VOIRIE", "VOIRIE"))
    found = parse_plan("Factures de voirie", names, TODAY, Population.INVOICES)
    assert isinstance(found, NotUnderstood)


def test_what_can_be_asked_is_understood() -> None:
    for sentence in load_vocabulary().can[1:]:
        question = sentence.strip("« »")
        over = population_asked(question) or Population.INVOICES
        assert isinstance(_plan(question, over), Plan), question


@pytest.mark.parametrize(
    ("question", "population"),
    [
        ("Montant des marchés de 2025", Population.PURCHASES),
        ("Combien de factures du marché 2026-01 ?", Population.INVOICES),
        ("Combien avons-nous dépensé ?", None),
        ("Montant notifié du marché 2026-01", Population.PURCHASES),
        ("Combien avons-nous dépensé sur le marché 2026-01 ?", Population.INVOICES),
        ("Sur le contrat 2026-01, combien a-t-on payé en 2026 ?", Population.INVOICES),
        ("Le marché 2026-01 a-t-il beaucoup consommé ?", Population.INVOICES),
        ("Dépenses par marché en 2026", Population.INVOICES),
        ("Dépenses de nos marchés en 2026", Population.INVOICES),
        ("Combien reste-t-il à payer sur le marché 2026-01 ?", Population.PURCHASES),
    ],
)
def test_a_question_is_about_what_it_names_first_and_spending_on_a_contract_about_invoices(
    question: str, population: Population | None
) -> None:
    assert population_asked(question) is population


@given(st.text(max_size=60))
def test_no_text_breaks_the_rules(text: str) -> None:
    _plan(text)
    _plan(text, Population.PURCHASES)


@given(
    st.sampled_from(INVOICES),
    st.sampled_from(
        ["girafe", "sauf", "bleues", "zut 7", "peut-être", "% zut", "+ 3", "- avoirs", "ou", "soit"]
    ),
)
def test_a_word_that_says_something_else_is_never_dropped(case: Asked, word: str) -> None:
    assert isinstance(_plan(f"{case[0].rstrip(' ?')} {word}"), NotUnderstood)


def test_a_legal_form_is_not_needed_to_name_a_supplier() -> None:
    assert spoken("Jardins du Brelan SARL") == "jardins du brelan"


# Slips of the hand

_LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz")
_WORDS = st.text(_LETTERS, min_size=5, max_size=12)


@given(_WORDS, st.integers(0, 12), _LETTERS)
def test_a_letter_more_or_less_is_one_slip_either_way(word: str, place: int, letter: str) -> None:
    other = word[:place] + letter + word[place:]
    assert is_one_slip(word, other, may_be_taken=False)
    assert is_one_slip(other, word, may_be_taken=False)


@given(_WORDS, st.integers(0, 10))
def test_two_letters_exchanged_are_one_slip(word: str, place: int) -> None:
    other = word[:place] + word[place : place + 2][::-1] + word[place + 2 :]
    assert is_one_slip(word, other, may_be_taken=False) is (word != other)


@given(_WORDS)
def test_a_word_is_no_slip_of_itself(word: str) -> None:
    assert not is_one_slip(word, word, may_be_taken=True)


def test_a_word_that_exists_is_never_put_right() -> None:
    others = sorted(load_vocabulary().other_words)
    assert not [word for word in others if slips([word], words_of_names(NAMES))]
    assert not load_vocabulary().other_words & load_vocabulary().spelled
