"""Canonical texts, weights of criteria and clauses: what patterns are matched against."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tenders.canonical import canonical
from assistant.tenders.clauses import clauses_of
from ingestion.chunking.sentences import SentenceSpan
from ingestion.documents.pieces import PieceKind
from tests.support.conformity_dossier import builtin_documents, found_in, piece

PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.just("\n"))


def test_a_canonical_text_has_its_quantities_in_one_form() -> None:
    text = "Douze mois, 5 %\nl'avance de 50 000 €"
    assert canonical(text).text == "{12 month}, {1/20 ratio}\nl'avance de {50000 euro}\n"


@given(PRINTABLE)
def test_the_whole_of_a_canonical_text_comes_from_the_whole_text(text: str) -> None:
    read = canonical(text)
    assert read.origin(0, len(read.text)) == SentenceSpan(0, len(text) + 1)


def test_a_quantity_is_never_cut() -> None:
    text = "un taux de 12,5 % au plus"
    read = canonical(text)
    at = read.text.index("ratio")
    origin = read.origin(at, at + 1)
    assert text[origin.start : origin.end] == "12,5 %"


def test_a_clause_is_the_text_between_two_headings_with_its_number() -> None:
    clauses = clauses_of(builtin_documents())
    [clause] = [each for each in clauses if each.piece is PieceKind.CCAP and each.number == "14.4"]
    assert clause.title.startswith("article 14.4")
    assert clause.passage.locator == "CCAP, art. 14.4, p. 10"


def test_the_canonical_text_of_a_clause_is_made_once_and_where_it_is_read() -> None:
    [clause] = clauses_of([piece("CCAP", "Un délai de 5 jours.")])
    assert "canonical" not in vars(clause)
    assert clause.canonical is clause.canonical
    assert clause.canonical.text == "un delai de {5 day}.\n"


def test_what_a_supplier_wrote_has_no_clauses() -> None:
    assert clauses_of([piece("Offre technique", "Un texte.")]) == ()


def test_the_piece_that_somebody_named_goes_before_the_guess() -> None:
    named = replace(piece("fichier", "Un texte."), piece=PieceKind.CCAP)
    assert clauses_of([named])[0].piece is PieceKind.CCAP


SUMS = [
    ("- Prix : 60 %\n- Technique : 40 %", None),
    ("- Prix (60 %)\n- Technique (40 %)", None),
    ("- Prix : 60 points\n- Technique : 40 points", None),
    ("- Prix : 60 %\n- Technique : 40 %\n- moyens : 25 %\n- méthode : 15 %", None),
    ("- Prix : 60 %\n- Technique : 30 %", "60 + 30 = 90"),
    ("- Prix : 60 %\n- Technique : 40 %\n- Délai : 40 %", None),
    ("Prix : 60 %\nTechnique : 30 %", "60 + 30 = 90"),
    ("Les critères sont : Prix 60 %, Qualité environnementale 40 %.", None),
    ("Le prix compte pour 30 points et la méthode pour 15 points.\nLa visite vaut 5 points.", None),
    ("- Prix : 60 %\n- Technique : 40 % dont environnement 10 %", None),
    ("- Prix : 60 %\n- Technique : 30 % dont environnement 10 %", "60 + 30 = 90"),
    ("- Prix : 60 %\n- Technique : 40 %\n\nLa part locale est de 10 %.", None),
    ("- Prix : 60 %\n- Technique, au vu du\nmémoire 30 %\n- Délai : 10 %", None),
    (
        "- Prix : 35 points ;\n- Technique : 55 points, sur le cas n° 2 ;\n- Délai : 10 points.",
        None,
    ),
    (
        "| Critère | Lots 1 et 2 | Lot 3 |\n|---|---|---|\n| Prix | 50 % | 40 % |\n"
        "| Technique | 32 % | 38 % |\n| Environnement | 18 % | 22 % |",
        None,
    ),
    (
        "| Critère | Poids |\n|---|---|\n| Prix | 60 % |\n| Technique | 30 % |\n| Total | 100 % |",
        "60 + 30 = 90",
    ),
    ("| Critère | Poids |\n|---|---|\n| Prix | 40 % |\n| Délai | 35 % |\n| Reste | 25 |", None),
    (
        "| Critère | Poids | Détail |\n|---|---|---|\n| Prix | 60 | bordereau : 20 points |\n"
        "| Technique | 40 | moyens : 15 points |",
        None,
    ),
    ("- Prix : 60 %\n- Technique : 45 %", "60 + 45 = 105"),
    ("- Prix : 60 %\n\nLa technique compte pour le reste.", None),
    (
        "- Prix : 60 %\n- Technique : 40 %\n- Satisfaisant : 75 %\n- Insuffisant : 25 %",
        None,
    ),
    (
        "| Critère | Poids |\n|---|---|\n| 1-Prix | 50 % |\n| 2-Technique | 40 % |\n"
        "| 2.1-Méthode | 25 % |\n| 2.2-Moyens | 15 % |\n| 3-Environnement | 10 % |",
        None,
    ),
    ("- Prix : 60 %\n- Technique : 30 %\n- a : 15 %\n- b : 15 %\n- Environnement : 10 %", None),
    ("Le prix compte, dans la limite de 20 % du montant.", None),
    (
        "| Critère | Détail | Poids |\n|---|---|---|\n| Prix | total | 60 % |\n"
        "| Technique | moyens (25 %) ; méthode (15 %) | 40 % |",
        None,
    ),
    ("- Prix : 60 %\n- Technique : 40 %\n\n- Prix : 50 %\n- Technique : 50 %", None),
    ("- Prix : un tiers\n- Technique : un tiers\n- Délai : un tiers", None),
    ("- Prix : un tiers\n- Technique : un tiers", "33,3333 + 33,3333 = 66,6667"),
]


def _rules(pieces: dict[str, str]) -> set[str]:
    return {each.rule for each in found_in(pieces)}


@pytest.mark.parametrize(("text", "total"), SUMS)
def test_weights_make_wholes_or_are_told(text: str, total: str | None) -> None:
    found = found_in({"RC": f"## Critères d'attribution\n\n{text}"})
    told = [each.comparison for each in found if each.rule == "critères-somme"]
    assert told == ([f"{total} ≠ 100"] if total else [])


def test_the_weights_of_sub_criteria_are_those_of_their_criterion() -> None:
    lines = "- méthode : 18 points ;\n- équipe : 12 points."
    assert "critères-somme" in _rules({"RC": f"## Critères et sous-critères\n\n{lines}"})
    assert "critères-somme" not in _rules({"RC": f"## Sous-critères de la qualité\n\n{lines}"})


@pytest.mark.parametrize(
    "said",
    [
        "| Critère | Pondération (%) |\n|---|---|\n| Prix | 60 |\n| Environnement | 40 |",
        "- Prix : 60/100\n- Environnement : 40/100",
        "- Prix : 0,6\n- Environnement : 0,4",
        "- Prix : 60\n- Environnement : 40",
        "- Prix, coef. 6\n- Environnement, coef. 4",
    ],
)
def test_criteria_may_be_weighted_without_percents(said: str) -> None:
    text = "Appel d'offres ouvert.\n\n## Critères d'attribution\n\n{}"
    assert "critères-sans-poids" not in _rules({"RC": text.format(said)})
    none = "Le prix et l'environnement ne sont pas pondérés."
    assert "critères-sans-poids" in _rules({"RC": text.format(none)})


@given(st.lists(st.integers(1, 60), min_size=2, max_size=6))
def test_any_weights_are_told_unless_they_make_a_whole(weights: list[int]) -> None:
    lines = "\n".join(f"- Critère {n} : {weight} %" for n, weight in enumerate(weights))
    found = found_in({"RC": f"## Critères d'attribution\n\n{lines}"})
    told = any(each.rule == "critères-somme" for each in found)
    if sum(weights) == 100:
        assert not told
    if sum(weights) < 100:
        assert told
