"""What fiche and review tell of 46 dossiers: python -m tests.studies.dossiers_read --data DIR.

Six people read the dossiers of the bank whole (tests/data/dossiers_read.jsonl): what the pieces
state on each line of the fiche, word for word, three places a piece at most; which remarks of the
review, as it was then, are right, trifles or false; and what it did not tell. Over the rules of
DIR, prints how the fiche fares line by line, and of the remarks of today how many are of a rule
that was judged right, a trifle or false of the same dossier, or was not judged. Readings and rules
grew on 23 of the dossiers, and on none of the others.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.settings import default_home
from assistant.tenders.conformity.checks import IndexedCode
from assistant.tenders.conformity.review import day_of, review
from assistant.tenders.conformity.rules import ConformityFinding
from assistant.tenders.fiche import LINES, FicheLine, fiche
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.question_bank import read_lines
from ingestion.index.snapshot import IndexSnapshot
from ingestion.library.corpus import CORPUS
from ingestion.tenders.dossiers import Dossier
from tests.support.dossier_files import Read, read_piece

READ = Path(__file__).parents[1] / "data" / "dossiers_read.jsonl"
DOSSIERS = CORPUS / "questions" / "dossiers"
TODAY = date(2026, 12, 2)
"""The day on which they were read."""

ALIKE = 6
"""Words in a row by which an entry and a quote are of the same statement."""


class LineVerdict(StrEnum):
    """How a line of the fiche fares."""

    RIGHT = "right"
    BESIDE = "beside"
    MISSED = "missed"
    INVENTED = "invented"
    ABSENT = "rightly absent"


@dataclass(frozen=True, slots=True)
class PieceQuote:
    """Words of a piece, named as its file without ending."""

    piece: str
    quote: str


@dataclass(frozen=True, slots=True)
class JudgedRemark:
    """A rule of the review, and whether what it said of the dossier was right."""

    rule: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class MissedFault:
    """A fault that was not told: a contradiction of two pieces, or one with the law."""

    what: str
    kind: str
    places: tuple[PieceQuote, ...]


@dataclass(frozen=True, slots=True)
class ReadDossier:
    """A dossier as its reader has it."""

    dossier: str
    is_held_out: bool
    lines: Mapping[str, tuple[PieceQuote, ...]]
    remarks: tuple[JudgedRemark, ...]
    missed: tuple[MissedFault, ...]

    def pieces(self) -> list[Read]:
        """Its pieces."""
        paths = sorted((DOSSIERS / self.dossier).glob("*.md"))
        return [read for path in paths for read in read_piece(path)]

    def verdict(self, rule: str) -> str:
        """What was said of what a rule told of it, the first where it told several things."""
        return next((each.verdict for each in self.remarks if each.rule == rule), "not judged")


_read = TypeAdapter(ReadDossier)


def is_alike(text: str, quote: str) -> bool:
    """Whether two texts are of one statement: one has the other, or they share words in a row."""
    one, other = _plain(text), _plain(quote)
    words = one.split()
    runs = (" ".join(words[n : n + ALIKE]) for n in range(len(words) - ALIKE + 1))
    return one in other or other in one or any(run in other for run in runs)


def _plain(text: str) -> str:
    return " ".join(text.replace("*", "").replace("|", " ").split())


def line_verdict(line: FicheLine, stated: Sequence[PieceQuote]) -> LineVerdict:
    """How a line fares, of which the pieces state this; the CCAG may be told in a remark alone."""
    if stated and line.remark and not line.entries:
        return LineVerdict.RIGHT
    if not line.entries:
        return LineVerdict.MISSED if stated else LineVerdict.ABSENT
    if not stated:
        return LineVerdict.INVENTED
    found = any(is_alike(each.text, one.quote) for each in line.entries for one in stated)
    return LineVerdict.RIGHT if found else LineVerdict.BESIDE


def findings(
    rules: IndexSnapshot, name: str, pieces: Sequence[Read]
) -> tuple[ConformityFinding, ...]:
    """What the review tells of a dossier."""
    documents, description = [document for document, _ in pieces], Dossier(name)
    day = day_of(documents, description) or TODAY
    return review(documents, IndexedCode(rules, day), TODAY, description)


def main() -> None:
    """Print both tables, of the dossiers that readings grew on and of the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    home = parser.parse_args().data
    rules, console = open_snapshot(home, current_name(home)), Console(width=120)
    for is_held_out in (False, True):
        read = [each for each in read_lines(READ, _read) if each.is_held_out is is_held_out]
        lines: dict[str, Counter[LineVerdict]] = defaultdict(Counter)
        told: Counter[tuple[str, str]] = Counter()
        for each in track(read, "Dossiers"):
            pieces = each.pieces()
            for name, line in zip(LINES, fiche(pieces).lines, strict=True):
                lines[name][line_verdict(line, each.lines[name])] += 1
            told.update(_told(each, findings(rules, each.dossier, pieces)))
        title = "held out" if is_held_out else "grown on"
        console.print(_of_lines(lines, title), _of_remarks(told, title))


def _told(read: ReadDossier, found: Sequence[ConformityFinding]) -> Iterator[tuple[str, str]]:
    for each in found:
        yield each.severity.value, read.verdict(each.rule)


def _of_lines(lines: Mapping[str, Counter[LineVerdict]], title: str) -> Table:
    table = Table("line", *LineVerdict, title=f"Fiche, {title}")
    every = sum(lines.values(), Counter[LineVerdict]())
    for name, counts in (*lines.items(), ("all", every)):
        table.add_row(name, *(str(counts[each]) for each in LineVerdict))
    return table


def _of_remarks(told: Counter[tuple[str, str]], title: str) -> Table:
    table = Table("severity", "its rule was judged", "remarks", title=f"Review, {title}")
    for (severity, judged), count in sorted(told.items()):
        table.add_row(severity, judged, str(count))
    return table


if __name__ == "__main__":
    main()
