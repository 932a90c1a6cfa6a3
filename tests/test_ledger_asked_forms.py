"""The forms of a question that rules read, a list a rule: the plan they make, or that they do not.

The data are those of `test_ledger_asked`, on a day in the middle of a quarter.
"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ledger.parsing.questions import NotUnderstood, parse_plan
from assistant.ledger.parsing.vocabulary import is_one_slip, load_vocabulary, slips
from assistant.ledger.query.plan import Plan, Population
from assistant.ledger.query.wording import describe_plan
from tests.test_ledger_asked import NAMES, TODAY

COUNT = "nombre de factures"
TTC = "somme du montant TTC des factures"
IN_2026 = "entre le 01/01/2026 et le 31/12/2026"
IN_2025 = "entre le 01/01/2025 et le 31/12/2025"
CONTRACTS = "nombre de marchés"
HOLDER = "par titulaire, un groupement comptant pour lui-même"
LATER = (
    "« mandatée » ou « mise à disposition du comptable » ou « comptabilisée » ou "
    "« mise en paiement »"
)
JUNE = "entre le 01/06/2026 et le 30/06/2026"

SHORT = (
    ("Nb de fact. rejetées", f"{COUNT}, de statut « rejetée »"),
    (
        "Mt HT des fact. en janv. 2026",
        "somme du montant HT des factures émises entre le 01/01/2026 et le 31/01/2026",
    ),
    ("DGP moyen en 2025", f"moyenne du délai de paiement des factures payées {IN_2025}"),
    (
        "Quel % des factures est payé en retard ?",
        "part des factures en retard, payées parmi les factures",
    ),
    ("Factures ≥ 1000 € HT", f"{COUNT}, de montant HT supérieur ou égal à 1 000 €"),
    ("Factures + de 1000 €", f"{COUNT}, de montant TTC supérieur à 1 000 €"),
)
EITHER = (
    ("Factures rejetées ou suspendues", f"{COUNT}, de statut « rejetée » ou « suspendue »"),
    (
        "Factures rejetées, suspendues ou mandatées",
        f"{COUNT}, de statut « rejetée » ou « suspendue » ou « mandatée »",
    ),
    ("Factures hors rejetées ou suspendues", f"{COUNT}, hors statut « rejetée » ou « suspendue »"),
    (
        "Factures de Sève et Compas ou des Jardins du Brelan",
        f"{COUNT}, du fournisseur Sève et Compas SAS ou Jardins du Brelan SARL",
    ),
)
STAGES = (
    ("Factures mandatées en juin 2026", f"{COUNT} mandatées {JUNE}"),
    ("Factures suspendues en juin 2026", f"{COUNT} suspendues {JUNE}"),
    ("Factures suspendues de juin 2026", f"{COUNT} émises {JUNE}, de statut « suspendue »"),
    ("Factures déposées en juin 2026", f"{COUNT} reçues {JUNE}"),
    ("Factures émises en juin 2026 et rejetées", f"{COUNT} émises {JUNE}, de statut « rejetée »"),
    ("Factures non mandatées", f"{COUNT}, non mandatées, hors statut {LATER}"),
    (
        "Factures pas encore mandatées",
        f"{COUNT}, non mandatées, hors statut « rejetée » ou {LATER}",
    ),
    (
        "Factures à mandater",
        f"{COUNT}, non mandatées, hors statut « rejetée » ou « suspendue » ou {LATER}",
    ),
    ("Factures de juin 2026 payées", f"{COUNT} émises {JUNE}, payées"),
    ("Factures impayées aujourd'hui", f"{COUNT}, non payées"),
    ("Factures impayées à ce jour", f"{COUNT}, non payées"),
    ("Factures reçues aujourd'hui", f"{COUNT} reçues le 24/11/2026"),
    (
        "Factures à payer cette semaine",
        f"{COUNT} à payer entre le 23/11/2026 et le 29/11/2026, non payées",
    ),
    (
        "Factures arrivant à échéance dans les 7 prochains jours",
        f"{COUNT} à payer entre le 24/11/2026 et le 01/12/2026, non payées",
    ),
)
RANKS = (
    (
        "Quel service a le plus d'avoirs ?",
        f"{COUNT}, qui sont des avoirs, par service exécutant, le plus élevé",
    ),
    ("Qui est notre plus gros fournisseur ?", f"{TTC}, par fournisseur, le plus élevé"),
    ("plus gros fournisseur 2025", f"{TTC} émises {IN_2025}, par fournisseur, le plus élevé"),
    ("plus gros fournisseurs 2025", f"{TTC} émises {IN_2025}, par fournisseur"),
    (
        "mois le plus cher de 2025",
        f"{TTC} émises {IN_2025}, par mois (date d'émission), le plus élevé",
    ),
    ("top 3 fournisseurs", f"{TTC}, par fournisseur, les 3 plus élevés"),
    ("Les quinze premiers fournisseurs", f"{TTC}, par fournisseur, les 15 plus élevés"),
    ("classement des fournisseurs", f"{TTC}, par fournisseur"),
    ("Les 3 services qui dépensent le plus", f"{TTC}, par service exécutant, les 3 plus élevés"),
    ("Quel fournisseur nous coûte le plus cher ?", f"{TTC}, par fournisseur, le plus élevé"),
    (
        "Quel fournisseur est payé le plus vite ?",
        "moyenne du délai de paiement des factures, payées, par fournisseur, le plus faible",
    ),
    (
        "La facture payée avec le plus long délai",
        "moyenne du délai de paiement des factures, payées, une ligne chacun, le plus élevé",
    ),
)
SHARES = (
    (
        "Part de Sève et Compas dans les dépenses du service VOIRIE",
        "part du montant TTC des factures du fournisseur Sève et Compas SAS parmi les factures, "
        "du service exécutant VOIRIE",
    ),
    (
        "Quel pourcentage des dépenses du service VOIRIE va à Sève et Compas ?",
        "part du montant TTC des factures du fournisseur Sève et Compas SAS parmi les factures, "
        "du service exécutant VOIRIE",
    ),
    (
        "Quel pourcentage des factures a été payé dans les 30 jours ?",
        "part des factures de délai de paiement inférieur ou égal à 30 jours, payées parmi les "
        "factures",
    ),
)
BOUNDS = (
    (
        "Factures entre 10 et 20 k€",
        f"{COUNT}, de montant TTC supérieur ou égal à 10 000 €, de montant TTC inférieur ou égal "
        f"à 20 000 €",
    ),
    (
        "Factures de 1000 à 2000 € HT",
        f"{COUNT}, de montant HT supérieur ou égal à 1 000 €, de montant HT inférieur ou égal à 2 "
        f"000 €",
    ),
    (
        "Factures comprises entre 1000 et 2000 €",
        f"{COUNT}, de montant TTC supérieur ou égal à 1 000 €, de montant TTC inférieur ou égal à "
        f"2 000 €",
    ),
    ("Factures de 10 000 € et plus", f"{COUNT}, de montant TTC supérieur ou égal à 10 000 €"),
    ("Factures de plus de 5000", f"{COUNT}, de montant TTC supérieur à 5 000 €"),
    ("Factures de moins de 100 €", f"{COUNT}, de montant TTC inférieur à 100 €, hors avoirs"),
    (
        "Factures payées sous 30 jours",
        f"{COUNT}, de délai de paiement inférieur ou égal à 30 jours, payées",
    ),
    (
        "Quelles factures ont dépassé le délai de 30 jours ?",
        f"{COUNT}, de délai jusqu'au paiement ou à ce jour supérieur à 30 jours",
    ),
)
GROUPS = (
    (
        "Quels marchés ont été facturés à plus de 1 000 € ?",
        f"{TTC}, par marché, de résultat supérieur à 1 000 €",
    ),
    (
        "Quels fournisseurs nous ont facturé plus de 50 000 € en 2026 ?",
        f"{TTC} émises {IN_2026}, par fournisseur, de résultat supérieur à 50 000 €",
    ),
    (
        "Les fournisseurs dont le total dépasse 100 000 €",
        f"{TTC}, par fournisseur, de résultat supérieur à 100 000 €",
    ),
    (
        "Quels fournisseurs ont plus de 10 factures ?",
        f"{COUNT}, par fournisseur, de résultat supérieur à 10",
    ),
    (
        "Quels fournisseurs pèsent plus de 10 % des dépenses ?",
        "part de chacun dans le total du montant TTC des factures, par fournisseur, de résultat "
        "supérieur à 10 %",
    ),
    (
        "Quels mois dépassent 1 000 € ?",
        f"{TTC}, par mois (date d'émission), de résultat supérieur à 1 000 €",
    ),
    (
        "Quels fournisseurs ont des factures de plus de 1 000 € ?",
        f"{TTC}, de montant TTC supérieur à 1 000 €, par fournisseur",
    ),
)
MEASURES = (
    ("Nombre total de factures", COUNT),
    ("Combien avons-nous payé de factures en 2026 ?", f"{COUNT} payées {IN_2026}"),
    ("Reste à payer à Sève et Compas", f"{TTC}, du fournisseur Sève et Compas SAS, non payées"),
    ("Combien reste-t-il à payer ?", f"{TTC}, non payées"),
    ("Combien de factures reste-t-il à payer ?", f"{COUNT}, non payées"),
    ("Dépenses hors marché", f"{TTC}, sans numéro de marché"),
    ("Factures en francs suisses", f"{COUNT}, de devise « CHF »"),
    ("Montant moyen par facture", "moyenne du montant TTC des factures"),
)
COMPARED = (
    (
        "Différence de dépenses entre janvier et février 2025",
        f"{TTC} émises entre le 01/02/2025 et le 28/02/2025, "
        "comparé aux factures émises entre le 01/01/2025 et le 31/01/2025",
    ),
)
SLIPS = (
    (
        "Montnat HT des facutres de Jardims",
        "somme du montant HT des factures, du fournisseur Jardins du Brelan SARL",
    ),
    ("Factures de Sève et Conpas", f"{COUNT}, du fournisseur Sève et Compas SAS"),
)
PURCHASES = (
    (
        "Marchés de 48 mois ou plus",
        f"{CONTRACTS}, de nombre de mois prévu supérieur ou égal à 48 mois",
    ),
    ("Marchés de plus de 3 ans", f"{CONTRACTS}, de nombre de mois prévu supérieur à 36 mois"),
    ("Marchés du CPV 45 ou 50", f"{CONTRACTS}, de code CPV commençant par « 45 » ou « 50 »"),
    (
        "Marchés de travaux ou de services",
        f"{CONTRACTS}, de type de besoin « travaux » ou « services »",
    ),
    (
        "Marchés qui se terminent dans les 6 mois",
        f"{CONTRACTS} dont la durée s'achève entre le 24/11/2026 et le 24/05/2027",
    ),
    ("Marchés en cours", f"{CONTRACTS} dont la durée s'achève depuis le 24/11/2026"),
    ("Marchés terminés", f"{CONTRACTS} dont la durée s'achève jusqu'au 23/11/2026"),
    (
        "Le marché le plus long",
        "moyenne du nombre de mois prévu des marchés, une ligne chacun, le plus élevé",
    ),
    (
        "Quels titulaires ont plus d'un marché ?",
        f"{CONTRACTS}, {HOLDER}, de résultat supérieur à 1",
    ),
    (
        "Répartition des achats par procédure",
        "part de chacun dans le total du montant HT des marchés, par procédure",
    ),
)
INVOICES = (
    *SHORT,
    *EITHER,
    *STAGES,
    *RANKS,
    *SHARES,
    *BOUNDS,
    *GROUPS,
    *MEASURES,
    *COMPARED,
    *SLIPS,
)

DECLINED = {
    "either": (
        "Factures de Sève et Compas ou suspendues",  # of two fields
        "Factures non rejetées ou suspendues",  # not rejected, or neither?
    ),
    "stages": (
        "Factures hors mandatées",  # and those put in payment since?
        "Factures suspendues depuis 10 jours",
        "Factures suspendues plus de 10 jours",
        "Factures mandatées en mai et payées en juin",
        "Factures arrivées en retard",
        "Factures reçues et payées en juin 2026",
        "Factures à payer en mai",  # which is over
    ),
    "ranks": (
        "Première facture de Sève et Compas",  # of the first day
        "Délai de paiement du plus gros fournisseur",  # not the longest
        "Montant des factures suspendues des 3 plus gros fournisseurs",
        "Part des 5 premiers fournisseurs dans les dépenses",
        "Moyenne des 10 plus grosses factures",
        "Quel est le meilleur fournisseur ?",
    ),
    "shares": (
        "Part des factures de Sève et Compas suspendues",  # of its own, or of all?
        "Part de Sève et Compas",  # of how many, or of how much?
        "Taux de TVA par fournisseur",
        "Taux de consommation du marché 2026-EV-07",
    ),
    "bounds": (
        "Factures non payées dans les 30 jours",
        "Factures avec intérêts moratoires supérieurs à 100 €",
        "Factures de plus de 100 € de TVA",
        "Avoirs de plus de 1000 €",  # below nothing
        "Factures de plus de 2025",
        "Les fournisseurs dont la facture moyenne dépasse 5000 €",
        "Quels fournisseurs sont entre 10 000 et 20 000 € ?",
        "Avons-nous dépensé plus de 100 000 € en 2026 ?",  # together
        "Quels services ont plus de 20 % de factures en retard ?",  # of theirs, or of all?
        "Quels fournisseurs ont plus de 1000 € d'avoirs ?",
        "Quels fournisseurs ont un délai de paiement supérieur à 30 jours ?",
        "Factures par marché de plus de 100 000 €",  # each invoice, or each contract?
        "Fournisseurs dont toutes les factures dépassent 10 000 €",
    ),
    "comparisons": (
        "Dépenses de janvier par rapport à février 2025",  # of which year?
        "Différence de dépenses entre mars et janvier 2025",
    ),
    "measures": (
        "Combien de factures par jour ?",
        "Combien de factures en moyenne ?",
        "Total HT - avoirs",
        "Total des factures, avoirs déduits",
        "Factures avec un avoir",
        "Combien Sève et Compas nous doit ?",
        "Retard total",
        "Montant des retards",
        "Montant total et délai moyen de paiement",
        "Intérêts moratoires payés",
        "Dépense moyenne par mois",
        "Montant moyen par fournisseur",
        "Délai moyen de paiement des factures impayées",
        "Dépassement du marché 2026-EV-07",
        "Dépenses de l'été 2026",
    ),
    "slips": (
        "Combien de fractures en 2025 ?",
        "Factures de chats",
        "Factures des jardims",  # a word as any other, without its capital
    ),
}
DECLINED_PURCHASES = (
    "Marchés de 2025 terminés",  # of two dates
    "Marchés qui se terminent",
    "Marchés notifiés depuis plus de 24 mois",
    "marché d'une durée de 4 ans",
    "Durée totale des marchés",
    "Combien reste-t-il sur le marché 2026-EV-07 ?",
    "durée maximale d'un marché",
)


def _asked(question: str, over: Population = Population.INVOICES) -> Plan | NotUnderstood:
    return parse_plan(question, NAMES, TODAY, over)


def _said(found: Plan | NotUnderstood) -> str:
    assert isinstance(found, Plan), found
    return describe_plan(found).replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(("question", "plan"), INVOICES)
def test_a_form_of_a_question_about_invoices_makes_its_plan(question: str, plan: str) -> None:
    assert _said(_asked(question)) == plan


@pytest.mark.parametrize(("question", "plan"), PURCHASES)
def test_a_form_of_a_question_about_purchases_makes_its_plan(question: str, plan: str) -> None:
    assert _said(_asked(question, Population.PURCHASES)) == plan


@pytest.mark.parametrize("question", [each for several in DECLINED.values() for each in several])
def test_what_may_be_meant_otherwise_makes_no_plan(question: str) -> None:
    found = _asked(question)
    assert isinstance(found, NotUnderstood), describe_plan(found)


@pytest.mark.parametrize("question", DECLINED_PURCHASES)
def test_what_may_be_meant_otherwise_of_purchases_makes_no_plan(question: str) -> None:
    found = _asked(question, Population.PURCHASES)
    assert isinstance(found, NotUnderstood), describe_plan(found)


@given(
    st.sampled_from([question for question, _ in (*EITHER, *STAGES, *RANKS, *BOUNDS, *GROUPS)]),
    st.sampled_from(["girafe", "sauf", "bleues", "% zut", "+ 3", "- avoirs", "ou", "soit"]),
)
def test_neither_a_word_nor_a_sign_is_dropped(question: str, word: str) -> None:
    assert isinstance(_asked(f"{question.rstrip(' ?')} {word}"), NotUnderstood)


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
    others: Sequence[str] = sorted(load_vocabulary().other_words)
    assert not [word for word in others if slips([word], NAMES)]
    assert not load_vocabulary().other_words & load_vocabulary().spelled
