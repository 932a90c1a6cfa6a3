"""Questions about the ledger: what is understood, in which period, and what a model may propose."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ledger.parsing.moments import Compared
from assistant.ledger.parsing.periods import find_period
from assistant.ledger.parsing.proposal import ModelPlanner, are_carried
from assistant.ledger.parsing.questions import NotUnderstood, parse_plan
from assistant.ledger.parsing.subject import population_asked
from assistant.ledger.parsing.vocabulary import is_one_slip, load_vocabulary, slips
from assistant.ledger.query.names import Name, spoken
from assistant.ledger.query.plan import Operator, Plan, PlanFilter, Population
from assistant.ledger.query.wording import describe_plan
from assistant.question.language import fold_text
from tests.support.fakes import ScriptedModel
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
PERIODS, NO_PERIODS = read_lists("periods.txt")


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
    ],
)
def test_the_first_word_of_a_name_is_enough_where_it_is_written_as_one(question: str) -> None:
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


def test_a_first_word_that_may_be_any_word_is_asked_about() -> None:
    found = _plan("Combien de factures pour les jardins ?")
    assert isinstance(found, NotUnderstood)
    assert found.why.endswith("« jardins » ; vouliez-vous dire « Jardins du Brelan SARL » ?")


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
    assert not [word for word in others if slips([word], NAMES)]
    assert not load_vocabulary().other_words & load_vocabulary().spelled


# Ledger asked periods


ASKED_ON = date(2026, 11, 24)


def _found(text: str, today: date = ASKED_ON) -> tuple[date | None, date | None] | None:
    span = find_period(fold_text(text), today)
    return (span.first, span.last) if span else None


@pytest.mark.parametrize(("text", "days"), PERIODS)
def test_a_period_is_read_as_french_says_it(text: str, days: tuple[str, ...]) -> None:
    assert _found(text) == tuple(map(date.fromisoformat, days))


def test_a_side_has_no_other_bound() -> None:
    assert _found("avant le 15 mars 2026") == (None, date(2026, 3, 14))
    assert _found("jusqu'au 31 mai 2026") == (None, date(2026, 5, 31))
    assert _found("après le 31 mai 2026") == (date(2026, 6, 1), None)
    assert _found("à partir du 1er juin 2026") == (date(2026, 6, 1), None)
    assert _found("avant juillet 2025") == (None, date(2025, 6, 30))
    assert _found("avant 2026") == (None, date(2025, 12, 31))
    assert _found("jusqu'à fin mars 2026") == (None, date(2026, 3, 31))
    assert _found("après mars 2026") == (date(2026, 4, 1), None)
    assert _found("à compter de 2026") == (date(2026, 1, 1), None)


def test_months_that_do_not_follow_each_other_are_no_period_together() -> None:
    for text in ("en janvier et mars 2026", "de janvier et mars 2026"):
        span = find_period(fold_text(text), ASKED_ON)
        assert span
        assert "mars 2026" in text[span.end :]


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ("janvier", "fevrier 2025", True),
        ("mars 2025", "fevrier", True),
        ("janvier 2025", "fevrier 2025", False),
        ("t1", "t1 2025", False),
        ("ce trimestre", "t1 2025", False),
        ("2026", "2025", False),
    ],
)
def test_a_month_may_be_of_the_year_of_the_month_that_it_is_compared_with(
    one: str, other: str, may: bool
) -> None:
    assert Compared((None, None), other).may_share_year(one) is may


@pytest.mark.parametrize("text", [text for text, _ in NO_PERIODS])
def test_a_number_is_not_a_period(text: str) -> None:
    assert _found(text) is None


def test_a_part_of_the_year_without_year_is_the_last_one_begun() -> None:
    assert _found("au 4e trimestre", date(2026, 9, 30)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert _found("au 4e trimestre", date(2026, 10, 1)) == (date(2026, 10, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2028, 3, 1), date(2029, 2, 28)),
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_the_end_of_february_to_come_is_its_last_day(today: date, last: date) -> None:
    assert _found("d'ici fin février", today) == (today, last)


@pytest.mark.parametrize("today", [date.min, date.max])
@pytest.mark.parametrize(
    "text",
    [
        *("après le 31/12/9999", "avant le 01/01/0001"),
        *("hier", "le mois précédent", "l'an dernier", "la semaine suivante", "le mois prochain"),
        *("cette semaine", "d'ici deux ans", "sur les 3 derniers mois", "en mars et avril"),
        *("d'ici fin février", "depuis 90 jours", "au 4e trimestre", "en janvier"),
    ],
)
def test_days_outside_the_calendar_are_none_and_break_nothing(text: str, today: date) -> None:
    span = find_period(fold_text(text), today)
    assert span is None or span.first or span.last


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 400))
def test_days_ago_end_today(today: date, days: int) -> None:
    assert _found(f"depuis {days} jours", today) == (today - timedelta(days), today)


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.sampled_from(["le mois dernier", "le trimestre dernier", "l'année dernière"]),
)
def test_the_last_whole_period_ends_before_the_current_one(today: date, text: str) -> None:
    found = _found(text, today)
    assert found
    first, last = found
    assert first
    assert last
    assert first.day == 1
    assert first < last < today.replace(day=1)


# Ledger proposal


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
    found = _proposed("Montant HT, chaque devise", **NOTHING | {"regroupement": "par devise"})
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
