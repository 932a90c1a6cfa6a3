"""Strategies: ways to answer a question, which tests/studies/reading.py compares."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from assistant.answering.answer import Finished, Found, Outcome, TurnResult, Wrote
from assistant.answering.extraction import quotable
from assistant.answering.pipeline import Assistant
from assistant.citations.checker import Support
from assistant.llm.language_model import LanguageModel, Prompt, PromptFile, load_prompt
from assistant.question.language import detect_language, fold_text
from assistant.retrieval.evidence import Evidence
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import sentences
from ingestion.index.search import context
from ingestion.legislation.references import find_references

PASSAGES = 3
"""Passages that a strategy answers from."""

LONGEST = 160
"""Tokens that a model may write for one question, whatever the strategy."""

_MARKS = re.compile(r"([.!?])\s*((?:\[\d+\]\s*)+)")
_OPENING_MARKS = re.compile(r"\A((?:\[\d+\][\s,]*)+)\.")
_NUMBER = re.compile(r"\[(\d+)\]|\b[Ss]ources? (\d+)")

_REFUSAL = re.compile(
    r"[\W\d]*(rien\b|je ne (trouve|sais|peux|dispose)|"
    r"(les|aucune?|ces) (articles?|sources?|documents?|textes?) (donnée?s |fournie?s )?ne\b)",
    re.IGNORECASE,
)


class Moment(StrEnum):
    """What a reader waits for, before the whole answer."""

    EVIDENCE = "evidence"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a reply, with the passages that it cites."""

    text: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a strategy answers; `text` is all that is read, marks and notices included."""

    text: str
    said: tuple[Said, ...]
    refused: bool


Reached = Callable[[Moment], None]
"""Called by a strategy when a moment comes; later calls for the same one mean nothing."""

Search = Callable[[str, date | None], tuple[Evidence, ...]]
"""The passages to answer from, best first, by the law of the day given or named, else today's."""


class Strategy(Protocol):
    """A way to answer."""

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        """The reply to a question asked alone; `reached` is told of each moment."""
        ...


class Writer(Protocol):
    """A model driven by the library's own chat, as frameworks drive it."""

    def generate(self, request: str, reached: Reached, grammar: str | None = None) -> str:
        """The reply to one message after the system prompt; a grammar (GBNF) may force it."""
        ...


def prompt(name: str, *placeholders: str) -> PromptFile:
    """A prompt of the strategies."""
    return load_prompt(name, *placeholders, folder=Path(__file__).parent / "prompts")


def asking(question: str) -> str:
    """The end of a prompt, after its passages."""
    return prompt("question", "question").fill(question=question)


def shown(passage: Passage) -> str:
    """A passage as every strategy shows it to a model."""
    return f"{context(passage)}\n{passage.text}"


def numbered(evidence: Sequence[Evidence]) -> str:
    """Passages with their numbers."""
    return "\n\n".join(f"[{item.number}] {shown(item.passage)}" for item in evidence)


def generate(model: LanguageModel, asked: Prompt, longest: int, reached: Reached) -> str:
    """All that the model writes, its first piece being the first text."""
    text = ""
    for piece in model.stream(asked, longest):
        if piece:
            reached(Moment.TEXT)
            text += piece
    return text.strip()


def refuses(text: str) -> bool:
    """Whether a model's reply is that the passages do not answer. Pure."""
    return not re.search(r"[^\W\d_]", text) or _REFUSAL.match(text) is not None


def written(text: str, passages: Sequence[Passage]) -> Reply:
    """A model's text as a reply, given the passages in the order of their numbers. Pure.

    A sentence cites the passages whose number or article it names.
    """
    if refuses(text):
        return Reply(text, (), refused=True)
    opened = _OPENING_MARKS.sub(r"\1", text)
    marked = _MARKS.sub(lambda match: f" {match[2].strip()}{match[1]} ", opened)
    cut = [marked[span.start : span.end] for span in sentences(marked)]
    return Reply(text, tuple(Said(each, _cited(each, passages)) for each in cut), refused=False)


def _cited(sentence: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    numbers = {int(match[1] or match[2]) for match in _NUMBER.finditer(sentence)}
    named = {reference.key for reference in find_references(sentence)}
    return tuple(
        passage
        for number, passage in enumerate(passages, 1)
        if number in numbers or not named.isdisjoint(passage.references)
    )


class Plain:
    """Everything in one prompt, which may allow to say that the articles do not answer."""

    def __init__(self, search: Search, model: LanguageModel, *, may_refuse: bool = False) -> None:
        self._search = search
        self._model = model
        self._instruction = prompt("plain_refusing" if may_refuse else "plain")

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        evidence = self._search(question, as_of)
        reached(Moment.EVIDENCE)
        articles = f"Articles :\n{numbered(evidence)}\n\n"
        asked = Prompt(self._instruction.fill(), (articles, asking(question)))
        text = generate(self._model, asked, LONGEST, reached)
        return written(text, [item.passage for item in evidence])


class ByPassage:
    """One prompt a passage, which it opens; a passage that does not answer is passed over.

    Asked the same again, the model has read the passages before.
    """

    def __init__(self, search: Search, model: LanguageModel) -> None:
        self._search = search
        self._model = model

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        evidence = self._search(question, as_of)
        reached(Moment.EVIDENCE)
        system, said = prompt("by_passage").fill(), list[Said]()
        for item in evidence:
            parts = (f"Article :\n{shown(item.passage)}\n\n", asking(question))
            text = generate(
                self._model, Prompt(system, parts), LONGEST // len(evidence), lambda moment: None
            )
            if not refuses(text):
                reached(Moment.TEXT)
                said.append(Said(f"{text} [{item.number}]", (item.passage,)))
        return Reply("\n\n".join(each.text for each in said), tuple(said), refused=not said)


class Product:
    """An assistant as users have it: its own search, refusals, checks and notices."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        for event in self._assistant.ask(question, as_of=as_of, language=detect_language(question)):
            if isinstance(event, Found):
                reached(Moment.EVIDENCE)
            elif isinstance(event, Wrote):
                reached(Moment.TEXT)
            elif isinstance(event, Finished):
                return _reply(event.result)
        raise AssertionError("a turn that is not interrupted ends with Finished")


def _reply(result: TurnResult) -> Reply:
    answer = result.answer
    passages = {item.number: item.passage for item in result.evidence}
    said = tuple(
        Said(sentence.text, tuple(passages[number] for number in sentence.citations))
        for sentence in answer.sentences
        # What code computes of the user's figures is said by no passage.
        if sentence.support is not Support.COMPUTED
    )
    return Reply(answer.markdown, said, answer.outcome is Outcome.ABSTAINED)


CHOSEN = 3
FEW = 16
"""Tokens; three numbers and what is between them."""


class SentenceNumbers:
    """The quotable sentences and lists of the passages, numbered through."""

    def __init__(self, search: Search, model: LanguageModel) -> None:
        self._search = search
        self._model = model

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        evidence = self._search(question, as_of)
        reached(Moment.EVIDENCE)
        units = [unit for item in evidence for unit in quotable(item, as_of or date.today())]
        listed = "\n".join(f"{number}. {unit.text}" for number, unit in enumerate(units, 1))
        parts = (f"Phrases :\n{listed}\n\n", asking(question))
        asked = Prompt(prompt("sentence_numbers").fill(), parts)
        text = generate(self._model, asked, FEW, lambda moment: None)
        chosen = [units[number - 1] for number in numbers(text, len(units))]
        reached(Moment.TEXT)
        said = tuple(Said(unit.text, (unit.evidence.passage,)) for unit in chosen)
        return Reply("\n\n".join(each.text for each in said), said, refused=not said)


def numbers(text: str, highest: int) -> list[int]:
    """The numbers that a reply names, in order, each once, those that are not there left out."""
    found = dict.fromkeys(int(digits) for digits in re.findall(r"\d+", text))
    return sorted([number for number in found if 1 <= number <= highest][:CHOSEN])


_CLOSED = re.compile(
    r"^\W*(?:est-ce|peut|puis|faut|doit|dois|est|sont|a|y)\b|\w-(?:t-)?(?:je|il|elle|on|nous|ils)\b"
)

_OPEN = re.compile(r"\b(?:quel(?:le)?s?|combien|comment|quand|pourquoi)\b")

ASKED = {
    "amount": re.compile(
        r"\b(montants?|seuils?|combien|taux|pourcentage|plafonds?|somme|minimum|maximum|"
        r"threshold|amount|rate|how much)\b|en dessous|au-dela|[€%]|\beuros?\b"
    ),
    "duration": re.compile(
        r"\b(delais?|duree|quand|combien de temps|date limite|moment|jours?|mois|ans?|"
        r"time limit|deadline|how long|when)\b"
    ),
    "list": re.compile(
        r"\b(dans quels? cas|quelles? sont|quels? sont|conditions|que doi(?:t|s|vent)|"
        r"quels? (?:documents|pieces|motifs|criteres)|which|what are)\b"
    ),
    "definition": re.compile(
        r"qu'est[- ]ce|definition|que signifie|c'est quoi|qu'appelle|what is an?\b"
    ),
}
"""How a question asks for a kind of answer, as `fold_text` writes it."""

FIELDS: Mapping[str, Mapping[str, str]] = {
    "closed": {
        "reponse": "« reponse », oui ou non",
        "raison": "« raison », la phrase de l'article qui le dit",
    },
    "amount": {
        "montant": "« montant », le montant ou le taux demandé",
        "phrase": "« phrase », la phrase de l'article qui le dit",
    },
    "duration": {
        "delai": "« delai », le délai ou la durée demandée",
        "phrase": "« phrase », la phrase de l'article qui le dit",
    },
    "list": {"elements": "« elements », tous les cas ou toutes les conditions, séparés par « ; »"},
    "definition": {"definition": "« definition », la définition de l'article"},
    "other": {"reponse": "« reponse », la réponse en une phrase"},
}
"""What is asked for, by type of question and field."""


class ShortFormat:
    """The best passages and the question, answered by filling in a form."""

    def __init__(self, search: Search, writer: Writer) -> None:
        self._search = search
        self._writer = writer

    def answer(self, question: str, as_of: date | None, reached: Reached) -> Reply:
        evidence = self._search(question, as_of)
        reached(Moment.EVIDENCE)
        fields = FIELDS[kind_of(question)]
        request = prompt("short_format", "articles", "question", "fields").fill(
            articles=numbered(evidence), question=question, fields=", ".join(fields.values())
        )
        text = self._writer.generate(
            request, lambda moment: None, grammar(tuple(fields), len(evidence))
        )
        reached(Moment.TEXT)
        number, sentence = read(text)
        if not 1 <= number <= len(evidence):
            return Reply("", (), refused=True)
        said = Said(sentence, (evidence[number - 1].passage,))
        return Reply(f"{sentence} [{number}]", (said,), refused=False)


def kind_of(question: str) -> str:
    """The type of a question: a key of FIELDS."""
    asked = fold_text(question)
    if _CLOSED.search(asked) and not _OPEN.search(asked):
        return "closed"
    return next((name for name, kind in ASKED.items() if kind.search(asked)), "other")


def grammar(fields: tuple[str, ...], highest: int) -> str:
    """The GBNF of an object with the article's number, then these fields in order."""
    first = "choice" if fields == tuple(FIELDS["closed"]) else "text"
    values = (first, *["text"] * (len(fields) - 1))
    pairs = "".join(
        f' ", \\"{name}\\": " {value}' for name, value in zip(fields, values, strict=True)
    )
    return (
        f'root ::= "{{\\"article\\": " [0-{highest}]{pairs} "}}"\n'
        'choice ::= "\\"oui\\"" | "\\"non\\""\n'
        'text ::= "\\"" [^"\\\\\\n]{1,400} "\\""\n'
    )


def read(text: str) -> tuple[int, str]:
    """The article's number and the sentence that a form makes; 0 for one that was cut short."""
    try:
        form = json.loads(text)
    except json.JSONDecodeError:
        return 0, ""
    number, *values = form.values()
    sentence = " : ".join(value.strip() for value in values)
    return number, sentence[:1].upper() + sentence[1:]
