"""Figures of a question held against the limits of a quote."""

import pytest

from assistant.citations.comparison import comparable_figures, describe_comparisons
from assistant.question.language import Language
from ingestion.index.judged_comparisons import read_judged_comparisons

LIMIT = "Le besoin est estimé à moins de 60 000 € HT pour des services, ou de 100 000 € HT sinon."


def said(question: str, quote: str = LIMIT, language: Language = Language.FRENCH) -> str | None:
    return (
        describe_comparisons(comparable_figures(question, quote), question, quote, language) or None
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Et pour 35 000 € HT ?", "35 000 € est inférieur à 60 000 € et inférieur à 100 000 €"),
        ("Et pour 80 k€ HT ?", "80 k€ est supérieur à 60 000 € et inférieur à 100 000 €"),
        ("Et pour 1,2 M€ HT ?", "1,2 M€ est supérieur à 60 000 € et supérieur à 100 000 €"),
    ],
)
def test_a_figure_falls_on_its_side_of_each_limit(question: str, expected: str) -> None:
    assert said(question) == f"Calcul : {expected}."


WRITTEN = "Le seuil à compter duquel les marchés sont écrits est fixé à 25 000 euros hors taxes."
TERM = "Le délai de paiement prévu à l'article L. 2192-10 est fixé à trente jours."
CHANGED = (
    "Le montant de la modification est inférieur aux seuils européens et à 10 % du montant initial "
    "pour les services ou à 15 % pour les travaux."
)


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        ("Mandat de 9 000 € sans contrat ?", WRITTEN, "9 000 € est inférieur à 25 000 euros"),
        ("Mandat de 9 000 HT sans contrat ?", WRITTEN, "9 000 est inférieur à 25 000 euros"),
        (
            "Mandat de 9 000 hors taxes, sans contrat ?",
            WRITTEN,
            "9 000 est inférieur à 25 000 euros",
        ),
        ("On paie à 45 jours ?", TERM, "45 jours est supérieur à trente jours"),
        ("Avenant de 12 % ?", CHANGED, "12 % est supérieur à 10 % et inférieur à 15 %"),
    ],
)
def test_what_is_fixed_and_what_a_comparison_goes_on_to_are_limits(
    question: str, quote: str, expected: str
) -> None:
    assert said(question, quote) == f"Calcul : {expected}."


@pytest.mark.parametrize(
    "quote",
    [
        "Le seuil est inférieur à celui du décret. La part des PME va de 5 % à 10 %.",
        "L'entreprise a plus d'expérience et a droit à une révision et à 10 % du montant.",
        "La pénalité est fixée à 10 % du montant.",
        "Le délai est celui de l'avis. La pénalité est fixée à 10 % du montant.",
        "La retenue est de 5 % et à 10 % près comparable.",
        "Le seuil est inférieur à celui du décret. Il revient à la part et à 10 % du montant.",
    ],
)
def test_no_other_figure_is_a_limit(quote: str) -> None:
    assert said("Avenant de 12 % ?", quote) is None


def test_a_number_without_tax_or_unit_is_no_amount() -> None:
    assert said("Mandat de 9 000 sans contrat ?", WRITTEN) is None


def test_limits_are_named_as_those_that_were_judged() -> None:
    asked = "Mon marché de 35 000 € HT dure cinq mois."
    quote = f"{LIMIT} Le marché dure moins de deux mois."
    named = {each.limit for each in comparable_figures(asked, quote)}
    assert named == {"euro 100000 60000", "month 2"}
    assert named <= {each.limit for each in read_judged_comparisons()}


def test_a_contract_is_not_held_against_what_a_body_spends() -> None:
    spends = "L'avance est de 10 % si les dépenses annuelles du titulaire excèdent 60 000 €."
    assert said("Et pour un marché de 35 000 € HT ?", spends) is None
    assert said("J'ai un budget de 35 000 € HT, et alors ?", spends) is None
    paid = "Le délai de paiement des dépenses ne peut excéder 60 jours."
    assert said("Notre délai est de 20 jours ?", paid) is not None
    charged = "Le cahier des charges est requis au-delà de 60 000 €."
    assert said("Et pour 35 000 € HT ?", charged) is not None
    asked = "Nos dépenses sont de 35 000 €, et alors ?"
    assert said(asked, spends) == "Calcul : 35 000 € est inférieur à 60 000 €."


def test_durations_and_amounts_are_compared_apart() -> None:
    quote = "Une avance est due au-delà de 50 000 € HT et de plus de 2 mois."
    assert said("Mon marché de 55 000 € HT dure trois semaines.", quote) == (
        "Calcul : 55 000 € est supérieur à 50 000 €."
    )
    assert said("Mon marché dure huit mois.", quote) == "Calcul : huit mois est supérieur à 2 mois."


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Et pour 35 000 € TTC ?", LIMIT),
        ("Et pour 35 000 € HT/an pendant quatre ans ?", LIMIT),
        ("Et pour 35 000 € H.T. par exercice ?", LIMIT),
        ("Et pour 4 x 35 000 € HT ?", LIMIT),
        ("Et pour un budget annuel de 35 000 € HT sur 4 ans ?", LIMIT),
        ("Et pour 35 000 € HT de nettoyage par an ?", LIMIT),
        ("Entre 35 000 € et 45 000 € HT ?", LIMIT),
        ("Puis-je acheter 3 imprimantes à 25 000 € sans publicité ?", LIMIT),
        ("Cent ordinateurs, 1 200 € la pièce ?", LIMIT),
        ("Retenue de garantie avec une TVA de 20 % ?", "La retenue est de 5 % au plus."),
        ("Et pour 35 000 € ?", "Le marché a coûté 20 000 € l'an dernier."),
    ],
)
def test_other_taxes_two_figures_and_what_is_no_limit_are_not_compared(
    question: str, quote: str
) -> None:
    assert said(question, quote) is None


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Délai de 3 ans, ça part de quand ?", "La durée ne peut dépasser trois ans."),
        ("Quel support de publicité au-delà de 60 000 € HT ?", LIMIT),
        ("Le seuil de 60 000 € HT vaut-il pour un lot ?", LIMIT),
        ("Le seuil de 40 000 € HT a-t-il changé ?", LIMIT),
        ("La retenue de 5 %, c'est obligatoire ?", "La retenue ne peut dépasser 5 %."),
    ],
)
def test_the_figure_of_the_rule_is_not_held_against_itself(question: str, quote: str) -> None:
    assert said(question, quote) is None


@pytest.mark.parametrize(
    "quote",
    [
        "Le délai de réception des offres est d'au moins trente-cinq jours.",
        "Le délai minimal de trente-cinq jours peut être ramené à quinze jours en urgence.",
    ],
)
def test_how_long_tenders_stay_valid_is_not_how_long_they_may_be_sent_in(quote: str) -> None:
    assert said("Les offres doivent rester ouvertes 90 jours : puis-je prolonger ?", quote) is None


def test_a_duration_is_not_held_against_one_time_limit_of_a_list() -> None:
    quote = "Le délai minimal de trente-cinq jours peut être ramené à quinze jours en urgence."
    assert said("Notre appel d'offres ouvert dure 25 jours, est-ce assez ?", quote) is None
    alone = "Le délai de réception des offres est d'au moins trente-cinq jours."
    assert said("Notre appel d'offres ouvert dure 25 jours, est-ce assez ?", alone) is not None


def test_english_questions_get_english_words() -> None:
    found = said("What about 35 000 €?", language=Language.ENGLISH)
    assert found is not None
    assert found.startswith("Computed: 35 000 € is less than 60 000 €")
