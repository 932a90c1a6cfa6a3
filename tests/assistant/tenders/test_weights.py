from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tenders.weights import weights, weights_by_lot


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Prix : 60 % ; valeur technique : 40 %.", (60, 40)),
        ("Le prix compte pour 55 points et la technique pour 45 points.", (55, 45)),
        ("Prix (60 %)\nTechnique (40 %)", (60, 40)),
        ("Prix : 40 %. Technique : 60 % (moyens 35 %, méthode 25 %).", (40, 60)),
        ("Technique 60 % : moyens 35 %, méthode 25 %. Prix 40 %.", (60, 40)),
        ("Critère | Poids\nPrix | 50 %\nTechnique | 50 %\nTotal | 100 %", (50, 50)),
        ("Critère | Détail | Poids\nTechnique | (20 %) ; (10 %) | 30 %\nPrix | – | 65 %", (30, 65)),
        ("Prix 45 %, technique 25 %, environnement 15 %, insertion 10 %", (45, 25, 15, 10)),
        ("Prix | 60 %\nTechnique | 30 %\n2.1 | 15 %\n2.2 | 15 %\nDélai | 10 %", (60, 30, 10)),
        ("- Prix : 60 %\n- Technique : 40 % dont environnement 10 %", (60, 40)),
        ("Critère | Points | Détail\nCoût | 70 | Devis\nMéthode | 30 | Note", (70, 30)),
        ("Critère | Lot 1 | Lot 2\nCoût | 60 | 45\nMéthode | 40 | 55", (45, 55)),
        ("Critère | Points\nCoût | 70\nMéthode | 20", (70, 20)),
        ("Critère | Année\nCoût | 70\nMéthode | 20", ()),
        ("Aucun critère n'est pondéré.", ()),
    ],
)
def test_weights_are_those_of_the_criteria_alone(text: str, found: tuple[int, ...]) -> None:
    assert weights(text) == tuple(map(Fraction, found))


def test_each_lot_of_a_table_has_its_weights() -> None:
    table = "Critère | {} | {}\nCoût | 60 % | 45 %\nMéthode | 30 % | 55 %\nTotal | 90 % | 100 %"
    of_lots = weights_by_lot(table.format("Lot 1", "Lots 2 et 3"))
    assert [*of_lots.items()] == [
        ("Lot 1", (Fraction(60), Fraction(30))),
        ("Lots 2 et 3", (Fraction(45), Fraction(55))),
    ]
    assert [*weights_by_lot(table.format("Note", "Lot 2"))] == [""]
    assert [*weights_by_lot("Coût : 60 % ; méthode : 40 %.")] == [""]


@given(st.lists(st.integers(1, 99), unique=True, min_size=3, max_size=9), st.data())
def test_parts_that_follow_their_whole_are_left_out(cuts: list[int], data: st.DataObject) -> None:
    edges = sorted({0, 100, *cuts})
    parts = [after - before for before, after in pairwise(edges)]
    first = data.draw(st.integers(2, len(parts) - 2)) if len(parts) > 4 else 2
    criteria = [parts[:first], parts[first:]]
    written = "\n".join(
        f"- {sum(each)} % : {', '.join(f'{part} %' for part in each)}" for each in criteria
    )
    assert weights(written) == tuple(Fraction(sum(each)) for each in criteria)
