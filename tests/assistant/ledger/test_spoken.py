"""Ways in which people ask for a figure: what is meant by them, and what may be meant otherwise."""

import pytest

from assistant.ledger.parsing.questions import NotUnderstood, parse_plan
from assistant.ledger.query.plan import Plan, Population
from assistant.ledger.query.wording import describe_plan
from tests.assistant.ledger.test_asked import NAMES, TODAY
from tests.support.question_lists import read_lists

INVOICES, PURCHASES, NO_INVOICES, NO_PURCHASES = read_lists("ledger_spoken.txt")
UNDERSTOOD = ((Population.INVOICES, INVOICES), (Population.PURCHASES, PURCHASES))
NOT_UNDERSTOOD = ((Population.INVOICES, NO_INVOICES), (Population.PURCHASES, NO_PURCHASES))


@pytest.mark.parametrize(
    ("over", "question", "plans"),
    [(over, *each) for over, asked in UNDERSTOOD for each in asked],
)
def test_what_people_say_makes_the_plan_that_they_mean(
    over: Population, question: str, plans: tuple[str, ...]
) -> None:
    found = parse_plan(question, NAMES, TODAY, over)
    assert isinstance(found, Plan), found
    assert (describe_plan(found).replace("\u202f", " ").replace("\u00a0", " "),) == plans


@pytest.mark.parametrize(
    ("over", "question"),
    [(over, question) for over, asked in NOT_UNDERSTOOD for question, _ in asked],
)
def test_what_may_be_meant_otherwise_makes_no_plan(over: Population, question: str) -> None:
    found = parse_plan(question, NAMES, TODAY, over)
    assert isinstance(found, NotUnderstood), describe_plan(found)


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("Combien de factures dans le fichier ?", "Combien de factures ?"),
        ("Factures suspendues en ce moment", "Factures suspendues"),
        ("Délai moyen de paiement, tous fournisseurs confondus", "Délai moyen de paiement"),
        ("Au téléphone : factures de Sève et Compas", "Factures de Sève et Compas"),
        ("Montant des factures l an dernier", "Montant des factures l'an dernier"),
    ],
)
def test_what_says_nothing_changes_nothing(said: str, plain: str) -> None:
    found = [parse_plan(each, NAMES, TODAY, Population.INVOICES) for each in (said, plain)]
    assert isinstance(found[0], Plan), found[0]
    assert found[0] == found[1]


def test_three_buyers_are_all_of_them_only_where_there_are_three() -> None:
    asked = "Combien de marchés, les trois acheteurs ?"
    buyers = [NAMES[3].__class__("buyer", str(key), f"Commune {key}") for key in range(3)]
    found = parse_plan(asked, buyers, TODAY, Population.PURCHASES)
    assert isinstance(found, Plan)
    assert not found.filters
    less = parse_plan(asked, buyers[:2], TODAY, Population.PURCHASES)
    assert isinstance(less, NotUnderstood)
