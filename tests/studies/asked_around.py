"""Which calculations questions around tell to be asked: python -m tests.studies.asked_around.

Over the index of `--data DIR`, the code's. Of people's questions (corpus/questions/jugements.jsonl)
with figures that can be read as those of a modification, or of an advance, which no plain words ask
for, the share of the questions around that the articles on it answer, a fifth of the authors at a
time against the others; then of other people's (tests/data/judged_lines.jsonl). For bounds of the
share: how many are above it, and of how many readers held such an article to answer; those that are
told otherwise than by the readers are printed.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.calculators.catalogue import Asked
from assistant.calculators.needs import Missing
from assistant.calculators.requests.parsing import (
    ABOUT,
    ASKED_AROUND,
    AskedAround,
    parse_calculation,
)
from assistant.container import load_embedder
from assistant.retrieval.evidence import Scope
from assistant.retrieval.standing import in_force
from assistant.settings import default_home, load_settings
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.question_bank import JudgedQuestion, read_judged
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from tests.studies.judged import OTHERS, by_folds

BOUNDS = (0.2, 0.3, 0.35, 0.4, 0.5, 0.6)


@dataclass(frozen=True, slots=True)
class ReadFigures:
    """A question with figures of a calculation: the share of its articles, and if they answer."""

    question: str
    share: float
    is_asked: bool


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    home = parser.parse_args().data
    embedder = load_embedder(home, load_settings(home))
    snapshot, console = open_snapshot(home, current_name(home)), Console(width=150)
    table = Table("of", "questions", "read", "asked", *(f"above {bound}" for bound in BOUNDS))
    folds, others = [*by_folds(read_judged(), snapshot)], read_judged(OTHERS)
    for kind in ASKED_AROUND:
        sets = {
            "by folds": [e for left, apart in folds for e in read_of(kind, left, apart, embedder)],
            "of others": [*read_of(kind, others, snapshot, embedder)],
        }
        for name, found in sets.items():
            above = [[each.is_asked for each in found if each.share > bound] for bound in BOUNDS]
            told = [f"{len(of)}, asked {sum(of)}" for of in above]
            asked = sum(each.is_asked for each in found)
            table.add_row(kind.calculator.__name__, name, str(len(found)), str(asked), *told)
            for each in found:
                if (each.share > ABOUT) != each.is_asked:
                    console.print(name, round(each.share, 2), each.is_asked, each.question)
    console.print(table)


def read_of(
    kind: AskedAround,
    judged: Sequence[JudgedQuestion],
    snapshot: IndexSnapshot,
    embedder: Embedder,
) -> Iterator[ReadFigures]:
    """The questions with figures of a calculation, as an index tells them."""
    answering = {
        passage.id
        for article in kind.articles
        for passage in in_force(snapshot, article, Scope(date.today()))
    }
    for each in track(judged, kind.calculator.__name__):
        if not _is_read(kind, each.question):
            continue
        [vector] = embedder.embed_questions([each.question])
        shares = snapshot.questions.answering(vector)
        share = max(shares.get(passage, 0.0) for passage in answering)
        yield ReadFigures(each.question, share, not kind.articles.isdisjoint(each.articles))


def _is_read(kind: AskedAround, question: str) -> bool:
    """Whether it is calculated once questions around tell it, and not by its words alone."""

    def read(share: float) -> Asked | Missing | None:
        return parse_calculation(
            question, date.today(), share=lambda _, of: share if of == kind.articles else 0.0
        )

    return read(1.0) != read(0.0)


if __name__ == "__main__":
    main()
