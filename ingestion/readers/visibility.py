"""Text that the pages of a PDF do not show, seen by drawing them with and without their text.

Whatever hides a letter (the colour of the paper, a drawing over it, a layer that is off, a clip,
its size, its place), the page is the same without it. Run in a child process of `sandbox`.
"""

import ctypes
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
from numpy.typing import NDArray

from ingestion.readers.concealed import PageSight, Run

_SECONDS = 10.0
_LARGEST_SIDE = 3000  # pixels
_FAINTEST = 16  # of 255: what differs less from its background is not seen
_INKED = 60  # of 255: what differs more within a letter's place is a picture, not paper
_FEWEST_LETTERS = 3
_MOST_LAYERS = 6
_SHARED = 0.3  # of the smaller of two texts: beyond, one may show where the other does not
_DEEPEST = 6

_Boxes = NDArray[np.int64]
"""A row for each letter: left, top, right and bottom, in pixels, half-open."""

_Pixels = NDArray[np.int16]
"""Rows of pixels of three colours."""


@dataclass(frozen=True, slots=True)
class _Letters:
    """The characters of a page in its order, those of which a place is known, and their owner."""

    characters: list[str]
    indexes: NDArray[np.int64]
    owners: NDArray[np.int64]
    boxes: NDArray[np.float64]


def tell(path: str) -> Iterator[bytes]:
    """In the child: each page of the PDF as JSON."""
    for sight in hidden_text(Path(path).read_bytes()):
        yield json.dumps(asdict(sight)).encode()


def hidden_text(data: bytes, *, seconds: float = _SECONDS) -> Iterator[PageSight]:
    """What each page of a PDF does not show, until the process has taken so many seconds."""
    document = pypdfium2.PdfDocument(data)
    for number in range(1, len(document) + 1):
        if time.process_time() > seconds:
            return
        yield PageSight(number, tuple(_hidden_runs(document[number - 1])))


def _hidden_runs(page: pypdfium2.PdfPage) -> Iterator[Run]:
    letters = _letters(page)
    if not len(letters.indexes):
        return
    seen, inked = _drawn(page, letters)
    hidden = dict(zip(letters.indexes.tolist(), (~seen).tolist(), strict=True))
    under = dict(zip(letters.indexes.tolist(), inked.tolist(), strict=True))
    for start, end in _stretches(letters.characters, hidden):
        places = [at for at in range(start, end) if at in hidden]
        if len(places) >= _FEWEST_LETTERS:
            share = sum(under[at] for at in places) / len(places)
            text = "".join(letters.characters[start:end])
            yield Run(text, start / len(letters.characters), share > 0.5)


def _stretches(characters: Sequence[str], hidden: dict[int, bool]) -> Iterator[tuple[int, int]]:
    """Half-open stretches whose letters are all hidden, what stands between them included."""
    start = end = None
    for at in range(len(characters)):
        if hidden.get(at):
            start, end = at if start is None else start, at + 1
        elif at in hidden and start is not None and end is not None:
            yield start, end
            start = None
    if start is not None and end is not None:
        yield start, end


def _letters(page: pypdfium2.PdfPage) -> _Letters:
    text = page.get_textpage()
    corners = [ctypes.c_double() for _ in range(4)]
    characters, indexes, owners, boxes = [], [], [], []
    for at in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, at)
        characters.append(chr(code) if 0 < code < 0xD800 or 0xE000 <= code < 0x110000 else " ")
        if characters[-1].isalnum() and pdfium.FPDFText_GetCharBox(text, at, *corners):
            left, right, bottom, top = (each.value for each in corners)
            indexes.append(at)
            owners.append(_address(pdfium.FPDFText_GetTextObject(text, at)))
            boxes.append((left, bottom, right, top))
    return _Letters(
        characters,
        np.array(indexes, dtype=np.int64),
        np.array(owners, dtype=np.int64),
        np.array(boxes, dtype=np.float64).reshape(-1, 4),
    )


def _drawn(
    page: pypdfium2.PdfPage, letters: _Letters
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which letters the page shows, and which stand where it is not plain without any text."""
    texts = list(text_objects(page))
    for each in texts:
        pdfium.FPDFPageObj_SetIsActive(each, False)
    scale = min(1.0, _LARGEST_SIDE / max(page.get_width(), page.get_height()))
    bare, place = _pixels(page, scale)
    boxes = _in_pixels(place, letters.boxes, bare.shape)
    seen = np.zeros(len(letters.indexes), dtype=np.bool_)
    for layer in _layers(letters.owners, boxes, bare.shape):
        shown = [each for each in texts if _address(each) in layer]
        for each in shown:
            pdfium.FPDFPageObj_SetIsActive(each, True)
        changed = _differ(_pixels(page, scale)[0], bare, _FAINTEST)
        for each in shown:
            pdfium.FPDFPageObj_SetIsActive(each, False)
        mine = np.isin(letters.owners, list(layer))
        seen[mine] = _counted(changed, boxes[mine]) > 0
    return seen, seen if seen.all() else _is_inked(bare, boxes)


def _layers(owners: NDArray[np.int64], boxes: _Boxes, shape: Sequence[int]) -> list[set[int]]:
    """The texts of the page such that those of a layer do not stand upon one another.

    Drawn apart, a text that is hidden does not pass for seen because of one at the same place.
    """
    texts, whose = np.unique(owners, return_inverse=True)
    low = np.full((len(texts), 2), np.iinfo(np.int64).max)
    high = np.zeros((len(texts), 2), dtype=np.int64)
    np.minimum.at(low, whose, boxes[:, :2])
    np.maximum.at(high, whose, boxes[:, 2:])
    layers: list[set[int]] = []
    taken: list[NDArray[np.bool_]] = []
    for at in np.argsort(-(high - low).prod(axis=1), kind="stable"):  # the smallest comes last
        place = slice(low[at, 1], high[at, 1]), slice(low[at, 0], high[at, 0])
        free = (n for n, each in enumerate(taken) if not _is_much(each[place]))
        layer = next(free, len(layers))
        if layer == len(layers) and layer < _MOST_LAYERS:
            layers.append(set())
            taken.append(np.zeros(tuple(shape[:2]), dtype=np.bool_))
        layer = min(layer, _MOST_LAYERS - 1)
        layers[layer].add(int(texts[at]))
        taken[layer][place] = True
    return layers


def _is_much(taken: NDArray[np.bool_]) -> bool:
    """Whether so much of a place is taken that what shows there may be another text."""
    return bool(np.count_nonzero(taken) > _SHARED * taken.size)


def text_objects(page: pypdfium2.PdfPage) -> Iterator[object]:
    """The text objects of a page, those of its forms included."""
    for at in range(pdfium.FPDFPage_CountObjects(page)):
        yield from _texts_of(pdfium.FPDFPage_GetObject(page, at), 0)


def _texts_of(drawn: object, depth: int) -> Iterator[object]:
    kind = pdfium.FPDFPageObj_GetType(drawn)
    if kind == pdfium.FPDF_PAGEOBJ_TEXT:
        yield drawn
    elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
        for at in range(pdfium.FPDFFormObj_CountObjects(drawn)):
            yield from _texts_of(pdfium.FPDFFormObj_GetObject(drawn, at), depth + 1)


def _address(pointer: object) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


def _pixels(page: pypdfium2.PdfPage, scale: float) -> tuple[_Pixels, pypdfium2.PdfPosConv]:
    """The page drawn, and where its points fall there."""
    bitmap = page.render(scale=scale)
    return bitmap.to_numpy()[..., :3].astype(np.int16), bitmap.get_posconv(page)


def _differ(pixels: _Pixels, others: _Pixels, least: int) -> NDArray[np.bool_]:
    """Where some colour differs by more than `least`; a reduction over three is slower by far."""
    apart = np.abs(pixels - others) > least
    found: NDArray[np.bool_] = apart[..., 0] | apart[..., 1] | apart[..., 2]
    return found


def _in_pixels(
    place: pypdfium2.PdfPosConv, boxes: NDArray[np.float64], shape: Sequence[int]
) -> _Boxes:
    """The boxes on the drawing; what is outside of it has an empty one."""
    origin, right, up = (np.array(place.to_bitmap(*at)) for at in ((0, 0), (1000, 0), (0, 1000)))
    along, upward = (right - origin) / 1000, (up - origin) / 1000
    corners = [origin + boxes[:, [x]] * along + boxes[:, [y]] * upward for x, y in ((0, 1), (2, 3))]
    low = np.floor(np.minimum(*corners)).astype(np.int64)
    high = np.ceil(np.maximum(*corners)).astype(np.int64) + 1
    most = np.array([shape[1], shape[0]])
    return np.hstack([np.clip(low, 0, most), np.clip(high, 0, most)])


def _counted(marks: NDArray[np.bool_], boxes: _Boxes) -> NDArray[np.int32]:
    """How many pixels are marked in each box."""
    sums = np.zeros((marks.shape[0] + 1, marks.shape[1] + 1), dtype=np.int32)
    np.cumsum(marks, axis=1, dtype=np.int32, out=sums[1:, 1:])
    np.cumsum(sums, axis=0, out=sums)
    left, top, right, bottom = boxes.T
    counted: NDArray[np.int32] = (
        sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    )
    return counted


def _is_inked(bare: _Pixels, boxes: _Boxes) -> NDArray[np.bool_]:
    """Whether the page changes, without its text, within each box."""
    edges = np.zeros(bare.shape[:2], dtype=np.bool_)
    edges[:, 1:] = _differ(bare[:, 1:], bare[:, :-1], _INKED)
    edges[1:, :] |= _differ(bare[1:, :], bare[:-1, :], _INKED)
    return _counted(edges, boxes) > 0
