"""Names of pieces: the kind that each is taken for, its version, and what a file replaces."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.documents.document import Kind
from ingestion.documents.pieces import Confidence, KindGuess, PieceKind, guess_kind
from ingestion.library.readings import LibraryEntry
from ingestion.library.succession import later_version, of_kind, same_piece, succession
from tests.support.paths import DATA


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


# Piece versions


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("CCAP v1.pdf", "CCAP_v2_modifié.pdf"),
        ("CCAP.pdf", "CCAP (rectifié le 12-03).pdf"),
        ("CCAP v1.pdf", "CCAP (rectifié le 12-03).pdf"),
        ("CCTP-indice A.pdf", "CCTP-indice B.pdf"),
        ("CCTP v2.pdf", "CCTP v10.pdf"),
        ("CCTP V1.2.pdf", "CCTP V1.10.pdf"),
        ("RC projet.docx", "RC.pdf"),
        ("RC 2026-01-15.pdf", "RC 2026-02-01.pdf"),
        ("RC du 15.01.2026.pdf", "20260201 RC.pdf"),
        ("Règlement de consultation v1.docx", "RC_v2.pdf"),
        ("Bordereau des prix unitaires.xlsx", "BPU modifié.xlsx"),
        ("DCE/lot 2/BPU v1.xlsx", "rectificatif/lot 2/BPU v2.xlsx"),
        ("DCE/CCAP v1.pdf", "Rectificatif n°2 du 12-03-2026/CCAP v2.pdf"),
    ],
)
def test_the_later_version_is_known_by_the_names(earlier: str, later: str) -> None:
    assert same_piece(earlier, later)
    assert later_version(earlier, later) == later
    assert later_version(later, earlier) == later


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CCAP.pdf", "CCAP.docx"),
        ("CCAP.pdf", "CCAP v2.pdf"),
        ("CCAP_v2.pdf", "CCAP (rectifié le 12-03).pdf"),
        ("CCAP rectifié le 12-03.pdf", "CCAP rectifié le 20-03.pdf"),
        ("CCAP v2.pdf", "CCAP v1 modifié.pdf"),
        ("CCAP v2 du 01-02-2026.pdf", "CCAP v1 du 01-03-2026.pdf"),
        ("CCAP.pdf", "CCAP signé.pdf"),
        ("CCTP_indA.pdf", "CCTP_v3.pdf"),
        ("Offre Dupont/DPGF 2026-03-01.pdf", "Offre Martin/DPGF 2026-03-03.pdf"),
        ("01-VRD/CCTP ind A.pdf", "02-GO/CCTP ind B.pdf"),
    ],
)
def test_where_the_names_leave_a_doubt_nobody_decides(one: str, other: str) -> None:
    assert same_piece(one, other)
    assert later_version(one, other) is None
    assert later_version(other, one) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CCAP.pdf", "CCTP.pdf"),
        ("CCTP lot 1.pdf", "CCTP lot 2.pdf"),
        ("lot 1/BPU.xlsx", "lot 2/BPU.xlsx"),
        ("Lot n°1 - VRD/CCTP v1.pdf", "Lot n°2 - Gros œuvre/CCTP v2.pdf"),
        ("Annexe 1.pdf", "Annexe 2.pdf"),
        ("Réponses aux questions n°2.pdf", "Réponses aux questions n°3.pdf"),
        ("v1.pdf", "v2.pdf"),
    ],
)
def test_other_pieces_are_no_versions(one: str, other: str) -> None:
    assert not same_piece(one, other)


@given(st.integers(1, 99), st.integers(1, 99))
def test_numbers_are_in_the_order_of_numbers(one: int, other: int) -> None:
    first, second = f"CCAP v{one}.pdf", f"CCAP_v{other}.pdf"
    assert same_piece(first, second)
    expected = None if one == other else (first if one > other else second)
    assert later_version(first, second) == expected


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 3000))
def test_days_are_in_the_order_of_days(day: date, gap: int) -> None:
    earlier, later = f"CCAP {day:%Y%m%d}.pdf", f"CCAP du {day + timedelta(gap):%d-%m-%Y}.pdf"
    assert same_piece(earlier, later)
    assert later_version(earlier, later) == later


# What a file takes the place of, by what its name and the others' say


def piece(name: str, digest: str = "", version: int = 1) -> LibraryEntry:
    return LibraryEntry(name, Kind.TENDER, digest or name, "M24", PieceKind.CCAP, version=version)


def test_a_name_added_again_replaces_and_counts_versions() -> None:
    old = piece("CCAP.pdf", "a", 3)
    outcome = succession(piece("CCAP.pdf", "b"), [old, piece("RC.pdf")])
    assert (outcome.replaced, outcome.entry.version) == ((old,), 4)
    assert outcome.remarks == ("remplace le fichier ajouté auparavant sous ce nom",)


def test_the_later_version_of_a_piece_replaces_the_earlier_one() -> None:
    old = piece("CCAP v1.pdf")
    outcome = succession(piece("CCAP_v2_modifié.pdf"), [piece("RC.pdf"), old])
    assert (outcome.replaced, outcome.entry.version) == ((old,), 2)
    assert outcome.remarks == ("remplace CCAP v1.pdf",)


@pytest.mark.parametrize("kind", [PieceKind.OFFER, PieceKind.QUESTIONS, PieceKind.OTHER])
def test_of_what_a_dossier_has_many_none_takes_the_place_of_another(kind: PieceKind) -> None:
    old, new = (replace(piece(f"Compte rendu 2026-03-{day}.pdf"), piece=kind) for day in (10, 17))
    for added, kept in ((new, old), (old, new)):
        outcome = succession(added, [kept])
        assert (outcome.replaced, outcome.remarks, outcome.refusal) == ((), (), None)


def test_an_earlier_version_is_refused() -> None:
    outcome = succession(piece("CCAP v1.pdf"), [piece("CCAP v2.pdf")])
    assert outcome.refusal == "version antérieure à CCAP v2.pdf, qui est déjà là"
    assert outcome.replaced == ()


def test_where_the_names_leave_a_doubt_both_stay_and_it_is_said() -> None:
    outcome = succession(piece("CCAP.docx"), [piece("CCAP.pdf")])
    assert (outcome.replaced, outcome.refusal) == ((), None)
    assert outcome.remarks == ("peut-être une autre version de CCAP.pdf : retirez l'ancienne",)


def test_only_pieces_of_a_dossier_have_versions() -> None:
    old, new = (replace(piece(f"CCAP v{n}.pdf"), piece=None) for n in (1, 2))
    assert succession(new, [old]).replaced == ()


def test_what_is_not_sure_of_a_kind_is_kept_as_a_doubt() -> None:
    guess = KindGuess(PieceKind.OFFER, Confidence.PROBABLE, "le nom dit à la fois offre et BPU")
    assert of_kind(piece("x.pdf"), guess).doubt == "le nom dit à la fois offre et BPU"
    sure = of_kind(piece("x.pdf"), KindGuess(PieceKind.RC, Confidence.SURE, "le nom dit RC"))
    assert (sure.piece, sure.doubt) == (PieceKind.RC, "")


NAMES = st.lists(
    st.sampled_from(["CCAP", "CCAP v1", "CCAP v2", "CCAP (rectifié)", "RC", "RC v2", "lot 1/BPU"]),
    unique=True,
)


@given(NAMES)
def test_no_file_disappears_without_being_named(names: list[str]) -> None:
    entries: list[LibraryEntry] = []
    for name in names:
        outcome = succession(piece(f"{name}.pdf"), entries)
        told = f"{outcome.remarks} {outcome.refusal}"
        gone = {each.source for each in outcome.replaced}
        assert all(source in told for source in gone)
        if outcome.refusal is None:
            entries = [each for each in entries if each.source not in gone] + [outcome.entry]
        else:
            assert gone == set()
