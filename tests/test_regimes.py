import pytest

from assistant.regimes import foreign_regime

ORDINARY = ("Deuxième partie : marchés publics", "Livre Ier : dispositions générales")
DEFENCE = ("Livre III : marchés publics de défense ou de sécurité", "Délais de paiement")
CONCESSION = ("Troisième partie : concessions", "Passation")
PARTNERSHIP = ("Livre II : dispositions propres aux marchés de partenariat",)
WORKS = ("Livre IV : maîtrise d’ouvrage publique et maîtrise d’œuvre privée",)
OVERSEAS = ("Dispositions applicables à Mayotte",)


@pytest.mark.parametrize(
    ("headings", "named"),
    [
        (DEFENCE, "Quel délai de paiement pour un marché de défense ?"),
        (CONCESSION, "Quelle est la durée d'une concession ?"),
        (PARTNERSHIP, "Qui autorise un marché de partenariat ?"),
        (WORKS, "Que doit définir le maître d'ouvrage ?"),
        (WORKS, "Que doit définir le maître d’ouvrage ?"),
        (WORKS, "Quand faut-il un concours de maîtrise d’œuvre ?"),
        (OVERSEAS, "Quel seuil à Mayotte ?"),
        (("Circonstances exceptionnelles",), "Que faire en cas de crise ?"),
        (("Livre V : autres marchés publics",), "Qu'est-ce que la quasi-régie ?"),
    ],
)
def test_a_twin_of_another_regime_is_foreign_unless_it_is_named(
    headings: tuple[str, ...], named: str
) -> None:
    assert foreign_regime("Quel est le délai de paiement ?", headings) is not None
    assert foreign_regime(named, headings) is None


@pytest.mark.parametrize("question", ["Quel est le seuil ?", "Quelle concession ?", ""])
def test_the_ordinary_text_is_never_foreign(question: str) -> None:
    assert foreign_regime(question, ORDINARY) is None
    assert foreign_regime(question, ()) is None
