"""Plans that the model proposes: no word is left out of a question and none put in."""

import json
from datetime import date

import pytest

from assistant.ledger.parsing.proposal import ModelPlanner, are_carried
from assistant.ledger.parsing.questions import NotUnderstood
from assistant.ledger.query.names import Name
from assistant.ledger.query.plan import Plan, Population
from assistant.ledger.query.wording import describe_plan
from tests.support.fakes import ScriptedModel

PROPOSED_ON = date(2026, 6, 30)
OVER = Population.INVOICES
SUPPLIERS = (Name("supplier", "1", "Brelan"),)


def _proposed(question: str, **chosen: str) -> Plan | NotUnderstood:
    model = ScriptedModel({"Question": json.dumps(chosen, ensure_ascii=False)})
    return ModelPlanner(model)(question, SUPPLIERS, PROPOSED_ON, OVER)


DELIVERED = "Montant HT des factures de Brelan livrées en mai 2026"
NOTHING = {"condition": "rien", "date": "rien", "regroupement": "rien", "mesure": "rien"}


def test_the_model_fills_what_the_rules_leave_open_and_what_they_read_stands() -> None:
    found = _proposed(DELIVERED, **NOTHING | {"date": "date de livraison (livrées)"})
    assert isinstance(found, Plan)
    assert describe_plan(found) == (
        "somme du montant HT des factures livrées entre le 01/05/2026 et le 31/05/2026, "
        "du fournisseur Brelan"
    )


def test_a_group_is_named_by_a_word_of_the_question() -> None:
    found = _proposed(
        "Montant HT des factures ventilé devise par devise",
        **NOTHING | {"regroupement": "par devise"},
    )
    assert isinstance(found, NotUnderstood)  # "ventilé" is in no part
    found = _proposed("Montant HT, la devise", **NOTHING | {"regroupement": "par devise"})
    assert isinstance(found, Plan)
    assert describe_plan(found) == "somme du montant HT des factures, par devise"


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"date": "date de réception (reçues)"},
        {"date": "date de livraison (livrées)", "condition": "non payées"},
        {"date": "date de livraison (livrées)", "regroupement": "par statut"},
    ],
)
def test_a_word_left_out_or_a_part_put_in_makes_no_plan(chosen: dict[str, str]) -> None:
    assert isinstance(_proposed(DELIVERED, **NOTHING | chosen), NotUnderstood)


@pytest.mark.parametrize(
    "said", ["[1]", "3", '{"date": "rien"}', json.dumps(NOTHING | {"date": "hier"})]
)
def test_what_is_not_of_the_schema_makes_no_plan(said: str) -> None:
    planner = ModelPlanner(ScriptedModel({"Question": said}))
    assert isinstance(planner(DELIVERED, SUPPLIERS, PROPOSED_ON, OVER), NotUnderstood)


def test_the_model_is_not_asked_where_rules_leave_no_word_or_clash() -> None:
    model = ScriptedModel()
    for question in ("Factures payées et non payées", "Factures de mai 2026"):
        assert isinstance(
            ModelPlanner(model)(question, SUPPLIERS, PROPOSED_ON, OVER),
            NotUnderstood,
        )
    assert not model.prompts


def test_each_word_is_carried_by_a_part_and_each_part_by_a_word() -> None:
    assert are_carried(["livrées"], ["date de livraison (livrées)"])
    assert are_carried(["suspension"], ["de statut « suspendue »"])
    assert not are_carried(["contestées"], ["de statut « rejetée »"])
    assert not are_carried(["livrées", "vite"], ["date de livraison (livrées)"])
    assert not are_carried(["livrées"], ["date de livraison (livrées)", "non payées"])
