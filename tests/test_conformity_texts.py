"""Canonical texts, weights of criteria and clauses: what patterns are matched against."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tenders.conformity.clauses import canonical, clauses_of
from ingestion.chunking.sentences import SentenceSpan
from ingestion.tenders.pieces import PieceKind
from tests.conformity_dossier import builtin_documents, found_in, piece

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
    ("- Prix : 60 %\n- Technique : 40 %\n- Délai : 40 %", "40 = 40"),
    ("- Prix : 60 %\n- Technique : 45 %", "60 + 45 = 105"),
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
]


@pytest.mark.parametrize(("text", "total"), SUMS)
def test_weights_make_wholes_or_are_told(text: str, total: str | None) -> None:
    found = found_in({"RC": f"## Critères d'attribution\n\n{text}"})
    told = [each.comparison for each in found if each.rule == "critères-somme"]
    assert told == ([f"{total} ≠ 100"] if total else [])


@given(st.lists(st.integers(1, 60), min_size=2, max_size=6))
def test_any_weights_are_told_unless_they_make_a_whole(weights: list[int]) -> None:
    lines = "\n".join(f"- Critère {n} : {weight} %" for n, weight in enumerate(weights))
    found = found_in({"RC": f"## Critères d'attribution\n\n{lines}"})
    told = any(each.rule == "critères-somme" for each in found)
    if sum(weights) == 100:
        assert not told
    if sum(weights) < 100:
        assert told
