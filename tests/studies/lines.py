"""Which quoted sentence answers in a line: python -m tests.studies.lines --data DIR [QUESTIONS…].

Fits the weights of the first line (assistant/retrieval/tuning.toml) over the index of DIR, on our
own questions (tests/data/questions_*.jsonl) and on those of strangers that are there to be fitted
on (strangers_fitted.jsonl): a sentence answers when it has every fact that is expected. The
question files given are measured only: how often the likeliest sentence of all answers, then, for
each threshold, how many questions have a line and how many of these lines have every fact, or one.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from assistant.answering.extraction import quotes
from assistant.answering.lead import lines_of_quotes
from assistant.container import load_embedder
from assistant.evaluation.questions import Question, read_questions
from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.settings import default_home, load_settings
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from tests.studies.ranking import OWN, STRANGERS

NAMES = ("cosine", "asked", "behind", "share")
THRESHOLDS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8)
SHOWN = 6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LineCase:
    """A question's lines: a row of signals each, whether it has every fact, whether it has one."""

    rows: Floats
    has_all: NDArray[np.bool_]
    has_one: NDArray[np.bool_]


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("questions", nargs="*", type=Path)
    given = parser.parse_args()
    embedder = load_embedder(given.data, load_settings(given.data))
    snapshot = open_snapshot(given.data, current_name(given.data))
    fitted = asked([*OWN, STRANGERS], snapshot, embedder)
    rows = np.vstack([each.rows for each in fitted])
    model = LogisticRegression(C=100, max_iter=5000)
    model.fit(rows, np.concatenate([each.has_all for each in fitted]))
    weights = dict(zip(NAMES, model.coef_[0], strict=True)) | {"bias": model.intercept_[0]}
    console = Console(width=150)
    console.print({name: round(float(weight), 2) for name, weight in weights.items()})
    table = Table("set", "questions", "likeliest", *(f"at {each}" for each in THRESHOLDS))
    sets = {"fitted on": fitted}
    sets |= {path.stem: asked([path], snapshot, embedder) for path in given.questions}
    for name, of in sets.items():
        table.add_row(name, str(len(of)), *told(of, model))
    console.print(table)


def asked(paths: Sequence[Path], snapshot: IndexSnapshot, embedder: Embedder) -> list[LineCase]:
    """The lines of each question of these files that expects facts; none where it has no line."""
    questions = [each for path in paths for each in read_questions(path)]
    expecting = [each for each in questions if each.facts and not each.refusal_expected]
    return [_asked(each, snapshot, embedder) for each in track(expecting, "Questions")]


def _asked(question: Question, snapshot: IndexSnapshot, embedder: Embedder) -> LineCase:
    day = question.as_of or date.today()
    evidence = Retriever(snapshot, embedder).retrieve(question.text, Scope(day), SHOWN)
    quoted = quotes(question.text, evidence, day, embedder) if evidence else []
    [vector] = embedder.embed_questions([question.text])
    lines = lines_of_quotes(vector, quoted, snapshot.questions, embedder)
    facts = [
        [any(fact.search(line.draft.text) for fact in group) for group in question.facts]
        for line in lines
    ]
    return LineCase(
        np.array([[getattr(line, name) for name in NAMES] for line in lines], float).reshape(
            -1, len(NAMES)
        ),
        np.array([all(each) for each in facts], bool),
        np.array([any(each) for each in facts], bool),
    )


def told(of: Sequence[LineCase], model: LogisticRegression) -> list[str]:
    """How often the likeliest line answers; then lines, those with every fact, with one."""
    best = []
    for each in of:
        if len(each.rows):
            likely = model.predict_proba(each.rows)[:, 1]
            place = int(likely.argmax())
            best.append((likely[place], each.has_all[place], each.has_one[place]))
        else:
            best.append((0.0, False, False))
    chosen = np.array(best, float)
    said = [f"{chosen[:, 1].mean():.2f}"]
    for threshold in THRESHOLDS:
        shown = chosen[chosen[:, 0] >= threshold]
        rates = " ".join(f"{rate:.2f}" for rate in shown[:, 1:].mean(axis=0)) if len(shown) else "–"
        said.append(f"{len(shown) / len(chosen):.2f}: {rates}")
    return said


if __name__ == "__main__":
    main()
