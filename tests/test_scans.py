"""Pages that are pictures: read word by word, marked, and never computed with where in doubt."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from ingestion.chunking.passages import passages_of
from ingestion.readers.documents import Document, Kind
from ingestion.readers.formats import to_json
from ingestion.readers.reading import PageScan, read_file, reading_json
from ingestion.readers.recognition import folder_of_languages
from ingestion.readers.scan_layout import RecognisedWord, SeenPage, SeenWord, arranged
from ingestion.sandbox import Pool
from tests.pdf_maker import pdf_of
from tests.studies.scans import Printing, printed

LINES = (
    "Article 12 - Penalites de retard",
    "Tout retard de livraison donne lieu a une penalite de 150 euros par jour.",
    "La retenue de garantie est fixee a 5 % du montant initial du marche.",
    "Les offres sont remises au plus tard le 20 novembre 2026 a 12 heures.",
)

needs_tesseract = pytest.mark.skipif(
    folder_of_languages() is None, reason="Tesseract's French is not installed"
)


@pytest.fixture(autouse=True, scope="module")
def kept_children() -> None:
    """Here children begin and end as in use: what they find installed is the subject."""


def words(text: str, *doubtful: str, line: int = 0) -> list[SeenWord]:
    """The words of a line, those named read with little confidence."""
    return [
        SeenWord(word, 40 if word in doubtful else 96, (at, 0, at + 1, 1), line, 0)
        for at, word in enumerate(text.split())
    ]


def page_of(*lines: str, doubtful: Sequence[str] = ()) -> SeenPage:
    """A page of these lines."""
    numbered = (words(text, *doubtful, line=at) for at, text in enumerate(lines))
    return SeenPage(1, tuple(word for line in numbered for word in line))


def read_as(page: SeenPage, folder: Path, *, text: Sequence[str] = ()) -> Document:
    """The document of a PDF whose only page is read so by a recogniser that is not real."""

    def scanned(path: Path, pool: Pool) -> Iterator[PageScan]:
        yield PageScan(1, 1, page)

    path = folder / "CCAP.pdf"
    path.write_bytes(pdf_of([text]))
    (document,) = read_file(path, path.name, Kind.TENDER, scanned=scanned).documents
    return document


def doubts(document: Document) -> list[str]:
    return [
        document.text[each.start : each.end] for each in document.recognised if each.is_doubtful
    ]


@needs_tesseract
def test_a_scanned_page_becomes_a_document_with_boxes_and_confidences(tmp_path: Path) -> None:
    path = tmp_path / "CCAP.pdf"
    path.write_bytes(printed(pdf_of([LINES]), Printing(200, degrees=1.0)))
    told: list[tuple[int, int]] = []
    reading = read_file(
        path, path.name, Kind.TENDER, told=lambda done, total: told.append((done, total))
    )
    (document,) = reading.documents
    assert told == [(1, 1)]
    assert "une penalite de 150 euros par jour" in document.text
    assert reading.warnings[0].startswith("lu par reconnaissance de caractères")
    by_text = {document.text[w.start : w.end]: w for w in document.scans[0].words}
    assert by_text["penalite"].confidence > 60
    left, top, right, bottom = by_text["150"].box
    drawn = pypdfium2.PdfDocument(pdf_of([LINES]))[0].get_textpage()
    at = drawn.get_text_range().index("150")
    x, y, *_ = drawn.get_charbox(at)
    assert left == pytest.approx(x / 595 * 10_000, abs=150)
    assert top < (842 - y) / 842 * 10_000 < bottom + 150
    assert left < right
    assert passages_of(document)[0].recognised
    assert reading_json.validate_json(to_json(reading)) == reading
