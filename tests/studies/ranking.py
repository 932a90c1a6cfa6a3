"""What each signal of the ranking brings: python -m tests.studies.ranking --data DIR [QUESTIONS…].

Fits the weights of the ranking (assistant/retrieval/tuning.toml) on our own questions
(tests/data/questions_*.jsonl), on those of strangers that are there to be fitted on
(strangers_fitted.jsonl) and on the headings of our sheets, over an index of the Code de la commande
publique alone, and prints them with the measures of every set: for all signals, then without each.
A fold of our questions is left out of the fitting that it measures.

The bank taught the embedder, so its questions can fit nothing here. Those on the articles held out
are measured, in an index where no question of the bank leads to these. Each question that is fitted
on is also asked where half of the articles have lost their bank, and counts less there, for the
weights to know texts that have none. The question files given are measured only.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.container import load_embedder
from assistant.evaluation.questions import read_questions
from assistant.retrieval.candidates import Searcher
from assistant.retrieval.evidence import Scope
from assistant.retrieval.tuning import default_tuning
from assistant.settings import default_home, load_settings
from ingestion.documents.references import find_references
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.question_bank import (
    OutsideQuestion,
    UnansweredQuestion,
    is_held_out,
    read_bank,
    read_nowhere_answered,
)
from ingestion.index.question_links import leading_questions
from ingestion.index.questions import read_leading_questions, write_questions
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.vectors import embed_cached
from ingestion.library.corpus import CORPUS

DATA = Path(__file__).parents[1] / "data"
OWN = sorted(DATA.glob("questions_*.jsonl"))
STRANGERS = DATA / "strangers_fitted.jsonl"
FOLDS = 4
STEPS, RATE, PENALTY = 3000, 0.1, 1e-5
"""A penalty of 1e-3 held the weight of what is alike at a third of what is best for strangers."""

DEPTHS = (1, 3, 6, 10)
_HEADING = re.compile(r"^## (?P<question>.+?) \((?P<articles>art\. .+)\)\s*$", re.MULTILINE)
WEIGHTS = default_tuning().ranking
NAMES = tuple(name for name in WEIGHTS if name not in {"topic", "piece", "sentence"})  # of clauses
CHOSEN = np.array([WEIGHTS[name] for name in NAMES])

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A question's candidates: a row of signals and the articles of each, and those expected."""

    rows: Floats
    articles: tuple[tuple[str, ...], ...]
    expected: frozenset[str]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which candidates are an expected article."""
        return np.array([not self.expected.isdisjoint(each) for each in self.articles], bool)


def asked(path: Path) -> list[tuple[str, date, frozenset[str]]]:
    """The questions of a file that expect an article."""
    return [
        (question.text, question.as_of or date.today(), frozenset(question.articles))
        for question in read_questions(path)
        if question.articles and not question.refusal_expected
    ]


def headings() -> Iterator[tuple[str, date, frozenset[str]]]:
    """The headings of the sheets, which are questions, with their articles."""
    for path in sorted((CORPUS / "fiches").glob("*.md")):
        for match in _HEADING.finditer(path.read_text(encoding="utf-8")):
            keys = frozenset(found.key for found in find_references(match["articles"]))
            yield match["question"], date.today(), keys


def held_out() -> list[tuple[str, date, frozenset[str]]]:
    """The questions of the bank on the articles that nothing is learnt from."""
    return [
        (each.question, date.today(), frozenset({each.article}))
        for each in read_bank()
        if is_held_out(each.article)
    ]


def led_by_what_is_learnt(
    snapshot: IndexSnapshot, folder: Path, embedder: Embedder, half: int | None = None
) -> IndexSnapshot:
    """The same snapshot without the questions of the bank on articles held out.

    With 0 or 1 as `half`, also without those of one half of the articles.
    """
    passages, documents = list(snapshot.store.all_passages()), list(snapshot.store.documents())
    bank = [
        each
        for each in read_bank()
        if not is_held_out(each.article) and _half(each.article) != half
    ]
    unanswered = [each for each in read_nowhere_answered() if not is_held_out(subject(each))]
    questions = leading_questions(bank, unanswered, (), (), documents, passages)
    vectors = embed_cached(
        folder.parent / "vectors.sqlite",
        embedder,
        [each.text for each in questions],
        lambda done: None,
        as_questions=True,
    )
    write_questions(folder, questions, vectors)
    return replace(snapshot, questions=read_leading_questions(folder))


def subject(question: UnansweredQuestion | OutsideQuestion) -> str:
    """The article by which a question that none answers is held out, else its own name."""
    return question.nearest if isinstance(question, UnansweredQuestion) else question.id


def _half(article: str) -> int:
    """A law is of the half of its decree."""
    return sha256(article.lstrip("LRDA").encode()).digest()[0] % 2


def cases(searcher: Searcher, questions: Sequence[tuple[str, date, frozenset[str]]]) -> list[Case]:
    """The candidates of each question."""
    found = []
    for text, day, expected in track(questions, "Questions"):
        candidates = searcher.candidates(text, Scope(day))
        rows = [[each.signals.get(name, 0.0) for name in NAMES] for each in candidates]
        articles = tuple(each.passage.references for each in candidates)
        found.append(Case(np.array(rows), articles, expected))
    return found


@dataclass(frozen=True, slots=True)
class Weighed:
    """Cases that are learnt from, each as much as the weight."""

    known: Sequence[Case]
    weight: float


def fitted(learnt: Sequence[Weighed], kept: Sequence[int]) -> Floats:
    """Weights that make expected articles likely, by gradient descent (Adam) on their softmax."""
    cases = [(case, each.weight) for each in learnt for case in each.known if case.right.any()]
    rows, there, right = padded([case for case, _ in cases])
    share_of = np.array([weight for _, weight in cases])
    share_of /= share_of.sum()
    weights, mean, square = (np.zeros(len(NAMES)) for _ in range(3))
    mask = np.isin(np.arange(len(NAMES)), kept)
    for step in range(1, STEPS + 1):
        scores = np.where(there, rows @ weights, -np.inf)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        meant = shares * right
        meant /= meant.sum(axis=1, keepdims=True)
        slope = 2 * PENALTY * weights
        slope -= np.einsum("q,qc,qcn->n", share_of, meant - shares, rows)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        speed = (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        weights = (weights - RATE * speed) * mask
    return weights


def padded(cases: Sequence[Case]) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """The rows of all cases, which of them are there, and which are right."""
    shape = (len(cases), max(len(case.rows) for case in cases))
    rows = np.zeros((*shape, len(NAMES)))
    there, right = np.zeros(shape, bool), np.zeros(shape, bool)
    for place, case in enumerate(cases):
        rows[place, : len(case.rows)] = case.rows
        there[place, : len(case.rows)] = True
        right[place, : len(case.rows)] = case.right
    return rows, there, right


def order(case: Case, scores: Floats) -> list[str]:
    """The articles, best first, each once."""
    best = np.argsort(-scores, kind="stable")
    return list(dict.fromkeys(article for row in best for article in case.articles[row]))


def measures(known: Sequence[Case], scores: Sequence[Floats]) -> list[str]:
    """Share of expected articles at each depth, and of questions whose first one is expected."""
    ranked = [order(case, score) for case, score in zip(known, scores, strict=True)]
    pairs = list(zip(ranked, known, strict=True))
    shares = [
        np.mean(
            [len(case.expected & set(found[:depth])) / len(case.expected) for found, case in pairs]
        )
        for depth in DEPTHS
    ]
    first = np.mean([bool(found) and found[0] in case.expected for found, case in pairs])
    return [f"{share:.3f}" for share in (*shares, first)]


OWN_WEIGHT, STRANGERS_WEIGHT, SHEET_WEIGHT, HALVED = 3.0, 12.0, 0.5, 0.4
"""What a question of each set weighs, and what it counts less without half of the bank."""

Sets = Sequence[Sequence[Case]]
"""The same cases in three indexes: with the whole bank, and without each of its halves."""


def study(own: Sets, strangers: Sets, sheets: Sets, others: dict[str, Sequence[Case]]) -> None:
    """Print the weights, and the measures of every set."""
    rest = ((strangers, STRANGERS_WEIGHT), (sheets, SHEET_WEIGHT))
    console = Console(width=140)
    table = Table("signals", "set", *(f"in {depth}" for depth in DEPTHS), "first")
    for label, kept in (("all", list(range(len(NAMES)))), *_without_each()):
        table.add_row(label, "ours, left out", *measures(own[0], _left_out(own, rest, kept)))
        weights = fitted(_learnt((own, OWN_WEIGHT), *rest), kept)
        for name, known in others.items():
            table.add_row("", name, *measures(known, [case.rows @ weights for case in known]))
        if label == "all":
            said = zip(NAMES, weights, strict=True)
            console.print({name: round(float(weight), 2) for name, weight in said})
    known_sets = {"ours": own[0], "fitted": strangers[0], "sheets": sheets[0], **others}
    for name, known in known_sets.items():
        table.add_row("as chosen", name, *measures(known, [case.rows @ CHOSEN for case in known]))
    console.print(table)


def _learnt(*weighed: tuple[Sets, float]) -> list[Weighed]:
    return [
        Weighed(known, weight * (1.0 if place == 0 else HALVED))
        for sets, weight in weighed
        for place, known in enumerate(sets)
    ]


def _left_out(own: Sets, rest: Sequence[tuple[Sets, float]], kept: Sequence[int]) -> list[Floats]:
    """The scores of each of our questions by weights fitted without its fold."""
    folds = []
    for fold in range(FOLDS):
        left = [[case for n, case in enumerate(known) if n % FOLDS != fold] for known in own]
        folds.append(fitted(_learnt((left, OWN_WEIGHT), *rest), kept))
    return [case.rows @ folds[number % FOLDS] for number, case in enumerate(own[0])]


def _without_each() -> Iterator[tuple[str, list[int]]]:
    for left_out, name in enumerate(NAMES):
        yield f"without {name}", [number for number in range(len(NAMES)) if number != left_out]


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("questions", nargs="*", type=Path)
    arguments = parser.parse_args()
    embedder = load_embedder(arguments.data, load_settings(arguments.data))
    generation = open_snapshot(arguments.data, current_name(arguments.data))
    with ExitStack() as leaving:

        def led(half: int | None) -> Searcher:
            scratch = Path(leaving.enter_context(TemporaryDirectory(dir=arguments.data)))
            learnt = led_by_what_is_learnt(generation, scratch, embedder, half)
            return Searcher(learnt, embedder, default_tuning())

        whole, without = Searcher(generation, embedder, default_tuning()), led(None)
        searchers = [whole, led(0), led(1)]
        own, strangers, sheets = (
            [cases(searcher, questions) for searcher in searchers]
            for questions in (
                [each for path in OWN for each in asked(path)],
                asked(STRANGERS),
                list(headings()),
            )
        )
        measured: dict[str, Sequence[Case]] = {
            "bank, articles held out": cases(without, held_out())
        }
        files: dict[str, Sequence[Case]] = {
            path.name: cases(whole, asked(path)) for path in arguments.questions
        }
        study(own, strangers, sheets, measured | files)


if __name__ == "__main__":
    main()
