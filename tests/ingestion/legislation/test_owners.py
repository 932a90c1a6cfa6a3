"""What references are said to be of."""

import pytest

from ingestion.legislation.owners import is_of, with_owners

CGCT = "code general des collectivites territoriales"


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("L'article L. 2131-1 du code général des collectivités territoriales ?", [CGCT]),
        ("L'article L. 2131-1 du CGCT", [CGCT]),
        ("art. L2131-1 (C.G.C.T.)", [CGCT]),
        ("l'article L. 6148-1 du CSP", ["code de la sante publique"]),
        ("les articles L. 2131-1 et L. 2131-2 du CGCT", [CGCT, CGCT]),
        ("l'article R. 2122-8 et l'article L. 2131-1 du CGCT", ["", CGCT]),
        ("l'article R. 2122-8 du code, puis l'article L. 2131-1 du CGCT", ["", CGCT]),
        ("l'article L2141-1 du code du travail", ["code du travail"]),
        ("l'article L. 3 du code électoral", ["code electoral"]),
        ("article L. 3 du code de l'environnement", ["code de l environnement"]),
        ("article L. 441-10 du code de commerce", ["code de commerce"]),
        ("l'annexe 2 de notre acte d'engagement", ["acte d engagement"]),
        ("l'annexe n° 2 du CCTP", ["cctp"]),
        ("l'annexe 2 de la directive 2014/24/UE", ["directive"]),
    ],
)
def test_another_code_or_a_contract_is_the_owner(text: str, owners: list[str]) -> None:
    assert [owner for _, owner in with_owners(text)] == owners


@pytest.mark.parametrize(
    "text",
    [
        "L'article R. 2122-8 du code de la commande publique",
        "L'article R. 2122-8 du code de la comande publique",
        "L'article R. 2122-8 du code commande publique",
        "L'article R. 2122-8 du code des marchés publics",
        "L'article R. 2122-8 du code s'applique-t-il ?",
        "L'article R. 2122-8 du code de 2018",
        "L'article R. 2122-8 du présent code",
        "L'article R. 2122-8, et le code du travail ?",
        "L'annexe 2 du code de la commande publique",
        "L'annexe 2 du CCP",
        "Selon l'article R. 2122-8, le CCAP doit-il le dire ?",
        "R. 2122-8",
    ],
)
def test_the_code_of_public_procurement_is_no_other_owner(text: str) -> None:
    assert {owner for _, owner in with_owners(text)} == {""}


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("l'article 12 du RGPD", ["rgpd"]),
        ("Que dit le RGPD en son article 12 ?", ["rgpd"]),
        ("l'article 5 de la loi n° 2013-100 du 28 janvier 2013", ["loi 2013 100"]),
        ("les articles 5 et 6 de la loi n° 2013-100", ["loi 2013 100"] * 2),
        ("l'article 5 et l'article 6 de la loi n° 2013-100", ["loi 2013 100"] * 2),
        ("l'article 3 du décret n° 2019-748", ["decret 2019 748"]),
        ("décret 2019-748, article 3", ["decret 2019 748"]),
        ("l'article 1er de l'arrêté du 22 mars 2019", ["arrete 22 mars 2019"]),
        ("l'article 13, § 1, de la directive 2014/24/UE", ["directive 2014 24"]),
        ("l'article 28 paragraphe 3 du règlement (UE) 2016/679", ["reglement 2016 679"]),
        ("l'article 14 de la loi de 1975 sur la sous-traitance", ["loi 1975"]),
        ("l'article 14 de la loi Sapin II", ["loi sapin"]),
        ("l'article 3 de notre convention", ["convention"]),
        ("l'article 12.3 du marché", ["marche"]),
        ("l'article 12 du décret", ["decret"]),
        ("l'article 12 du CCAP", [""]),
        ("l'article 14.1 du CCAG-FCS", [""]),
        ("l'article R. 2122-8 du décret n° 2018-1075", [""]),
        ("Que dit l'article 12 ?", [""]),
    ],
)
def test_a_number_is_of_the_text_named_with_it(text: str, owners: list[str]) -> None:
    assert [owner for _, owner in with_owners(text)] == owners


@pytest.mark.parametrize(
    ("owner", "is_meant"),
    [
        ("decret 2013 269", True),
        ("decret 29 mars 2013", True),
        ("decret 2013", True),
        ("decret retards", True),
        ("decret", True),
        ("decret 2013 29", False),
        ("decret 2019 748", False),
        ("loi 2013 100", False),
        ("rgpd", False),
    ],
)
def test_a_title_is_that_of_a_text_where_it_has_what_is_told(owner: str, is_meant: bool) -> None:
    title = (
        "Décret n° 2013-269 du 29 mars 2013 relatif à la lutte contre les retards de paiement, "
        "pris pour l'application de la loi n° 2013-100"
    )
    assert is_of(owner, title) is is_meant
