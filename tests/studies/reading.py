"""Ways to answer, side by side: python -m tests.studies.reading --data DIR QUESTIONS….

The same questions, weights, embedding model and passages for every strategy of `strategies`, asked
in turn question by question, so that a slow moment of the machine weighs on all of them. The
product ("quotes") refuses by itself what is out of scope or not in the texts; the others refuse
when the model says so. LlamaIndex and Haystack need the `bench` extra.
"""

import argparse
import json
import random
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.citations.checker import check_sentence
from assistant.evaluation.questions import Question, read_questions
from assistant.question.language import Language, detect_language
from assistant.settings import default_home, load_settings
from ingestion.legislation.references import find_references
from tests.studies.strategies.parts import STRATEGIES, Parts
from tests.studies.strategies.strategy import Moment, Reply, Strategy

SEED = 7

RIVALS = ("plain", "LlamaIndex")
"""Strategies whose total time the others are compared with."""

FOREIGN_SCRIPT = re.compile(r"[\u0400-\u04ff\u3040-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Measured:
    """A reply to a question and what was found in it; seconds are from the question on.

    `supported` is, of the `sentences`, how many stand on what they cite. `recall` and `precision`
    are None where no article is expected, or none cited.
    """

    strategy: str
    question: str
    text: str
    correct: bool
    refused: bool
    to_refuse: bool
    recall: float | None
    precision: float | None
    sentences: int
    supported: int
    french: bool
    evidence: float | None
    first: float | None
    total: float


def ask(name: str, strategy: Strategy, question: Question) -> Measured:
    """Ask one question and measure the reply."""
    began = time.perf_counter()
    moments: dict[Moment, float] = {}

    def reached(moment: Moment) -> None:
        moments.setdefault(moment, time.perf_counter() - began)

    reply = strategy.answer(question.text, question.as_of, reached)
    total = time.perf_counter() - began
    return measured(
        name, question, reply, (moments.get(Moment.EVIDENCE), moments.get(Moment.TEXT), total)
    )


def measured(
    name: str, question: Question, reply: Reply, seconds: tuple[float | None, float | None, float]
) -> Measured:
    """What a reply is worth. Pure."""
    expected = set(question.articles)
    cited = {
        reference.key
        for each in reply.said
        for passage in each.passages
        for reference in find_references(passage.locator)
    }
    standing = [
        check_sentence(each.text, [p.text for p in each.passages]).support for each in reply.said
    ]
    right = expected | set(question.useful)
    return Measured(
        strategy=name,
        question=question.id,
        text=reply.text,
        correct=is_correct(question, reply),
        refused=reply.refused,
        to_refuse=question.refusal_expected,
        recall=len(expected & cited) / len(expected) if expected else None,
        precision=len(right & cited) / len(cited) if expected and cited else None,
        sentences=len(standing),
        supported=sum(support is not None for support in standing),
        french=_is_french(reply.text),
        evidence=seconds[0],
        first=seconds[1],
        total=seconds[2],
    )


def is_correct(question: Question, reply: Reply) -> bool:
    """Whether a reply has all the facts and nothing forbidden, or is the refusal due. Pure."""
    text = re.sub(r"\s+", " ", reply.text)
    if any(pattern.search(text) for pattern in question.forbidden):
        return False
    if question.refusal_expected or reply.refused:
        return question.refusal_expected and reply.refused
    return all(any(option.search(text) for option in group) for group in question.facts)


def _is_french(text: str) -> bool:
    return detect_language(text) is Language.FRENCH and not FOREIGN_SCRIPT.search(text)


def row(replies: Sequence[Measured]) -> dict[str, float | None]:
    """The measures of one strategy, None where there is nothing to measure. Pure."""
    answered = [each for each in replies if not each.refused]
    rightly = sum(each.refused and each.to_refuse for each in replies)
    refusals = sum(each.refused + each.to_refuse for each in replies)
    sentences = sum(each.sentences for each in replies)
    return {
        "questions": len(replies),
        "correct": mean(each.correct for each in replies),
        "recall": _mean(each.recall for each in replies),
        "precision": _mean(each.precision for each in replies),
        "supported": sum(e.supported for e in replies) / sentences if sentences else None,
        "not French": _mean(not each.french for each in answered),
        "refusal F1": 2 * rightly / refusals if refusals else None,
        "words": median(len(e.text.split()) for e in answered) if answered else None,
        "evidence": _median(each.evidence for each in replies),
        "first": _median(each.first for each in replies),
        "total": median(each.total for each in replies),
    }


def table(replies: Sequence[Measured]) -> dict[str, dict[str, float | None]]:
    """The row of each strategy, with how many times faster it is than each of RIVALS. Pure."""
    names = dict.fromkeys(each.strategy for each in replies)
    rows = {name: row([each for each in replies if each.strategy == name]) for name in names}
    for rival in RIVALS:
        slow = rows.get(rival, {}).get("total")
        for each in rows.values():
            total = each["total"]
            each[f"× {rival}"] = slow / total if slow is not None and total else None
    return rows


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known else None


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _printed(rows: Mapping[str, Mapping[str, float | None]]) -> Table:
    shown = Table("strategy", *next(iter(rows.values())))
    for name, values in rows.items():
        shown.add_row(name, *("–" if each is None else f"{each:.3g}" for each in values.values()))
    return shown


def _write(path: Path, replies: Sequence[Measured]) -> None:
    content = {"table": table(replies), "replies": [asdict(each) for each in replies]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument(
        "--strategies", default=";".join(STRATEGIES), help="names, between semicolons"
    )
    parser.add_argument("--model", help="another language model of the catalogue")
    parser.add_argument("--sample", type=int, help=f"so many questions only, by lot (seed {SEED})")
    parser.add_argument("--json", type=Path, help="the table and every reply")
    arguments = parser.parse_args()
    settings = load_settings(arguments.data)
    if arguments.model:
        settings = replace(settings, llm=arguments.model)
    questions = [each for path in arguments.questions for each in read_questions(path)]
    if arguments.sample:
        questions = random.Random(SEED).sample(questions, arguments.sample)
    replies: list[Measured] = []
    with TemporaryDirectory() as folder:
        parts = Parts(arguments.data, settings, Path(folder) / "journal.jsonl")
        chosen = {name: STRATEGIES[name](parts) for name in arguments.strategies.split(";")}
        for question in track(questions, "Questions"):
            replies += [ask(name, strategy, question) for name, strategy in chosen.items()]
            if arguments.json:
                _write(arguments.json, replies)
    Console(width=180).print(_printed(table(replies)))


if __name__ == "__main__":
    main()
