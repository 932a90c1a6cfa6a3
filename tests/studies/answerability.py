"""Which questions are refused: python -m tests.studies.answerability --data DIR [QUESTIONS…].

Fits the weights of the refusals where passages are read (assistant/retrieval/tuning.toml) over an
index of the Code de la commande publique: on our own questions (tests/data/questions_*.jsonl) and
on those of strangers that are there to be fitted on (strangers_fitted.jsonl). What the bank holds
out, answered or not, is measured by article in an index where no question of the bank leads to it,
and the question files given as they would be asked. What else the bank holds taught the embedder
and the reader, and can fit nothing.

Then the weights of the refusals in a dossier: on our questions about the built-in dossier and on
those about the bank's dossiers that are held out; what a stranger asked of both is measured.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from assistant.container import load_embedder, load_reader
from assistant.evaluation.questions import read_questions
from assistant.question.scope import refusal_for
from assistant.question.topics import topic_signal, topics_asked
from assistant.retrieval.answerability import FIRST, answers, read_first
from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import default_tuning
from assistant.settings import default_home, load_settings
from ingestion.chunking.passages import passages_of
from ingestion.documents.document import Document, Kind
from ingestion.index.dossier_bank import BankDossier, read_dossiers
from ingestion.index.lexical import EverydayWords, TantivyIndex, write_lexical
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.question_bank import is_held_out, read_bank, read_nowhere_answered
from ingestion.index.questions import read_leading_questions
from ingestion.index.search import Embedder, PassageReader, as_indexed
from ingestion.index.sentence_index import sentences_of
from ingestion.index.shipped_vectors import questions_of_dossiers
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.store import Manifest, SqlitePassages, write_store
from ingestion.index.vectors import ChromaIndex
from ingestion.library.corpus import DOSSIER, builtin_additions
from ingestion.readers.reading import read_file
from tests.studies.ranking import OWN, STRANGERS, led_by_what_is_learnt, subject
from tests.support.fakes import ListVectorIndex

NAMES = ("similarity", "answers", "unanswered")
NAMES_IN_DOSSIER = ("similarity", "topic", "answers", "unanswered")
DATA = Path(__file__).parents[1] / "data"
DOSSIER_QUESTIONS, UNSEEN = DATA / "dossier_questions.jsonl", DATA / "unseen_dossiers.jsonl"
SHOWN = 6
"""Passages of evidence, as the product shows."""

SHARES = (0.02, 0.04, 0.08, 0.12, 0.2)
"""Shares of answerable questions refused at which the others are told."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """The signals of questions, a row each, and which of them the code answers."""

    rows: Floats
    answered: NDArray[np.bool_]


def asked(
    rules: IndexSnapshot,
    embedder: Embedder,
    reader: PassageReader,
    questions: Sequence[tuple[str, bool]],
) -> Asked:
    """The signals of questions that are in scope; each comes with whether the code answers it."""
    rows, answered, retriever = [], [], Retriever(rules, embedder, default_tuning())
    for text, is_answered in track(questions, "Questions"):
        if refusal_for(text) is None:
            evidence = retriever.retrieve(text, Scope(date.today()), SHOWN)
            nearest = max((each.similarity for each in evidence), default=0.0)
            [vector] = embedder.embed_questions([text])
            read = answers(read_first(text, evidence, reader))
            rows.append([nearest, read, rules.questions.unanswered(vector)])
            answered.append(is_answered)
    return Asked(np.array(rows), np.array(answered))


def of_files(paths: Sequence[Path]) -> list[tuple[str, bool]]:
    """The questions of files, and whether they expect an answer."""
    return [
        (each.text, not each.refusal_expected) for path in paths for each in read_questions(path)
    ]


def of_the_bank() -> list[tuple[str, bool]]:
    """What the bank holds out, and whether the code answers it.

    What is on another subject has no article: one in ten is held out by its name.
    """
    answered = [(each.question, True) for each in read_bank() if is_held_out(each.article)]
    others = [each for each in read_nowhere_answered() if is_held_out(subject(each))]
    return [*answered, *((each.question, False) for each in others)]


def of_dossier(dossier: BankDossier) -> list[tuple[str, bool]]:
    """The questions that a dossier of the bank holds, and whether it answers them."""
    questions = [(each.question, True) for each in dossier.questions]
    return [*questions, *((each.question, False) for each in dossier.unanswered)]


def demonstration() -> list[Document]:
    """The pieces of the built-in dossier."""
    return [
        replace(document, dossier=each.dossier)
        for each in builtin_additions()
        if each.kind is Kind.TENDER
        for document in read_file(each.path, each.source, each.kind).documents
    ]


def unseen(dossier: str) -> list[tuple[str, bool]]:
    """What a stranger asked of a dossier, and whether it answers."""
    asked_of = [each for each in read_questions(UNSEEN) if each.dossier == dossier]
    return [(each.text, not each.refusal_expected) for each in asked_of]


def in_dossier(
    pieces: Sequence[Document],
    name: str,
    questions: Sequence[tuple[str, bool]],
    rules: IndexSnapshot,
    embedder: Embedder,
    reader: PassageReader,
) -> Asked:
    """The signals of questions about pieces, beside the rules."""
    rows, usual = [], questions_of_dossiers(embedder.name, embedder.dimension)
    with TemporaryDirectory() as folder:
        indexed_pieces = indexed(pieces, Path(folder), embedder)
        retriever = Retriever(rules, embedder, default_tuning(), indexed_pieces)
        for text, _ in track(questions, name):
            scope = Scope(date.today(), dossier=name)
            read = retriever.retrieve(text, scope, SHOWN)[:FIRST]
            topics = topics_asked(text)
            rows.append(
                [
                    max((item.similarity for item in read), default=0.0),
                    max((topic_signal(topics, item.passage) for item in read), default=0.0),
                    answers(read_first(text, read, reader)),
                    usual.unanswered(embedder.embed_questions([text])[0]),
                ]
            )
    return Asked(np.array(rows), np.array([is_answered for _, is_answered in questions]))


def indexed(documents: Sequence[Document], folder: Path, embedder: Embedder) -> IndexSnapshot:
    """A snapshot of documents: the real store and words, vectors in memory."""
    passages = [passage for document in documents for passage in passages_of(document)]
    write_store(folder / "passages.sqlite", documents, passages)
    write_lexical(folder / "lexical", passages, EverydayWords(()))
    vectors = embedder.embed_passages([as_indexed(each) for each in passages])
    return IndexSnapshot(
        _manifest(embedder, len(documents), len(passages)),
        SqlitePassages(folder / "passages.sqlite"),
        TantivyIndex(folder / "lexical"),
        cast(ChromaIndex, ListVectorIndex([each.id for each in passages], vectors)),
        read_leading_questions(folder),
        sentences=sentences_of(passages, embedder.embed_passages),
    )


def _manifest(embedder: Embedder, documents: int, passages: int) -> Manifest:
    return Manifest(
        "case", "", datetime.now(UTC), embedder.name, documents, passages, (), (), (), None, {}, ()
    )


def joined(first: Asked, second: Asked) -> Asked:
    """The questions of both."""
    rows, answered = zip((first.rows, first.answered), (second.rows, second.answered), strict=True)
    return Asked(np.concatenate(rows), np.concatenate(answered))


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("questions", nargs="*", type=Path)
    arguments = parser.parse_args()
    embedder = load_embedder(arguments.data, load_settings(arguments.data))
    reader = load_reader(arguments.data, load_settings(arguments.data))
    if reader is None:
        raise SystemExit("This embedder was not taught to read: sourcier models train reader")
    snapshot = open_snapshot(arguments.data, current_name(arguments.data))
    fit = asked(snapshot, embedder, reader, of_files([*OWN, STRANGERS]))
    measured = {
        path.name: asked(snapshot, embedder, reader, of_files([path]))
        for path in arguments.questions
    }
    with TemporaryDirectory(dir=arguments.data) as scratch:
        without = led_by_what_is_learnt(snapshot, Path(scratch), embedder)
        measured["bank, held out"] = asked(without, embedder, reader, of_the_bank())
    study(NAMES, fit, measured)
    held_out = [each for each in read_dossiers() if each.is_held_out]
    pieces = {each.name: each.pieces for each in held_out} | {DOSSIER: demonstration()}
    told = {each.name: of_dossier(each) for each in held_out}
    told[DOSSIER] = of_files([DOSSIER_QUESTIONS])
    chosen_on = {
        name: in_dossier(of, name, told[name], snapshot, embedder, reader)
        for name, of in pieces.items()
    }
    strangers = {
        f"unseen, {name}": in_dossier(of, name, asked_of, snapshot, embedder, reader)
        for name, of in pieces.items()
        if (asked_of := unseen(name))
    }
    study(NAMES_IN_DOSSIER, reduce(joined, chosen_on.values()), chosen_on | strangers)


def study(names: Sequence[str], fit: Asked, measured: dict[str, Asked]) -> None:
    """Print the weights, how well each signal tells, and what is refused at each threshold."""
    console = Console(width=140)
    model = LogisticRegression(C=100, class_weight="balanced", max_iter=5000)
    model.fit(fit.rows, fit.answered)
    weights = dict(zip(names, model.coef_[0], strict=True)) | {"bias": model.intercept_[0]}
    console.print({name: round(float(weight), 2) for name, weight in weights.items()})
    sets = {"fitted on": (fit, model.decision_function(fit.rows))}
    sets |= {name: (each, model.decision_function(each.rows)) for name, each in measured.items()}
    table = Table(
        "set", "questions", "without answer", *(f"area, {name}" for name in (*names, "all"))
    )
    for name, (each, odds) in sets.items():
        columns = [*each.rows.T, odds]
        areas = [separation(column[each.answered], column[~each.answered]) for column in columns]
        counts = (str(len(odds)), str(int((~each.answered).sum())))
        table.add_row(name, *counts, *(f"{area:.3f}" for area in areas))
    console.print(table)
    refused = Table("set", "odds", "answerable refused", "others refused", "F1")
    for share in SHARES:
        limit = float(np.quantile(sets["fitted on"][1][fit.answered], share))
        for name, (each, odds) in sets.items():
            refused.add_row(name, f"{limit:.2f}", *map("{:.2f}".format, _rates(each, odds, limit)))
    console.print(refused)


def separation(higher: Sequence[float], lower: Sequence[float]) -> float:
    """How often one of `higher` is above one of `lower` (area under the ROC curve). Pure."""
    above = np.subtract.outer(np.array(higher), np.array(lower))
    return float(np.mean((above > 0) + 0.5 * (above == 0)))


def _rates(each: Asked, odds: Floats, limit: float) -> tuple[float, float, float]:
    """Shares refused of both kinds, and the F1 of the refusals."""
    is_refused = odds <= limit
    wrongly, rightly = is_refused[each.answered].sum(), is_refused[~each.answered].sum()
    silent = (~each.answered).sum()
    return (
        float(is_refused[each.answered].mean()),
        float(is_refused[~each.answered].mean()),
        float(2 * rightly / (rightly + wrongly + silent)),
    )


if __name__ == "__main__":
    main()
