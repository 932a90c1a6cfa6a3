import pytest

from assistant.citations.checker import check_sentence
from assistant.citations.sources import clauses
from assistant.question.quantities import fold_same_length


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "L'acompte n'est pas définitif : son montant peut être corrigé.",
            ["l'acompte n'est pas définitif"],
        ),
        (
            "L'acheteur fixe un maximum par lot ; le minimum est toujours facultatif.",
            [
                "l'acheteur fixe un maximum par lot",
                "le minimum est toujours facultatif.",
            ],
        ),
        ("L'acheteur informe le candidat ; toutefois il tait ses motifs.", []),
        (
            "En MAPA, l'acheteur négocie ; le délai est de dix jours.",
            ["en mapa, l'acheteur négocie"],
        ),
        ("L'acheteur informe le candidat.", []),
    ],
)
def test_a_clause_stands_alone_unless_the_next_one_limits_it(
    text: str, expected: list[str]
) -> None:
    written = fold_same_length(text)
    assert [written[start:end].strip() for start, end in clauses(written)] == expected


def test_two_facts_joined_are_each_looked_for() -> None:
    passage = (
        "L'acheteur doit conserver les pièces d'un marché de services pendant au moins 5 ans. "
        "L'acheteur doit conserver les pièces d'un marché de travaux pendant au moins 10 ans."
    )
    joined = (
        "L'acheteur doit conserver les pièces pendant au moins {} ans pour un marché de services "
        "et au moins {} ans pour un marché de travaux."
    )
    assert check_sentence(joined.format(5, 10), [passage]).support is not None
    assert check_sentence(joined.format(10, 5), [passage]).support is None


def test_a_prohibition_to_exceed_is_a_bound() -> None:
    passage = "L'accord-cadre ne peut pas durer plus de 4 ans pour un pouvoir adjudicateur."
    sentence = "Pour un pouvoir adjudicateur, l'accord-cadre est limité à {} ans."
    assert check_sentence(sentence.format("quatre"), [passage]).support is not None
    assert check_sentence(sentence.format("huit"), [passage]).support is None
    assert check_sentence("L'accord-cadre doit durer au plus 4 ans.", [passage]).support is None
