"""Pictures of pages: drawn once, a few at a time, the latest kept."""

import pytest

from assistant.web.pdf_page import DrawingOrder, UndrawablePage
from assistant.web.viewer import Pictures
from ingestion.sandbox import BusySandbox, Pool

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
