"""Which rule answers: python -m tests.studies.lines --data DIR.

Fits the weights of the first line (assistant/retrieval/tuning.toml) over the index of DIR, the
code's, on rules of the bank that readers judged: of each of our own questions and of those of
strangers that are there to be fitted on, the three that seemed nearest (tests/data/
judged_rules.jsonl), and of questions that people wrote without the code before them, those that
seemed near and those of the article that answers (corpus/questions/jugements.jsonl). Of the latter
what was judged of a question itself does not count as a signal, and nothing that its author wrote
leads to an article or has a rule. A rule counts as right when it answers (2), not in part (1),
beside (0), or so that one who acted on it would do wrong (-1); of what readers thought to have no
whole answer those that nobody marked count as beside. Then what each threshold says, of questions
that were not fitted on (ten parts, each by the others): of how many, and how many of these are
right, in part, beside and wrong.
A last line says the same of questions written as the latter were, by other people
(tests/data/judged_lines.jsonl), which are never fitted on.

Rules are named by a digest there.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
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

from assistant.answering.first_line import candidate_rules
from assistant.container import load_embedder
from assistant.evaluation.questions import read_questions
from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import default_tuning
from assistant.settings import default_home, load_settings
from ingestion.index.judged_rules import judged_rules
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.question_bank import (
    HasAnswer,
    JudgedQuestion,
    digest_of_rule,
    read_judged,
)
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from tests.studies.judged import OTHERS, by_folds
from tests.studies.ranking import OWN, STRANGERS

DATA = Path(__file__).parents[1] / "data"
OWN_JUDGED = DATA / "judged_rules.jsonl"
SIGNALS = ("vote", "nearness", "ahead", "share", "judged", "settled")
THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
MARKS = (2, 1, 0, -1)
PARTS, SHOWN = 10, 6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JudgedRule:
    """A rule for a question: what is known of it, and its mark."""

    question: str
    signals: tuple[float, ...]
    mark: int


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("--one-in", type=int, default=1, help="of people, ask one in so many")
    arguments = parser.parse_args()
    home, step = arguments.data, arguments.one_in
    embedder = load_embedder(home, load_settings(home))
    snapshot = open_snapshot(home, current_name(home))
    asked = {each.id: each.text for path in (*OWN, STRANGERS) for each in read_questions(path)}
    own = [replace(each, question=asked[each.question]) for each in read_judged(OWN_JUDGED)]
    rules = rules_of(own, snapshot, embedder)
    for left, apart in by_folds(read_judged(), snapshot):
        rules += rules_of(left[::step], apart, embedder)
    model, console = fitted(_rows(rules), _right(rules)), Console(width=150)
    console.print(len(rules), "rules", weights(model, SIGNALS))
    table = Table(*map(str, THRESHOLDS))
    table.add_row(*_told(rules, _cross_validated(rules)))
    unseen = rules_of(read_judged(OTHERS), snapshot, embedder)
    table.add_row(*_told(unseen, model.predict_proba(_rows(unseen))[:, 1]))
    console.print(table)


def rules_of(
    judged: Sequence[JudgedQuestion], snapshot: IndexSnapshot, embedder: Embedder
) -> list[JudgedRule]:
    """The rules that were judged and are found over an index, with what is known of each."""
    retriever = Retriever(snapshot, embedder, default_tuning())
    return [
        rule
        for asked in track(judged, "Questions")
        for rule in _of_question(asked, retriever, snapshot, embedder)
    ]


def _of_question(
    asked: JudgedQuestion, retriever: Retriever, snapshot: IndexSnapshot, embedder: Embedder
) -> Iterator[JudgedRule]:
    evidence = retriever.retrieve(asked.question, Scope(date.today()), SHOWN)
    [vector] = embedder.embed_questions([asked.question])
    judged = judged_rules(embedder.name, embedder.dimension)
    unread = 0 if asked.answered in (HasAnswer.NO, HasAnswer.PARTLY) else None
    for rule in candidate_rules(
        vector,
        evidence,
        snapshot.questions,
        embedder,
        judged,
        is_of_today=True,
        leaving=asked.question,
    ):
        mark = asked.rules.get(digest_of_rule(rule.answer.text), unread)
        if mark is not None:
            known = tuple(float(getattr(rule, each)) for each in SIGNALS)
            yield JudgedRule(asked.question, known, mark)


def fitted(rows: Floats, right: NDArray[np.bool_]) -> Pipeline:
    """A logistic regression of signals that are brought to one scale first."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=3000))
    model.fit(rows, right)
    return model


def weights(model: Pipeline, signals: Sequence[str]) -> dict[str, float]:
    """What each signal counts in its own scale, and the bias; 0 is one of two."""
    scale, regression = model[0], model[1]
    own = regression.coef_[0] / scale.scale_
    bias = regression.intercept_[0] - float(own @ scale.mean_)
    told = {name: round(float(weight), 2) for name, weight in zip(signals, own, strict=True)}
    return told | {"bias": round(float(bias), 2)}


def _rows(rules: Sequence[JudgedRule]) -> Floats:
    return np.array([each.signals for each in rules], float)


def _right(rules: Sequence[JudgedRule]) -> NDArray[np.bool_]:
    return np.array([each.mark == max(MARKS) for each in rules], bool)


def _cross_validated(rules: Sequence[JudgedRule]) -> Floats:
    """How likely each rule is to answer, by a fit on other questions."""
    rows, right = _rows(rules), _right(rules)
    likely = np.zeros(len(rules))
    groups = [each.question for each in rules]
    for learnt, left in GroupKFold(PARTS, shuffle=True, random_state=3).split(rows, groups=groups):
        likely[left] = fitted(rows[learnt], right[learnt]).predict_proba(rows[left])[:, 1]
    return likely


def _told(rules: Sequence[JudgedRule], likely: Floats) -> Iterator[str]:
    """For each threshold the questions whose likeliest rule is above it, and its marks."""
    best: dict[str, tuple[float, int]] = {}
    for rule, sure in zip(rules, likely, strict=True):
        best[rule.question] = max(best.get(rule.question, (0.0, 0)), (float(sure), rule.mark))
    for threshold in THRESHOLDS:
        said = [mark for sure, mark in best.values() if sure >= threshold]
        yield f"{len(said)}: " + " ".join(str(said.count(mark)) for mark in MARKS)


if __name__ == "__main__":
    main()
