import pytest

from assistant.citations.checker import check_sentence


def stands(sentence: str, passage: str) -> bool:
    return check_sentence(sentence, [passage]).support is not None


DUTY = "L'acheteur doit publier un avis au BOAMP si le montant dépasse 90 000 € HT."
GRANT = "L'acheteur doit accorder une avance au titulaire lorsque le montant dépasse 50 000 € HT."


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("Vous devez publier un avis au BOAMP si le montant dépasse 90 000 € HT.", DUTY),
        ("Il faut publier un avis au BOAMP si le montant dépasse 90 000 € HT.", DUTY),
        ("Un avis doit être publié au BOAMP si le montant dépasse 90 000 € HT.", DUTY),
        ("L'acheteur publie un avis au BOAMP si le montant dépasse 90 000 € HT.", DUTY),
        ("L'avance est obligatoire lorsque le montant dépasse 50 000 € HT.", GRANT),
        (
            "La négociation est interdite en appel d'offres.",
            "L'acheteur ne peut pas négocier en appel d'offres.",
        ),
        (
            "Si vous autorisez les variantes, vous devez préciser leurs exigences minimales.",
            "L'acheteur qui autorise les variantes doit préciser leurs exigences minimales.",
        ),
    ],
)
def test_the_buyer_may_go_unnamed(sentence: str, passage: str) -> None:
    assert stands(sentence, passage)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        (
            "Il faut publier un avis périodique au JOUE.",
            "L'entité adjudicatrice doit publier un avis périodique au JOUE.",
        ),
        (
            "Un avis périodique doit être publié au JOUE.",
            "L'entité adjudicatrice doit publier un avis périodique au JOUE.",
        ),
        ("Le BOAMP doit publier un avis si le montant dépasse 90 000 € HT.", DUTY),
        ("L'acheteur peut publier un avis au BOAMP si le montant dépasse 90 000 € HT.", DUTY),
        ("Le titulaire doit accorder une avance lorsque le montant dépasse 50 000 € HT.", GRANT),
        (
            "L'avance est obligatoire lorsque le montant dépasse 50 000 € HT.",
            GRANT.replace("doit", "peut"),
        ),
        (
            "Le candidat publie un avis au BOAMP si le montant dépasse 90 000 € HT.",
            DUTY,
        ),
        (
            "L'acheteur peut rejeter les offres tardives du candidat.",
            "L'acheteur rejette les offres tardives du candidat.",
        ),
        (
            "Vous devez préciser les exigences minimales des variantes.",
            "L'acheteur qui autorise les variantes doit préciser leurs exigences minimales.",
        ),
    ],
)
def test_no_one_else_takes_the_place_of_who_acts(sentence: str, passage: str) -> None:
    assert not stands(sentence, passage)
