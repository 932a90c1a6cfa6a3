"""What references are said to be of."""

import pytest

from ingestion.legislation.owners import with_owners

CGCT = "code general des collectivites territoriales"


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("L'article L. 2131-1 du code général des collectivités territoriales ?", [CGCT]),
        ("L'article L. 2131-1 du CGCT", [CGCT]),
        ("art. L2131-1 (C.G.C.T.)", [CGCT]),
        ("les articles L. 2131-1 et L. 2131-2 du CGCT", [CGCT, CGCT]),
        ("l'article R. 2122-8 et l'article L. 2131-1 du CGCT", ["", CGCT]),
        ("l'article R. 2122-8 du code, puis l'article L. 2131-1 du CGCT", ["", CGCT]),
        ("l'article L2141-1 du code du travail", ["code du travail"]),
        ("l'article L. 3 du code électoral", ["code electoral"]),
        ("article L. 3 du code de l'environnement", ["code de l environnement"]),
        ("article L. 441-10 du code de commerce", ["code de commerce"]),
        ("l'annexe 2 de notre acte d'engagement", ["acte d engagement"]),
        ("l'annexe n° 2 du CCTP", ["cctp"]),
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
