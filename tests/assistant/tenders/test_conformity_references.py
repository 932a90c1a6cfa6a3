"""What a review says of the articles that clauses name, and of those that they derogate from."""

from datetime import date

import pytest

from tests.support.conformity_dossier import SENT, FakeCode, article, found_by


def test_articles_of_another_code_are_left_alone() -> None:
    code = FakeCode(SENT)
    code.other = {"L1221-10": (), "L3243-2": (), "R2999-9": ()}
    text = "Les articles L. 1221-10 et L. 3243-2 du code du travail s'appliquent."
    assert not found_by("article-inconnu", {"CCAP": text}, code)
    unnamed = "L'article R. 2999-9 s'applique."
    assert not found_by("article-inconnu", {"CCAP": f"{text}\n\n{unnamed}"}, code)
    assert found_by("article-inconnu", {"CCAP": unnamed}, code)
    assert not found_by("article-inconnu", {"CCAP": "L'article L. 1221-10 s'applique."}, code)
    ours = f"{text}\n\nL'article R. 2999-9 du code de la commande publique s'applique."
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
        (_MADE, "Les articles 3.2, 7 et 9.1 du présent cahier comportent des dérogations."),
        (_MADE, "Il est dérogé aux articles 4.1, 14.1 et 42."),
        (_MADE, "### 11.1 – CCAG-FCS\n\nArticles 4.1, 14.1 et 42."),
        (_MADE.replace("14.1", "14.1.2"), "L'article 8 déroge aux articles 14.1.1 à 14.1.3."),
        (_MADE, "Le 2 déroge au 4.1 ; le 7 au 14.1."),
    ],
)
def test_a_derogation_is_seen_however_it_is_made_and_listed(made: str, listed: str) -> None:
    pieces = {"CCAP": _DEROGATING.format(made, listed)}
    assert not found_by("dérogations-non-listées", pieces)


@pytest.mark.parametrize(
    "listed",
    [
        "L'article 8 déroge aux articles 30.1 à 30.3.",
        "L'article 2 déroge à l'article 4.1.",
        "| CCAP | CCAG |\n|---|---|\n| 14.1 | 4.1 |",
    ],
)
def test_a_derogation_that_no_number_of_the_list_may_tell_is_found(listed: str) -> None:
    other = "# Article 3 – Petites dérogations\n\nUn produit peut être acheté ailleurs.\n\n"
    pieces = {"CCAP": other + _DEROGATING.format(_MADE, listed)}
    [finding] = found_by("dérogations-non-listées", pieces)
    assert finding.comparison == "14.1 ∉ liste"
    assert [each.locator for each in finding.places] == ["CCAP, art. 7", "CCAP, art. 11"]
    assert "et la liste récapitulative ne semble pas le dire" in finding.sentence


@pytest.mark.parametrize(
    "other",
    [
        "Les dérogations sont récapitulées en annexe 2.",
        "Les articles suivants dérogent au CCAG :",
        "Il est dérogé aux articles 4.1 et 14.1 du CCAG-FCS.",
        "| CCAP | CCAG-FCS |\n|---|---|\n| 7 | 14.1 |",
    ],
)
def test_a_list_may_stand_under_any_heading(other: str) -> None:
    made = f"# Article 7 – Pénalités\n\n{_MADE}"
    assert not found_by("dérogations-non-listées", {"CCAP": f"{made}\n\n# Article 9\n\n{other}"})
    [finding] = found_by("dérogations-non-listées", {"CCAP": made})
    assert "aucune liste récapitulative n'a été trouvée" in finding.sentence


@pytest.mark.parametrize(
    ("made", "listed", "own"),
    [
        ("100 € par jour.", "L'article 7 déroge aux règles du CCAG sur les retards.", "7"),
        ("100 € par jour.", "Les articles 7 et 8 dérogent au plafond ; l'article 9 au seuil.",
         "7, 8, 9"),
        ("100 € par jour.", "L'article 7 du présent document déroge à la garantie.", "7"),
        ("100 € par jour.", "L'article 7 déroge au CCAG pour le plafond ; l'article 8 y déroge "
         "pour le seuil ; l'article 9 sur la garantie.", "7, 8, 9"),
        (_MADE, "Il est dérogé au CCAG : article 14 pour le plafond ; article 9 pour le seuil.",
         ""),
        ("Par dérogation au CCAG-FCS, 100 € par jour.", "L'article 2 déroge à l'article 4.1.", "7"),
        ("Par dérogation aux deux CCAG, 100 € par jour.", "Néant.", "7"),
        (_MADE, "L'article 7 déroge aux règles du CCAG sur les retards.", ""),
        (_MADE, "L'article 7.1 déroge au plafond.", ""),
        ("L'article 14 du CCAG ne joue pas.", "L'article 7 déroge au plafond.", ""),
        ("Par dérogation au CCAG-FCS, 100 € par jour.", "L'article 7 déroge à l'article 14.", ""),
        ("Par dérogation au CCAG-FCS, 100 € par jour.", "Articles 14.1 et 42 du CCAG-FCS.", ""),
        ("Par dérogation au CCAG, article 14.1, 100 €.", "Voir ci-dessus.", ""),
        ("Par dérogation au CCAG-FCS (art. 14.1), 100 €.", "Voir ci-dessus.", ""),
        ("Le seuil de l'article 14 ne joue pas, par dérogation au CCAG.", "Voir plus haut.", ""),
    ],
)  # fmt: skip
def test_a_derogation_names_its_article_of_the_ccag(made: str, listed: str, own: str) -> None:
    clauses = "# Article 2\n\nPar dérogation à l'article 4.1 du CCAG-FCS, l'ordre suivant.\n\n"
    found = found_by(
        "dérogations-sans-article", {"CCAP": clauses + _DEROGATING.format(made, listed)}
    )
    said = [each.sentence.partition("(article ")[2].partition(" du contrat")[0] for each in found]
    assert said == ([own] if own else [])


def test_an_article_whose_indexed_versions_all_begin_later_may_have_been_there() -> None:
    code = FakeCode(SENT)
    code.other = {"R2152-7": (article("R2152-7", "Un texte.", date(2026, 11, 1)),)}
    assert not found_by("article-inconnu", {"RC": "Selon l'article R. 2152-7."}, code)


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
