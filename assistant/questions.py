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
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongQuestions(f"Le fichier de questions {path} est illisible : {error}") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(_question(json.loads(line)))
        except (ValueError, KeyError, TypeError, re.error) as error:
            raise WrongQuestions(f"{path}, ligne {number} : {error!r}") from error
    return found


def _question(row: object) -> Question:
    if not isinstance(row, dict):
        raise TypeError("la ligne n'est pas un objet JSON")
    as_of, dossier = row.get("as_of"), row.get("dossier")
    return Question(
        id=str(row["id"]),
        text=str(row["question"]),
        as_of=date.fromisoformat(str(as_of)) if as_of else None,
        dossier=str(dossier) if dossier else None,
        articles=tuple(map(str, _list(row, "articles_attendus"))),
        useful=tuple(map(str, _list(row, "articles_utiles"))),
        facts=tuple(_patterns(group) for group in _list(row, "faits")),
        forbidden=_patterns(_list(row, "interdits")),
        refusal_expected=bool(row.get("attendu_refus")),
    )


def _list(row: dict[str, object], key: str) -> list[object]:
    value = row.get(key) or []
    if not isinstance(value, list):
        raise TypeError(f"« {key} » n'est pas une liste")
    return value


def _patterns(options: object) -> tuple[re.Pattern[str], ...]:
    if not isinstance(options, list):
        raise TypeError(f"{options!r} n'est pas une liste d'expressions")
    return tuple(re.compile(option, re.IGNORECASE) for option in options)
