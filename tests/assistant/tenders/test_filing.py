"""What is done to dossiers, and what the journal keeps of it."""

import io
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from assistant.journal.journal import journal_of
from assistant.tenders.fiche import FicheState
from assistant.tenders.fiche_export import FileFormat
from assistant.tenders.service import DossierService, kept_by
from ingestion.documents.pieces import PieceKind
from ingestion.durable import lock_for_writing
from ingestion.errors import BusyIndex, IngestionError, UnknownDossier
from ingestion.tenders.dossiers import Dossier, DossierStage
from ingestion.tenders.intake import Parcel, Receipt
from tests.support.fakes import WordEmbedder
from tests.support.index_home import published
from tests.support.journals import recorded
from tests.support.postgresql_server import with_store

ROADS = Dossier("voirie-2026", reference="2026-07", team="voirie")
TEXT = b"# CCAP\n\n## Article 12\n\nTrente jours.\n"


@pytest.fixture(params=["folder", pytest.param("postgresql", marks=pytest.mark.slow)])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder with everything in it, or with a server."""
    if request.param == "folder":
        return tmp_path / "home"
    return with_store(tmp_path / "home", request.getfixturevalue("postgresql"))


def filing(home: Path, teams: frozenset[str] | None = None) -> DossierService:
    return DossierService(home, journal_of(home), WordEmbedder, teams)


def parcel(name: str) -> Parcel:
    return Parcel(name, io.BytesIO(TEXT))


def told(home: Path) -> list[tuple[str, dict[str, Any] | None]]:
    """The kind of each entry of the journal and what it says, wherever that is kept."""
    return [(entry["kind"], body) for entry, body in recorded(journal_of(home))]


def test_what_changes_a_dossier_is_on_record_in_the_dossier(home: Path) -> None:
    files = filing(home)
    files.create(ROADS)
    files.describe(replace(ROADS, stage=DossierStage.AWARDED, deadline=date(2026, 12, 1)))
    files.add(ROADS.id, [parcel("CCAP.md"), parcel("plan.dwg")])
    files.add(ROADS.id, [parcel("CCAP.md")])
    created, described, upload = told(home)
    assert created[1] is not None
    assert (created[0], created[1]["act"], created[1]["dossier"]["reference"]) == (
        "dossier",
        "created",
        "2026-07",
    )
    assert described[1] is not None
    assert described[1]["dossier"]["deadline"] == "2026-12-01"
    assert upload == ("upload", {"file": "CCAP.md", "sha256": sha256(TEXT).hexdigest()})
    assert "CCAP" not in str(list(journal_of(home).entries()))
    files.delete(ROADS.id)
    assert told(home)[-1] == ("dossier", {"act": "deleted", "dossier": ROADS.id})
    assert [body for _, body in told(home)[:-1]] == [None] * 3


def test_each_file_is_told_as_it_is_taken_in_and_pieces_are_searched_at_once(home: Path) -> None:
    files, heard = filing(home), list[Receipt]()
    files.create(ROADS)
    receipts = files.add(ROADS.id, [parcel("CCAP.md"), parcel("plan.dwg")], heard.append)
    assert heard == list(receipts)
    assert files.count(ROADS.id) == 1
    folder = home / "dossiers" / ROADS.id
    files.set_piece(ROADS.id, "CCAP.md", PieceKind.CCTP)
    (passage,) = published(folder).store.all_passages()
    assert passage.locator == "CCTP, art. 12"
    assert files.remove(ROADS.id, ["CCAP.md"]) == ("CCAP.md",)
    assert not (folder / "current").exists()
    with pytest.raises(IngestionError, match="ne porte ce nom"):
        files.remove(ROADS.id, ["CCAP.md"])


def test_nothing_is_indexed_when_nothing_was_kept(home: Path) -> None:
    def none() -> WordEmbedder:
        raise AssertionError("the embedder is not needed")

    files = DossierService(home, journal_of(home), none)
    files.create(ROADS)
    (receipt,) = files.add(ROADS.id, [parcel("plan.dwg")])
    assert receipt.entry is None


def test_the_fiche_says_what_the_pieces_say_now(home: Path) -> None:
    files = filing(home)
    files.create(ROADS)
    assert {line.state for line in files.fiche(ROADS.id).lines} == {FicheState.ABSENT}
    text = "# Avance\n\nL'avance est de 5 %.\n"
    files.add(ROADS.id, [Parcel("CCAP.md", io.BytesIO(text.encode()))])
    (entry,) = (entry for line in files.fiche(ROADS.id).lines for entry in line.entries)
    assert (entry.text, entry.passage.dossier) == ("L'avance est de 5 %.", ROADS.id)
    files.set_piece(ROADS.id, "CCAP.md", PieceKind.CCTP)
    (entry,) = (entry for line in files.fiche(ROADS.id).lines for entry in line.entries)
    assert entry.piece is PieceKind.CCTP


def test_what_leaves_a_dossier_as_a_file_is_on_record_in_the_dossier(home: Path) -> None:
    files = filing(home)
    files.create(ROADS)
    for file_format, start in ((FileFormat.DOCX, b"PK"), (FileFormat.CSV, b"\xef\xbb\xbf")):
        assert files.export(ROADS.id, file_format).startswith(start)
        exported = {"dossier": ROADS.id, "format": file_format.value}
        assert told(home)[-1] == ("export", exported)
    lines = str(list(journal_of(home).entries()))
    assert ROADS.id not in lines.replace(f"/{ROADS.id}/", "")


def test_a_piece_corrected_or_removed_is_on_record(home: Path) -> None:
    files = filing(home)
    files.create(ROADS)
    files.add(ROADS.id, [parcel("CCAP.md")])
    files.set_piece(ROADS.id, "CCAP.md", PieceKind.CCTP)
    files.remove(ROADS.id, ["CCAP.md"])
    assert told(home)[-2:] == [
        ("dossier", {"act": "piece_set", "file": "CCAP.md", "piece": "CCTP"}),
        ("dossier", {"act": "pieces_removed", "files": ["CCAP.md"]}),
    ]


def test_the_journal_names_who_did_it(home: Path) -> None:
    journal = journal_of(home)
    files = DossierService(home, journal, WordEmbedder, user="u-7")
    files.create(ROADS)
    files.add(ROADS.id, [parcel("CCAP.md")])
    files.export(ROADS.id, FileFormat.CSV)
    files.delete(ROADS.id)
    acts = [(entry["kind"], entry["user"]) for entry in journal.entries()]
    assert acts == [(kind, "u-7") for kind in ("dossier", "upload", "export", "dossier")]


def test_two_may_not_fill_a_dossier_at_once(home: Path) -> None:
    files = filing(home)
    files.create(ROADS)
    with lock_for_writing(home / "dossiers" / ROADS.id), pytest.raises(BusyIndex):
        files.add(ROADS.id, [parcel("CCAP.md")])


def test_another_team_does_nothing_to_a_dossier(home: Path) -> None:
    filing(home).create(ROADS)
    other = filing(home, frozenset({"ecoles"}))
    assert other.all() == ()
    acts = (
        lambda: other.add(ROADS.id, [parcel("CCAP.md")]),
        lambda: other.set_piece(ROADS.id, "CCAP.md", PieceKind.RC),
        lambda: other.remove(ROADS.id, ["CCAP.md"]),
        lambda: other.describe(replace(ROADS, team="ecoles")),
        lambda: other.delete(ROADS.id),
        lambda: other.pieces(ROADS.id),
        lambda: other.fiche(ROADS.id),
        lambda: other.export(ROADS.id, FileFormat.CSV),
    )
    for act in acts:
        with pytest.raises(UnknownDossier):
            act()
    assert len(told(home)) == 1


def test_one_person_keeps_no_more_than_they_may(home: Path) -> None:
    journal, other = journal_of(home), replace(ROADS, id="ecole-2026")

    def of(user: str, most: int) -> DossierService:
        return DossierService(home, journal, WordEmbedder, user=user, most=most)

    files = of("u-7", 2 * len(TEXT))
    for dossier in (ROADS, other):
        files.create(dossier)
        files.add(dossier.id, [parcel("CCAP.md"), parcel("plan.dwg")])
    assert kept_by(journal, "u-7") == 2 * len(TEXT)
    files.remove(ROADS.id, ["CCAP.md"])  # its bytes stay, for the answers that cite them
    with pytest.raises(IngestionError, match="chacun a droit à 0,0 Go"):
        files.add(other.id, [parcel("CCTP.md")])
    assert files.count(other.id) == 1
    of("u-8", 1).add(other.id, [parcel("CCTP.md")])
    files.delete(ROADS.id)
    files.add(other.id, [parcel("RC.md")])
