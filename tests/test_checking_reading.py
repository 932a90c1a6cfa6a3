import pytest

from assistant.citations.sources import read
from assistant.citations.wording import stem
from assistant.question.quantities import AtomKind


def keys(text: str, kind: AtomKind) -> list[str]:
    return [atom.key for atom in read(text) if atom.kind is kind]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("l'acheteur peut négocier", "may"),
        ("l'acheteur a la faculté de négocier", "may"),
        ("l'acheteur doit publier", "must"),
        ("l'acheteur est tenu de publier", "must"),
        ("il n'est pas tenu de publier", "need_not"),
        ("la publicité est facultative", "need_not"),
        ("il ne peut pas négocier", "cannot"),
        ("il ne peut négocier", "cannot"),
        ("il ne saurait négocier", "cannot"),
        ("il est interdit de négocier", "cannot"),
        ("la clause est obligatoire", "mandatory"),
        ("the buyer may negotiate", "may"),
        ("the buyer shall publish", "must"),
        ("the buyer need not publish", "need_not"),
        ("the buyer must not negotiate", "cannot"),
    ],
)
def test_modalities(text: str, key: str) -> None:
    assert keys(text, AtomKind.MODALITY) == [key]


def test_a_limited_permission_is_no_prohibition() -> None:
    text = "L'acheteur ne peut conclure de marché que pendant un an"
    assert keys(text, AtomKind.MODALITY) == ["may"]
    assert keys(text, AtomKind.CONDITION) == ["only"]
    relative = "L'acheteur ne peut invoquer un retard qu'il pouvait prévoir"
    assert keys(relative, AtomKind.MODALITY)[0] == "cannot"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sauf si l'avis le dit", ["except"]),
        ("sans publicité", ["without"]),
        ("avec publicité", ["with"]),
        ("lorsqu'il agit", ["if"]),
        ("si bien que la loi prime", []),
        ("ainsi que les offres", []),
        ("seulement une partie", ["only"]),
        ("à condition de l'annoncer", ["if"]),
    ],
)
def test_conditions(text: str, expected: list[str]) -> None:
    assert keys(text, AtomKind.CONDITION) == expected


def test_negations_are_read_once() -> None:
    assert keys("Aucun délai n'est fixé", AtomKind.NEGATION) == ["not"]
    assert keys("La loi ne prime pas", AtomKind.NEGATION) == ["not"]
    assert keys("Cela ne s'applique plus", AtomKind.NEGATION) == ["no_longer"]


def test_elisions_do_not_hide_words() -> None:
    assert keys("L'acheteur, l’acheteur ; d'acheteur", AtomKind.NATURE) == ["buyer"] * 3


def test_natures_and_acronyms() -> None:
    assert keys("un pouvoir adjudicateur en procédure adaptée", AtomKind.NATURE) == [
        "contracting authority",
        "adapted",
    ]
    assert keys("MAPA", AtomKind.NATURE) == ["adapted"]


def test_references_are_read_as_keys() -> None:
    assert keys("art. R. 2122-8 et article L2123-1", AtomKind.REFERENCE) == ["R2122-8", "L2123-1"]


@pytest.mark.parametrize(
    "words",
    [
        ("estimée", "estimation", "estimer", "estimées"),
        ("décrire", "décrits", "décrivent"),
        ("produire", "produit", "produisent"),
        ("maintenir", "maintient", "maintenu"),
        ("restreindre", "restreint", "restreignent"),
        ("prendre", "pris", "prennent"),
    ],
)
def test_forms_of_a_word_share_a_stem(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == 1
