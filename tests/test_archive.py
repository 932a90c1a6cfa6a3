"""What was shown as evidence, kept as it was."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from ingestion.durable import lock_for_writing
from ingestion.errors import DamagedArchive
from ingestion.library.archive import Archive, archive_of
from ingestion.library.library import Library
from ingestion.places import Place, place_at
from ingestion.postgresql import named_server
from ingestion.readers.documents import Document, Heading, Kind, Page
from tests.postgresql_server import Server, with_store

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
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place in a folder, or on a server."""
    if request.param == "folder":
        return place_at(tmp_path / "home", "")
    return place_at(tmp_path, request.getfixturevalue("postgresql").fresh())


def test_a_place_keeps_bytes_by_their_name(place: Place) -> None:
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
