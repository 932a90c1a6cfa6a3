"""What a review says of the articles that clauses name, and of those that they derogate from."""

from datetime import date

import pytest

from tests.support.conformity_dossier import SENT, FakeCode, article, found_by


def test_articles_of_another_code_are_left_alone() -> None:
    code = FakeCode(SENT)
    code.other = {"L1221-10": (), "L3243-2": (), "R2999-9": ()}
    text = "Les articles L. 1221-10 et L. 3243-2 du code du travail s'appliquent."
    assert not found_by("article-inconnu", {"CCAP": text}, code)
    ours = f"{text}\n\nL'article R. 2999-9 s'applique."
    [finding] = found_by("article-inconnu", {"CCAP": ours}, code)
    assert finding.comparison == "R2999-9 : introuvable au 08/10/2026"


@pytest.mark.parametrize(
    "said",
    [
        "En application de l'article L. 1414-2 du CGCT, la commission est réunie.",
        "Les articles L. 1414-2 et L. 1414-3 du C.G.C.T. s'appliquent.",
        "La commission (article L. 1414-2 CGCT) est réunie.",
        "Le CGCT (art. L. 1414-2) et le code de la commande publique s'appliquent.",
        "Selon le CG3P, article L. 2122-1-1.",
        "L'article L. 1414-2, issu du CSP, s'applique.",
    ],
)
def test_articles_of_a_code_named_by_its_letters_are_left_alone(said: str) -> None:
    code = FakeCode(SENT)
    code.other = {"L1414-2": (), "L1414-3": (), "L2122-1-1": ()}
    assert not found_by("article-inconnu", {"RC": said}, code)


@pytest.mark.parametrize("said", ["du CCP", "du code", "du code de la commande publique", ""])
def test_articles_of_the_code_are_looked_up_however_it_is_named(said: str) -> None:
    code = FakeCode(SENT)
    code.other = {"R2999-9": ()}
    text = f"Le CGCT s'applique. Selon l'article R. 2999-9 {said}, le prix est ferme."
    assert bool(found_by("article-inconnu", {"RC": text}, code)) == (said != "")


def test_an_article_that_has_ended_is_said_not_to_be_in_force() -> None:
    code = FakeCode(SENT)
    code.other = {"R2122-8": (article("R2122-8", "Un texte.", None, date(2026, 4, 1)),)}
    [finding] = found_by("article-inconnu", {"RC": "Selon l'article R. 2122-8."}, code)
    assert finding.comparison == "R2122-8 : pas en vigueur au 08/10/2026"


def test_a_derogation_from_another_text_than_the_ccag_is_left_alone() -> None:
    ccag = "Par dérogation à l'article 28.2 du CCAG-FCS, le délai est de dix jours."
    assert found_by("dérogations-non-listées", {"CCAP": ccag})
    for other in ("28 de la loi", "1792 du code civil", "R. 2191-33", "4.2 du CCTP"):
        text = f"Par dérogation à l'article {other}, le délai est de dix jours."
        assert not found_by("dérogations-non-listées", {"CCAP": text}), other


def test_a_listed_derogation_has_to_be_made_for_each_of_its_articles() -> None:
    clause = "# Article 3 – Délais\n\nPar dérogation à l'article 28.2 du CCAG, dix jours.\n\n"
    listed = "# Article 9 – Dérogations\n\nL'article 3 déroge aux articles 28.2 et 30.2."
    [finding] = found_by("dérogations-sans-texte", {"CCAP": f"{clause}{listed}"})
    assert finding.comparison == "3 : sans dérogation"
    elsewhere = listed.replace("L'article 3", "L'article 5")
    [finding] = found_by("dérogations-sans-texte", {"CCAP": f"{clause}{elsewhere}"})
    assert finding.comparison == "5 : introuvable"


_DEROGATING = "# Article 7 – Pénalités\n\n{}\n\n# Article 11 – Dérogations au CCAG\n\n{}"
_MADE = "Par dérogation à l'article 14.1 du CCAG-FCS, 100 € par jour."
_LISTED = "L'article 7 déroge à l'article 14.1 du CCAG-FCS."


@pytest.mark.parametrize(
    ("made", "listed"),
    [
        ("Le présent article déroge à l'article 14.1 du CCAG-FCS : 100 € par jour.", _LISTED),
        ("Il est dérogé à l'article 14.1 du CCAG-FCS : 100 € par jour.", _LISTED),
        ("L'article 7 déroge à l'article 14.1 du CCAG-FCS : 100 € par jour.", _LISTED),
        ("Par dérogation aux stipulations prévues à l'article 14.1, 100 € par jour.", _LISTED),
        ("Par dérogation à l'article 14.1.1 du CCAG-FCS, 100 € par jour.", _LISTED),
        (_MADE, _LISTED.replace("14.1", "14.1.1")),
        (_MADE, "| CCAP | Objet | CCAG-FCS |\n|---|---|---|\n| 7 | Pénalités | 14.1 |"),
        (_MADE, "| CCAG | Objet | CCAP |\n|---|---|---|\n| 14.1 | Pénalités | 7 |"),
        (_MADE, "| CCAP | CCAG |\n|---|---|\n| 7 - Pénalités | 14.1 |"),
        (_MADE, "- Article 7 : article 14.1 du CCAG-FCS"),
        (_MADE, "CCAG-FCS, 14.1 : pénalités, modifiées ici."),
    ],
)
def test_a_derogation_is_seen_however_it_is_made_and_listed(made: str, listed: str) -> None:
    pieces = {"CCAP": _DEROGATING.format(made, listed)}
    assert not found_by("dérogations-sans-texte", pieces)
    assert not found_by("dérogations-non-listées", pieces)


def test_capitals_without_accents_are_read_as_with_them() -> None:
    clauses = _DEROGATING.format(_MADE, _LISTED).replace("Dérogations au", "DEROGATIONS AU")
    assert not found_by("dérogations-non-listées", {"CCAP": clauses})
    courts = {"RC": "TRIBUNAL ADMINISTRATIF D'ORLEANS", "AE": "Tribunal administratif d’Orléans."}
    assert not found_by("différence-tribunal", courts)
    durations = {"RC": "DUREE TOTALE : 48 MOIS", "CCAP": "La durée totale est de 36 mois."}
    assert found_by("différence-durée", durations)


def test_derogations_told_under_another_heading_are_told() -> None:
    listed = _DEROGATING.format(_MADE, _LISTED).replace("Dérogations au CCAG", "Divers")
    assert not found_by("dérogations-non-listées", {"CCAP": listed})
    denied = "Il n'est pas dérogé à l'article 14.1 du CCAG-FCS."
    assert not found_by("dérogations-non-listées", {"CCAP": denied})


@pytest.mark.parametrize(
    "said",
    [
        "Par dérogation à l'article 14.1.2, les pénalités ne peuvent dépasser 20 % du marché.",
        "Par dérogation à l'article 14 du CCAG-FCS, 50 € par heure de retard.\n\n"
        "Les pénalités ne peuvent dépasser 20 % du marché.",
        "Par dérogation à l'article 14.1.2, les pénalités sont limitées à 20 % du marché.",
        "Les pénalités ne peuvent excéder 20 % du marché.\n\n# Article 11 – Dérogations\n\n"
        "L'article 7 déroge à l'article 14.1.2.",
    ],
)
def test_a_ceiling_that_derogates_is_not_above_that_of_the_ccag(said: str) -> None:
    clause = f"Le CCAG-FCS de 2021 est applicable.\n\n# Article 7 – Pénalités\n\n{said}"
    assert not found_by("pénalités-plafond-ccag", {"CCAP": clause})


def test_every_article_of_an_enumeration_is_a_derogation() -> None:
    text = "Par dérogation aux articles 28.2 et 30.2.1 du CCAG, le délai est de dix jours."
    [finding] = found_by("dérogations-non-listées", {"CCAP": text})
    assert "(article 28.2, 30.2.1)" in finding.sentence
    assert finding.comparison == "aucune liste"
