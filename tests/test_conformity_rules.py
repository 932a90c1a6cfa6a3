"""Every rule: a clause that it finds fault with, and one that it does not."""

from collections.abc import Mapping
from datetime import date

import pytest

from assistant.calculators.constants import constants
from assistant.tenders.conformity.rules import (
    ConformityFinding,
    ConformityRule,
    FindingSeverity,
    rule_book,
)
from tests.conformity_dossier import SENT, FakeCode, article, found_in

Pieces = Mapping[str, str]

OPEN = "La procédure est un appel d'offres ouvert. Les plis sont remis sur le profil d'acheteur."
FRAMEWORK = "Le contrat est un accord-cadre, avec un montant maximum de 900 000 € HT."
STATE = "# A – Pouvoir adjudicateur\n\nMinistère de la Transition"
TOWN = "# Article 1 – Acheteur\n\nCommune de Montelyre, pouvoir adjudicateur"
LONG = "Le montant maximum du marché est de 300 000 € HT. La période initiale est de douze mois."
DEROGATION = "# Article 3 – Délais\n\nPar dérogation à l'article 28.2 du CCAG-FCS, dix jours."
LIST = "\n\n# Article 9 – Dérogations\n\nL'article 3 déroge à l'article 28.2."
LATE = "Tout retard donne lieu à une pénalité de 100 € par jour."

# Rule: (pieces with the fault, pieces without it).
CASES: dict[str, tuple[Pieces, Pieces]] = {
    "délai-appel-offres-ouvert": (
        {
            "RC": f"{OPEN} L'avis a été envoyé le 8 octobre 2026. "
            "Date limite de réception des offres : 2 novembre 2026."
        },
        {
            "RC": f"{OPEN} L'avis a été envoyé le 8 octobre 2026. "
            "Date limite de réception des offres : 20 novembre 2026."
        },
    ),
    "délai-appel-offres-ouvert-papier": (
        {
            "RC": "Appel d'offres ouvert, sur support papier uniquement. L'avis a été envoyé le "
            "8 octobre 2026. Date limite de remise des offres : 10 novembre 2026."
        },
        {
            "RC": "Appel d'offres ouvert, sur support papier uniquement. L'avis a été envoyé le "
            "8 octobre 2026. Date limite de remise des offres : 20 novembre 2026."
        },
    ),
    "délai-candidatures-restreint": (
        {
            "RC": "Appel d'offres restreint. Avis envoyé le 8 octobre 2026. "
            "Les candidatures sont reçues au plus tard le 30 octobre 2026."
        },
        {
            "RC": "Appel d'offres restreint. Avis envoyé le 8 octobre 2026. "
            "Les candidatures sont reçues au plus tard le 20 novembre 2026."
        },
    ),
    "délai-candidatures-négociation": (
        {
            "RC": "Procédure avec négociation. Avis envoyé le 8 octobre 2026. "
            "Date limite de remise des candidatures : 30 octobre 2026."
        },
        {
            "RC": "Procédure avec négociation. Avis envoyé le 8 octobre 2026. "
            "Date limite de remise des candidatures : 20 novembre 2026."
        },
    ),
    "réponses-aux-questions": (
        {
            "RC": f"{OPEN} L'acheteur envoie les réponses au plus tard le 18 novembre 2026. "
            "Date limite de remise des offres : 20 novembre 2026."
        },
        {
            "RC": f"{OPEN} L'acheteur envoie les réponses au plus tard le 12 novembre 2026. "
            "Date limite de remise des offres : 20 novembre 2026."
        },
    ),
    "réponses-aux-questions-jours": (
        {"RC": f"{OPEN} Les réponses sont envoyées 3 jours avant la date limite."},
        {"RC": f"{OPEN} Les réponses sont envoyées 8 jours avant la date limite."},
    ),
    "critères-absents": ({"RC": "Les offres sont jugées."}, {"RC": "Les critères sont le prix."}),
    "critères-somme": (
        {"RC": "## Critères d'attribution\n\n- Prix : 60 %\n- Valeur technique : 30 %"},
        {"RC": "## Critères d'attribution\n\n- Prix : 60 %\n- Valeur technique : 40 %"},
    ),
    "critères-sans-poids": (
        {"RC": f"{OPEN}\n\n## Critères d'attribution\n\nLe prix et la valeur technique."},
        {"RC": f"{OPEN}\n\n## Critères d'attribution\n\nPar ordre décroissant : prix, technique."},
    ),
    "critère-prix-seul": (
        {"RC": "Le prix est le seul critère d'attribution."},
        {"RC": "Le prix n'est pas le seul critère d'attribution."},
    ),
    "critère-environnement": (
        {"RC": "## Critères d'attribution\n\n- Prix : 60 %\n- Valeur technique : 40 %"},
        {"RC": "## Critères d'attribution\n\n- Prix : 60 %\n- Performance environnementale : 40 %"},
    ),
    "variantes": ({"RC": "Les offres sont remises."}, {"RC": "Les variantes sont interdites."}),
    "allotissement": (
        {"RC": "Le marché n'est pas alloti."},
        {"RC": "Le marché n'est pas alloti car ses prestations sont indissociables."},
    ),
    "chiffre-affaires": (
        {
            "RC": "Montant maximum du marché : 100 000 € HT.\n\n# Capacités\n\n"
            "Chiffre d'affaires annuel d'au moins 160 000 € HT."
        },
        {
            "RC": "Montant maximum du marché : 100 000 € HT.\n\n# Capacités\n\n"
            "Chiffre d'affaires annuel d'au moins 150 000 € HT."
        },
    ),
    "attestations-candidature": (
        {"RC": "## Pièces de la candidature\n\n- les attestations fiscales et sociales ;"},
        {"RC": "## Pièces de la candidature\n\n- les attestations fiscales du seul attributaire ;"},
    ),
    "suspension": (
        {"RC": f"{OPEN} La signature intervient après un délai de 10 jours."},
        {"RC": f"{OPEN} La signature intervient après un délai de 11 jours."},
    ),
    "accord-cadre-maximum": (
        {"CCAP": "Le contrat est un accord-cadre à bons de commande."},
        {"CCAP": FRAMEWORK},
    ),
    "accord-cadre-durée": (
        {"CCAP": f"{FRAMEWORK} Sa durée totale est de cinq ans."},
        {"CCAP": f"{FRAMEWORK} Sa durée totale est de quatre ans."},
    ),
    "accord-cadre-durée-entité": (
        {
            "CCAP": f"{FRAMEWORK} L'acheteur agit en tant qu'entité adjudicatrice. "
            "Sa durée totale est de neuf ans."
        },
        {
            "CCAP": f"{FRAMEWORK} L'acheteur agit en tant qu'entité adjudicatrice. "
            "Sa durée totale est de huit ans."
        },
    ),
    "reconduction-durée": (
        {"CCAP": "Le marché se renouvelle par tacite reconduction."},
        {"CCAP": "Le marché est reconduit tacitement deux fois."},
    ),
    "retenue-plafond": (
        {"CCAP": "Une retenue de garantie de 7 % est appliquée."},
        {"CCAP": "Une retenue de garantie de 5 % est appliquée."},
    ),
    "retenue-plafond-pme": (
        {"AE": STATE, "CCAP": "Une retenue de garantie de 5 % est appliquée."},
        {"AE": TOWN, "CCAP": "Une retenue de garantie de 5 % est appliquée."},
    ),
    "avance-absente": ({"CCAP": LONG}, {"CCAP": f"{LONG} Une avance est accordée."}),
    "avance-taux": (
        {"CCAP": "Le montant de l'avance est fixé à 3 %."},
        {"CCAP": "Le montant de l'avance est fixé à 5 %."},
    ),
    "avance-taux-long": (
        {"CCAP": "La durée initiale est de 24 mois. Le montant de l'avance est fixé à 3 %."},
        {"CCAP": "La durée initiale est de 24 mois. Le montant de l'avance est fixé à 5 %."},
    ),
    "avance-taux-pme": (
        {"AE": STATE, "CCAP": "Le montant de l'avance est fixé à 20 %."},
        {"AE": STATE, "CCAP": "Le montant de l'avance est fixé à 30 %."},
    ),
    "avance-montant": (
        {"CCAP": "Une avance est accordée si le montant est supérieur à 90 000 € HT."},
        {"CCAP": "Une avance est accordée si le montant est supérieur à 50 000 € HT."},
    ),
    "avance-délai": (
        {"CCAP": "Une avance est accordée si le délai d'exécution est supérieur à 3 mois."},
        {"CCAP": "Une avance est accordée si le délai d'exécution est supérieur à deux mois."},
    ),
    "délai-paiement": (
        {"AE": TOWN, "CCAP": "Le délai global de paiement est de 45 jours."},
        {"AE": TOWN, "CCAP": "Le délai global de paiement est de 30 jours."},
    ),
    "délai-paiement-santé": (
        {"AE": "# Acheteur\n\nCentre hospitalier", "CCAP": "Le délai de paiement est de 60 jours."},
        {"AE": "# Acheteur\n\nCentre hospitalier", "CCAP": "Le délai de paiement est de 50 jours."},
    ),
    "intérêts-moratoires": (
        {"CCAP": "Les factures sont payées."},
        {"CCAP": "Un retard donne droit à des intérêts moratoires."},
    ),
    "intérêts-majoration": (
        {"CCAP": "Les intérêts moratoires sont au taux de la banque majoré de cinq points."},
        {"CCAP": "Les intérêts moratoires sont au taux de la banque majoré de huit points."},
    ),
    "intérêts-renonciation": (
        {"CCAP": "Le titulaire renonce aux intérêts moratoires."},
        {"CCAP": "Toute renonciation aux intérêts moratoires est réputée non écrite."},
    ),
    "indemnité-absente": (
        {"CCAP": "Un retard donne droit à des intérêts moratoires."},
        {"CCAP": "Un retard donne droit à des intérêts moratoires et à une indemnité forfaitaire."},
    ),
    "indemnité-montant": (
        {"CCAP": "L'indemnité forfaitaire pour frais de recouvrement est de 30 €."},
        {"CCAP": "L'indemnité forfaitaire pour frais de recouvrement est de 40 €."},
    ),
    "pénalités-sans-plafond": (
        {"CCAP": LATE},
        {"CCAP": f"{LATE} Le total des pénalités ne peut excéder 10 % du montant."},
    ),
    "pénalités-plafond-ccag": (
        {"CCAP": "Le CCAG-FCS s'applique.\n\nLe total des pénalités ne peut excéder 15 %."},
        {
            "CCAP": "Le CCAG-FCS s'applique.\n\nPar dérogation à l'article 14.1.2, le total des "
            "pénalités ne peut excéder 15 %."
        },
    ),
    "dérogations-non-listées": ({"CCAP": DEROGATION}, {"CCAP": f"{DEROGATION}{LIST}"}),
    "dérogations-sans-texte": (
        {"CCAP": f"# Article 3 – Délais\n\nLe délai est de dix jours.{LIST}"},
        {"CCAP": f"{DEROGATION}{LIST}"},
    ),
    "ccag-2009": (
        {"CCAP": "Le CCAG approuvé par l'arrêté du 19 janvier 2009 s'applique."},
        {"CCAP": "Le CCAG approuvé par l'arrêté du 30 mars 2021 s'applique."},
    ),
    "clause-environnementale": (
        {"CCAP": "Le titulaire exécute les prestations."},
        {"CCAP": "Le titulaire réduit ses déchets."},
    ),
    "clause-sociale-état": (
        {"AE": STATE, "CCAP": "Le montant maximum du marché est de 200 000 € HT."},
        {"AE": STATE, "CCAP": "Le montant maximum du marché est de 200 000 € HT. Clause sociale."},
    ),
    "clause-sociale": (
        {"AE": TOWN, "CCAP": "Le montant maximum du marché est de 300 000 € HT."},
        {"AE": TOWN, "CCAP": "Le montant maximum du marché est de 200 000 € HT."},
    ),
    "clause-sociale-travaux": (
        {"CCAP": "Marché de travaux. La valeur estimée est de 6 000 000 € HT."},
        {"CCAP": "Marché de travaux. La valeur estimée est de 3 000 000 € HT."},
    ),
    "marques": (
        {"CCTP": "Le titulaire fournit une tronçonneuse Stihl."},
        {"CCTP": "Le titulaire fournit une tronçonneuse Stihl ou équivalent."},
    ),
    "prix-fermes": (
        {"CCAP": f"{LONG} Les prix sont fermes.", "CCTP": "L'acier est fourni par le titulaire."},
        {"CCAP": f"{LONG} Les prix sont fermes puis révisés.", "CCTP": "L'acier est fourni."},
    ),
    "sous-traitance-interdite": (
        {"CCAP": "La sous-traitance est interdite."},
        {"CCAP": "La sous-traitance est interdite pour certaines tâches essentielles."},
    ),
    "paiement-direct": (
        {"CCAP": "Le sous-traitant est payé directement si sa part est supérieure à 1 000 € TTC."},
        {"CCAP": "Le sous-traitant est payé directement si sa part est au moins égale à 600 €."},
    ),
    "article-inconnu": (
        {"CCAP": "Conformément à l'article R. 2999-9 du code de la commande publique, le prix."},
        {"CCAP": "Conformément à l'article R. 2191-3 du code de la commande publique, le prix."},
    ),
    "article-changé": (
        {"RC": "Conformément à l'article R. 2122-8, le prix."},
        {"RC": "Conformément à l'article R. 2191-3, le prix."},
    ),
    "différence-date-limite": (
        {
            "RC": "Les offres sont reçues au plus tard le 20 novembre 2026.",
            "AE": "L'offre est remise au plus tard le 23 novembre 2026.",
        },
        {
            "RC": "Les offres sont reçues au plus tard le 20 novembre 2026.",
            "AE": "L'offre est remise au plus tard le 20/11/2026.",
        },
    ),
    "différence-durée": (
        {"CCAP": "La durée totale est de 48 mois.", "AE": "La durée maximale est de trois ans."},
        {"CCAP": "La durée totale est de 48 mois.", "AE": "La durée maximale est de quatre ans."},
    ),
    "différence-reconductions": (
        {"CCAP": "Le marché est reconduit trois fois.", "AE": "Il est reconductible deux fois."},
        {"CCAP": "Le marché est reconduit trois fois.", "AE": "Il est reconductible 3 fois."},
    ),
    "différence-période-initiale": (
        {"CCAP": "La période initiale est de douze mois.", "AE": "Durée initiale de 24 mois."},
        {"CCAP": "La période initiale est de douze mois.", "AE": "Durée initiale d'une année."},
    ),
    "différence-début": (
        {
            "CCAP": "La durée court à compter du 1er mars 2027.",
            "AE": "La durée court à compter du 1er avril 2027.",
        },
        {
            "CCAP": "La durée court à compter du 1er mars 2027.",
            "AE": "La durée court à compter du 01/03/2027.",
        },
    ),
    "différence-lots": (
        {
            "RC": "Le marché comprend le lot 1, le lot 2 et le lot 3.",
            "CCAP": "Lot 1 : tonte. Lot 2 : taille.",
        },
        {"RC": "Le marché comprend deux lots.", "CCAP": "Lot 1 : tonte. Lot 2 : taille."},
    ),
    "différence-montants": (
        {
            "CCAP": "Le montant maximum du marché est de 90 000 €.",
            "AE": "Le montant maximum du marché est de 80 000 €.",
        },
        {
            "CCAP": "Le montant maximum du marché est de 90 000 €.",
            "AE": "Le montant maximum du marché est de 90 000,00 euros.",
        },
    ),
    "différence-validité": (
        {
            "RC": "Le délai de validité des offres est de 150 jours.",
            "AE": "L'engagement lie le candidat pendant 120 jours.",
        },
        {
            "RC": "Le délai de validité des offres est de 150 jours.",
            "AE": "L'engagement lie le candidat pendant cent cinquante jours.",
        },
    ),
    "différence-retenue": (
        {"CCAP": "Une retenue de garantie de 4 %.", "AE": "Une retenue de garantie de 5 %."},
        {"CCAP": "Une retenue de garantie de 4 %.", "AE": "Une retenue de garantie de 4 %."},
    ),
    "différence-avance": (
        {"CCAP": "Le taux de l'avance est de 20 %.", "AE": "Une avance de 10 %."},
        {"CCAP": "Le taux de l'avance est de 20 %.", "AE": "Une avance de 20 %."},
    ),
    "différence-paiement": (
        {"CCAP": "Le délai de paiement est de 30 jours.", "AE": "Délai de paiement : 20 jours."},
        {"CCAP": "Le délai de paiement est de 30 jours.", "AE": "Délai de paiement : 30 jours."},
    ),
    "différence-pénalité": (
        {"CCAP": LATE, "CCTP": "Une pénalité de retard de 80 € par jour est due."},
        {"CCAP": LATE, "CCTP": "Une pénalité de retard de 100 € par jour est due."},
    ),
    "différence-plafond": (
        {
            "CCAP": "Le total des pénalités ne peut excéder 10 %.",
            "AE": "Les pénalités ne peuvent dépasser 8 %.",
        },
        {
            "CCAP": "Le total des pénalités ne peut excéder 10 %.",
            "AE": "Les pénalités ne peuvent dépasser 10 %.",
        },
    ),
    "différence-insertion": (
        {
            "CCAP": "Insertion : 420 heures par période.",
            "AE": "Insertion : 400 heures par période.",
        },
        {
            "CCAP": "Insertion : 420 heures par période.",
            "AE": "Insertion : 420 heures par période.",
        },
    ),
    "différence-tribunal": (
        {"RC": "Le tribunal administratif de Lyon.", "CCAP": "Le tribunal administratif de Nice."},
        {"RC": "Le tribunal administratif de Lyon.", "CCAP": "Le tribunal administratif de Lyon."},
    ),
    "différence-lieu": (
        {
            "RC": "Lieu d'exécution : 99430 Montelyre.",
            "CCAP": "Lieu d'exécution : 99400 Aubelonne.",
        },
        {
            "RC": "Lieu d'exécution : 99430 Montelyre.",
            "CCAP": "Lieu d'exécution : 99430 Montelyre.",
        },
    ),
}


def _code() -> FakeCode:
    code = FakeCode(SENT)
    code.other = {
        "R2999-9": (),
        "R2122-8": (
            article("R2122-8", "Un ancien texte.", date(2020, 1, 1), date(2026, 11, 1)),
            article("R2122-8", "Un nouveau texte.", date(2026, 11, 1)),
        ),
    }
    return code


def _of(rule: str, pieces: Pieces) -> list[ConformityFinding]:
    return [each for each in found_in(pieces, _code()) if each.rule == rule]


def test_every_rule_has_its_case() -> None:
    assert set(CASES) == {rule.name for rule in rule_book().rules}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_finds_its_fault(rule: str) -> None:
    bad, _ = CASES[rule]
    [finding] = _of(rule, bad)
    assert finding.severity is not FindingSeverity.UNCHECKED
    assert "à vérifier" in finding.sentence
    assert "{" not in finding.sentence


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_lets_a_good_clause_pass(rule: str) -> None:
    _, good = CASES[rule]
    assert _of(rule, good) == []


@pytest.mark.parametrize("rule", [each for each in rule_book().rules if each.constants])
def test_a_finding_shows_the_words_of_the_law_that_it_rests_on(rule: ConformityRule) -> None:
    bad, _ = CASES[rule.name]
    [finding] = _of(rule.name, bad)
    assert [each.article for each in finding.grounds] == [
        constants()[name].article for name in rule.constants
    ]


@pytest.mark.parametrize("rule", [each for each in rule_book().rules if each.constants])
def test_a_rule_that_the_law_of_the_day_does_not_state_says_so(rule: ConformityRule) -> None:
    bad, _ = CASES[rule.name]
    silent = FakeCode(SENT, silent=set(rule.constants))
    silent.other = _code().other
    [finding] = [each for each in found_in(bad, silent) if each.rule == rule.name]
    assert finding.severity is FindingSeverity.UNCHECKED
    assert finding.sentence.startswith("Non contrôlé : aucun texte indexé en vigueur le 08/10/2026")


def test_no_rule_has_a_figure_of_the_law() -> None:
    for rule in rule_book().rules:
        digits = [character for character in rule.sentence if character.isdigit()]
        assert "".join(digits) in {"", "100", "20092021"}, rule.name


def test_what_a_rule_names_exists() -> None:
    book = rule_book()
    for rule in book.rules:
        assert {name for name in (rule.value, rule.until, rule.times) if name} <= set(book.values)
        assert {name.removeprefix("!") for name in rule.when} <= set(book.facts)
        assert set(rule.constants) <= set(constants())
    for fact in book.facts.values():
        assert not fact.value or fact.value in book.values
        assert {name for name in (fact.above, fact.least) if name} <= set(constants())
