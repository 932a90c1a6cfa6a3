"""Files made to harm end in their text, or in a reason that their sender understands."""

import csv
from pathlib import Path

import pytest

from ingestion.chunking.passages import passages_of
from ingestion.documents.document import Kind
from ingestion.readers.reading import read_file
from ingestion.sandbox import Limits
from tests.support.shared_texts import SHARED

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


@pytest.mark.parametrize(
    "line",
    [
        "Objet " + "." * 3000 + "x",
        "Objet " + "." * 3000 + "\u00a0" * 3000 + "x",
        "le titulaire du marché public\n" * 12_000,
    ],
    ids=["leaders", "blanks after leaders", "no end of a sentence"],
)
def test_a_text_made_to_take_long_is_read_in_time(line: str, tmp_path: Path) -> None:
    path = tmp_path / "CCAP.md"
    path.write_text(f"## Page 1\n\nSommaire\n{line}\n\n## Page 2\n\nFin.\n", encoding="utf-8")
    assert read_file(path, path.name, Kind.TENDER, limits=Limits(seconds=10)).problem is None
