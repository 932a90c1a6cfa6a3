from assistant.tenders.statements import Priority, stated_priority
from ingestion.chunking.passages import Passage
from ingestion.tenders.pieces import PieceKind
from tests.dossier_files import built_in, piece


def _clause(text: str) -> tuple[Passage, ...]:
    return piece("CCAP.md", f"# Article 2 – Pièces\n\n{text}")[1]


def test_the_clause_of_the_built_in_dossier_is_read() -> None:
    priority = stated_priority(passage for _, passages in built_in() for passage in passages)
    assert priority.locator == "CCAP, art. 2.1, p. 2"
    assert priority.pieces == (PieceKind.AE, PieceKind.BPU, PieceKind.CCAP, PieceKind.CCTP)


def test_a_list_of_pieces_without_priority_is_none() -> None:
    assert stated_priority(_clause("Le dossier comprend :\n\n- le RC ;\n- l'AE.")) == Priority()


def test_pieces_named_in_passing_are_no_list() -> None:
    said = "En cas de contradiction entre le CCTP et le CCAP, l'acheteur décide."
    assert stated_priority(_clause(said)) == Priority()


def test_who_prevails_is_told_among_the_ranked_alone() -> None:
    priority = Priority((PieceKind.AE, PieceKind.CCAP), "CCAP, art. 2")
    differing = [PieceKind.RC, PieceKind.CCAP, PieceKind.AE]
    assert priority.prevailing(differing) == (PieceKind.AE, PieceKind.CCAP)
    assert priority.prevailing([PieceKind.RC]) == ()
