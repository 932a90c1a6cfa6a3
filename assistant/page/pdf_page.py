"""A page of a PDF as a picture, passages boxed in it. pypdfium2 enters here only.

Run as a module it is the child process of `drawing`: PDF on standard input, PNG on standard
output, so that a hostile file can neither hold up nor bring down the page.
"""

import io
import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw  # type: ignore[import-untyped]
from PIL import Image, ImageChops, ImageDraw

from assistant.page.quote_search import find

Box = tuple[float, float, float, float]  # left, top, right, bottom; pixels from the top left

WIDTH = 1240  # pixels: a page of A4 at 150 dots an inch
TALLEST = 3 * WIDTH
MARGIN = 9  # pixels between the passage and its box
SECONDS = 20
MEMORY = 2 << 30  # bytes of address space of the child
OUTLINE = (37, 73, 138)
WASH = (255, 214, 92)


class UndrawablePage(Exception):
    """The page does not exist, or the file cannot be drawn within the limits."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to draw: a page (1-based), the passage to box and the quotes to colour in it.

    `near` says where on the page the passage stands, 0 at its beginning and 1 at its end, to
    choose among equal texts.
    """

    page: int
    passage: str
    quotes: tuple[str, ...] = ()
    near: float = 0.0


def drawing(pdf: bytes, order: Order) -> bytes:
    """The page as PNG, drawn in a child process.

    Raises:
        UndrawablePage: it cannot be drawn.
    """
    command = [sys.executable, "-m", "assistant.page.pdf_page", json.dumps(astuple(order))]
    try:
        child = subprocess.run(command, input=pdf, capture_output=True, timeout=SECONDS, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        raise UndrawablePage from error
    return child.stdout


def draw(pdf: bytes, order: Order) -> bytes:
    """The page as PNG, drawn in this process."""
    page = pypdfium2.PdfDocument(pdf)[order.page - 1]
    scale = min(WIDTH / page.get_width(), TALLEST / page.get_height())
    bitmap = page.render(scale=scale, rev_byteorder=True)
    picture = bitmap.to_pil().convert("RGB")
    place = bitmap.get_posconv(page)
    wash = Image.new("RGB", picture.size, "white")
    for quote in order.quotes:
        for box in boxes(page, place, quote, order.near):
            ImageDraw.Draw(wash).rectangle(box, fill=WASH)
    picture = ImageChops.multiply(picture, wash)
    if lines := boxes(page, place, order.passage, order.near):
        left, top, right, bottom = around(lines)
        frame = (left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN)
        ImageDraw.Draw(picture).rectangle(frame, outline=OUTLINE, width=4)
    png = io.BytesIO()
    picture.save(png, "PNG")
    return png.getvalue()


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


def main() -> None:
    """Draw what is asked on the command line, within limits of memory and time."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    page, passage, quotes, near = json.loads(sys.argv[1])
    png = draw(sys.stdin.buffer.read(), Order(page, passage, tuple(quotes), near))
    sys.stdout.buffer.write(png)


if __name__ == "__main__":
    main()
