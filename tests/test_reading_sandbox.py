import csv
import os
import sys
from pathlib import Path

import pytest

from ingestion.chunking.passages import passages_of
from ingestion.readers.documents import Kind
from ingestion.readers.reading import read_file
from ingestion.sandbox import Limits
from tests.reading_files import paragraph, pdf, slow_pdf, zipped


@pytest.fixture(autouse=True, scope="module")
def kept_children() -> None:
    """Not kept: what becomes of a child is what these tests are about."""


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_file_is_read_in_a_child_process(tmp_path: Path) -> None:
    path = written(tmp_path, "fiche.md", "# Titre\n\nLe marché.".encode())
    reading = read_file(path, "fiches/fiche.md", Kind.RULES)
    assert reading.problem is None
    assert (reading.documents[0].source, reading.documents[0].kind) == (
        "fiches/fiche.md",
        Kind.RULES,
    )


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = written(tmp_path, "lent.pdf", slow_pdf())
    reading = read_file(path, "lent.pdf", Kind.TENDER, limits=Limits(seconds=1))
    assert reading.problem == "lecture trop longue (plus de 1 s)"


def test_a_reader_that_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    path = written(tmp_path, "gros.txt", b"mot " * 20_000_000)
    reading = read_file(path, "gros.txt", Kind.TENDER, limits=Limits(memory=300 << 20))
    assert reading.problem == "lecture trop gourmande en mémoire (plus de 300 Mo)"


def test_a_reader_that_dies_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "x.pdf", pdf([paragraph()]))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    reading = read_file(path, "x.pdf", Kind.TENDER)
    assert (reading.problem or "").startswith("lecture interrompue")


def test_what_the_readers_did_not_foresee_is_said(tmp_path: Path) -> None:
    deep = "<a>" * 100 + "</a>" * 100
    path = written(tmp_path, "x.docx", zipped(word__document_xml=deep))
    assert read_file(path, "x.docx", Kind.TENDER).problem


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("x.txt", b"", "fichier vide"),
        ("x.txt", b"a" * 2000, "fichier trop gros (0 Mo, maximum 0)"),
        ("x.zip", b"a", "format inconnu (.zip) ; archive : ajoutez les fichiers qu'elle contient"),
        ("sans", b"a", "format inconnu (sans extension)"),
    ],
)
def test_unfit_files_start_no_child(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = written(tmp_path, name, data)
    limits = Limits(file_size=1000, seconds=0)
    assert (read_file(path, name, Kind.TENDER, limits=limits).problem or "").startswith(reason)


def test_an_absent_file_or_a_folder_is_said(tmp_path: Path) -> None:
    absent = read_file(tmp_path / "absent.txt", "absent.txt", Kind.TENDER)
    assert (absent.problem or "").startswith("fichier inaccessible")
    folder = tmp_path / "dossier.txt"
    folder.mkdir()
    assert read_file(folder, "dossier.txt", Kind.TENDER).problem == "ce n'est pas un fichier"


# Files made to harm or to deceive, and malformed ones from public collections


SHARED = Path(os.environ.get("SOURCIER_SHARED") or Path(__file__).parents[2] / "shared")
MANIFESTS = [SHARED / "data/security" / kind / "MANIFEST.csv" for kind in ("pdfs", "office")]


def listed(manifest: Path) -> list[Path]:
    with manifest.open(encoding="utf-8") as rows:
        return [manifest.parent / row["file"] for row in csv.DictReader(rows)]


@pytest.mark.slow
@pytest.mark.parametrize("manifest", MANIFESTS, ids=["pdfs", "office"])
def test_every_file_ends_in_text_or_a_french_reason(manifest: Path) -> None:
    if not manifest.exists():
        pytest.skip(f"hostile files are not here: {manifest}")
    for path in listed(manifest):
        reading = read_file(path, path.name, Kind.TENDER)
        assert bool(reading.documents) == (reading.problem is None), path.name
        assert reading.problem is None or len(reading.problem) > 10, path.name
        for document in reading.documents:
            assert document.text.strip(), path.name
            for passage in passages_of(document):
                assert document.text[passage.start : passage.end] == passage.text, path.name
