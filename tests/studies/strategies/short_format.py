"""Short format: a JSON object forced by a grammar, its fields by the type of question."""

import json
import re
from collections.abc import Mapping
from datetime import date

from assistant.question.language import fold_text
from tests.studies.strategies.strategy import (
    Moment,
    Reached,
    Reply,
    Said,
    Search,
    Writer,
    numbered,
    prompt,
)

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
