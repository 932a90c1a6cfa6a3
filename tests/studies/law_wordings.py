"""Are the expected articles found for questions as written, badly written, in English?"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
from rich.progress import track
from rich.table import Table

from assistant.container import load_model
from assistant.evaluation.questions import Question
from assistant.question.language import fold_text
from assistant.question.rewriting import in_french
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.retriever import Retriever
from assistant.settings import Settings
from tests.studies.law_questions import DATA, OWN, Sets, console, expecting, found

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
