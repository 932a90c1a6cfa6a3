"""Which modifications are calculated: python -m tests.studies.modifications --data DIR.

Over the index of DIR, the code's. Of people's questions (corpus/questions/jugements.jsonl) with
figures that can be read as those of a modification, the share of the questions around that the
articles on its limits answer, a fifth of the authors at a time against the others; then of other
people's (tests/data/judged_lines.jsonl). For bounds of the share: how many are above it, of how
many readers held such an article to answer, and the others by name.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.calculators.requests.modification import LIMITING
from assistant.calculators.requests.parsing import ABOUT, parse_calculation
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
class ReadModification:
    """A question with figures of a modification: the share of its limits, and if they answer."""

    question: str
    share: float
    is_asked: bool


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    home = parser.parse_args().data
    embedder = load_embedder(home, load_settings(home))
    snapshot, console = open_snapshot(home, current_name(home)), Console(width=140)
    table = Table("questions", "read", "asked", *(f"above {bound}" for bound in BOUNDS))
    folds = by_folds(read_judged(), snapshot)
    sets = {
        "by folds": [each for left, apart in folds for each in read_of(left, apart, embedder)],
        "of others": [*read_of(read_judged(OTHERS), snapshot, embedder)],
    }
    for name, found in sets.items():
        above = [[each.is_asked for each in found if each.share > bound] for bound in BOUNDS]
        told = [f"{len(of)}, asked {sum(of)}" for of in above]
        table.add_row(name, str(len(found)), str(sum(each.is_asked for each in found)), *told)
        for each in found:
            if (each.share > ABOUT) != each.is_asked:
                console.print(name, round(each.share, 2), each.is_asked, each.question)
    console.print(table)


def read_of(
    judged: Sequence[JudgedQuestion], snapshot: IndexSnapshot, embedder: Embedder
) -> Iterator[ReadModification]:
    """The questions with figures of a modification, as an index tells them."""
    limiting = {
        passage.id
        for article in LIMITING
        for passage in in_force(snapshot, article, Scope(date.today()))
    }
    for each in track(judged, "Questions"):
        asked = parse_calculation(each.question, date.today(), share=lambda *_: 1.0)
        if asked == parse_calculation(each.question, date.today(), share=lambda *_: 0.0):
            continue
        [vector] = embedder.embed_questions([each.question])
        shares = snapshot.questions.answering(vector)
        share = max(shares.get(passage, 0.0) for passage in limiting)
        yield ReadModification(each.question, share, not LIMITING.isdisjoint(each.articles))


if __name__ == "__main__":
    main()
