"""The library of texts, and archives of it."""

import ast
import json
import shlex
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

import ingestion
from ingestion.blobs import BlobStore, blobs_at
from ingestion.documents.document import Document, FileReading, Heading, Kind, Page
from ingestion.documents.pieces import PieceKind
from ingestion.durable import lock_for_writing
from ingestion.errors import DamagedArchive, IngestionError
from ingestion.library.archive import Archive, archive_of
from ingestion.library.library import Library
from ingestion.library.readings import READERS, readers_digest
from ingestion.postgresql import named_server
from tests.support.index_home import ARTICLES, write_articles
from tests.support.postgresql_server import Server, with_store


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "home")


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_text("# Délais\n\nLe délai est de trente jours.\n", encoding="utf-8")
    return path


def contents(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_an_empty_library_creates_nothing(library: Library, tmp_path: Path) -> None:
    assert library.entries == ()
    assert list(library.documents()) == []
    assert not (tmp_path / "home").exists()


def test_a_file_is_kept_with_what_was_read(library: Library, note: Path) -> None:
    added = library.add(note, "M24/note.md", Kind.TENDER, "M24")
    assert (added.known, added.reading.problem) == (False, None)
    (document,) = library.documents()
    assert (document.source, document.kind, document.dossier) == ("M24/note.md", Kind.TENDER, "M24")
    assert "trente jours" in document.text
    original = note.read_bytes()
    note.unlink()
    assert library.original(document.id) == original


def test_adding_twice_changes_nothing(library: Library, note: Path, tmp_path: Path) -> None:
    library.add(note, "note.md", Kind.RULES)
    before = contents(tmp_path / "home")
    assert library.add(note, "note.md", Kind.RULES).known
    assert contents(tmp_path / "home") == before


def test_the_same_content_has_the_same_identifiers(
    library: Library, note: Path, tmp_path: Path
) -> None:
    other = Library(tmp_path / "another home")
    for each in (library, other):
        each.add(note, "note.md", Kind.RULES)
        each.add(write_articles(tmp_path / "code.jsonl", ARTICLES), "code.jsonl", Kind.RULES)
    assert list(library.documents()) == list(other.documents())


def test_other_bytes_under_a_name_replace_and_say_so(library: Library, note: Path) -> None:
    library.add(note, "note.md", Kind.RULES)
    (before,) = library.documents()
    note.write_text("# Délais\n\nSoixante jours.\n", encoding="utf-8")
    added = library.add(note, "note.md", Kind.RULES)
    assert added.reading.warnings == ("remplace le fichier ajouté auparavant sous ce nom",)
    (after,) = library.documents()
    assert "Soixante" in after.text
    assert library.original(before.id) != library.original(after.id)


@pytest.mark.parametrize(
    ("first", "then"), [("a.md", "b.md"), ("fiches/a.md", "a.md"), ("a.md", "fiches/a.md")]
)
def test_a_file_keeps_one_name_however_it_comes(
    library: Library, note: Path, first: str, then: str
) -> None:
    library.add(note, first, Kind.RULES)
    again = library.add(note, then, Kind.RULES)
    assert (again.known, again.reading.warnings) == (True, (f"gardé sous le nom {first}",))
    note.write_text("# Délais\n\nSoixante jours.\n", encoding="utf-8")
    added = library.add(note, then, Kind.RULES)
    has_one_name = first.split("/")[-1] == then.split("/")[-1]
    assert [each.source for each in library.entries] == [first] if has_one_name else [first, then]
    assert (f"gardé sous le nom {first}" in added.reading.warnings) == has_one_name


def test_files_of_two_folders_keep_their_names(library: Library, note: Path) -> None:
    for name in ("lot-1/notice.md", "lot-2/notice.md", "notice.md"):
        note.write_text(f"# Notice\n\nCelle de {name}.\n", encoding="utf-8")
        library.add(note, name, Kind.RULES)
    assert len(library.entries) == 3


def test_a_text_without_date_takes_the_one_that_is_given(library: Library, note: Path) -> None:
    note.write_text("# Délais\n\nDernière ligne.\n", encoding="utf-8")
    library.add(note, "note.md", Kind.RULES)
    assert [each.is_undated for each in library.holdings()] == [True]
    library.set_state_date("note.md", (date(2025, 5, 1), date(2025, 8, 31)))
    (document,) = library.documents()
    assert (document.state_date, document.state_until) == (date(2025, 5, 1), date(2025, 8, 31))
    assert library.add(note, "note.md", Kind.RULES).known
    note.write_text("---\netat_au: 2026-08-23\n---\n# Délais\n\nTrente.\n", encoding="utf-8")
    library.add(note, "note.md", Kind.RULES)
    assert library.entries[0].state_date is None, "another file may be of another day"
    library.set_state_date("note.md", (date(2020, 1, 1), date(2020, 1, 1)))
    (document,) = library.documents()
    assert document.state_date == date(2026, 8, 23), "what the file says itself holds"
    with pytest.raises(IngestionError, match="Aucun fichier"):
        library.set_state_date("absent.md", (date(2020, 1, 1), date(2020, 1, 1)))


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.md", b"", "vide"),
        ("broken.pdf", b"%PDF-1.4 nothing", "corrompu"),
        ("sheet.xyz", b"text", "format"),
        ("absent.md", None, "introuvable"),
    ],
)
def test_an_unreadable_file_is_reported_and_not_kept(
    library: Library, tmp_path: Path, name: str, content: bytes | None, problem: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    added = library.add(tmp_path / name, name, Kind.RULES)
    assert problem in (added.reading.problem or "")
    assert not (tmp_path / "home").exists()


def test_a_folder_or_a_file_closed_to_reading_is_reported(
    library: Library, tmp_path: Path, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "pas un fichier" in (library.add(tmp_path, "f.md", Kind.RULES).reading.problem or "")
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert "droit" in (library.add(note, "note.md", Kind.RULES).reading.problem or "")


def test_a_file_that_changes_while_it_is_read_is_not_kept(
    library: Library, note: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def read_then_change(path: Path, source: str, kind: Kind, **_: object) -> FileReading:
        path.write_text("autre chose", encoding="utf-8")
        return FileReading(source)

    monkeypatch.setattr("ingestion.library.library.read_file", read_then_change)
    added = library.add(note, "note.md", Kind.RULES)
    assert "modifié pendant sa lecture" in (added.reading.problem or "")
    assert not (tmp_path / "home").exists()


def test_files_and_folders_are_removed_by_name(library: Library, note: Path) -> None:
    for name in ("dce/a.md", "dce/lots/b.md", "dce-2/c.md", "d.md"):
        note.write_text(f"# Délais\n\nCeux de {name}.\n", encoding="utf-8")
        library.add(note, name, Kind.RULES)
    assert library.remove(["dce"]) == ("dce/a.md", "dce/lots/b.md")
    assert library.remove(["d.md", "absent.md"]) == ("d.md",)
    assert [entry.source for entry in library.entries] == ["dce-2/c.md"]


def test_the_bytes_of_a_removed_file_stay_for_past_answers(library: Library, note: Path) -> None:
    library.add(note, "note.md", Kind.RULES)
    (document,) = library.documents()
    library.remove(["note.md"])
    assert list(library.documents()) == []
    assert library.original(document.id) == note.read_bytes()


def test_what_was_read_is_read_afresh_when_the_readers_change(
    library: Library, note: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(note, "note.md", Kind.RULES)
    (read,) = library.documents()
    newer = FileReading("note.md", (replace(read, title="Nouveau titre"),))
    monkeypatch.setattr("ingestion.library.readings.read_file", lambda path, source, kind: newer)
    assert list(library.documents()) == [read]
    monkeypatch.setattr("ingestion.library.readings.readers_digest", lambda: "other readers")
    assert [document.title for document in library.documents()] == ["Nouveau titre"]


@pytest.mark.parametrize("damage", ["remove", "truncate"])
def test_a_lost_reading_is_read_afresh(
    library: Library, note: Path, tmp_path: Path, damage: str
) -> None:
    library.add(note, "note.md", Kind.RULES)
    before = list(library.documents())
    (reading,) = (tmp_path / "home" / "readings").iterdir()
    if damage == "remove":
        reading.unlink()
    else:
        reading.write_bytes(reading.read_bytes()[:40])
    assert list(library.documents()) == before


@pytest.mark.parametrize(
    ("dossier", "command"), [(None, "index remove"), ("M24", "dossier remove M24")]
)
def test_a_file_that_can_be_read_no_longer_is_named_with_a_command_that_runs(
    library: Library, note: Path, tmp_path: Path, dossier: str | None, command: str
) -> None:
    library.add(note, "pièce d'acte.md", Kind.TENDER if dossier else Kind.RULES, dossier)
    for folder in ("readings", "originals"):
        for path in (tmp_path / "home" / folder).iterdir():
            path.unlink()
    with pytest.raises(IngestionError, match=r"pièce d'acte\.md ne se lit plus") as said:
        list(library.documents())
    words = shlex.split(str(said.value).partition("retirez-le : ")[2])
    assert words == ["sourcier", *command.split(), "pièce d'acte.md"]


def test_a_library_made_before_pieces_had_kinds_is_read(library: Library, note: Path) -> None:
    library.add(note, "CCAP.md", Kind.TENDER, "M24")
    path = note.parent / "home" / "library.json"
    (old,) = json.loads(path.read_text())
    path.write_text(
        json.dumps([{key: old[key] for key in ("source", "kind", "sha256", "dossier")}])
    )
    (entry,) = library.entries
    assert (entry.piece, entry.doubt, entry.version) == (None, "", 1)
    assert library.add(note, "CCAP.md", Kind.TENDER, "M24").known


def test_only_the_pieces_of_a_dossier_have_a_kind(library: Library, note: Path) -> None:
    library.add(note, "CCAP.md", Kind.TENDER, "M24")
    library.add(note, "RC.md", Kind.RULES)
    library.add(note, "CCTP.md", Kind.INVOICES, "M24")
    kinds = {entry.source: entry.piece for entry in library.entries}
    assert kinds == {"CCAP.md": PieceKind.CCAP, "RC.md": None, "CCTP.md": None}


def test_a_kind_is_corrected_once_and_for_all(library: Library, note: Path) -> None:
    library.add(note, "divers.md", Kind.TENDER, "M24")
    (holding,) = library.holdings()
    assert holding.entry.doubt
    assert (holding.size, holding.pages) == (note.stat().st_size, 0)
    library.set_piece("divers.md", PieceKind.CCTP)
    (entry,) = library.entries
    assert (entry.piece, entry.doubt) == (PieceKind.CCTP, "")
    assert next(library.documents()).piece is PieceKind.CCTP
    assert library.add(note, "divers.md", Kind.TENDER, "M24").known
    with pytest.raises(IngestionError, match=r"« absent\.md »"):
        library.set_piece("absent.md", PieceKind.RC)


def test_a_later_version_takes_the_place_of_the_earlier_one(library: Library, note: Path) -> None:
    library.add(note, "CCAP v1.md", Kind.TENDER, "M24")
    (before,) = library.documents()
    note.write_text("# CCAP\n\nSoixante jours.\n", encoding="utf-8")
    added = library.add(note, "CCAP v2.md", Kind.TENDER, "M24")
    assert added.reading.warnings == ("remplace CCAP v1.md",)
    assert [(entry.source, entry.version) for entry in library.entries] == [("CCAP v2.md", 2)]
    assert library.original(before.id) is not None
    refused = library.add(note, "CCAP v1.md", Kind.TENDER, "M24")
    assert "antérieure à CCAP v2.md" in (refused.reading.problem or "")


def test_a_damaged_list_is_said_in_french(library: Library, note: Path, tmp_path: Path) -> None:
    library.add(note, "note.md", Kind.RULES)
    (tmp_path / "home" / "library.json").write_text("[{")
    with pytest.raises(IngestionError, match="ajoutez de nouveau vos fichiers"):
        library.entries  # noqa: B018


def test_the_digest_covers_all_that_readers_are_made_of() -> None:
    root = Path(ingestion.__file__).parent
    covered = {path for pattern in READERS for path in root.glob(pattern)}
    assert [pattern for pattern in READERS if not any(root.glob(pattern))] == []
    for path in (each for each in covered if each.suffix == ".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ingestion."):
                module = root.parent.joinpath(*str(node.module).split("."))
                assert {module.with_suffix(".py"), module / "__init__.py"} & covered, path
    assert len(readers_digest()) == 64


SHEET = Document(
    "a" * 64,
    "Délais",
    "code.jsonl",
    Kind.RULES,
    "Délais\nTrente jours.",
    pages=(Page(1, 0, 20),),
    headings=(Heading(1, "Délais", 0, 6),),
)


def test_a_document_is_given_back_whole(tmp_path: Path) -> None:
    kept = Archive(tmp_path).keep(SHEET)
    assert Archive(tmp_path).document(kept) == SHEET
    assert sha256((tmp_path / "archive" / f"{kept}.json").read_bytes()).hexdigest() == kept


def test_another_text_of_the_same_file_is_kept_beside_the_first(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    later = replace(SHEET, text="Délais\nSoixante jours.")
    digests = [archive.keep(SHEET), archive.keep(later), archive.keep(SHEET)]
    assert digests[0] == digests[2] != digests[1]
    assert [archive.document(each).text for each in digests[:2]] == [SHEET.text, later.text]


def test_the_file_itself_stays_when_the_library_loses_it(tmp_path: Path) -> None:
    (tmp_path / "avances.md").write_text("# Avances\n\nUne avance est due.\n")
    home = tmp_path / "home"
    with lock_for_writing(home):
        Library(home).add(tmp_path / "avances.md", "avances.md", Kind.RULES)
    (document,) = Library(home).documents()
    Archive(home).keep(document)
    (home / "originals" / document.id).unlink()
    assert Archive(home).original(document.id) == (tmp_path / "avances.md").read_bytes()
    assert Archive(home).original(SHEET.id) is None


@pytest.mark.parametrize("left", [None, "", "{}"])
def test_what_was_altered_is_never_shown_as_the_evidence(tmp_path: Path, left: str | None) -> None:
    kept = Archive(tmp_path).keep(SHEET)
    path = tmp_path / "archive" / f"{kept}.json"
    path.unlink() if left is None else path.write_text(left)
    with pytest.raises(DamagedArchive, match=kept[:16]):
        Archive(tmp_path).document(kept)


def test_many_may_keep_the_same_document_at_once(tmp_path: Path) -> None:
    documents = [replace(SHEET, text=f"Délais\n{number % 3} jours.") for number in range(60)]
    with ThreadPoolExecutor(12) as together:
        digests = list(together.map(lambda each: Archive(tmp_path).keep(each), documents))
    assert [Archive(tmp_path).document(each) for each in digests] == documents
    assert len(list((tmp_path / "archive").glob("*.json"))) == 3


@pytest.fixture(params=["folder", pytest.param("postgresql", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """An empty place in a folder, or on a server."""
    if request.param == "folder":
        return blobs_at(tmp_path / "home", "")
    return blobs_at(tmp_path, request.getfixturevalue("postgresql").fresh())


def test_a_place_keeps_bytes_by_their_name(place: BlobStore) -> None:
    assert (place.get("a"), place.size("a"), place.names("of/")) == (None, None, [])
    place.remove("a")
    with place.local("of/a") as path:
        assert not path.exists()
    place.put("of/a", b"one")
    place.put("of/a", b"two\0")
    place.append("of/b", b"begun")
    place.append("of/b", b", and more")
    place.put("of/below/c", b"")
    place.put("offer", b"")
    assert place.names("of/") == ["of/a", "of/b"]
    assert (place.get("of/a"), place.size("of/a")) == (b"two\0", 4)
    assert place.get("of/b") == b"begun, and more"
    with place.local("of/b") as path:
        assert (path.name, path.read_bytes()) == ("b", b"begun, and more")
    place.remove("of/a")
    assert (place.names("of/"), place.get("of/a")) == (["of/b"], None)
    assert place.size("of/below/c") == 0


@pytest.mark.slow
def test_a_server_keeps_it_for_other_machines(tmp_path: Path, postgresql: Server) -> None:
    home, other = with_store(tmp_path / "home", postgresql), tmp_path / "other"
    other.mkdir()
    shutil.copy(home / "settings.toml", other)
    (tmp_path / "avances.md").write_text("# Avances\n\nUne avance est due.\n")
    with lock_for_writing(home):
        Library(home).add(tmp_path / "avances.md", "avances.md", Kind.RULES)
    (document,) = Library(home).documents()
    assert archive_of(other).original(document.id) is None
    kept = archive_of(home).keep(document)
    assert archive_of(other).keep(document) == kept
    assert archive_of(other).document(kept) == document
    assert archive_of(other).original(document.id) == (tmp_path / "avances.md").read_bytes()
    assert not (home / "archive").exists()
    with psycopg.connect(named_server(home, "store")) as owner:
        owner.execute("UPDATE sourcier_store.archive SET content = '{}'")
    with pytest.raises(DamagedArchive, match=kept[:16]):
        archive_of(other).document(kept)
