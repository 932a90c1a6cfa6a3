"""How retrieval keeps to the right article, regime and day: python -m tests.studies.law --data DIR.

Always, over the index of DIR and the questions of tests/data/questions_*.jsonl and of the files
given: expected articles found for questions as written and badly written, passages of other
regimes among those that an answer quotes, and the version found on each side of a change of law.

  --translate          also asks tests/data/english_questions.jsonl in French, as the real model
                       translates them (minutes)
  --superseded FILE    a JSONL of articles (num, texte) that are no longer the law, in the index:
                       none may be evidence
"""

import argparse
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.answering.quoted_passages import worth_reading
from assistant.container import load_embedder, load_model
from assistant.evaluation.questions import Question, read_questions
from assistant.question.language import fold_text
from assistant.question.translation import in_french
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.ranking import foreign_regime
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import default_tuning
from assistant.settings import Settings, default_home, load_settings
from ingestion.chunking.passages import Passage
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.snapshot import IndexSnapshot

DATA = Path(__file__).parents[1] / "data"
OWN = sorted(DATA.glob("questions_*.jsonl"))
EVIDENCE = 20
"""Passages looked at for each question."""

Sets = Mapping[str, Sequence[Question]]
console = Console(width=150)


def expecting(path: Path) -> list[Question]:
    """The questions of a file that expect an article and belong to no dossier."""
    return [
        question
        for question in read_questions(path)
        if question.articles and not question.refusal_expected and not question.dossier
    ]


def found(retriever: Retriever, text: str, question: Question) -> tuple[Evidence, ...]:
    """The evidence for a question put in these words."""
    return retriever.retrieve(text, Scope(question.as_of or date.today()), EVIDENCE)


def share(part: int, whole: int) -> str:
    """A part as a number and in percent."""
    return f"{part}/{whole} ({part / max(whole, 1):.1%})"


SMALL_PURCHASE = "Sous quel montant peut-on acheter sans publicité ni mise en concurrence ?"
TURNOVER = "Quel chiffre d'affaires minimal peut-on exiger des candidats ?"

AS_OF = (
    (SMALL_PURCHASE, "R2122-8", date(2019, 6, 1), "25 000 euros"),
    (SMALL_PURCHASE, "R2122-8", date(2020, 6, 1), "40 000 euros"),
    (SMALL_PURCHASE, "R2122-8", date(2026, 3, 31), "40 000 euros"),
    (SMALL_PURCHASE, "R2122-8", date(2026, 4, 1), "60 000 euros"),
    (TURNOVER, "R2142-7", date(2025, 12, 31), "deux fois"),
    (TURNOVER, "R2142-7", date(2026, 1, 1), "une fois et demie"),
)


def versions(retriever: Retriever) -> None:
    """Print which version of an article is evidence for a day, and whether it says what it must."""
    table = Table("article", "as of", "place", "version in force", "must say", "says it")
    for question, article, day, words in AS_OF:
        evidence = retriever.retrieve(question, Scope(day), EVIDENCE)
        items = [item for item in evidence if article in item.passage.references]
        for item in items:
            passage = item.passage
            until = f" to {passage.valid_to} (excluded)" if passage.valid_to else ""
            version = f"{passage.valid_from}{until}"
            says = "yes" if words in passage.text else "NO"
            table.add_row(article, str(day), str(item.number), version, words, says)
        if len(items) != 1:
            table.add_row(article, str(day), "", f"{len(items)} versions", words, "NO")
    console.print(table)


def traps(retriever: Retriever, generation: IndexSnapshot, path: Path) -> None:
    """Print how often a text that is no longer the law is evidence, or in the index at all."""
    lines = path.read_text(encoding="utf-8").splitlines()
    old = {(row["num"], _spaced(row["texte"])) for row in map(json.loads, lines)}
    documents = {
        each.id: (each.reference, _spaced(each.text)) for each in generation.store.documents()
    }
    shown, current = 0, 0
    for number, text in track(sorted(old), "Superseded texts", transient=True):
        first = re.split(r"(?<=[.:;])\s", text, maxsplit=1)[0]
        evidence = retriever.retrieve(first, Scope(date.today()), EVIDENCE)
        shown += any(documents[item.passage.document_id] in old for item in evidence)
        current += any(number in item.passage.references for item in evidence)
    passages = list(generation.store.all_passages())
    indexed = sum(documents[passage.document_id] in old for passage in passages)
    table = Table(
        "superseded texts",
        "kept for history",
        f"with one in the first {EVIDENCE}",
        "with the article as it is now",
        "passages with one",
    )
    table.add_row(
        str(len(old)),
        str(len(old.intersection(documents.values()))),
        share(shown, len(old)),
        share(current, len(old)),
        share(indexed, len(passages)),
    )
    console.print(table)


def _spaced(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Leak:
    """A passage that would be quoted although its regime is not that of any expected article."""

    question: str
    item: Evidence
    regime: str
    is_named: bool


def leaks(generation: IndexSnapshot, question: Question, quoted: Sequence[Evidence]) -> list[Leak]:
    """The quoted passages of a regime that none of the expected and useful articles belongs to."""
    lookup, store = generation.lexical.lookup, generation.store
    ids = [found for key in (*question.articles, *question.useful) for found in lookup(key)]
    expected = {_regime("", passage) for passage in store.passages(ids)}
    return [
        Leak(question.text, item, regime, _regime(question.text, item.passage) is None)
        for item in quoted
        if (regime := _regime("", item.passage)) is not None and regime not in expected
    ]


def _regime(question: str, passage: Passage) -> str | None:
    return foreign_regime(question, (passage.title, *passage.headings))


def regimes(retriever: Retriever, generation: IndexSnapshot, sets: Sets) -> None:
    """Print how many passages of other regimes come first or would be quoted, and which."""
    table = Table("set", "regime", "first", "quoted passages", "answers with one")
    listed = Table("question", "passage", "regime", "question seems to name it")
    for name, questions in sets.items():
        quoted, leaked = 0, list[list[Leak]]()
        for question in track(questions, f"{name}, regimes", transient=True):
            passages = worth_reading(found(retriever, question.text, question))
            quoted += len(passages)
            leaked.append(leaks(generation, question, passages))
        for label, kept in (
            ("not named", [[leak for leak in each if not leak.is_named] for each in leaked]),
            ("any other", leaked),
        ):
            first = sum(any(leak.item.number == 1 for leak in each) for each in kept)
            table.add_row(
                f"{name} ({len(questions)})" if label == "not named" else "",
                label,
                share(first, len(questions)),
                share(sum(map(len, kept)), quoted),
                share(sum(map(bool, kept)), len(questions)),
            )
        for leak in (leak for each in leaked for leak in each):
            place = f"{leak.item.number}. {leak.item.passage.locator}"
            listed.add_row(leak.question, place, leak.regime, "yes" if leak.is_named else "no")
    console.print(table, listed)


ENGLISH = DATA / "english_questions.jsonl"
DEPTHS = (1, 3, 5, 10)
LONG_WORD = 5
"""Letters from which a word may get a typo; about one in four does."""


def without_accents(text: str) -> str:
    """The question as typed on a keyboard without accents, in lower case."""
    return fold_text(text)


def with_typos(text: str) -> str:
    """A letter swapped, dropped or doubled in about one long word in four; always the same."""
    chance = Random(text)

    def spoilt(match: re.Match[str]) -> str:
        word = match[0]
        if chance.random() >= 1 / 4:
            return word
        place = chance.randrange(1, len(word) - 1)
        a, b = word[place], word[place + 1]
        return word[:place] + chance.choice([b + a, b, a + a + b]) + word[place + 2 :]

    return re.sub(rf"[^\W\d_]{{{LONG_WORD},}}", spoilt, text)


def bare(text: str) -> str:
    """Lower case without punctuation."""
    return " ".join(re.findall(r"\w+", text.lower()))


FORMS: Mapping[str, Callable[[str], str]] = {
    "as written": str,
    "without accents": without_accents,
    "with typos": with_typos,
    "lower case, no punctuation": bare,
}


def measures(questions: Sequence[Question], results: Sequence[Sequence[Evidence]]) -> list[float]:
    """Share of expected articles at each depth, and of questions whose first one is expected."""
    rows = []
    for question, evidence in zip(questions, results, strict=True):
        articles = list(dict.fromkeys(key for item in evidence for key in item.passage.references))
        expected = set(question.articles)
        shares = [len(expected & set(articles[:depth])) / len(expected) for depth in DEPTHS]
        rows.append([*shares, float(articles[:1] != [] and articles[0] in expected)])
    return [float(share) for share in np.mean(rows, axis=0)]


def robustness(retriever: Retriever, sets: Sets) -> None:
    """Print the measures of every set in every form, and what each form loses."""
    table = Table("set", "form", *(f"in {depth}" for depth in DEPTHS), "first", "loss in 10")
    for name, questions in sets.items():
        whole = 0.0
        for form, change in FORMS.items():
            results = [
                found(retriever, change(question.text), question)
                for question in track(questions, f"{name}, {form}", transient=True)
            ]
            shares = measures(questions, results)
            whole = whole or shares[DEPTHS.index(10)]
            label = f"{name} ({len(questions)})" if form == "as written" else ""
            table.add_row(label, form, *_row(shares, whole))
    console.print(table)


def english(retriever: Retriever, translated: Callable[[str], str] | None) -> None:
    """Print the same for English questions beside the French ones that they translate."""
    questions = expecting(ENGLISH)
    french = {f"en-{question.id}": question.text for path in OWN for question in expecting(path)}
    texts = {
        "French": [french[question.id] for question in questions],
        "English, as typed": [question.text for question in questions],
    }
    if translated:
        texts["English, translated"] = [
            translated(question.text) for question in track(questions, "Translating")
        ]
    table = Table("question", *(f"in {depth}" for depth in DEPTHS), "first", "loss in 10")
    whole = 0.0
    for name, asked in texts.items():
        pairs = zip(asked, questions, strict=True)
        shares = measures(questions, [found(retriever, *pair) for pair in pairs])
        whole = whole or shares[DEPTHS.index(10)]
        table.add_row(f"{name} ({len(questions)})", *_row(shares, whole))
    console.print(table)


def _row(shares: Sequence[float], whole: float) -> list[str]:
    loss = whole - shares[DEPTHS.index(10)]
    return [*(f"{share:.3f}" for share in shares), f"{loss:+.3f}"]


def translator(home: Path, settings: Settings) -> Callable[[str], str]:
    """Put a question in French with the real model."""
    model = load_model(home, settings)

    def translated(question: str) -> str:
        writing = in_french(question, model)
        while True:
            try:
                next(writing)
            except StopIteration as written:
                return str(written.value)

    return translated


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("--translate", action="store_true")
    parser.add_argument("--superseded", type=Path)
    parser.add_argument("questions", nargs="*", type=Path)
    asked = parser.parse_args()
    settings = load_settings(asked.data)
    embedder = load_embedder(asked.data, settings)
    generation = open_snapshot(asked.data, current_name(asked.data))
    retriever = Retriever(generation, embedder, default_tuning())
    sets = {path.stem: expecting(path) for path in (*OWN, *asked.questions)}
    versions(retriever)
    if asked.superseded:
        traps(retriever, generation, asked.superseded)
    regimes(retriever, generation, sets)
    robustness(retriever, sets)
    english(retriever, translator(asked.data, settings) if asked.translate else None)


if __name__ == "__main__":
    main()
