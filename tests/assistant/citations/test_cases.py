"""The cases that rules begin with, and the figures of questions."""

import pytest

from assistant.citations.cases import is_of_another_case

LONG = "Pour un marché de plus de 12 mois, l'avance s'applique à douze fois le montant mensuel."


@pytest.mark.parametrize(
    ("rule", "question"),
    [
        (LONG, "Quelle avance pour un marché de 10 mois ?"),
        (LONG, "Quelle avance pour un marché de 80 000 € HT sur un an ?"),
        ("En dessous de 60 000 euros, aucune publicité n'est due.", "Et pour 75 000 € HT ?"),
        ("À partir de 90 000 euros, l'avis est publié.", "Faut-il un avis à 40 000 € ?"),
        ("Un marché d'une durée supérieure à 5 ans est contrôlé.", "Et un marché de 3 ans ?"),
        (
            "Un marché dont le montant est inférieur à 90 000 euros HT n'a pas d'avis obligatoire.",
            "Faut-il un avis à 200 000 € ?",
        ),
        ("Un marché qui dure plus de 4 ans doit être justifié.", "Et un marché de 2 ans ?"),
        ("Un marché qui ne dépasse pas 12 mois n'a pas de révision.", "Et pour 24 mois ?"),
        (
            "Pour un marché de 2 mois au plus, aucune avance n'est due.",
            "Une avance pour six mois ?",
        ),
    ],
)
def test_a_rule_whose_case_leaves_the_figure_out_is_of_another(rule: str, question: str) -> None:
    assert is_of_another_case(rule, question)


@pytest.mark.parametrize(
    ("rule", "question"),
    [
        (LONG, "Quelle avance pour un marché de 18 mois ?"),
        (LONG, "Quelle avance pour un marché de 80 000 € HT ?"),
        (LONG, "Quelle avance pour un marché de 10 mois, puis de 8 mois ?"),
        ("En dessous de 60 000 euros, aucune publicité n'est due.", "Et pour 35 000 € HT ?"),
        ("À partir de 90 000 euros, l'avis est publié.", "Faut-il un avis à 90 000 € ?"),
        ("L'avance ne peut dépasser 30 %, sauf garantie.", "Une avance de 40 % ?"),
        ("Le délai est de 35 jours, ou de 15 en cas d'urgence.", "Un délai de 20 jours ?"),
        ("À partir du 1er avril 2026, l'avis est publié.", "Quel avis au 1er mars 2026 ?"),
        ("Un marché réservé dure 3 ans au plus, sans suite.", "Un marché réservé de 5 ans ?"),
        ("Un marché de partenariat doit dépasser 10 millions d'euros.", "Et pour 8 000 000 € ?"),
    ],
)
def test_a_rule_of_the_case_asked_about_or_of_none_is_not(rule: str, question: str) -> None:
    assert not is_of_another_case(rule, question)
