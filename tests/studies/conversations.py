"""Questions after others: python -m tests.studies.conversations --data DIR.

Over the index of DIR, the code's. Four people wrote conversations (tests/data/conversations.jsonl):
a first question, and later ones that go on from it or do not, each with what it means by itself and
the articles that answer. Printed is, for each person and kind, how often a later question is taken
for what it is, and how often an article that answers is among the first 1, 3 and 6: asked by
itself, together with what was asked before, by the mean of both vectors (what the product does),
as the product does once it has told whether it goes on, and as it means. The weights
(assistant/retrieval/tuning.toml) are fitted on the first two people, and on people's questions of
the bank, each after another of the same author; they are printed. Nothing was chosen on the others.
"""

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import log
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from assistant.container import load_embedder
from assistant.question.conversation import in_one_text, leans_by_words, side_by_side
from assistant.retrieval.conversation import ConversationEmbedder, goes_on
from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import default_tuning
from assistant.settings import default_home, load_settings
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.question_bank import read_judged
from ingestion.index.questions import QuestionIndex
from ingestion.index.search import Embedder
from ingestion.index.shipped_vectors import questions_of_dossiers
from ingestion.index.snapshot import IndexSnapshot

CONVERSATIONS = Path(__file__).parents[1] / "data" / "conversations.jsonl"
FITTED = ("di", "th")
"""Who wrote those that the weights are fitted on, by the beginning of their identifiers."""

PAIRS, SEED, FEW, SHORT_QUESTION = 900, 7, 20, 8
COUNT = 0.06
"""How much one of these pairs counts: of theirs three in ten are then taken for going on."""

SAME = 0.9985
DEPTHS = (1, 3, 6)
SHOWN = 6


@dataclass(frozen=True, slots=True)
class LaterTurn:
    """A question, what was asked before it and it goes on from if it goes on, and what it means."""

    author: str
    question: str
    before: str
    goes_on: bool
    meant: str
    articles: frozenset[str]


def later_turns(path: Path = CONVERSATIONS) -> Iterator[LaterTurn]:
    """Those of every conversation, in order."""
    for line in path.read_text(encoding="utf-8").splitlines():
        conversation = json.loads(line)
        first, *later = conversation["turns"]
        before = first["question"]
        for each in later:
            question, follows = each["question"], each["goes_on"]
            author = conversation["id"].partition("-")[0]
            articles = frozenset(each["articles"])
            yield LaterTurn(author, question, before, follows, each["meant"], articles)
            before = in_one_text(before, question) if follows else question


class Places:
    """Where the first article that answers stands, from 0, as each way of asking finds it."""

    def __init__(self, snapshot: IndexSnapshot, embedder: Embedder) -> None:
        self._snapshot = snapshot
        self._embedder = embedder
        self.known: tuple[QuestionIndex, QuestionIndex] = (
            snapshot.questions,
            questions_of_dossiers(embedder.name, embedder.dimension),
        )

    def is_next(self, turn: LaterTurn) -> bool:
        """Whether the product takes it for one that goes on."""
        tuning = default_tuning()
        return goes_on(turn.question, turn.before, self._embedder, self.known, tuning)

    def of(self, turn: LaterTurn) -> dict[str, int]:
        """By the name of the way."""
        together = in_one_text(turn.before, turn.question)
        is_appended = together == side_by_side(turn.before, turn.question)
        own = {together: turn.question} if is_appended else {}
        mean = self._place(turn, together, own)
        alone = self._place(turn, turn.question, {})
        return {
            "alone": alone,
            "together": self._place(turn, together, {}),
            "mean": mean,
            "product": mean if self.is_next(turn) else alone,
            "as meant": self._place(turn, turn.meant, {}),
        }

    def _place(self, turn: LaterTurn, text: str, own: dict[str, str]) -> int:
        embedder = ConversationEmbedder(self._embedder, own)
        retriever = Retriever(self._snapshot, embedder, default_tuning())
        found = retriever.retrieve(text, Scope(date.today()), SHOWN)
        references = (turn.articles & {*each.passage.references} for each in found)
        return next((place for place, each in enumerate(references) if each), SHOWN)

    def signals(self, question: str, before: str) -> list[float]:
        """What tells whether it goes on, in the order of the weights; none is near itself."""
        [own] = self._embedder.embed_questions([question])
        [asked] = self._embedder.embed_questions([before])
        cosines = np.concatenate([each.vectors @ own for each in self.known])
        return [
            float(leans_by_words(question)),
            log(len(question.split())),
            float(cosines[cosines < SAME].max()),
            float(own @ asked),
        ]


def apart() -> Iterator[tuple[str, str]]:
    """Questions of people that stand alone, half of them short, after another of the author."""
    authors: dict[int, list[str]] = defaultdict(list)
    for each in read_judged():
        if each.author and each.answered:
            authors[each.author].append(each.question)
    drawn = random.Random(SEED)
    known = [asked for asked in authors.values() if len(asked) > FEW]
    for number in range(PAIRS):
        before, question = drawn.sample(drawn.choice(known), 2)
        while number < PAIRS // 2 and len(question.split()) > SHORT_QUESTION:
            before, question = drawn.sample(drawn.choice(known), 2)
        yield question, before


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    home = parser.parse_args().data
    embedder = load_embedder(home, load_settings(home))
    places = Places(open_snapshot(home, current_name(home)), embedder)
    turns, console = [*later_turns()], Console(width=120)
    fitted = [each for each in turns if each.author in FITTED]
    rows = [places.signals(each.question, each.before) for each in fitted]
    alone = [places.signals(*each) for each in track([*apart()], "Fitting")]
    told = LogisticRegression(C=10).fit(
        np.array(rows + alone),
        [each.goes_on for each in fitted] + [False] * len(alone),
        sample_weight=[1.0] * len(rows) + [COUNT] * len(alone),
    )
    console.print("cue, words, nearness, previous, bias:", *told.coef_[0], *told.intercept_)
    found: dict[tuple[str, bool], list[tuple[bool, dict[str, int]]]] = defaultdict(list)
    for each in track([each for each in turns if each.articles], "Questions"):
        is_told = places.is_next(each) is each.goes_on
        found[each.author, each.goes_on].append((is_told, places.of(each)))
    console.print(_table(found))


def _table(found: dict[tuple[str, bool], list[tuple[bool, dict[str, int]]]]) -> Table:
    ways = [*next(iter(found.values()))[0][1]]
    table = Table("author", "goes on", "questions", "told", *ways)
    for (author, follows), rows in sorted(found.items()):
        shares = [
            " ".join(f"{sum(way[name] < d for _, way in rows) / len(rows):.3f}" for d in DEPTHS)
            for name in ways
        ]
        is_told = sum(told for told, _ in rows) / len(rows)
        table.add_row(author, str(follows), str(len(rows)), f"{is_told:.3f}", *shares)
    return table


if __name__ == "__main__":
    main()
