"""Names as buyers and suppliers write them, and the kind that each is taken for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.tenders.pieces import Confidence, KindGuess, PieceKind, guess_kind

DATA = Path(__file__).parent / "data"


def _table() -> Iterator[tuple[str, PieceKind, Confidence]]:
    for group in (DATA / "piece_names.txt").read_text("utf-8").split("\n= ")[1:]:
        head, *names = group.strip().splitlines()
        kind, confidence = head.split()
        for name in names:
            yield name, PieceKind[kind], Confidence[confidence]


TABLE = list(_table())


@pytest.mark.parametrize(("name", "kind", "confidence"), TABLE)
def test_a_name_gives_a_kind(name: str, kind: PieceKind, confidence: Confidence) -> None:
    guess = guess_kind(name)
    assert (guess.kind, guess.confidence) == (kind, confidence), guess.reason


def test_the_table_is_large() -> None:
    assert len({name for name, _, _ in TABLE}) >= 150


TITLE = (
    "MARCHÉ PUBLIC DE SERVICES\n\nCAHIER DES CLAUSES ADMINISTRATIVES PARTICULIÈRES\n(C.C.A.P.)\n"
)


def test_a_title_is_enough_for_a_probable_kind() -> None:
    assert guess_kind("document1.pdf", TITLE) == KindGuess(
        PieceKind.CCAP,
        Confidence.PROBABLE,
        "la première page est intitulée « CAHIER DES CLAUSES ADMINISTRATIVES PARTICULIÈRES »",
    )


def test_a_title_confirms_a_name_that_says_two_pieces() -> None:
    assert guess_kind("RC et CCAP.pdf", "Règlement de la consultation").confidence == "sûr"


def test_a_title_that_says_otherwise_leaves_a_doubt() -> None:
    guess = guess_kind("CCTP.pdf", TITLE)
    assert (guess.kind, guess.confidence) == (PieceKind.CCTP, Confidence.PROBABLE)
    assert "mais la première page est intitulée" in guess.reason


def test_a_sentence_is_no_title() -> None:
    page = "Le CCAP prévaut sur le CCTP.\nCCAP et CCTP sont remis aux candidats."
    assert guess_kind("document1.pdf", page).confidence is Confidence.NONE


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("CCTP.pdf", "MÉMOIRE TECHNIQUE\nSARL Dupont\nCCTP"),
        ("CCTP.pdf", "CCTP lot 3\nMémoire technique\nDupont"),
        ("scan.pdf", "CCTP lot 3\nMémoire technique\nDupont"),
        ("mémoire technique.docx", "CCTP\nCahier des clauses techniques particulières"),
        ("AE signé.pdf", "ACTE D'ENGAGEMENT"),
        ("RC.pdf", "Attestation d'assurance responsabilité civile"),
    ],
)
def test_what_may_be_an_offer_is_never_surely_a_piece_of_the_buyer(name: str, page: str) -> None:
    guess = guess_kind(name, page)
    assert (guess.kind, guess.confidence) == (PieceKind.OFFER, Confidence.PROBABLE)


supplied = st.sampled_from(
    ["offre technique", "mémoire technique", "DC1", "attestation", "SARL Dupont", "Kbis"]
)
pieces = st.sampled_from(["CCAP", "CCTP", "RC", "AE", "BPU", "acte d'engagement"])


@given(supplied, pieces, st.sampled_from([" ", "_", " - ", "-"]), st.booleans())
def test_a_name_that_says_both_is_an_offer_to_confirm(
    supplier: str, piece: str, link: str, piece_first: bool
) -> None:
    words = (piece, supplier) if piece_first else (supplier, piece)
    guess = guess_kind(f"{link.join(words)}.pdf")
    assert (guess.kind, guess.confidence) == (PieceKind.OFFER, Confidence.PROBABLE)


@given(st.text(max_size=80), st.text(max_size=300))
def test_any_name_and_page_give_a_reason(name: str, page: str) -> None:
    assert guess_kind(name, page).reason
