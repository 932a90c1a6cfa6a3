"""Which line answers: python -m tests.studies.lines --data DIR.

Fits the weights of the first line (assistant/retrieval/tuning.toml) over the index of DIR, the
code's, on lines that readers judged (tests/data/judged_lines.jsonl): of each of our own questions
and of those of strangers that are there to be fitted on, the lines of the bank and the sentences of
the law nearest to it. A line counts as right when it answers (2), not in part (1), beside (0), or
so that one who acted on it would do wrong (-1). Then what each threshold says, of questions that
were not fitted on (ten parts, each by the others): of how many, how many of these are right, in
part, beside and wrong; and for those of the bank that say oui or non apart.

The bank's lines are named by their question there, sentences of the law by a digest.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.answering.extraction import quotes
from assistant.answering.prepared import candidate_answers, near_answers
from assistant.answering.quoted_line import lines_of_quotes
from assistant.container import load_embedder
from assistant.evaluation.questions import read_questions
from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.settings import default_home, load_settings
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from tests.studies.ranking import OWN, STRANGERS

JUDGED = Path(__file__).parents[1] / "data" / "judged_lines.jsonl"
SIGNALS = {
    "prepared": ("ahead", "share", "central", "agreement"),
    "quoted": ("cosine", "asked", "behind", "share", "central"),
}
THRESHOLDS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.82, 0.85, 0.87, 0.9)
MARKS = (2, 1, 0, -1)
PARTS, SHOWN = 10, 6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line of a question: what is known of it, and its mark."""

    question: str
    kind: str
    signals: tuple[float, ...]
    mark: int
    is_polar: bool = False


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    home = parser.parse_args().data
    embedder = load_embedder(home, load_settings(home))
    lines = judged_lines(open_snapshot(home, current_name(home)), embedder)
    console = Console(width=150)
    table = Table("line", *map(str, THRESHOLDS))
    for kind, names in SIGNALS.items():
        of_kind = [each for each in lines if each.kind == kind]
        rows, right = _rows(of_kind), _right(of_kind)
        console.print(kind, len(of_kind), weights(fitted(rows, right), names))
        likely = _cross_validated(of_kind)
        if kind == "prepared":
            for told, is_polar in (("oui, non", True), ("prepared", False)):
                table.add_row(told, *_told(of_kind, likely, is_polar=is_polar))
        else:
            table.add_row(kind, *_told(of_kind, likely, is_polar=False))
    console.print(table)


def judged_lines(snapshot: IndexSnapshot, embedder: Embedder) -> list[JudgedLine]:
    """The lines that were judged and are found over an index, with what is known of each."""
    judged = [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]
    asked = {each.id: each.text for path in (*OWN, STRANGERS) for each in read_questions(path)}
    retriever = Retriever(snapshot, embedder)
    return [
        line
        for row in track(judged, "Questions")
        for line in _of_question(row, asked[row["question"]], retriever, snapshot, embedder)
    ]


def _of_question(
    row: dict[str, dict[str, int]],
    question: str,
    retriever: Retriever,
    snapshot: IndexSnapshot,
    embedder: Embedder,
) -> Iterator[JudgedLine]:
    day = date.today()
    evidence = retriever.retrieve(question, Scope(day), SHOWN)
    [vector] = embedder.embed_questions([question])
    near = near_answers(vector, evidence, snapshot.questions, embedder)
    name = str(row["question"])
    for answer in candidate_answers(question, near, evidence, is_of_today=True):
        mark = row["prepared"].get(answer.question.of)
        if mark is not None:
            known = tuple(getattr(answer, each) for each in SIGNALS["prepared"])
            yield JudgedLine(name, "prepared", known, mark, answer.is_polar)
    quoted = quotes(question, evidence, day, embedder) if evidence else []
    for line in lines_of_quotes(vector, quoted, near, snapshot.questions, embedder):
        mark = row["quoted"].get(sha256(line.draft.text.encode()).hexdigest()[:12])
        if mark is not None:
            known = tuple(getattr(line, each) for each in SIGNALS["quoted"])
            yield JudgedLine(name, "quoted", known, mark)


def fitted(rows: Floats, right: NDArray[np.bool_]) -> Pipeline:
    """A logistic regression of signals that are brought to one scale first."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=3000))
    model.fit(rows, right)
    return model


def weights(model: Pipeline, names: Sequence[str]) -> dict[str, float]:
    """What each signal counts in its own scale, and the bias; 0 is one of two."""
    scale, regression = model[0], model[1]
    own = regression.coef_[0] / scale.scale_
    bias = regression.intercept_[0] - float(own @ scale.mean_)
    told = {name: round(float(weight), 2) for name, weight in zip(names, own, strict=True)}
    return told | {"bias": round(float(bias), 2)}


def _rows(lines: Sequence[JudgedLine]) -> Floats:
    return np.array([each.signals for each in lines], float)


def _right(lines: Sequence[JudgedLine]) -> NDArray[np.bool_]:
    return np.array([each.mark == max(MARKS) for each in lines], bool)


def _cross_validated(lines: Sequence[JudgedLine]) -> Floats:
    """How likely each line is to answer, by a fit on other questions."""
    rows, right = _rows(lines), _right(lines)
    likely = np.zeros(len(lines))
    groups = [each.question for each in lines]
    for learnt, left in GroupKFold(PARTS, shuffle=True, random_state=3).split(rows, groups=groups):
        likely[left] = fitted(rows[learnt], right[learnt]).predict_proba(rows[left])[:, 1]
    return likely


def _told(lines: Sequence[JudgedLine], likely: Floats, *, is_polar: bool) -> Iterator[str]:
    """For each threshold the questions whose likeliest line is above it, and its marks."""
    best: dict[str, tuple[float, JudgedLine]] = {}
    for line, sure in zip(lines, likely, strict=True):
        if sure > best.get(line.question, (0.0, line))[0]:
            best[line.question] = (sure, line)
    for threshold in THRESHOLDS:
        said = [
            line.mark
            for sure, line in best.values()
            if sure >= threshold and line.is_polar is is_polar
        ]
        yield f"{len(said)}: " + " ".join(str(said.count(mark)) for mark in MARKS)


if __name__ == "__main__":
    main()
