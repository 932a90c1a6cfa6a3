"""Answering from passages that do not answer: python -m tests.studies.refusal --data DIR FOLDER.

Over the French part of NoMIRACL (Thakur et al., EMNLP Findings 2024; Apache-2.0): questions on
Wikipedia, each with ten passages that readers have judged. `FOLDER` holds its baselines
`relevant.fr.test.vanilla_prompt.jsonl` and `non_relevant.fr.test.vanilla_prompt.jsonl`, whose
prompts give the passages. *Hallucination*: answers although no passage answers; *error*: refuses
although one does. The product decides over an index of the ten passages, as it would over its own;
the model is asked with the file's own prompt; GPT-4's replies are in the files.
"""

import argparse
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.answering.extraction import quotes
from assistant.container import load_embedder, load_model
from assistant.llm.language_model import LanguageModel, Prompt
from assistant.question.scope import refusal_for
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.retriever import Answerability, Retriever, answerability
from assistant.settings import default_home, load_settings
from ingestion.chunking.passages import passages_of
from ingestion.index.lexical import EverydayWords, TantivyIndex, write_lexical
from ingestion.index.questions import read_leading_questions
from ingestion.index.search import Embedder, as_indexed
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.store import Manifest, SqlitePassages, write_store
from ingestion.index.vectors import ChromaIndex
from ingestion.readers.documents import Document, Kind
from tests.fakes import ListVectorIndex

SEED = 7
SHOWN = 6
"""Passages of evidence, as the product shows."""

REPLY = 12
"""Tokens; "Yes, answer is present" or "I don't know"."""

_PROMPT = re.compile(
    r"QUESTION:\n(?P<question>.*?)\n\nCONTEXTS:\n(?P<contexts>.*?)\n\nOUTPUT:", re.DOTALL
)
_CONTEXT = re.compile(
    r"^\[\d+\] (?P<title>[^:\n]*): (?P<text>.*?)(?=\n\n\[\d+\] |\Z)", re.DOTALL | re.MULTILINE
)
_UNKNOWN = re.compile(r"don['’]t know|do not know|not present|unable", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its passages; `answered` says whether one of them answers it."""

    id: str
    question: str
    passages: tuple[tuple[str, str], ...]
    answered: bool
    prompt: str
    gpt4: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the product answers a case, and the signals it had."""

    case: str
    answered: bool
    answers: bool
    similarity: float
    strength: float


def read_cases(folder: Path) -> list[Case]:
    """The cases of both files that give their passages."""
    return [
        case
        for subset in ("relevant", "non_relevant")
        for line in (folder / f"{subset}.fr.test.vanilla_prompt.jsonl").open(encoding="utf-8")
        if (case := case_of(json.loads(line), answered=subset == "relevant"))
    ]


def case_of(row: Mapping[str, Any], *, answered: bool) -> Case | None:
    """The case that a line gives, None where it has no prompt. Pure."""
    prompt = row["prompt"] or ""
    found = _PROMPT.search(prompt)
    if found is None:
        return None
    passages = tuple(
        (match["title"], match["text"].strip()) for match in _CONTEXT.finditer(found["contexts"])
    )
    gpt4 = row["results"]["gpt-4-azure"]
    return Case(row["query_id"], found["question"], passages, answered, prompt, gpt4)


def refuses(reply: str) -> bool:
    """Whether a model's reply is that it does not know. Pure."""
    return not reply.strip() or _UNKNOWN.search(reply) is not None


def decide(case: Case, embedder: Embedder) -> Decision:
    """What the product does with a case, from the scope of the question to its quotes."""
    with TemporaryDirectory() as folder:
        snapshot = indexed(_documents(case), Path(folder), embedder)
        retriever = Retriever(snapshot, embedder)
        evidence = retriever.retrieve(case.question, Scope(date.today()), SHOWN)
    answers = refusal_for(case.question) is None and _answers(case.question, evidence, embedder)
    return Decision(
        case.id,
        case.answered,
        answers,
        max((item.similarity for item in evidence), default=0.0),
        max((item.strength for item in evidence), default=0.0),
    )


def _answers(question: str, evidence: Sequence[Evidence], embedder: Embedder) -> bool:
    return answerability(question, evidence) is not Answerability.NO and bool(
        quotes(question, evidence, date.today(), embedder)
    )


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
    )


def _documents(case: Case) -> list[Document]:
    return [
        Document(sha256(f"{title}\n{text}".encode()).hexdigest(), title, title, Kind.RULES, text)
        for title, text in dict.fromkeys(case.passages)
    ]


def _manifest(embedder: Embedder, documents: int, passages: int) -> Manifest:
    return Manifest(
        "case", "", datetime.now(UTC), embedder.name, documents, passages, (), (), (), None, {}, ()
    )


def asked_plainly(case: Case, model: LanguageModel) -> str:
    """The model's reply to the file's own prompt."""
    asked = Prompt("You are a helpful assistant.", (case.prompt,))
    return "".join(filter(None, model.stream(asked, REPLY)))


def rates(answers: Sequence[tuple[bool, bool]]) -> tuple[float | None, float | None]:
    """Hallucination and error rates of (a passage answers, it was answered) pairs. Pure."""
    wrongly = [answered for known, answered in answers if not known]
    rightly = [answered for known, answered in answers if known]
    return (
        sum(wrongly) / len(wrongly) if wrongly else None,
        1 - sum(rightly) / len(rightly) if rightly else None,
    )


def separation(higher: Sequence[float], lower: Sequence[float]) -> float:
    """How often one of `higher` is above one of `lower` (area under the ROC curve). Pure."""
    above = np.subtract.outer(np.array(higher), np.array(lower))
    return float(np.mean((above > 0) + 0.5 * (above == 0)))


def _sample(cases: Sequence[Case], size: int) -> list[Case]:
    """So many cases of each kind by lot, the kinds in turn."""
    lot = random.Random(SEED)
    kinds = [[case for case in cases if case.answered is kind] for kind in (True, False)]
    drawn = [lot.sample(kind, min(size, len(kind))) for kind in kinds]
    return [case for pair in zip(*drawn, strict=True) for case in pair]


def _rates_table(rows: Mapping[str, Sequence[tuple[bool, bool]]]) -> Table:
    table = Table("", "questions", "hallucination", "error")
    for name, answers in rows.items():
        shares = ("–" if rate is None else f"{rate:.1%}" for rate in rates(answers))
        table.add_row(name, str(len(answers)), *shares)
    return table


def _area(decisions: Sequence[Decision], signal: str) -> float:
    return separation(
        [getattr(each, signal) for each in decisions if each.answered],
        [getattr(each, signal) for each in decisions if not each.answered],
    )


def _write(path: Path, decisions: Sequence[Decision], replies: Sequence[tuple[Case, str]]) -> None:
    said = [{"case": case.id, "answered": case.answered, "reply": reply} for case, reply in replies]
    content = {"decisions": [asdict(each) for each in decisions], "replies": said}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=0, help=f"for the model; seed {SEED}")
    parser.add_argument("--json", type=Path, help="every decision and reply")
    arguments = parser.parse_args()
    settings, cases = load_settings(arguments.data), read_cases(arguments.folder)
    embedder = load_embedder(arguments.data, settings)
    decisions = [decide(case, embedder) for case in track(cases, "Sourcier")]
    replies: list[tuple[Case, str]] = []
    if arguments.sample:
        model = load_model(arguments.data, settings)
        for case in track(_sample(cases, arguments.sample), settings.llm):
            replies.append((case, asked_plainly(case, model)))
    if arguments.json:
        _write(arguments.json, decisions, replies)
    console = Console()
    console.print(
        _rates_table(
            {
                "Sourcier": [(each.answered, each.answers) for each in decisions],
                settings.llm: [(case.answered, not refuses(reply)) for case, reply in replies],
                "GPT-4": [(case.answered, not refuses(case.gpt4)) for case in cases],
            }
        )
    )
    for signal in ("similarity", "strength"):
        console.print(f"area under the ROC curve, {signal}: {_area(decisions, signal):.2f}")


if __name__ == "__main__":
    main()
