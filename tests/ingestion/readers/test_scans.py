"""Pages that are pictures: read word by word, and put in their place with boxes and doubts."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image

from assistant.web.pdf_page import OUTLINE, draw
from assistant.web.viewer import View, order_for
from ingestion.chunking.passages import passages_of
from ingestion.documents.document import FileReading, Kind
from ingestion.readers.formats import to_json
from ingestion.readers.reading import PageScan, read_file, reading_json
from ingestion.readers.scanned import RecognisedWord, arranged
from ingestion.readers.scans import folder_of_languages, tell_pages
from tests.ingestion.readers.test_visibility import paper, shown
from tests.studies.scans import Printing, printed
from tests.support.pdf_maker import doubts, page_of, pdf_of, read_as

LINES = (
    "Article 12 - Penalites de retard",
    "Tout retard de livraison donne lieu a une penalite de 150 euros par jour.",
    "La retenue de garantie est fixee a 5 % du montant initial du marche.",
    "Les offres sont remises au plus tard le 20 novembre 2026 a 12 heures.",
)
STAMP = "Accuse de reception en prefecture, recu le 3 mai 2026"
OWN = ("Cette page ecrit elle-meme tout ce qu'elle montre, et cela suffit.",)

needs_tesseract = pytest.mark.skipif(
    folder_of_languages() is None, reason="Tesseract's French is not installed"
)


@pytest.fixture(autouse=True, scope="module")
def kept_children() -> None:
    """Here children begin and end as in use: what they find installed is part of the subject."""


@pytest.fixture(scope="module")
def askew(tmp_path_factory: pytest.TempPathFactory) -> FileReading:
    """What Tesseract reads of a page scanned a degree askew."""
    path = tmp_path_factory.mktemp("askew") / "CCAP.pdf"
    path.write_bytes(printed(pdf_of([LINES]), Printing(200, degrees=1.0)))
    return read_file(path, path.name, Kind.TENDER)


@pytest.fixture
def feigned() -> FileReading:
    return read_as(page_of(*LINES))


@pytest.mark.parametrize("read", [pytest.param("askew", marks=needs_tesseract), "feigned"])
def test_a_scanned_page_becomes_a_document_of_words_with_boxes_and_confidences(
    read: str, request: pytest.FixtureRequest
) -> None:
    reading: FileReading = request.getfixturevalue(read)
    (document,) = reading.documents
    assert "une penalite de 150 euros par jour" in document.text
    assert reading.warnings[0].startswith("lu par reconnaissance de caractères")
    words = list(document.scans[0].words)
    assert [document.text[each.start : each.end] for each in words] == document.text.split()
    assert all(0 <= each.confidence <= 100 for each in words)
    for left, top, right, bottom in (each.box for each in words):
        assert 0 <= left < right <= 10_000
        assert 0 <= top < bottom <= 10_000
    assert all(passage.recognised for passage in passages_of(document))
    assert reading_json.validate_json(to_json(reading)) == reading


@needs_tesseract
def test_boxes_are_those_of_the_page_as_it_lies_askew(askew: FileReading) -> None:
    (document,) = askew.documents
    (box,) = (w.box for w in document.scans[0].words if document.text[w.start : w.end] == "2026")
    text = pypdfium2.PdfDocument(pdf_of([LINES]))[0].get_textpage()
    left, bottom, right, top = text.get_charbox(text.get_text_range().index("2026"))
    # A degree about the middle of the page: what is to the right of it lies higher.
    x, y = left - 297.5, 421 - (top + bottom) / 2
    assert box[0] == pytest.approx((x + 0.01745 * y + 297.5) / 595 * 10_000, abs=40)
    assert (box[1] + box[3]) / 2 == pytest.approx((y - 0.01745 * x + 421) / 842 * 10_000, abs=25)
    assert right > left


@needs_tesseract
def test_a_page_keeps_what_it_writes_and_its_picture_is_read_where_that_is_all(
    tmp_path: Path,
) -> None:
    scan = pikepdf.open(_file(tmp_path / "scan.pdf", printed(pdf_of([LINES]), Printing(150))))
    text = pikepdf.open(_file(tmp_path / "text.pdf", pdf_of([OWN, [*[""] * 10, STAMP]])))
    scan.pages.append(text.pages[0])
    scan.pages[0].add_overlay(text.pages[1], pikepdf.Rectangle(0, 0, 595, 842))
    path = tmp_path / "RC.pdf"
    scan.save(path)
    told: list[tuple[int, int]] = []
    reading = read_file(path, path.name, Kind.TENDER, told=lambda *each: told.append(each))
    (document,) = reading.documents
    assert told == [(1, 1)]
    first, second = (document.text[page.start : page.end] for page in document.pages)
    assert first.startswith(f"{STAMP}\n")
    assert first.count("prefecture") == 1
    assert "150 euros" in first
    assert second == OWN[0]
    assert not any(each.end > document.pages[1].start for each in document.recognised)


@pytest.mark.parametrize(("before", "expected"), [("3 Tr", []), ("0 Tr", [1])])
def test_a_scan_that_another_program_has_read_is_not_read_again(
    before: str, expected: list[int], tmp_path: Path
) -> None:
    photo = "q 595 0 0 842 0 0 cm /Photo Do Q "
    path = _file(tmp_path / "CCAP.pdf", paper(photo + shown(LINES[1], before=before)))
    assert json.loads(next(tell_pages(str(path)))) == expected


def _file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_without_tesseracts_french_a_scan_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path / "nowhere"))
    path = _file(tmp_path / "CCAP.pdf", printed(pdf_of([LINES]), Printing(150)))
    reading = read_file(path, path.name, Kind.TENDER)
    assert not reading.documents
    assert "pages numérisées non lues, 1 : pour les lire" in (reading.problem or "")
    assert "apt-get install tesseract-ocr tesseract-ocr-fra" in (reading.problem or "")


def test_a_page_that_cannot_be_read_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    def scanned(path: Path) -> Iterator[PageScan]:
        yield PageScan(1, 2, page_of(*LINES))
        yield PageScan(2, 2, problem="lecture trop longue (plus de 60 s)")

    path = _file(tmp_path / "CCAP.pdf", pdf_of([[], []]))
    reading = read_file(path, path.name, Kind.TENDER, scanned=scanned)
    assert "150 euros" in reading.documents[0].text
    assert (
        reading.warnings[-1] == "pages numérisées non lues, 2 : lecture trop longue (plus de 60 s)"
    )


DOUBTFUL = {
    "a word of it": ("une penalite de 1 500 euros par jour", "500", ["1 500 euros"]),
    "the word before it": ("une penalite de l 500 euros par jour", "l", ["l 500 euros"]),
    "its number, read as letters": ("une penalite de SO € par jour", "SO", ["SO €"]),
    "its number, misspelt": ("sous tronte jours au plus", "tronte", ["tronte jours"]),
    "no measure": ("une offre faite pour le lot", "faite", []),
    "a unit alone": ("le prix est en euros hors taxe", "prix", []),
    "its month": ("avant le 20 novembre 2026 a midi", "novembre", ["20 novembre 2026"]),
    "in letters": ("sous trente jours au plus", "trente", ["trente jours"]),
    "its unit": ("une retenue de 5 % du montant", "%", ["5 %"]),
    "beside a sure one": ("12 mois. Puis 30 jours", "30", ["30 jours"]),
    "its first digits": ("un montant de 000 euros par an", "", ["000 euros"]),
    "no figure": ("Tout retard de 12 jours ouvre droit", "Tout", []),
    "a mark beside": ("soit 3 – trois – mois", "–", []),
    "the number of a place": ("selon l'article 3.1 du CCAP", "3.1", []),
    "an amount after a place": ("lot 1 500 euros par an", "500", ["1 500 euros"]),
    "a name": ("marche 2026-EV-07 du lot", "2026-EV-07", []),
}


@pytest.mark.parametrize(("text", "word", "expected"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_a_figure_is_doubtful_when_one_of_its_words_is(
    text: str, word: str, expected: list[str]
) -> None:
    (document,) = read_as(page_of(text, doubtful=[word])).documents
    assert doubts(document) == expected


def test_cells_of_a_row_are_told_apart_on_a_page_that_lies_on_its_side() -> None:
    def word(text: str, left: int, line: int) -> RecognisedWord:
        # Upright it is 40 by 10 at (left, 100 + 20 lines) of 1000 by 500; its top is on the left.
        top = 100 + 20 * line
        return RecognisedWord(text, 95, (top, 1000 - left - 40, top + 10, 1000 - left), line, 3)

    row = [word("Lot", 10, 0), word("1", 55, 0), word("|", 100, 0), word("900", 105, 0)]
    page = arranged([*row, word("Total", 10, 1), word("1500", 400, 1)], 500, 1000, 4)
    assert page.text == "Lot 1 | 900\nTotal | 1500"
    assert page.number == 4


@needs_tesseract
def test_a_picture_of_several_pages_is_read_and_drawn_like_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "RC.tiff"
    pages = [
        page.render(scale=150 / 72).to_pil() for page in pypdfium2.PdfDocument(pdf_of([LINES, OWN]))
    ]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    (document,) = read_file(path, path.name, Kind.TENDER).documents
    assert [page.number for page in document.pages] == [1, 2]
    assert "20 novembre 2026" in document.text
    start = document.text.index("Cette page")
    order = order_for(document, View((start, len(document.text))), 2)
    assert order
    drawn = Image.open(io.BytesIO(draw(path.read_bytes(), order)))
    assert OUTLINE in {colour for _, colour in drawn.getcolors(1 << 24) or []}
    (tmp_path / "faux.png").write_bytes(b"no picture")
    problem = read_file(tmp_path / "faux.png", "faux.png", Kind.TENDER).problem
    assert problem == "le contenu n'est pas une image PNG, JPEG ou TIFF"
