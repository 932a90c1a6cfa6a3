"""What the questions of people bring: python -m tests.studies.judged --data DIR [--one-in N].

Over the index of DIR, the code's. The questions of corpus/questions/jugements.jsonl were written by
people who had no text before them, and lead to the articles that readers found to answer. A fifth
of them at a time is asked of an index where none of that fifth leads anywhere (what one author
wrote stays together), those of other people (tests/data/judged_lines.jsonl) of
the whole one; each also where only the bank leads. Printed are the shares that have an article that
answers among the first 1, 3, 6 and 10, and how often a question that the code answers has higher
odds of an answer than one that it does not (area). Then, for bounds of these odds, which shares of
each kind are refused, and of the others, for bounds of the doubt, which shares of those whose first
passage answers and does not are doubted, and which of the rest are said to be left open maybe. The
weights of refusal and doubt (assistant/retrieval/tuning.toml) are fitted on the first set and
printed.
"""

import argparse
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from assistant.container import load_embedder
from assistant.retrieval.answerability import UNSEARCHED
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import default_tuning
from assistant.settings import default_home, load_settings
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.question_bank import HasAnswer, JudgedQuestion, read_judged
from ingestion.index.questions import QuestionIndex
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from tests.studies.answerability import separation

OTHERS = Path(__file__).parents[1] / "data" / "judged_lines.jsonl"
FOLDS = 5

SHOWN, DEPTHS = 10, (1, 3, 6, 10)
BOUNDS = (-1.0, -0.5, 0.0, 0.5, 1.0)
OPEN = (0.4, 0.5, 0.6, 0.7)
"""Above what share of questions around without a whole answer the point may be left open."""

DOUBTS = (0.35, 0.4, 0.45, 0.5, 0.55)
"""How likely the first passage is to answer where it is doubted."""

WEIGHTS = default_tuning().refusing(in_dossier=False, is_asked=True, is_read=False)


@dataclass(frozen=True, slots=True)
class FoundFor:
    """What an index finds for a question."""

    question: JudgedQuestion
    evidence: tuple[Evidence, ...]
    unanswered: float
    left_open: float

    @property
    def place(self) -> int:
        """Where the first passage of an article that answers stands, from 0."""
        expected = set(self.question.articles)
        places = (n for n, e in enumerate(self.evidence) if expected & {*e.passage.references})
        return next(places, SHOWN)

    @property
    def signals(self) -> tuple[float, float]:
        """How near the nearest passage is, and how much nearer what has no answer."""
        nearest = max((each.similarity for each in self.evidence), default=0.0)
        return nearest, self.unanswered

    @property
    def odds(self) -> float:
        """Those of an answer."""
        nearest, unanswered = self.signals
        return WEIGHTS.similarity * nearest + WEIGHTS.unanswered * unanswered + WEIGHTS.bias

    @property
    def ahead(self) -> float:
        """The logarithm of how likely the first passage is to be the best."""
        return float(np.log(max(self.evidence[0].score, UNSEARCHED)))


def without(snapshot: IndexSnapshot, texts: Collection[str]) -> IndexSnapshot:
    """The snapshot as if nobody had asked these questions."""
    known = snapshot.questions
    rows = [row for row, each in enumerate(known.questions) if each.text not in texts]
    kept = QuestionIndex(tuple(known.questions[row] for row in rows), known.vectors[rows])
    return replace(snapshot, questions=kept)


def by_folds(
    questions: Sequence[JudgedQuestion], snapshot: IndexSnapshot
) -> Iterator[tuple[list[JudgedQuestion], IndexSnapshot]]:
    """The questions of each fold, and the snapshot without what they lead to."""
    for fold in range(FOLDS):
        left = [each for each in questions if each.author % FOLDS == fold]
        yield left, without(snapshot, {each.question for each in left})


def find(
    questions: Sequence[JudgedQuestion], snapshot: IndexSnapshot, embedder: Embedder
) -> list[FoundFor]:
    """What an index finds for questions that readers looked at."""
    retriever, found = Retriever(snapshot, embedder, default_tuning()), []
    for each in track([each for each in questions if each.answered], "Questions"):
        [vector] = embedder.embed_questions([each.question])
        evidence = retriever.retrieve(each.question, Scope(date.today()), SHOWN)
        known = snapshot.questions
        told = known.unanswered(vector), known.left_open(vector)
        found.append(FoundFor(each, evidence, *told))
    return found


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("--one-in", type=int, default=1, help="by folds, ask one in so many")
    arguments = parser.parse_args()
    home, step = arguments.data, arguments.one_in
    embedder = load_embedder(home, load_settings(home))
    snapshot = open_snapshot(home, current_name(home))
    judged, others = read_judged(), read_judged(OTHERS)
    bank_alone = without(snapshot, {each.question for each in judged})
    folds = [*by_folds(judged, snapshot)]
    study(
        {
            "by folds": [
                each for left, apart in folds for each in find(left[::step], apart, embedder)
            ],
            "by folds, bank alone": [
                each for left, _ in folds for each in find(left[::step], bank_alone, embedder)
            ],
            "of other people": find(others, snapshot, embedder),
            "of other people, bank alone": find(others, bank_alone, embedder),
        }
    )


def study(sets: dict[str, Sequence[FoundFor]]) -> None:
    """Print what is found, and what is refused."""
    console = Console(width=140)
    found = Table("set", "answered", "questions", *(f"in {depth}" for depth in DEPTHS), "area")
    refused = Table("set", "odds", *(f"{each.value}, refused" for each in HasAnswer))
    for name, each in sets.items():
        of = {kind: [e for e in each if e.question.answered is kind] for kind in HasAnswer}
        for kind in (HasAnswer.YES, HasAnswer.PARTLY):
            shares = [_share(e.place < depth for e in of[kind]) for depth in DEPTHS]
            area = separation([e.odds for e in of[kind]], [e.odds for e in of[HasAnswer.NO]])
            told = [*shares, f"{area:.3f}"]
            found.add_row(name, kind.value, str(len(of[kind])), *told)
        for bound in BOUNDS:
            lost = [_share(e.odds <= bound for e in of[kind]) for kind in HasAnswer]
            refused.add_row(name, str(bound), *lost)
    console.print(found)
    console.print(refused)
    console.print(_doubts(sets, console))
    console.print(_left_open(sets))


def _doubts(sets: dict[str, Sequence[FoundFor]], console: Console) -> Table:
    """What is doubted, by weights that are fitted on the first set."""
    first = next(iter(sets.values()))
    whole = [each for each in first if each.question.answered is not HasAnswer.PARTLY]
    told = regression(
        [e.signals for e in whole], [e.question.answered is HasAnswer.YES for e in whole]
    )
    console.print("refusal:", dict(zip(("similarity", "unanswered", "bias"), told, strict=True)))
    kept = [each for each in first if each.odds > WEIGHTS.refused]
    odds, ahead, bias = regression([(e.odds, e.ahead) for e in kept], [_answers(e) for e in kept])
    sure = {each: round((log(each / (1 - each)) - bias) / odds, 2) for each in DOUBTS}
    console.print("doubt: ahead", round(ahead / odds, 2), "sure", sure)
    table = Table(
        "set", "sure", "first answers, doubted", "does not", *(e.value for e in HasAnswer)
    )
    for name, each in sets.items():
        left = [e for e in each if e.odds > WEIGHTS.refused]
        for bound in sure.values():
            doubted = [e.odds + ahead / odds * e.ahead <= bound for e in left]
            pairs = [*zip(left, doubted, strict=True)]
            kinds = [_share(d for e, d in pairs if _answers(e) is is_so) for is_so in (True, False)]
            kinds += [
                _share(d for e, d in pairs if e.question.answered is kind) for kind in HasAnswer
            ]
            table.add_row(name, str(bound), *kinds)
    return table


def _left_open(sets: dict[str, Sequence[FoundFor]]) -> Table:
    """Of what is neither refused nor doubted, what is said to be left open maybe."""
    table = Table("set", "share", *(f"{each.value}, left open" for each in HasAnswer))
    for name, each in sets.items():
        sure = [e for e in each if e.odds > WEIGHTS.refused]
        sure = [e for e in sure if e.odds + WEIGHTS.ahead * e.ahead > WEIGHTS.sure]
        for bound in OPEN:
            told = [
                _share(e.left_open > bound for e in sure if e.question.answered is kind)
                for kind in HasAnswer
            ]
            table.add_row(name, str(bound), *told)
    return table


def _answers(found: FoundFor) -> bool:
    """Whether its first passage is of an article that answers."""
    return found.question.answered is not HasAnswer.NO and found.place == 0


def regression(rows: Sequence[Sequence[float]], right: Sequence[bool]) -> list[float]:
    """The weights of a logistic regression, and its bias last."""
    model = LogisticRegression(C=100, max_iter=5000).fit(np.array(rows), right)
    return [float(each) for each in (*model.coef_[0], model.intercept_[0])]


def _share(held: Iterable[bool]) -> str:
    return f"{float(np.mean([*held])):.3f}"


if __name__ == "__main__":
    main()
