"""How well scanned pages are read: python -m tests.studies.scans [--pages N] [--pieces RC CCAP].

The pieces of the built-in dossier are printed to pictures, straight or askew, clean or noised, at
150 to 300 dots an inch, and read back as any scan. Told for each way of printing:

  errors    characters of each paragraph or cell that differ in the nearest place of its page
  figures   amounts, rates, durations and dates that are not printed so, of those that were read
  missed    of those, how many are not marked as doubtful: what could be computed with
  doubted   share of the figures read rightly that are marked as doubtful

`--thresholds` prints the last two for other thresholds of confidence besides, `--wrong` the figures
read wrongly, each with its lowest confidence and whether it is marked. `--facts` only counts the
questions of tests/data/dossier_questions.jsonl whose facts still stand in scans as an office makes
them: no answer can be right without. `--write` only writes these scans, to be added to a dossier
(`sourcier dossier add`) of which `sourcier eval` then asks that file.
"""

import argparse
import io
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageFilter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.evaluation.questions import Question, read_questions
from assistant.question.quantities import Quantity, find_quantities, fold_same_length
from ingestion.documents.document import Document, Kind, ScannedPage
from ingestion.library.corpus import CORPUS
from ingestion.readers.reading import read_file
from ingestion.readers.scanned import SURE

SEED = 7
QUESTIONS = Path(__file__).parents[1] / "data" / "dossier_questions.jsonl"
THRESHOLDS = (60, 70, 80, 85, 90, 92, 94, 95, 96)
_COUNTED = {"count", "rank", "item", "times"}


@dataclass(frozen=True, slots=True)
class Printing:
    """How pages are printed and scanned: dots an inch, degrees askew, and noise (0 is none)."""

    resolution: int
    degrees: float = 0.0
    noise: float = 0.0

    def __str__(self) -> str:
        askew = f", {self.degrees:g}°" if self.degrees else ""
        return f"{self.resolution}{askew}{', noise' if self.noise else ''}"


PRINTINGS = (
    Printing(300),
    Printing(200),
    Printing(150),
    Printing(300, degrees=1.0),
    Printing(300, degrees=-2.0),
    Printing(200, degrees=1.0),
    Printing(150, degrees=-2.0),
    Printing(300, noise=1.0),
    Printing(200, noise=1.0),
    Printing(150, noise=1.0),
    Printing(200, degrees=1.0, noise=1.0),
)


USUAL = Printing(200, degrees=1.0, noise=1.0)
"""As an office scans: askew, and not clean."""


def printed(pdf: bytes, how: Printing, pages: int | None = None) -> bytes:
    """A PDF of the pictures of the first pages of another one."""
    drawn = pypdfium2.PdfDocument(pdf)
    chance = np.random.default_rng(SEED)
    numbers = range(min(len(drawn), pages or len(drawn)))
    pictures = [_picture(drawn[number], how, chance) for number in numbers]
    written = io.BytesIO()
    first, *others = pictures
    first.save(
        written, "PDF", resolution=how.resolution, save_all=True, append_images=others, quality=75
    )
    return written.getvalue()


def _picture(page: pypdfium2.PdfPage, how: Printing, chance: np.random.Generator) -> Image.Image:
    """A page as a scanner sees it: turned, blurred, greyed and grained."""
    drawn = page.render(scale=how.resolution / 72, grayscale=True).to_pil().convert("L")
    picture: Image.Image = drawn.rotate(how.degrees, Image.Resampling.BICUBIC, fillcolor=255)
    if not how.noise:
        return picture
    blurred = picture.filter(ImageFilter.GaussianBlur(how.noise * how.resolution / 300))
    grey = np.asarray(blurred).astype(np.float32) * 0.85 + 25
    grained = grey + chance.normal(0, 18 * how.noise, grey.shape)
    return Image.fromarray(np.clip(grained, 0, 255).astype(np.uint8))


# Characters that differ, and figures. Pure.


def distance(pattern: str, text: str) -> int:
    """Characters to change, add or leave out to find a pattern somewhere in a text (Myers, 1999).

    Columns of the table of distances are numbers of one bit a character.
    """
    masks: dict[str, int] = {}
    for at, character in enumerate(pattern):
        masks[character] = masks.get(character, 0) | 1 << at
    last, every = 1 << len(pattern) - 1, (1 << len(pattern)) - 1
    up, down, score = every, 0, len(pattern)
    best = score
    for character in text:
        same = masks.get(character, 0)
        straight = same | down
        diagonal = (((same & up) + up) ^ up) | same
        more = down | (every & ~(diagonal | up))
        less = up & diagonal
        score += bool(more & last) - bool(less & last)
        best = min(best, score)
        more, less = more << 1 & every, less << 1 & every
        up = less | (every & ~(straight | more))
        down = more & straight
    return best


def parts(text: str) -> Iterator[str]:
    """Paragraphs and cells, their spaces made one."""
    for line in text.splitlines():
        yield from filter(None, (" ".join(cell.split()) for cell in line.split("|")))


def figures(text: str) -> list[Quantity]:
    """The amounts, rates, durations and dates of a text."""
    found = find_quantities(fold_same_length(text))
    return [each for each in found if each.unit not in _COUNTED]


@dataclass(slots=True)
class Measured:
    """Characters and those that differ; each figure read, whether it is right, its confidence."""

    characters: int = 0
    differing: int = 0
    seconds: float = 0.0
    pages: int = 0
    read: list[tuple[bool, int, bool]] = field(default_factory=list)
    wrong: list[tuple[str, int, bool]] = field(default_factory=list)

    def add(self, truth: Document, scan: Document, pages: int) -> None:
        """Compare a piece with its scan, page by page."""
        for page in scan.scans:
            true, seen = page_text(truth, page.number), page_text(scan, page.number)
            self.pages += 1
            for part in parts(true):
                self.characters += len(part)
                self.differing += distance(part, " ".join(seen.split()))
            printed_so = Counter(each.key for each in figures(true))
            for start, end in spans_of(scan, page.number):
                for each in figures(scan.text[start:end]):
                    is_right = printed_so[each.key] > 0
                    printed_so[each.key] -= is_right
                    span = start + each.start, start + each.end
                    sure = min(surenesses(page, *span), default=0)
                    self.read.append((is_right, sure, is_doubted(scan, *span)))
                    if not is_right:
                        self.wrong.append((scan.text[slice(*span)], sure, is_doubted(scan, *span)))

    def told(self) -> tuple[str, ...]:
        """The columns of the table."""
        wrong = [doubted for is_right, _, doubted in self.read if not is_right]
        right = [doubted for is_right, _, doubted in self.read if is_right]
        return (
            f"{self.differing / self.characters:.2%}",
            f"{len(wrong)} / {len(self.read)}",
            f"{wrong.count(False)}",
            f"{right.count(True) / max(len(right), 1):.1%}",
            f"{self.seconds / self.pages:.1f}",
        )


def page_text(document: Document, number: int) -> str:
    """What stands on a page, its head and foot included."""
    return "\n".join(document.text[start:end] for start, end in spans_of(document, number))


def spans_of(document: Document, number: int) -> list[tuple[int, int]]:
    """The text of a page, then its head and foot."""
    spans = [(each.start, each.end) for each in document.pages if each.number == number]
    spans += [(each.start, each.end) for each in document.furniture if each.page == number]
    return spans


def surenesses(page: ScannedPage, start: int, end: int) -> list[int]:
    """The confidences of the words that write these characters."""
    return [word.confidence for word in page.words if word.start < end and start < word.end]


def is_doubted(scan: Document, start: int, end: int) -> bool:
    """Whether some of these characters are marked as a doubtful figure."""
    doubtful = (each for each in scan.recognised if each.is_doubtful)
    return any(each.start < end and start < each.end for each in doubtful)


def measure(pieces: Sequence[Path], how: Printing, pages: int | None) -> Measured:
    """Print and read pieces in one way."""
    measured = Measured()
    with TemporaryDirectory() as folder:
        for path in pieces:
            truth = read_file(path, path.name, Kind.TENDER).documents[0]
            scan = Path(folder) / path.name
            scan.write_bytes(printed(path.read_bytes(), how, pages))
            began = time.perf_counter()
            reading = read_file(scan, path.name, Kind.TENDER)
            measured.seconds += time.perf_counter() - began
            measured.add(truth, reading.documents[0], pages or 0)
    return measured


def facts_left(pieces: Sequence[Path]) -> Table:
    """How many questions on each piece have all of their facts in it, printed and scanned."""
    table = Table(f"{USUAL} dots an inch", "questions", "as text", "as a scan")
    questions = [each for each in read_questions(QUESTIONS) if not each.refusal_expected]
    for path in pieces:
        about = [each for each in questions if [at.piece for at in each.places] == [path.stem]]
        with TemporaryDirectory() as folder:
            scan = Path(folder) / path.name
            scan.write_bytes(printed(path.read_bytes(), USUAL))
            texts = [read_file(each, each.name, Kind.TENDER).documents for each in (path, scan)]
        told = (sum(has_facts(document.text, each) for each in about) for (document,) in texts)
        table.add_row(path.stem, str(len(about)), *map(str, told))
    return table


def has_facts(text: str, question: Question) -> bool:
    """Whether a text has every fact that is expected of an answer."""
    written = " ".join(text.split())
    return all(any(option.search(written) for option in group) for group in question.facts)


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, help="of each piece; all of them by default")
    parser.add_argument("--pieces", nargs="+", default=["RC", "CCAP", "CCTP"])
    parser.add_argument("--thresholds", action="store_true")
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    parser.add_argument("--facts", action="store_true")
    asked = parser.parse_args()
    pieces = [CORPUS / "dossier" / f"{name}.pdf" for name in asked.pieces]
    console = Console()
    if asked.write:
        for path in pieces:
            (asked.write / path.name).write_bytes(printed(path.read_bytes(), USUAL, asked.pages))
        return
    if asked.facts:
        console.print(facts_left(pieces))
        return
    table = Table("dots an inch", "errors", "figures", "missed", "doubted", "s a page")
    every: list[tuple[bool, int, bool]] = []
    for how in track(PRINTINGS, console=console):
        measured = measure(pieces, how, asked.pages)
        table.add_row(str(how), *measured.told())
        every += measured.read
        if asked.wrong:
            console.print(str(how), *measured.wrong, sep="\n  ")
    console.print(table)
    if asked.thresholds:
        console.print(by_threshold(every))


def by_threshold(read: Sequence[tuple[bool, int, bool]]) -> Table:
    """What words alone would tell at other thresholds than that of the product."""
    table = Table(f"threshold (in use: {SURE})", "wrong, not doubted", "right, doubted")
    wrong = [confidence for is_right, confidence, _ in read if not is_right]
    right = [confidence for is_right, confidence, _ in read if is_right]
    for least in THRESHOLDS:
        missed = sum(confidence >= least for confidence in wrong)
        doubted = sum(confidence < least for confidence in right)
        table.add_row(str(least), f"{missed} / {len(wrong)}", f"{doubted / len(right):.1%}")
    return table


if __name__ == "__main__":
    main()
