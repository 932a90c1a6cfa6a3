from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ledger.parsing.questions import NotUnderstood, Planner, parse_plan, population_asked
from assistant.ledger.parsing.vocabulary import Name, load_vocabulary, spoken
from assistant.ledger.query.plan import Operator, Plan, PlanFilter, Population
from assistant.ledger.query.wording import describe_plan

TODAY = date(2026, 11, 24)
NAMES = (
    Name("supplier", "111111111", "Jardins du Brelan SARL"),
    Name("supplier", "222222222", "Sève et Compas SAS"),
    Name("supplier", "333333333", "Atelier Tremplin Vert"),
    Name("buyer", "21350238800019", "Commune de Montelyre"),
    Name("service", "VOIRIE", "VOIRIE"),
    Name("procedure", "Marché passé sans publicité", "Marché passé sans publicité"),
)
IN_2026 = "entre le 01/01/2026 et le 31/12/2026"
IN_2025 = "entre le 01/01/2025 et le 31/12/2025"
TTC = "somme du montant TTC des factures"
UNTIL = "délai jusqu'au paiement ou à ce jour"
HOLDER = "par titulaire, un groupement comptant pour lui-même"

INVOICES = (
    ("Combien de factures avons-nous reçues en 2026 ?", f"nombre de factures reçues {IN_2026}"),
    ("Combien de factures ne sont pas payées ?", "nombre de factures, non payées"),
    ("Nombre de factures impayées", "nombre de factures, non payées"),
    (
        "Combien de factures reçues en mars 2026 sont impayées ?",
        "nombre de factures reçues entre le 01/03/2026 et le 31/03/2026, non payées",
    ),
    (
        "Quel est le montant total TTC des factures reçues au premier trimestre 2026 ?",
        f"{TTC} reçues entre le 01/01/2026 et le 31/03/2026",
    ),
    ("Combien avons-nous dépensé en 2026 ?", f"{TTC} émises {IN_2026}"),
    ("Combien avons-nous versé en 2026 ?", f"{TTC} payées {IN_2026}"),
    ("Montant des avoirs reçus en 2026", f"{TTC} reçues {IN_2026}, qui sont des avoirs"),
    (
        "Montant par fournisseur des factures de plus de 50 000 € TTC",
        f"{TTC}, de montant TTC supérieur à 50 000 €, par fournisseur",
    ),
    (
        "Combien avons-nous payé à Jardins du Brelan en 2026 ?",
        f"{TTC} payées {IN_2026}, du fournisseur Jardins du Brelan SARL",
    ),
    (
        "Montant HT des factures par fournisseur en 2026",
        f"somme du montant HT des factures émises {IN_2026}, par fournisseur",
    ),
    (
        "Quels sont les 5 premiers fournisseurs en 2026 ?",
        f"{TTC} émises {IN_2026}, par fournisseur, les 5 plus élevés",
    ),
    (
        "Les cinq premiers fournisseurs en 2026 par rapport à 2025",
        f"{TTC} émises {IN_2026}, comparé aux factures émises {IN_2025}, par fournisseur, "
        "les 5 plus élevés",
    ),
    (
        "Quel fournisseur a le plus facturé en 2026 ?",
        f"{TTC} émises {IN_2026}, par fournisseur, le plus élevé",
    ),
    ("Quelle est la facture la plus élevée ?", f"{TTC}, une ligne chacun, le plus élevé"),
    (
        "Les 3 plus grosses factures de Sève et Compas",
        f"{TTC}, du fournisseur Sève et Compas SAS, une ligne chacun, les 3 plus élevés",
    ),
    (
        "Quel est le délai moyen de paiement depuis 90 jours ?",
        "moyenne du délai de paiement des factures payées entre le 26/08/2026 et le 24/11/2026",
    ),
    (
        "Quel est le délai moyen de paiement par fournisseur ?",
        "moyenne du délai de paiement des factures, par fournisseur",
    ),
    (
        "En combien de temps payons-nous nos factures en moyenne ?",
        "moyenne du délai de paiement des factures, payées",
    ),
    (
        "Quelles factures dépassent 30 jours ?",
        f"nombre de factures, de {UNTIL} supérieur à 30 jours",
    ),
    (
        "Quelles factures dépassent 30 jours et combien devons-nous d'intérêts moratoires ?",
        f"somme du montant des intérêts moratoires des factures, de {UNTIL} supérieur à 30 jours",
    ),
    ("Quelles factures sont en retard ?", "nombre de factures, en retard, non payées"),
    (
        "Combien de factures ont été payées en retard en 2026 ?",
        f"nombre de factures payées {IN_2026}, en retard",
    ),
    (
        "Quelle part des factures a été payée en retard en 2026 ?",
        f"part des factures en retard parmi les factures payées {IN_2026}",
    ),
    (
        "Quelle part du montant TTC revient à Sève et Compas ?",
        "part du montant TTC des factures du fournisseur Sève et Compas SAS parmi les factures",
    ),
    (
        "Quelle est la part de chaque fournisseur dans les dépenses de 2026 ?",
        f"part de chacun dans le total du montant TTC des factures émises {IN_2026}, "
        "par fournisseur",
    ),
    (
        "Nombre de factures par mois en 2026",
        f"nombre de factures émises {IN_2026}, par mois (date d'émission)",
    ),
    ("Montant TTC par trimestre", f"{TTC}, par trimestre (date d'émission)"),
    ("Quelles factures sont suspendues ?", "nombre de factures, de statut « suspendue »"),
    (
        "Factures rejetées du mois dernier",
        "nombre de factures émises entre le 01/10/2026 et le 31/10/2026, de statut « rejetée »",
    ),
    ("Factures sans engagement", "nombre de factures, sans engagement"),
    ("Quelles factures n'ont pas d'engagement ?", "nombre de factures, sans engagement"),
    (
        "Combien de factures de plus de 10 000 € TTC en 2026 ?",
        f"nombre de factures émises {IN_2026}, de montant TTC supérieur à 10 000 €",
    ),
    (
        "Factures entre 1 000 et 2 000 €",
        "nombre de factures, de montant TTC supérieur ou égal à 1 000 €, de montant TTC inférieur "
        "ou égal à 2 000 €",
    ),
    (
        "Factures supérieures à 5 k€ HT non payées",
        "nombre de factures, de montant HT supérieur à 5 000 €, non payées",
    ),
    (
        "Factures payées en plus de 30 jours",
        "nombre de factures, de délai de paiement supérieur à 30 jours, payées",
    ),
    (
        "Factures en retard de plus de 10 jours",
        "nombre de factures, de retard supérieur à 10 jours, non payées",
    ),
    ("Combien devons-nous ?", f"{TTC}, non payées"),
    (
        "Combien devons-nous à l'Atelier Tremplin Vert ?",
        f"{TTC}, du fournisseur Atelier Tremplin Vert, non payées",
    ),
    ("Montant moyen des factures en 2026", f"moyenne du montant TTC des factures émises {IN_2026}"),
    (
        "Quel est le montant de TVA des factures émises en 2025 ?",
        f"somme du montant de TVA des factures émises {IN_2025}",
    ),
    (
        "Factures reçues depuis plus de 30 jours et non payées",
        f"nombre de factures, de {UNTIL} supérieur à 30 jours, non payées",
    ),
    (
        "Montant des indemnités forfaitaires",
        "somme du montant des indemnités forfaitaires des factures",
    ),
    ("Où en est la facture JB-2027-001 ?", "nombre de factures, de numéro « JB-2027-001 »"),
    ("Factures du service VOIRIE", "nombre de factures, du service exécutant VOIRIE"),
    (
        "Dépenses par service cette année",
        f"{TTC} émises {IN_2026}, par service exécutant",
    ),
    ("Dépenses mensuelles en 2026", f"{TTC} émises {IN_2026}, par mois (date d'émission)"),
    (
        "Montant facturé par Jardins du Brelan et Sève et Compas",
        f"{TTC}, du fournisseur Jardins du Brelan SARL ou Sève et Compas SAS",
    ),
    ("Combien de factures par statut ?", "nombre de factures, par statut"),
    (
        "Quel mois avons-nous le plus dépensé ?",
        f"{TTC}, par mois (date d'émission), le plus élevé",
    ),
    ("Combien d'avoirs en 2026 ?", f"nombre de factures émises {IN_2026}, qui sont des avoirs"),
    (
        "Factures en retard sauf Sève et Compas",
        "nombre de factures, en retard, non payées, hors fournisseur Sève et Compas SAS",
    ),
    (
        "Factures sauf celles de Sève et Compas et des Jardins du Brelan",
        "nombre de factures, hors fournisseur Sève et Compas SAS ou Jardins du Brelan SARL",
    ),
    (
        "Total HT hors avoirs et factures rejetées",
        "somme du montant HT des factures, hors avoirs, hors statut « rejetée »",
    ),
    (
        "Factures non suspendues des Jardins du Brelan",
        "nombre de factures, du fournisseur Jardins du Brelan SARL, hors statut « suspendue »",
    ),
    (
        "Combien de factures n'ont pas été rejetées ?",
        "nombre de factures, hors statut « rejetée »",
    ),
    ("Total HT du marché 2026-EV-07", "somme du montant HT des factures, de marché « 2026-EV-07 »"),
    ("Engagement EJ26-12", "nombre de factures, d'engagement « EJ26-12 »"),
    ("Factures > 10 000 €", "nombre de factures, de montant TTC supérieur à 10 000 €"),
    (
        "Factures dont le montant HT est supérieur à 1 000 €",
        "nombre de factures, de montant HT supérieur à 1 000 €",
    ),
    (
        "Total TTC des factures dont le montant HT est entre 1 000 et 2 000 €",
        f"{TTC}, de montant HT supérieur ou égal à 1 000 €, de montant HT inférieur ou égal à "
        "2 000 €",
    ),
    (
        "Où en est la facture de 1 437,82 € ?",
        "nombre de factures, de montant TTC supérieur ou égal à 1 437,82 €, de montant TTC "
        "inférieur ou égal à 1 437,82 €",
    ),
    (
        "Quelles factures non payées arrivent à échéance dans les 7 prochains jours ?",
        "nombre de factures à payer entre le 24/11/2026 et le 01/12/2026, non payées",
    ),
    (
        "Factures à payer d'ici la fin du mois",
        "nombre de factures à payer entre le 24/11/2026 et le 30/11/2026, non payées",
    ),
    ("Factures échues", "nombre de factures à payer jusqu'au 23/11/2026"),
    (
        "Compare le montant HT de 2025 et de 2026",
        f"somme du montant HT des factures émises {IN_2026}, comparé aux factures émises {IN_2025}",
    ),
    (
        "Évolution des dépenses entre 2025 et 2026",
        f"{TTC} émises {IN_2026}, comparé aux factures émises {IN_2025}",
    ),
    (
        "Avons-nous plus dépensé en 2026 qu'en 2025 ?",
        f"{TTC} émises {IN_2026}, comparé aux factures émises {IN_2025}",
    ),
    (
        "Avons-nous reçu plus de factures en 2026 qu'en 2025 ?",
        f"nombre de factures reçues {IN_2026}, comparé aux factures reçues {IN_2025}",
    ),
    ("Évolution des dépenses", f"{TTC}, par mois (date d'émission)"),
    ("La facture la moins chère", f"{TTC}, hors avoirs, une ligne chacun, le plus faible"),
    (
        "Quelle part du montant TTC va à Sève et Compas ?",
        "part du montant TTC des factures du fournisseur Sève et Compas SAS parmi les factures",
    ),
    (
        "Quel est le total des factures de 2026 hors avoirs ?",
        f"{TTC} émises {IN_2026}, hors avoirs",
    ),
)

PURCHASES = (
    (
        "Montant des marchés notifiés en 2025 par procédure",
        f"somme du montant HT des marchés notifiés {IN_2025}, par procédure",
    ),
    ("Combien de marchés en 2025 ?", f"nombre de marchés notifiés {IN_2025}"),
    (
        "Les 10 plus gros marchés",
        "somme du montant HT des marchés, une ligne chacun, les 10 plus élevés",
    ),
    (
        "Les 5 premiers titulaires en 2025",
        f"somme du montant HT des marchés notifiés {IN_2025}, {HOLDER}, les 5 plus élevés",
    ),
    (
        "Montant total des marchés de travaux en 2025",
        f"somme du montant HT des marchés notifiés {IN_2025}, de type de besoin « travaux »",
    ),
    ("Marchés du CPV 45", "nombre de marchés, de code CPV commençant par « 45 »"),
    ("Quel titulaire a le plus de marchés ?", f"nombre de marchés, {HOLDER}, le plus élevé"),
    (
        "Quel acheteur a dépensé le plus en 2025 ?",
        f"somme du montant HT des marchés notifiés {IN_2025}, par acheteur, le plus élevé",
    ),
    (
        "Marchés publiés depuis 30 jours",
        "nombre de marchés publiés entre le 25/10/2026 et le 24/11/2026",
    ),
    (
        "Combien de marchés sans publicité ni mise en concurrence en 2025 ?",
        f"nombre de marchés notifiés {IN_2025}, de procédure « Marché passé sans publicité »",
    ),
    ("Combien de MAPA ?", "nombre de marchés, de procédure « procedure adaptee »"),
    ("Marchés hors travaux", "nombre de marchés, hors type de besoin « travaux »"),
    (
        "Montant des marchés modifications comprises",
        "somme du montant HT, modifications comprises des marchés",
    ),
)

NONE_OF_INVOICES = (
    "Pourquoi la facture JB-2027-001 est-elle rejetée ?",
    "Quelle est la météo à Rennes ?",
    "Rédige un courrier au fournisseur",
    "Quel montant reste à payer au 31 décembre 2025 ?",  # what was true that day
    "Nombre de factures par statut au 30/06/2026",
    "Moyenne mensuelle des dépenses en 2026",  # of sums, not of invoices
    "Dépenses par mois en moyenne en 2026",
    "Nombre moyen de factures par fournisseur",
    "Quel sera le montant des factures en 2028 ?",
    "Combien de fournisseurs avons-nous ?",
    "Factures de Martin Dupont",
    "Factures payées ou suspendues",
    "Quel est le seuil de dispense ?",
    "Le prix du gazon est-il le bon ?",
    "Quelle est la médiane des factures ?",
    "'; DROP TABLE invoice; --",
    'Factures dont le fournisseur est " OR 1=1 --',
    'Factures de "x\'; DELETE FROM invoice; --"',
    "Combien de factures ne sont pas en retard ?",
    "Quel fournisseur est le moins sérieux ?",
    "Factures des fournisseurs locaux",
    "Factures en dollars",
    "Est-ce que la facture JB-2027-001 est un doublon ?",
    "Compare Sève et Compas et Jardins du Brelan",
    "Quelles factures faut-il payer avant le 15 décembre ?",
    "Nombre de factures par service et par mois",
    "Combien de factures émises en 2026 et payées en 2027 ?",
    "Factures payées et non payées",
    "Factures suspendues et rejetées",
    "Factures de plus de 10 € et de plus de 20 €",
    "Montant des factures en 2026 par rapport au budget",
    "Montant en 2025 par rapport à l'année dernière",
    "Factures du 31 février 2026",
    "Les 5 factures",
    "Quel fournisseur ?",
    "Montant HT et montant TTC des factures",
    "Factures de plus de 3 mois",
    "Factures environ égales à 1 000 €",
    "La facture la plus ancienne",
    "Combien ?",
    "Bonjour",
    "",
    "Factures que Paul a validées",
    "Supprime les factures de 2025",
    "Le maire a-t-il payé ses factures ?",
    "Quelles factures sont frauduleuses ?",
    "Total sauf mars 2025",
    "Factures hors Sève et Compas et suspendues",
    "Combien va-t-on payer en juillet ?",
    "Quelles factures arrivent à échéance ?",
    "Factures qui arrivent à échéance en mars",
    "Factures reçues en mars 2026 et échues",
    "Factures suspendues depuis plus de 30 jours",
    "Total des factures de Voirie et de Sève et Compas",
    "Compare 2025 et 2026",
    "Évolution des dépenses par fournisseur",
    "Combien d'avoirs et de factures ?",
    "Factures en euros",
)

NONE_OF_PURCHASES = (
    "Quels marchés pourrait-on mutualiser ?",
    "Marchés innovants",
    "Marchés notifiés à des PME",
    "Quel marché est le meilleur ?",
    "Combien de factures par titulaire ?",
    "Marchés des communes voisines",
    "Quel avenant dépasse 10 % ?",
    "Écart entre estimation et montant notifié",
)


def _said(plan: Plan) -> str:
    return describe_plan(plan).replace("\u202f", " ").replace("\u00a0", " ")


def _plan(question: str, over: Population = Population.INVOICES) -> Plan | NotUnderstood:
    planner: Planner = parse_plan
    return planner(question, NAMES, TODAY, over)


@pytest.mark.parametrize(("question", "plan"), INVOICES)
def test_a_question_about_invoices_makes_the_plan_it_says(question: str, plan: str) -> None:
    found = _plan(question)
    assert isinstance(found, Plan), found
    assert _said(found) == plan


@pytest.mark.parametrize(("question", "plan"), PURCHASES)
def test_a_question_about_purchases_makes_the_plan_it_says(question: str, plan: str) -> None:
    found = _plan(question, Population.PURCHASES)
    assert isinstance(found, Plan), found
    assert _said(found) == plan


@pytest.mark.parametrize("question", NONE_OF_INVOICES)
def test_a_question_of_which_a_word_is_not_understood_makes_no_plan(question: str) -> None:
    found = _plan(question)
    assert isinstance(found, NotUnderstood), describe_plan(found)
    assert found.can


@pytest.mark.parametrize("question", NONE_OF_PURCHASES)
def test_a_question_on_purchases_that_is_not_understood_makes_no_plan(question: str) -> None:
    found = _plan(question, Population.PURCHASES)
    assert isinstance(found, NotUnderstood), describe_plan(found)


def test_the_words_that_are_not_understood_are_named() -> None:
    found = _plan("Factures de Martin Dupont")
    assert isinstance(found, NotUnderstood)
    assert found.words == ("martin", "dupont")


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
    ],
)
def test_a_question_is_about_what_it_names_first(
    question: str, population: Population | None
) -> None:
    assert population_asked(question) is population


@given(st.text(max_size=60))
def test_no_text_breaks_the_rules(text: str) -> None:
    _plan(text)
    _plan(text, Population.PURCHASES)


@given(
    st.sampled_from(INVOICES), st.sampled_from(["girafe", "sauf", "bleues", "zut 7", "peut-être"])
)
def test_a_word_that_says_something_else_is_never_dropped(case: tuple[str, str], word: str) -> None:
    assert isinstance(_plan(f"{case[0].rstrip(' ?')} {word}"), NotUnderstood)


def test_a_legal_form_is_not_needed_to_name_a_supplier() -> None:
    assert spoken("Jardins du Brelan SARL") == "jardins du brelan"
