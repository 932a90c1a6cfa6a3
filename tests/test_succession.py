"""What a file takes the place of, by what its name and the others' say."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingestion.library.readings import LibraryEntry
from ingestion.readers.documents import Kind
from ingestion.tenders.pieces import Confidence, KindGuess, PieceKind
from ingestion.tenders.versions import of_kind, succession


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
