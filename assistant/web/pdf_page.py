"""Pages of PDFs as pictures, passages boxed in them, for all readers. Door of pypdfium2."""

import io
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw  # type: ignore[import-untyped]
from PIL import Image, ImageChops, ImageDraw, ImageOps
from pydantic import TypeAdapter

from ingestion.errors import UnreadableFile
from ingestion.readers.concealed import folded, folded_with_origins, nearest
from ingestion.readers.content import is_pdf
from ingestion.readers.pictures import frame
from ingestion.sandbox import POOL, Limits, Pool, run

# Where a quote stands on a page, whatever its line breaks and hyphens. Pure.

SHORTEST_PIECE = 12  # letters and digits; a shorter line alone could stand anywhere


def find(characters: Sequence[str], quote: str, near: float = 0.0) -> list[int]:
    """The positions of the characters that carry the quote, in order; empty when it is not there.

    Only letters and digits are compared, without accents or case, so that spaces, line breaks,
    hyphenation and quotation marks do not matter. Among equal texts the one nearest to `near`
    (0 for the beginning of the page, 1 for its end) is taken. A quote that is not there in one
    piece, because a header or another column cuts it, is looked for line by line.
    """
    text, origins = folded_with_origins(characters)
    whole = nearest(text, folded(quote), near)
    spans = [whole] if whole else pieces(text, quote, near)
    found = {origins[n] for start, end in spans for n in range(start, end)}
    return sorted(found)


def pieces(text: str, quote: str, near: float) -> list[tuple[int, int]]:
    """The lines of the quote that are found on their own."""
    lines = [folded(line) for line in quote.splitlines()]
    found = [nearest(text, line, near) for line in lines if len(line) >= SHORTEST_PIECE]
    return [span for span in found if span]


# A page of a PDF as a picture, passages boxed in it; pypdfium2 draws it, in a child process.

Box = tuple[float, float, float, float]  # left, top, right, bottom; pixels from the top left

WIDTH = 1240  # pixels: a page of A4 at 150 dots an inch
TALLEST = 3 * WIDTH  # whatever the size of the page, no picture has more pixels than this allows
MARGIN = 9  # pixels between the passage and its box
LIMITS = Limits(seconds=20)
OUTLINE = (37, 73, 138)
ALERT = (176, 32, 32)
WASH = (255, 214, 92)


class UndrawablePage(Exception):
    """The page does not exist, or the file cannot be drawn within the limits."""


ScanBox = tuple[int, int, int, int]
"""Left, top, right and bottom in ten thousandths of the page, from its top left."""

_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class ScanPlaces:
    """Boxes on a scanned page: of the words of the passage and its quotes, of doubtful figures."""

    passage: tuple[ScanBox, ...] = ()
    quotes: tuple[ScanBox, ...] = ()
    doubtful: tuple[ScanBox, ...] = ()


@dataclass(frozen=True, slots=True)
class DrawingOrder:
    """What to draw: a page (1-based), the passage to box and the quotes to colour in it.

    `near` says where on the page the passage stands, 0 at its beginning and 1 at its end, to
    choose among equal texts. `places` are known of pages that were read from their picture, which
    have no text to find.
    """

    page: int
    passage: str
    quotes: tuple[str, ...] = ()
    near: float = 0.0
    places: ScanPlaces = ScanPlaces()


_order_json = TypeAdapter(DrawingOrder)


def drawing(pdf: bytes, order: DrawingOrder) -> bytes:
    """The page as PNG, drawn in a child process.

    Raises:
        UndrawablePage: it cannot be drawn.
    """
    told = _order_json.dump_json(order).decode()
    try:
        return run("assistant.web.pdf_page:tell", told, limits=LIMITS, given=pdf)
    except UnreadableFile as error:
        raise UndrawablePage from error


def draw(pdf: bytes, order: DrawingOrder) -> bytes:
    """The page as PNG, drawn in this process."""
    picture, found = _of_pdf(pdf, order) if is_pdf(pdf) else _of_picture(pdf, order)
    wash = Image.new("RGB", picture.size, "white")
    scanned = order.places
    for box in (*found.quotes, *by_line(_in_pixels(scanned.quotes, picture.size))):
        ImageDraw.Draw(wash).rectangle(box, fill=WASH)
    picture = ImageChops.multiply(picture, wash)
    for box in _in_pixels(scanned.doubtful, picture.size):
        ImageDraw.Draw(picture).rectangle(_wider(box, 3), outline=ALERT, width=2)
    if lines := [*found.passage, *_in_pixels(scanned.passage, picture.size)]:
        ImageDraw.Draw(picture).rectangle(_wider(around(lines), MARGIN), outline=OUTLINE, width=4)
    png = io.BytesIO()
    picture.save(png, "PNG")
    return png.getvalue()


@dataclass(frozen=True, slots=True)
class _Found:
    """Boxes of the text that a page writes itself, in pixels: of the passage, of its quotes."""

    passage: Sequence[Box] = ()
    quotes: Sequence[Box] = ()


def _of_pdf(pdf: bytes, order: DrawingOrder) -> tuple[Image.Image, _Found]:
    page = pypdfium2.PdfDocument(pdf)[order.page - 1]
    scale = min(WIDTH / page.get_width(), TALLEST / page.get_height())
    bitmap = page.render(scale=scale, rev_byteorder=True)
    place = bitmap.get_posconv(page)
    quotes = [box for quote in order.quotes for box in boxes(page, place, quote, order.near)]
    passage = boxes(page, place, order.passage, order.near)
    return bitmap.to_pil().convert("RGB"), _Found(passage, quotes)


def _of_picture(data: bytes, order: DrawingOrder) -> tuple[Image.Image, _Found]:
    picture = frame(data, order.page).convert("RGB")
    scale = min(WIDTH / picture.width, TALLEST / picture.height)
    return ImageOps.scale(picture, scale), _Found()


def _in_pixels(several: Sequence[ScanBox], size: tuple[int, int]) -> list[Box]:
    width, height = (side / _WHOLE for side in size)
    return [
        (left * width, top * height, right * width, bottom * height)
        for left, top, right, bottom in several
    ]


def _wider(box: Box, margin: int) -> Box:
    left, top, right, bottom = box
    return left - margin, top - margin, right + margin, bottom + margin


def boxes(
    page: pypdfium2.PdfPage, place: pypdfium2.PdfPosConv, quote: str, near: float = 0.0
) -> list[Box]:
    """A box for each line that the quote covers on the page, none when it is not there."""
    text = page.get_textpage()
    codes = [pypdfium2.raw.FPDFText_GetUnicode(text, n) for n in range(text.count_chars())]
    characters = [chr(code) if code < 0x110000 else "" for code in codes]
    covered = []
    for n in find(characters, quote, near):
        left, bottom, right, top = text.get_charbox(n, loose=True)
        corners = (place.to_bitmap(left, top), place.to_bitmap(right, bottom))
        covered.append(around([(*corners[0], *corners[1]), (*corners[1], *corners[0])]))
    return by_line(covered)


def by_line(covered: Sequence[Box]) -> list[Box]:
    """Boxes of characters in reading order, those of one line made one. Pure."""
    lines: list[Box] = []
    for box in covered:
        middle = (box[1] + box[3]) / 2
        if lines and lines[-1][1] <= middle <= lines[-1][3] and box[2] > lines[-1][0]:
            lines[-1] = around([lines[-1], box])
        else:
            lines.append(box)
    return lines


def around(several: Sequence[Box]) -> Box:
    """The smallest box that holds them all; corners may be given in any order. Pure."""
    lefts, tops, rights, bottoms = zip(*several, strict=True)
    return min(*lefts, *rights), min(*tops, *bottoms), max(*lefts, *rights), max(*tops, *bottoms)


def tell(order: str, pdf: bytes) -> Iterator[bytes]:
    """In the child: draw the PDF as the order says."""
    yield draw(pdf, _order_json.validate_json(order))


# Pictures of pages for all readers: drawn a few at once, the latest kept, the others to wait.

PATIENCE = 30.0  # seconds for which a reader may wait before their picture is begun
KEPT = 32 << 20  # bytes of pictures


class Pictures:
    """Draws pages of PDFs, and keeps what it drew last."""

    def __init__(
        self,
        pool: Pool = POOL,
        draw: Callable[[bytes, DrawingOrder], bytes] = drawing,
        *,
        kept: int = KEPT,
        patience: float = PATIENCE,
    ) -> None:
        """`kept` is in bytes, `patience` in seconds."""
        self._pool = pool
        self._draw = draw
        self._most = kept
        self._patience = patience
        self._kept: OrderedDict[tuple[str, DrawingOrder], bytes] = OrderedDict()
        self._lock = Lock()

    @property
    def is_busy(self) -> bool:
        """Whether a picture asked for now would be refused."""
        return self._pool.is_full

    def drawn(
        self, document_id: str, original: Callable[[], bytes | None], order: DrawingOrder
    ) -> bytes | None:
        """The picture as PNG, None when the document's file was not kept.

        `document_id` is the sha256 of the file, which is read when its turn has come, so that those
        who wait hold no file. Whoever asks must have been let in to the document.

        Raises:
            BusySandbox: too many pictures are asked for.
            UndrawablePage: the page cannot be drawn.
        """
        key = document_id, order
        if (known := self._known(key)) is not None:
            return known
        with self._pool.place(is_long=False, patience=self._patience):
            # Whoever waited for the same picture finds it.
            if (known := self._known(key)) is not None:
                return known
            pdf = original()
            return None if pdf is None else self._keep(key, self._draw(pdf, order))

    def _known(self, key: tuple[str, DrawingOrder]) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: tuple[str, DrawingOrder], picture: bytes) -> bytes:
        with self._lock:
            self._kept[key] = picture
            while sum(map(len, self._kept.values())) > self._most:
                self._kept.popitem(last=False)
        return picture


PICTURES = Pictures()
"""Those of the service."""
