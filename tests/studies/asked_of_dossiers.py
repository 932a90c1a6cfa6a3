"""What is asked of dossiers by who has not read them: python -m tests.studies.asked_of_dossiers.

Sixteen people knew nothing of each dossier of the bank but its name when they wrote what they would
ask of it; of each was asked as well what they, and the bank, ask of other dossiers. Who had read
its pieces then said whether they answer, and by which words (tests/data/asked_of_dossiers.jsonl).
Of the dossiers from which nothing is learnt, and of the others, prints how often the passage with
these words is among the first 1, 3 and 6, for several weights of its nearest sentence, how well the
reader and the questions of other dossiers tell those with an answer from those without, and how
many are refused or doubted.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.metrics import roc_auc_score

from assistant.container import load_embedder, load_reader
from assistant.retrieval.answerability import Answerability, answerability, answers, read_first
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import Tuning, tuning_for
from assistant.settings import default_home, load_settings
from ingestion.chunking.passages import Passage
from ingestion.index.dossier_bank import BankDossier, read_dossiers
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.question_bank import HasAnswer, read_lines
from ingestion.index.search import Embedder, PassageReader
from ingestion.index.shipped_vectors import questions_of_dossiers
from ingestion.index.snapshot import IndexSnapshot
from tests.studies.answerability import indexed

ASKED = Path(__file__).parents[1] / "data" / "asked_of_dossiers.jsonl"
WEIGHTS = (0.0, 10.0, 25.0, 40.0)
DEPTHS = (1, 3, 6)
SHOWN = max(DEPTHS)
UNSURE = (Answerability.NO, Answerability.DOUBTFUL)
NAMES = ("dossiers learnt from", "dossiers held out")
ASKERS = ("asked of them", "asked of others")


@dataclass(frozen=True, slots=True)
class AskedOfDossier:
    """A question about a dossier, and the first of the words of a piece that answer it, if any.

    Where `asked_of` is given it was asked of that one; `author` is 0 for a question of the bank.
    """

    dossier: str
    question: str
    answered: HasAnswer
    author: int = 0
    piece: str = ""
    words: str = ""
    asked_of: str = ""

    def is_answered_by(self, passage: Passage) -> bool:
        """Whether a passage has these words."""
        is_of_piece = Path(passage.source).stem == self.piece
        return is_of_piece and " ".join(self.words.split()) in " ".join(passage.text.split())


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """How a question fares: where the right passage stands for each weight, and whether it is said.

    `places` are 0-based, `SHOWN` where it is not among those shown; `read` and `unanswered` are
    what tells whether there is an answer.
    """

    asked: AskedOfDossier
    is_held_out: bool
    places: tuple[int, ...]
    found: Answerability
    read: float
    unanswered: float


_asked = TypeAdapter(AskedOfDossier)


def read_asked() -> list[AskedOfDossier]:
    """All of them, dossier by dossier."""
    return list(read_lines(ASKED, _asked))


def turns(
    dossier: BankDossier,
    asked: Sequence[AskedOfDossier],
    rules: IndexSnapshot,
    embedder: Embedder,
    reader: PassageReader | None,
) -> Iterator[AskedTurn]:
    """How each question about a dossier fares."""
    usual = questions_of_dossiers(embedder.name, embedder.dimension)
    tuning = tuning_for(embedder.name)
    with TemporaryDirectory() as folder:
        pieces = indexed(dossier.pieces, Path(folder), embedder)
        weighed = [
            Retriever(rules, embedder, _weighing(tuning, weight), pieces) for weight in WEIGHTS
        ]
        scope = Scope(date.today(), dossier=dossier.name)
        for each in track(asked, dossier.name):
            found = [one.retrieve(each.question, scope, SHOWN) for one in weighed]
            evidence = found[WEIGHTS.index(tuning.ranking["sentence"])]
            readings = read_first(each.question, evidence, reader)
            [vector] = embedder.embed_questions([each.question])
            unanswered = usual.unanswered(vector)
            yield AskedTurn(
                each,
                dossier.is_held_out,
                tuple(_place(each, shown) for shown in found),
                answerability(
                    each.question, evidence, tuning, readings, unanswered, in_dossier=True
                ),
                answers(readings),
                unanswered,
            )


def _weighing(tuning: Tuning, sentence: float) -> Tuning:
    return replace(tuning, ranking={**tuning.ranking, "sentence": sentence})


def _place(asked: AskedOfDossier, shown: Sequence[Evidence]) -> int:
    passages = (item.passage for item in shown[:SHOWN])
    right = (place for place, each in enumerate(passages) if asked.is_answered_by(each))
    return next(right, SHOWN)


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("--held-out", action="store_true", help="the dossiers held out only")
    arguments = parser.parse_args()
    home, settings = arguments.data, load_settings(arguments.data)
    embedder, reader = load_embedder(home, settings), load_reader(home, settings)
    rules, asked = open_snapshot(home, current_name(home)), read_asked()
    told = [
        turn
        for each in read_dossiers()
        if each.is_held_out or not arguments.held_out
        for turn in turns(
            each, [one for one in asked if one.dossier == each.name], rules, embedder, reader
        )
    ]
    for is_held_out, of_others in product((True, False), (False, True)):
        if these := [
            each
            for each in told
            if each.is_held_out is is_held_out and bool(each.asked.asked_of) is of_others
        ]:
            report(f"{NAMES[is_held_out]}, {ASKERS[of_others]}", these)


def report(name: str, told: Sequence[AskedTurn]) -> None:
    """Print where answers stand, and what is refused."""
    console = Console(width=120)
    found = Table(f"{name}: weight", *(f"in {depth}" for depth in DEPTHS))
    places = np.array([each.places for each in told if each.asked.answered is HasAnswer.YES])
    for weight, column in zip(WEIGHTS, places.T, strict=True):
        found.add_row(f"{weight:g}", *(f"{np.mean(column < depth):.3f}" for depth in DEPTHS))
    console.print(found)
    said = Table("answered", "questions", "refused", "doubted")
    for answered in HasAnswer:
        these = [each.found for each in told if each.asked.answered is answered]
        shares = (np.mean([one is no for one in these]) for no in UNSURE)
        said.add_row(answered, str(len(these)), *(f"{share:.2f}" for share in shares))
    console.print(said)
    surely = [each for each in told if each.asked.answered is not HasAnswer.PARTLY]
    has_answer = [each.asked.answered is HasAnswer.YES for each in surely]
    console.print(
        f"area by what the reader tells {roc_auc_score(has_answer, [e.read for e in surely]):.3f}, "
        "by the questions of other dossiers "
        f"{roc_auc_score(has_answer, [-e.unanswered for e in surely]):.3f}"
    )


if __name__ == "__main__":
    main()
