"""Whether the nearest sentence of a dossier answers: python -m tests.studies.clauses --data DIR.

Fits the weights of the line in a dossier (assistant/retrieval/tuning.toml) on what our questions
about the demonstration dossier, and those of the bank about the dossiers held out, draw from their
pieces beside the rules of DIR: of each question that is answered, whether the sentence that is
quoted first holds every fact that is expected, or the answering words. Then, for each bound, how
many sentences of thirty words at most are likelier by a fit on the other dossiers, and how many of
these are right.
"""

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.model_selection import LeaveOneGroupOut

from assistant.answering.answer import Prominence
from assistant.answering.extraction import quotes
from assistant.answering.first_line import ahead_of, led
from assistant.container import load_embedder, load_reader
from assistant.evaluation.questions import read_questions
from assistant.retrieval.answerability import Answerability, answerability, read_first
from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import ClauseWeights, tuning_for
from assistant.settings import default_home, load_settings
from ingestion.documents.document import Document
from ingestion.index.dossier_bank import BankDossier, read_dossiers
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.search import Embedder, PassageReader
from ingestion.index.shipped_vectors import questions_of_dossiers
from ingestion.index.snapshot import IndexSnapshot
from tests.studies.answerability import demonstration, indexed
from tests.studies.lines import fitted, weights

OWN = Path(__file__).parents[1] / "data" / "dossier_questions.jsonl"
SIGNALS = ("nearness", "ahead", "reading", "unanswered")
BOUNDS = (0.6, 0.7, 0.75, 0.8)
SHOWN = 6

Told = Callable[[str], bool]
"""Whether words answer a question."""


@dataclass(frozen=True, slots=True)
class FirstSentence:
    """What is known of a sentence that is quoted first, whether it may be a line, and answers."""

    dossier: str
    signals: tuple[float, float, float, float]
    may_lead: bool
    answers: bool


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    home = parser.parse_args().data
    settings = load_settings(home)
    embedder, reader = load_embedder(home, settings), load_reader(home, settings)
    if reader is None:
        raise SystemExit("This embedder was not taught to read: sourcier models train reader")
    rules = open_snapshot(home, current_name(home))
    asked = [(demonstration(), list(of_ours()))]
    asked += [([*each.pieces], list(of_bank(each))) for each in read_dossiers() if each.is_held_out]
    found = [
        each
        for pieces, questions in asked
        for each in first_sentences(pieces, questions, rules, embedder, reader)
    ]
    report(found)


def of_ours() -> Iterator[tuple[str, Told]]:
    """Our questions about the demonstration dossier, and what answers each."""
    for each in read_questions(OWN):
        yield each.text, partial(_has_facts, () if each.refusal_expected else each.facts)


def _has_facts(facts: Sequence[Sequence[re.Pattern[str]]], text: str) -> bool:
    said = " ".join(text.split())
    return bool(facts) and all(any(one.search(said) for one in group) for group in facts)


def of_bank(dossier: BankDossier) -> Iterator[tuple[str, Told]]:
    """The questions of the bank about a dossier, and what answers each."""
    for each in dossier.questions:
        yield each.question, partial(_meets, each.quotes)
    for other in dossier.unanswered:
        yield other.question, partial(_meets, ())


def _meets(answering: Sequence[str], text: str) -> bool:
    return any(quote in text or text in quote for quote in answering)


def first_sentences(
    pieces: Sequence[Document],
    questions: Sequence[tuple[str, Told]],
    rules: IndexSnapshot,
    embedder: Embedder,
    reader: PassageReader,
) -> Iterator[FirstSentence]:
    """The sentence quoted first for each question that these pieces seem to answer."""
    usual = questions_of_dossiers(embedder.name, embedder.dimension)
    tuning, name = tuning_for(embedder.name), pieces[0].dossier
    with TemporaryDirectory() as folder:
        retriever = Retriever(rules, embedder, tuning, indexed(pieces, Path(folder), embedder))
        for question, told in track(questions, name or ""):
            evidence = retriever.retrieve(question, Scope(date.today(), dossier=name), SHOWN)
            readings = read_first(question, evidence, reader)
            unanswered = usual.unanswered(embedder.embed_questions([question])[0])
            found = answerability(question, evidence, tuning, readings, unanswered, in_dossier=True)
            quoted = quotes(question, evidence, date.today(), embedder)
            if found is Answerability.NO or not quoted or not quoted[0].nearness:
                continue
            first = quoted[0]
            ids = [item.passage.id for item in evidence]
            read = dict(zip(ids, readings, strict=False))
            reading = read.get(first.evidence[0].passage.id)
            if reading is not None:
                may_lead = (
                    led([first], read, 0.0, ClauseWeights(bias=1.0))[0].place is Prominence.LEAD
                )
                known = (first.nearness, ahead_of(quoted), reading, unanswered)
                yield FirstSentence(name or "", known, may_lead, told(first.text))


def report(found: Sequence[FirstSentence]) -> None:
    """Print the weights, and what each bound says."""
    rows = np.array([each.signals for each in found], float)
    right = np.array([each.answers for each in found], bool)
    may_lead = np.array([each.may_lead for each in found], bool)
    likely = np.zeros(len(found))
    dossiers = [each.dossier for each in found]
    for learnt, left in LeaveOneGroupOut().split(rows, groups=dossiers):
        likely[left] = fitted(rows[learnt], right[learnt]).predict_proba(rows[left])[:, 1]
    console = Console(width=120)
    console.print(
        len(found), "sentences,", int(right.sum()), "right", weights(fitted(rows, right), SIGNALS)
    )
    table = Table(*map(str, BOUNDS))
    said = [may_lead & (likely >= bound) for bound in BOUNDS]
    table.add_row(*(f"{int(each.sum())}: {int(right[each].sum())}" for each in said))
    console.print(table)


if __name__ == "__main__":
    main()
