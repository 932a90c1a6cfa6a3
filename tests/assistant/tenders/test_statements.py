from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.topics import Topic, topics
from assistant.tenders.statements import (
    Priority,
    StatedValue,
    mentions,
    stated_priority,
    statements,
    values,
    weights,
)
from ingestion.chunking.passages import Passage
from ingestion.documents.pieces import PieceKind
from tests.support.dossier_files import built_in, piece


def _said(name: str, heading: str, text: str) -> list[str]:
    passage = _clause(heading, text)
    spans = [each.span for each in statements(topics()[name], passage)]
    return [passage.text[span.start : span.end] for span in spans]


def _clause(heading: str, text: str) -> Passage:
    [passage] = piece("CCAP.md", f"# {heading}\n\n{text}")[1]
    return passage


def test_the_sentence_that_states_the_topic_with_an_answer_is_kept() -> None:
    said = "Le délai global de paiement est de trente jours."
    other = "Le délai global de paiement court dès la réception de la facture."
    assert _said("payment_time", "Règlement", f"{said} {other}") == [said]


def test_what_is_refused_is_stated_too() -> None:
    said = "Aucune avance n'est accordée."
    assert _said("advance", "Avance", said) == [said]


def test_a_formula_states_a_penalty() -> None:
    said = "La pénalité est calculée par la formule suivante :\nP = V x R / 1 000"
    assert _said("penalties", "Pénalités", said) == [said]


def test_what_is_left_for_the_candidate_to_fill_states_nothing() -> None:
    text = "Une retenue de garantie de …… %, dans la limite de 5 %, est appliquée."
    assert _said("retention", "Garanties", text) == []


def test_a_sentence_brings_the_one_it_leans_on() -> None:
    text = "Le contrat part du 1er mars. Il est reconductible deux fois pour une année."
    assert _said("renewal", "Durée", text) == [text]


def test_sentences_that_follow_each_other_are_one_statement() -> None:
    text = "L'article 2 déroge à l'article 4.\nL'article 5 déroge à l'article 6.\nFin du document."
    assert _said("derogations", "Liste", text) == [text.removesuffix("\nFin du document.")]


def test_of_a_table_the_row_that_states_the_topic_is_kept() -> None:
    rows = (
        "| Étape | Date |\n|---|---|\n| Visite | 4 mai 2026 |\n"
        "| Date limite de réception des offres | 5 juin 2026 |"
    )
    assert _said("deadline", "Calendrier", rows) == [
        "Date limite de réception des offres | 5 juin 2026"
    ]


def test_a_table_is_whole_where_its_first_row_names_the_topic() -> None:
    rows = "| Lot | Montant maximum HT |\n|---|---|\n| Lot 1 | 70 000 € |\n| Lot 2 | 90 000 € |"
    [table] = _said("minimum", "Forme", rows)
    assert table.splitlines() == [
        "Lot | Montant maximum HT",
        "Lot 1 | 70 000 €",
        "Lot 2 | 90 000 €",
    ]


def test_a_label_names_the_topic_only_when_it_is_all_of_it() -> None:
    assert _said("buyer", "Page", "Acheteur : Commune de Belval") == [
        "Acheteur : Commune de Belval"
    ]
    row = "| Acheteur | Commune de Belval"  # its first cell is empty
    assert _said("buyer", "Page", row) == [row]
    assert _said("buyer", "Page", "Acheteur de la pièce : Commune de Belval") == []


def test_a_heading_alone_is_a_mention() -> None:
    passage = _clause("Pénalités", "Le CCAG s'applique. Rien d'autre n'est prévu.")
    topic = topics()["penalties"]
    assert statements(topic, passage) == ()
    [mention] = mentions(topic, passage)
    assert passage.text[mention.span.start : mention.span.end] == "Le CCAG s'applique."
    assert mentions(topics()["advance"], passage) == ()


def test_values_have_a_unit_and_sentences_have_none() -> None:
    text = "Selon l'article R. 2191-33, la retenue est de 5 %, soit 300 € pendant douze mois."
    assert values(topics()["retention"], text) == (StatedValue("ratio", "1/20"),)
    assert StatedValue("euro", "300") in values(topics()["penalties"], text)
    assert values(topics()["ccag"], "Le CCAG-TIC et le CCAP.") == (StatedValue("CCAG", "CCAG-TIC"),)
    assert values(topics()["subject"], text) == ()


@pytest.mark.parametrize("topic", topics().values(), ids=lambda topic: topic.name)
def test_statements_of_the_dossier_are_spans_in_order_and_apart(topic: Topic) -> None:
    for _, passages in built_in():
        for passage in passages:
            end = 0
            for each in statements(topic, passage):
                assert end <= each.span.start < each.span.end <= len(passage.text)
                assert passage.text[each.span.start : each.span.end].strip()
                end = each.span.end


# Weighting


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
        ("Aucun critère n'est pondéré.", ()),
    ],
)
def test_weights_are_those_of_the_criteria_alone(text: str, found: tuple[int, ...]) -> None:
    assert weights(text) == tuple(map(Fraction, found))


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


# Priority


def _clauses(text: str) -> tuple[Passage, ...]:
    return piece("CCAP.md", f"# Article 2 – Pièces\n\n{text}")[1]


def test_the_clause_of_the_built_in_dossier_is_read() -> None:
    priority = stated_priority(passage for _, passages in built_in() for passage in passages)
    assert priority.locator == "CCAP, art. 2.1, p. 2"
    assert priority.pieces == (PieceKind.AE, PieceKind.BPU, PieceKind.CCAP, PieceKind.CCTP)


def test_weights_of_sub_criteria_are_not_those_of_criteria() -> None:
    details = "- Moyens : 20 %\n- Méthode : 10 %"
    for lead in ("Sous-critères de la valeur technique :", "Les sous critères sont les suivants :"):
        [passage] = piece("RC.md", f"# Critères\n\n{lead}\n\n{details}")[1]
        assert statements(topics()["criteria"], passage) == ()


def test_criteria_numbered_right_below_their_heading_are_one_statement() -> None:
    criteria = "1. Prix : 60 %\n2. Valeur technique : 30 %\n3. Délai : 10 %"
    details = "Sous-critères de la valeur technique :\n\n- Moyens : 20 %\n- Méthode : 10 %"
    [passage] = piece("RC.md", f"# Critères\n\n{criteria}\n\n{details}")[1]
    [statement] = statements(topics()["criteria"], passage)
    assert passage.text[statement.span.start : statement.span.end] == criteria
    assert [each.written for each in statement.values] == ["60", "30", "10"]


def test_a_list_of_pieces_without_priority_is_none() -> None:
    assert stated_priority(_clauses("Le dossier comprend :\n\n- le RC ;\n- l'AE.")) == Priority()


def test_pieces_named_in_passing_are_no_list() -> None:
    said = "En cas de contradiction entre le CCTP et le CCAP, l'acheteur décide."
    assert stated_priority(_clauses(said)) == Priority()


def test_pieces_that_disagree_are_not_the_order_that_settles_it() -> None:
    said = "En cas de contradiction entre le CCTP et le CCAP, la règle est : le CCAP prévaut."
    assert stated_priority(_clauses(said)) == Priority()
    listed = "Par ordre de priorité :\n\n- le CCAP ;\n- le CCTP."
    priority = stated_priority((*_clauses(said), *_clauses(listed)))
    assert priority.pieces == (PieceKind.CCAP, PieceKind.CCTP)


_LISTS = {
    "1. ": "\n1. L'acte d'engagement\n2. Le CCAP\n3. Le CCTP",
    "1/ ": "\n1/ Acte d'engagement\n2/ Le présent CCAP\n3/ CCTP",
    "arrow": "\n→ l'acte d'engagement ;\n→ le CCAP et ses annexes ;\n→ le CCTP.",
    "letters": "\no L'acte d'engagement\no Le CCAP\no Le CCTP",
    "table": "| N° | Pièce |\n|---|---|\n| 1 | Acte d'engagement |\n| 2 | CCAP |\n| 3 | CCTP |",
    "parts": "Pièces particulières :\n\n- L'acte d'engagement\n- Le CCAP\n- Le CCTP\n\n"
    "Pièces générales :\n\n- Le CCAG-FCS",
    "capitals": "- ACTE D'ENGAGEMENT\n- CAHIER DES CLAUSES ADMINISTRATIVES PARTICULIERES\n"
    "- CAHIER DES CLAUSES TECHNIQUES PARTICULIERES",
    "another": "1. L'acte d'engagement\n2. Le CCAP\n3. Le CCTP\n\nLe candidat remet :\n\n- le RC",
}


@pytest.mark.parametrize("listed", _LISTS.values(), ids=_LISTS)
@pytest.mark.parametrize(
    "heading", ["Pièces\n\nPar ordre de priorité décroissante :", "Pièces par ordre de priorité"]
)
def test_an_order_is_read_however_its_list_is_written(heading: str, listed: str) -> None:
    passages = piece("CCAP.md", f"# Article 2 – {heading}\n\n{listed}")[1]
    assert stated_priority(passages).pieces == (PieceKind.AE, PieceKind.CCAP, PieceKind.CCTP)


@pytest.mark.parametrize(
    ("said", "locator"),
    [
        ("Les pièces sont, par ordre de priorité croissante : CCTP, CCAP, AE.", "CCAP, art. 2"),
        ("L'ordre de priorité des pièces est celui de l'annexe.", "CCAP, art. 2"),
        ("Les critères sont, par ordre de priorité : le prix, le délai.", ""),
        ("Les interventions se font par ordre de priorité.", ""),
    ],
)
def test_an_order_that_is_not_read_is_not_said_to_be_missing(said: str, locator: str) -> None:
    assert stated_priority(_clauses(said)) == Priority((), locator)


def test_pieces_that_an_order_excludes_are_not_in_it() -> None:
    said = "Les pièces, par ordre de priorité, sont : l'AE, le CCAP, à l'exclusion du RC."
    assert stated_priority(_clauses(said)).pieces == (PieceKind.AE, PieceKind.CCAP)


def test_which_price_prevails_is_no_order_of_pieces() -> None:
    said = "En cas de contradiction, la règle suivie est : le BPU prévaut sur le DQE et l'AE."
    assert stated_priority(_clauses(said)) == Priority()


def test_who_prevails_is_told_among_the_ranked_alone() -> None:
    priority = Priority((PieceKind.AE, PieceKind.CCAP), "CCAP, art. 2")
    differing = [PieceKind.RC, PieceKind.CCAP, PieceKind.AE]
    assert priority.prevailing(differing) == (PieceKind.AE, PieceKind.CCAP)
    assert priority.prevailing([PieceKind.RC]) == ()
