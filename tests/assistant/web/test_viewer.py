import io
from dataclasses import replace

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image

from assistant.question.language import Language
from assistant.web.pdf_page import (
    DrawingOrder,
    Pictures,
    UndrawablePage,
    boxes,
    by_line,
    draw,
    drawing,
    find,
)
from assistant.web.viewer import View, document_html, fits, order_for, pages_of, section
from ingestion.documents.document import Document, Furniture, Kind, Page
from ingestion.sandbox import BusySandbox, Pool
from tests.support.page_texts import (
    CLAUSES,
    SMALL_PURCHASES,
    clauses_document,
    passage_of,
    text_document,
)
from tests.support.pdf_maker import LEADING, LEFT, TOP, pdf_of

QUOTE = "restée sans effet pendant huit jours, une pénalité égale à 1/500"


def quoted(page: str, wanted: str, near: float = 0.0) -> str:
    return "".join(page[n] for n in find(page, wanted, near))


@pytest.mark.parametrize(
    "wanted",
    ["pendant huit jours", "PEN-\ndant  huit\u00a0jours", "«\u00a0pendant huit jours\u00a0»"],
)
def test_a_quote_is_found_whatever_its_breaks_and_case(wanted: str) -> None:
    page = "sans effet pen-\r\ndant huit jours, une"
    assert quoted(page, wanted) == "pendant huit jours".replace(" ", "")


def test_ligatures_and_accents_do_not_hide_a_quote() -> None:
    assert quoted("l’oﬀre déﬁnitive", "offre définitive") == "oﬀredéﬁnitive"


def test_among_equal_texts_the_nearest_is_taken() -> None:
    page = "10 jours. " + "x" * 100 + " 10 jours."
    assert find(page, "10 jours", 0.0)[0] == 0
    assert find(page, "10 jours", 1.0)[0] > 100


def test_a_quote_cut_by_a_header_is_found_line_by_line() -> None:
    page = "la première ligne du passage EN-TÊTE DE PAGE la seconde ligne du passage"
    wanted = "la première ligne du passage\nla seconde ligne du passage"
    assert "ENTÊTE" not in quoted(page, wanted)
    assert quoted(page, wanted).endswith("lasecondelignedupassage")
    assert quoted(page, "absent de cette page") == ""


def test_boxes_fall_on_the_lines_of_the_quote() -> None:
    page = pypdfium2.PdfDocument(pdf_of(CLAUSES))[1]
    place = page.render(scale=1).get_posconv(page)
    first, second = boxes(page, place, QUOTE)
    for box, row in ((first, 2), (second, 3)):
        baseline = 842 - (TOP - row * LEADING)
        assert box[1] < baseline < box[3]
        assert box[3] - box[1] < LEADING
    assert first[0] > second[0] == pytest.approx(LEFT, abs=2)


def test_characters_of_a_line_make_one_box() -> None:
    line = [(0.0, 0.0, 5.0, 10.0), (6.0, 1.0, 9.0, 9.0), (0.0, 20.0, 5.0, 30.0)]
    assert by_line(line) == [(0.0, 0.0, 9.0, 10.0), (0.0, 20.0, 5.0, 30.0)]


def test_the_passage_is_framed_and_its_quote_coloured() -> None:
    document, original = clauses_document()
    passage = passage_of(document, "art. 12", "En cas de retard", "du marché.")
    start = document.text.index("pénalité égale")
    view = View((passage.start, passage.end), ((start, start + 14),))
    order = order_for(document, view, 2)
    assert order
    assert order.passage == passage.text
    picture = Image.open(io.BytesIO(draw(original, order)))
    colours = {colour for _, colour in picture.getcolors(1 << 24) or []}
    assert picture.width == 1240
    assert {(37, 73, 138), (255, 214, 92)} <= colours
    plain = Image.open(io.BytesIO(draw(original, DrawingOrder(2, "absent de la page"))))
    assert (37, 73, 138) not in {colour for _, colour in plain.getcolors(1 << 24) or []}


@pytest.mark.slow
def test_the_child_draws_the_same_and_survives_what_is_not_a_pdf() -> None:
    document, original = clauses_document()
    order = DrawingOrder(2, QUOTE)
    assert drawing(original, order) == draw(original, order)
    with pytest.raises(UndrawablePage):
        drawing(b"%PDF-1.7 nothing else", order)
    with pytest.raises(UndrawablePage):
        drawing(original, DrawingOrder(9, QUOTE))
    assert document.pages


def test_a_passage_over_two_pages_is_shown_on_both() -> None:
    text = "fin de page\nsuite du passage"
    pages = (Page(1, 0, 11), Page(2, 12, 28))
    document = replace(clauses_document()[0], text=text, pages=pages)
    view = View((4, 20), ((15, 18),))
    assert pages_of(document, view) == [1, 2]
    first, second = order_for(document, view, 1), order_for(document, view, 2)
    assert first == DrawingOrder(1, "de page", (), 4 / 11)
    assert second == DrawingOrder(2, "suite du", ("te ",), 0.0)
    assert order_for(document, view, 3) is None


def sheet() -> Document:
    return text_document("fiches/petits-achats.md", SMALL_PURCHASES)


def test_a_text_is_opened_at_its_section_with_the_passage_framed() -> None:
    document = sheet()
    passage = passage_of(document, "reste", "- choisir", "au besoin ;")
    start, end = section(document, (passage.start, passage.end))
    assert document.text[start:].startswith("Ce qui reste à faire")
    assert document.text[:end].rstrip().endswith("R. 2121-6).")
    html = document_html(document, View((passage.start, passage.end)), Language.FRENCH)
    framed = html.split('class="framed"')[1].split("</div>")[0]
    assert "choisir une offre adaptée" in framed
    assert "argent public" not in framed


def test_a_view_outside_the_document_is_not_shown() -> None:
    document = sheet()
    assert fits(View((0, 5), ((1, 3),)), document)
    for view in (View((5, 5)), View((-1, 4)), View((0, len(document.text) + 1))):
        assert not fits(view, document)
    assert not fits(View((0, 5), ((9, 8),)), document)


def test_the_head_of_a_page_is_shown_after_its_text_and_can_be_quoted() -> None:
    text = "Un texte.\nUn autre.\nVille de Zéphir\nCCAP"
    document = Document(
        "0" * 64,
        "Pièce",
        "CCAP.pdf",
        Kind.TENDER,
        text,
        pages=(Page(1, 0, 9), Page(2, 10, 19)),
        furniture=(Furniture(1, 20, 35), Furniture(2, 36, 40)),
    )
    said = View((10, 19))
    assert section(document, said.passage) == (0, document.body_end)
    shown = document_html(document, said, Language.FRENCH)
    assert shown.index("Un autre.") < shown.index("CCAP</p>")
    assert "Ville de Zéphir" not in shown
    head = View((20, 35))
    assert pages_of(document, head) == [1]
    assert order_for(document, head, 1) == DrawingOrder(1, "Ville de Zéphir", (), 1.0)
    assert "Ville de Zéphir" in document_html(document, head, Language.FRENCH)


# Pictures of pages: drawn once, a few at a time, the latest kept


PDF = b"%PDF"


class Drawer:
    """Draws a picture of ten bytes, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.drawn: list[DrawingOrder] = []

    def __call__(self, pdf: bytes, order: DrawingOrder) -> bytes:
        if order.page > 9:
            raise UndrawablePage
        self.drawn.append(order)
        return f"{order.page:10}".encode()


def kept() -> bytes:
    return PDF


def test_a_picture_is_drawn_once_for_all_who_ask() -> None:
    drawer = Drawer()
    pictures = Pictures(Pool(), drawer)
    order = DrawingOrder(1, "passage")
    assert pictures.drawn("a", kept, order) == pictures.drawn("a", kept, order) == b"         1"
    pictures.drawn("a", kept, DrawingOrder(1, "passage", ("quote",)))
    pictures.drawn("b", kept, order)
    assert drawer.drawn == [order, DrawingOrder(1, "passage", ("quote",)), order]


def test_the_pictures_used_last_are_kept() -> None:
    drawer = Drawer()
    pictures = Pictures(Pool(), drawer, kept=20)
    one, two, three = (DrawingOrder(page, "") for page in (1, 2, 3))
    for order in (one, two, one, three, one, two):
        pictures.drawn("a", kept, order)
    assert drawer.drawn == [one, two, three, two]


def test_no_file_is_read_before_its_turn_and_who_waits_is_not_kept_for_ever() -> None:
    pool = Pool()
    pictures = Pictures(pool, Drawer(), patience=0.01)
    read: list[str] = []

    def original() -> bytes:
        read.append("a")
        return PDF

    with (
        pool.place(is_long=False),
        pool.place(is_long=False),
        pytest.raises(BusySandbox, match="Réessayez"),
    ):
        pictures.drawn("a", original, DrawingOrder(1, ""))
    assert not read
    assert pictures.drawn("a", kept, DrawingOrder(1, ""))


def test_a_page_that_cannot_be_drawn_or_has_no_file_leaves_its_place() -> None:
    pictures = Pictures(Pool(), Drawer())
    for _ in range(3):
        with pytest.raises(UndrawablePage):
            pictures.drawn("a", kept, DrawingOrder(10, ""))
        assert pictures.drawn("a", lambda: None, DrawingOrder(1, "")) is None
    assert pictures.drawn("a", kept, DrawingOrder(1, ""))
