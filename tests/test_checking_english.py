import pytest

from assistant.citations.checker import check_sentence

THRESHOLD = (
    "L'acheteur peut acheter des fournitures sans publicité ni mise en concurrence si son "
    "besoin est estimé à moins de 60 000 € HT."
)
PERIOD = "Le délai global de paiement est de trente-cinq jours pour un pouvoir adjudicateur."
FRAMEWORK = "Un accord-cadre ne peut pas durer plus de 8 ans pour une entité adjudicatrice."


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        (
            "You may buy supplies without publicity or competition if the need is estimated at "
            "less than EUR 60,000 excluding tax.",
            THRESHOLD,
        ),
        (
            "The overall payment period is thirty-five days for a contracting authority.",
            PERIOD,
        ),
        (
            "A framework agreement may not last more than eight years for a contracting entity.",
            FRAMEWORK,
        ),
        (
            "The buyer must never reveal the identity of the tenderers.",
            "L'acheteur ne peut jamais révéler l'identité des soumissionnaires.",
        ),
    ],
)
def test_an_english_sentence_stands_on_a_french_passage(sentence: str, passage: str) -> None:
    assert check_sentence(sentence, [passage]).support is not None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("supplies", "works"),
        ("60,000", "66,000"),
        ("60,000", "60 000 000"),
        ("less than", "more than"),
        ("less than", "at least"),
        ("may", "must"),
        ("without", "with"),
        ("excluding tax", "including tax"),
        ("EUR 60,000 excluding tax", "60,000 days"),
        ("You", "The contractor"),
        ("You", "The tenderer"),
    ],
)
def test_one_changed_english_word_is_enough(before: str, after: str) -> None:
    sentence = (
        "You may buy supplies without publicity or competition if the need is estimated at less "
        "than EUR 60,000 excluding tax."
    )
    assert check_sentence(sentence.replace(before, after), [THRESHOLD]).support is None
