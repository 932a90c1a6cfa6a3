"""Question sets: lines of JSON with what a right answer has. Pure but for reading the file."""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.errors import WrongQuestions


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what is expected of its answer.

    `facts` is a conjunction of disjunctions of regular expressions, `forbidden` a list of which
    none may match; both are searched in the answer, case ignored, spaces normalised. `articles`
    are expected among the citations, `useful` ones are not counted as wrong.
    """

    id: str
    text: str
    as_of: date | None
    dossier: str | None
    articles: tuple[str, ...]
    useful: tuple[str, ...]
    facts: tuple[tuple[re.Pattern[str], ...], ...]
    forbidden: tuple[re.Pattern[str], ...]
    refusal_expected: bool


def read_questions(path: Path) -> list[Question]:
    """The questions of a file, in order; raises WrongQuestions naming the line."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(_question(json.loads(line)))
        except (ValueError, KeyError, TypeError, re.error) as error:
            raise WrongQuestions(f"{path}, ligne {number} : {error!r}") from error
    return found


def _question(row: dict[str, object]) -> Question:
    def texts(key: str) -> tuple[str, ...]:
        value = row.get(key) or ()
        assert isinstance(value, (list, tuple))
        return tuple(str(item) for item in value)

    facts = row.get("faits") or []
    assert isinstance(facts, list)
    as_of, dossier = row.get("as_of"), row.get("dossier")
    return Question(
        id=str(row["id"]),
        text=str(row["question"]),
        as_of=date.fromisoformat(str(as_of)) if as_of else None,
        dossier=str(dossier) if dossier else None,
        articles=texts("articles_attendus"),
        useful=texts("articles_utiles"),
        facts=tuple(tuple(_pattern(option) for option in group) for group in facts),
        forbidden=tuple(_pattern(pattern) for pattern in texts("interdits")),
        refusal_expected=bool(row.get("attendu_refus")),
    )


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
