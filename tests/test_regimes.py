import pytest

from assistant.retrieval.ranking import foreign_regime

ORDINARY = ("Deuxième partie : marchés publics", "Livre Ier : dispositions générales")
DEFENCE = ("Livre III : marchés publics de défense ou de sécurité", "Délais de paiement")
CONCESSION = ("TROISIÈME PARTIE : CONCESSIONS", "Passation")
PARTNERSHIP = ("Livre II : dispositions propres aux marchés de partenariat",)
WORKS = ("Livre IV : maîtrise d’ouvrage publique et maîtrise d’œuvre privée",)
OVERSEAS = ("Dispositions applicables à Mayotte",)


@pytest.mark.parametrize(
    ("headings", "named"),
    [
        (DEFENCE, "Quel délai de paiement pour un marché de défense ?"),
        (DEFENCE, "MDS : quel délai de paiement ?"),
        (DEFENCE, "Which threshold for a defence contract?"),
        (DEFENCE, "Un marché de sécurité peut-il être négocié ?"),
        (CONCESSION, "Quelle est la durée d'une concession ?"),
        (CONCESSION, "Quelle est la durée d'une DSP ?"),
        (CONCESSION, "duree d'une delegation de service public"),
        (CONCESSION, "Que remet le délégataire chaque année ?"),
        (CONCESSION, "Que contrôle l'autorité concédante ?"),
        (CONCESSION, "Combien d'années pour un affermage ?"),
        (PARTNERSHIP, "Qui autorise un marché de partenariat ?"),
        (PARTNERSHIP, "Qui autorise un PPP ?"),
        (WORKS, "Que doit définir le maître d'ouvrage ?"),
        (WORKS, "Que doit définir le maître d’ouvrage ?"),
        (WORKS, "Quand faut-il un concours de maîtrise d’œuvre ?"),
        (WORKS, "que doit le maitre d'oeuvre"),
        (WORKS, "Combien payer l'architecte ?"),
        (WORKS, "Que dit la loi MOP ?"),
        (OVERSEAS, "Quel seuil à Mayotte ?"),
        (OVERSEAS, "Quel seuil à La Réunion ?"),
        (OVERSEAS, "Notre mairie à La Réunion doit-elle publier un avis ?"),
        (OVERSEAS, "Quel seuil à Saint-Barthélemy et à Saint-Martin ?"),
        (OVERSEAS, "Quel seuil dans les TAAF ?"),
        (("Circonstances exceptionnelles",), "Que faire en cas de crise ?"),
        (("Livre V : autres marchés publics",), "Qu'est-ce que la quasi-régie ?"),
    ],
)
def test_a_twin_of_another_regime_is_foreign_unless_it_is_named(
    headings: tuple[str, ...], named: str
) -> None:
    assert foreign_regime("Quel est le délai de paiement ?", headings) is not None
    assert foreign_regime(named, headings) is None


@pytest.mark.parametrize(
    ("headings", "question"),
    [
        (DEFENCE, "Faut-il une attestation de sécurité sociale ?"),
        (DEFENCE, "Qui désigne le coordonnateur de sécurité du chantier ?"),
        (CONCESSION, "Le maire a-t-il une délégation du conseil pour signer ?"),
        (PARTNERSHIP, "Quelle est la durée d'un partenariat d'innovation ?"),
        (OVERSEAS, "Qui assiste à la réunion de négociation ?"),
        (OVERSEAS, "Faut-il un compte rendu de réunion ?"),
        (("Circonstances exceptionnelles",), "Une prestation exceptionnelle est-elle payée ?"),
    ],
)
def test_a_word_in_another_sense_names_no_regime(headings: tuple[str, ...], question: str) -> None:
    assert foreign_regime(question, headings) is not None


@pytest.mark.parametrize("question", ["Quel est le seuil ?", "Quelle concession ?", ""])
def test_the_ordinary_text_is_never_foreign(question: str) -> None:
    assert foreign_regime(question, ORDINARY) is None
    assert foreign_regime(question, ()) is None
