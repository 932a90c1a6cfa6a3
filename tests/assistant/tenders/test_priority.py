import pytest

from assistant.tenders.priority import Priority, stated_priority
from ingestion.chunking.passages import Passage
from ingestion.documents.pieces import PieceKind
from tests.support.dossier_files import built_in, piece


def _clauses(text: str) -> tuple[Passage, ...]:
    return piece("CCAP.md", f"# Article 2 – Pièces\n\n{text}")[1]


def test_the_clause_of_the_built_in_dossier_is_read() -> None:
    priority = stated_priority(passage for _, passages in built_in() for passage in passages)
    assert priority.locator == "CCAP, art. 2.1, p. 2"
    assert priority.pieces == (PieceKind.AE, PieceKind.BPU, PieceKind.CCAP, PieceKind.CCTP)


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
