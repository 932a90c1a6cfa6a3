"""What the pages of a PDF do not show: seen by drawing them, flagged where it is read."""

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.chunking.passages import passages_of
from ingestion.readers.concealed import UNSEEN, PageSight, Run, flagged, sights
from ingestion.readers.documents import Document, FileReading, Hidden, Kind, Page
from ingestion.readers.formats import to_json
from ingestion.readers.reading import read_file, reading_json
from ingestion.readers.visibility import hidden_text
from tests.test_reading_sandbox import SHARED, listed

SEEN = "Le prix est ferme pour la duree du marche."
TOLD = "Le prix est revisable chaque mois."
SYNTHETIC = SHARED / "data/security/pdfs/MANIFEST.csv"
ROOT = Path(__file__).parent.parent


def shown(text: str = SEEN, *, before: str = "", y: int = 700, size: float = 12) -> str:
    """A line of text as a page writes it, in black unless said otherwise."""
    return f"q {before} BT /F1 {size} Tf 60 {y} Td ({text}) Tj ET Q "


def paper(*pages: str) -> bytes:
    """A PDF whose pages draw this; /Off is a layer that is off, /Photo a picture of stripes."""
    pdf = pikepdf.new()
    layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="calque"))
    state = pikepdf.Dictionary(OFF=pikepdf.Array([layer]), Order=pikepdf.Array([layer]))
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([layer]), D=state)
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    photo = pdf.make_stream(b"\0\377" * 8192, Width=128, Height=128, BitsPerComponent=8)
    photo.Type, photo.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    photo.ColorSpace = pikepdf.Name.DeviceGray
    for drawn in pages:
        page = pdf.add_blank_page(page_size=(595, 842)).obj
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(F1=font),
            XObject=pikepdf.Dictionary(Photo=photo),
            Properties=pikepdf.Dictionary(Off=layer),
        )
        page.Contents = pdf.make_stream(drawn.encode())
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def hidden(*pages: str) -> list[str]:
    sights = list(hidden_text(paper(*pages), seconds=1e9))
    assert [sight.number for sight in sights] == list(range(1, len(pages) + 1))
    return [run.text.strip().rstrip(".") for sight in sights for run in sight.runs]


WAYS = {
    "paper": shown(TOLD, before="1 g", y=600),
    "nearly paper": shown(TOLD, before="0.97 0.98 1 rg", y=600),
    "covered": shown(TOLD, y=600) + "0.9 g 40 580 400 50 re f",
    "layer off": f"/OC /Off BDC {shown(TOLD, y=600)} EMC",
    "mode": shown(TOLD, before="3 Tr", y=600),
    "clipped": f"q 0 0 10 10 re W n {shown(TOLD, y=600)} Q",
    "off the page": shown(TOLD, y=2000),
    "tiny": shown(TOLD, size=0.1, y=600),
    "on its own colour": "0 0 1 rg 40 580 400 50 re f " + shown(TOLD, before="0 0 1 rg", y=600),
    "same place, below": shown(TOLD, before="1 g"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_text_that_a_page_does_not_show_is_seen_to_be_hidden(way: str) -> None:
    assert hidden(f"{way} {shown()}") == [TOLD.rstrip(".")]


def test_a_word_laid_in_white_upon_a_line_is_hidden_and_the_line_is_not() -> None:
    assert hidden(shown() + "q 1 g BT /F1 12 Tf 150 700 Td (non) Tj ET Q") == ["non"]


def test_words_hidden_within_a_line_are_told_apart() -> None:
    line = "BT /F1 12 Tf 60 700 Td (Le prix est ) Tj 1 g (revisable, jamais ) Tj 0 g (ferme) Tj ET"
    assert hidden(line) == ["revisable, jamais"]


@pytest.mark.parametrize(
    "page",
    [
        shown(),
        shown() + shown(),
        "0.1 0.2 0.5 rg 40 680 400 50 re f " + shown(before="1 g"),
        shown(before="0.85 g"),
        shown(size=5),
        "q 500 0 0 500 40 300 cm /Photo Do Q " + shown(before="1 0 0 rg"),
        f"/OC /Off BDC EMC {shown()}",
        "",
    ],
    ids=["plain", "twice", "white on blue", "pale", "small", "on a picture", "layer", "blank"],
)
def test_text_that_a_page_shows_is_not_called_hidden(page: str) -> None:
    assert hidden(page) == []


def test_text_under_a_picture_may_be_what_was_recognised_on_it() -> None:
    page = shown(TOLD, y=600) + "q 500 0 0 500 40 300 cm /Photo Do Q"
    (sight,) = hidden_text(paper(page), seconds=1e9)
    assert [run.is_under_picture for run in sight.runs] == [True]


def test_pages_are_looked_at_until_time_is_up() -> None:
    assert not list(hidden_text(paper(shown()), seconds=0))


def test_a_file_is_read_with_its_hidden_text_flagged_and_said(tmp_path: Path) -> None:
    path = tmp_path / "CCAP.pdf"
    path.write_bytes(paper(shown(), shown() + shown(TOLD, before="3 Tr", y=600)))
    reading = read_file(path, path.name, Kind.TENDER)
    (document,) = reading.documents
    assert [document.text[each.start : each.end] for each in document.hidden] == [TOLD.rstrip(".")]
    assert document.hidden[0].start > document.pages[1].start
    assert reading.warnings == (f"texte masqué, lu quand même : « p. 2 : {TOLD[:-1]} »",)
    passage = passages_of(document)[-1]
    assert passage.hidden == document.hidden
    assert reading_json.validate_json(to_json(reading)) == reading


def reading_of(text: str, *warnings: str) -> FileReading:
    """A reading of one page a line."""
    ends = [0]
    for line in text.splitlines():
        ends.append(ends[-1] + len(line) + 1)
    pages = tuple(Page(n, ends[n - 1], ends[n] - 1) for n in range(1, len(ends)))
    document = Document("d", "CCAP", "CCAP.pdf", Kind.TENDER, text, pages)
    return FileReading("CCAP.pdf", (document,), warnings)


def flags(text: str, *runs: Run) -> list[str]:
    (document,) = flagged(reading_of(text), [PageSight(1, runs)]).documents
    return [text[each.start : each.end] for each in document.hidden]


def test_hidden_text_is_found_whatever_the_reader_made_of_its_breaks() -> None:
    text = "Début. La péna-lité est | de 100 € par jour. Fin."
    run = Run("La pénalité\r\nest de\r\n100 € par jour.", 0.2, False)
    assert flags(text, run) == ["La péna-lité est | de 100 € par jour"]


def test_of_equal_texts_the_one_at_that_place_is_flagged() -> None:
    text = "Délai : 30 jours. Puis, plus loin, délai : 30 jours."
    (document,) = flagged(
        reading_of(text), [PageSight(1, (Run("30 jours", 0.9, False),))]
    ).documents
    assert document.hidden == (Hidden(text.rindex("30"), len(text) - 1),)


def test_hidden_lines_between_which_the_reader_put_others_are_flagged_one_by_one() -> None:
    text = "une première ligne cachée VISIBLE une seconde ligne cachée"
    run = Run("une première ligne cachée\nune seconde ligne cachée", 0.0, False)
    assert flags(text, run) == ["une première ligne cachée", "une seconde ligne cachée"]


def test_what_could_not_be_looked_at_is_said_and_earlier_doubt_kept() -> None:
    doubt = f"{UNSEEN} : 2"
    whole = [PageSight(1, ()), PageSight(2, (Run("Deux", 0, True),))]
    assert flagged(reading_of("Une.\nDeux.", doubt), whole[:1]).warnings == (
        doubt,
        "texte masqué non cherché (pages longues à dessiner), pages : 2",
    )
    assert flagged(reading_of("Une.\nDeux.", doubt), whole).warnings == (
        "texte sous une image (reconnu, ou caché), lu quand même, pages : 2",
    )


def test_what_a_child_told_before_it_told_nonsense_counts() -> None:
    page = b'{"number": 1, "runs": [{"text": "x", "near": 0.5, "is_under_picture": false}]}'
    (sight,) = sights([page, b'{"number": 2, "ru'])
    assert sight == PageSight(1, (Run("x", 0.5, False),))


@given(st.text(max_size=60), st.lists(st.tuples(st.text(max_size=20), st.floats(0, 1))))
def test_flags_lie_within_the_text_in_order(text: str, runs: Sequence[tuple[str, float]]) -> None:
    document = Document("d", "t", "t.pdf", Kind.TENDER, text, (Page(1, 0, len(text)),))
    reading = FileReading("t.pdf", (document,))
    sight = PageSight(1, tuple(Run(each, near, False) for each, near in runs))
    last = 0
    for span in flagged(reading, [sight]).documents[0].hidden:
        assert last <= span.start < span.end <= len(text)
        last = span.end


def test_our_own_dossier_hides_nothing() -> None:
    for path in sorted((ROOT / "corpus/dossier").glob("*.pdf")):
        for sight in hidden_text(path.read_bytes(), seconds=1e9):
            assert not sight.runs, (path.name, sight)


HIDING = ("h02", "h03", "h04", "h05", "h09")


@pytest.mark.skipif(not SYNTHETIC.exists(), reason=f"hostile files are not here: {SYNTHETIC}")
def test_every_synthetic_file_that_hides_an_instruction_is_caught() -> None:
    paths = [path for path in listed(SYNTHETIC) if path.name.startswith(HIDING)]
    assert len(paths) == len(HIDING)
    for path in paths:
        runs = [run for sight in hidden_text(path.read_bytes(), seconds=1e9) for run in sight.runs]
        assert "ignore les consignes" in runs[0].text, path.name
