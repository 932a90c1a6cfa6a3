import pytest

from assistant.citations.checker import check_sentence


def stands(sentence: str, passage: str) -> bool:
    return check_sentence(sentence, [passage]).support is not None


@pytest.mark.parametrize(
    ("passage", "sentence"),
    [
        (
            "L'acheteur ne peut pas citer une marque, un brevet ou un type dans le cahier.",
            "L'acheteur ne peut pas citer un brevet dans le cahier.",
        ),
        (
            "L'acheteur peut demander les noms et les diplômes de l'équipe proposée.",
            "L'acheteur peut demander les noms.",
        ),
        (
            "L'acheteur doit conserver les plans, les devis et les avis pendant 5 ans.",
            "Vous devez conserver les devis et les avis pendant cinq ans.",
        ),
        (
            "L'acheteur peut acheter des fournitures ou des services sous 60 000 € HT.",
            "L'acheteur peut acheter des services sous 60 000 € HT.",
        ),
        (
            "L'acheteur peut rejeter une offre si elle est tardive ou si elle est illisible.",
            "L'acheteur peut rejeter une offre si elle est illisible.",
        ),
    ],
)
def test_what_holds_for_each_holds_for_one(passage: str, sentence: str) -> None:
    assert stands(sentence, passage)


@pytest.mark.parametrize(
    ("passage", "sentence"),
    [
        (
            "L'acheteur doit publier un avis ou une note avant la consultation.",
            "L'acheteur doit publier un avis avant la consultation.",
        ),
        (
            "L'acheteur doit additionner les travaux et les fournitures du chantier.",
            "L'acheteur doit additionner les travaux.",
        ),
        (
            "L'acheteur peut négocier sauf si l'offre est tardive ou si elle est illisible.",
            "L'acheteur peut négocier sauf si l'offre est tardive.",
        ),
        (
            "L'acheteur peut rejeter une offre si elle est tardive et si elle est illisible.",
            "L'acheteur peut rejeter une offre si elle est tardive.",
        ),
        (
            "L'acheteur doit réviser le prix pour les travaux et les services non courants.",
            "L'acheteur doit réviser le prix pour les services.",
        ),
        (
            "Le titulaire peut remplacer la retenue par une caution personnelle et solidaire.",
            "Le titulaire peut remplacer la retenue par une caution personnelle.",
        ),
        ("Les critères sont le prix et la valeur de l'offre.", "Les critères sont le prix."),
        (
            "Seuls le titulaire et le garant peuvent demander une expertise du chantier.",
            "Seul le titulaire peut demander une expertise du chantier.",
        ),
    ],
)
def test_what_holds_for_all_together_does_not(passage: str, sentence: str) -> None:
    assert not stands(sentence, passage)
