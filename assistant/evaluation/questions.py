"""Question sets: lines of JSON with what a right answer has, and their themes."""

import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from assistant.errors import WrongQuestions
from ingestion.documents.references import normalise


@dataclass(frozen=True, slots=True)
class ExpectedPlace:
    """A piece of a tender dossier ("CCAP") and the page of it (1-based) that an answer must cite.

    Without `page` any page will do.
    """

    piece: str
    page: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what is expected of its answer.

    `facts` is a conjunction of disjunctions of regular expressions, `forbidden` a list of which
    none may match; both are searched in the answer, case ignored, spaces normalised. `articles`
    (keys of references, however the set writes them) are expected among the citations, `useful`
    ones are not counted as wrong. The last five are the words by which a set sorts its questions,
    "" where it does not, and the file it is from.
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
    places: tuple[ExpectedPlace, ...] = ()
    theme: str = ""
    kind: str = ""
    category: str = ""
    difficulty: str = ""
    file: str = ""


def read_questions(*paths: Path) -> list[Question]:
    """The questions of files, in order; raises WrongQuestions naming the line or the double."""
    found = [question for path in paths for question in _questions(path)]
    for name, times in Counter(question.id for question in found).items():
        if times > 1:
            raise WrongQuestions(
                f"L'identifiant de question « {name} » est donné {times} fois. Changez-en : un "
                "résultat n'a que lui pour dire à quelle question il répond."
            )
    return found


def _questions(path: Path) -> list[Question]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongQuestions(f"Le fichier de questions {path} est illisible : {error}") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(question_of(json.loads(line), str(path)))
        except (ValueError, KeyError, TypeError, re.error) as error:
            raise WrongQuestions(f"{path}, ligne {number} : {error!r}") from error
    return found


def question_of(row: object, file: str) -> Question:
    """The question of a line; raises ValueError, KeyError or TypeError for what is none."""
    if not isinstance(row, dict):
        raise TypeError("la ligne n'est pas un objet JSON")
    as_of, dossier = row.get("as_of"), row.get("dossier")
    places = (_place(row, suffix) for suffix in ("", "2"))
    return Question(
        id=str(row["id"]),
        text=str(row["question"]),
        as_of=date.fromisoformat(str(as_of)) if as_of else None,
        dossier=str(dossier) if dossier else None,
        articles=_references(row, "articles_attendus"),
        useful=_references(row, "articles_utiles"),
        facts=tuple(_patterns(group) for group in _list(row, "faits")),
        forbidden=_patterns(_list(row, "interdits")),
        refusal_expected=bool(row.get("attendu_refus")),
        places=tuple(place for place in places if place),
        theme=str(row.get("theme") or ""),
        kind=str(row.get("type") or ""),
        category=str(row.get("categorie") or ""),
        difficulty=str(row.get("difficulte") or ""),
        file=file,
    )


def _place(row: dict[str, object], suffix: str) -> ExpectedPlace | None:
    piece, page = row.get(f"piece{suffix}"), row.get(f"page{suffix}")
    return ExpectedPlace(str(piece), int(str(page)) if page else None) if piece else None


def _references(row: dict[str, object], key: str) -> tuple[str, ...]:
    return tuple(normalise(str(each)) for each in _list(row, key))


def _list(row: dict[str, object], key: str) -> list[object]:
    value = row.get(key) or []
    if not isinstance(value, list):
        raise TypeError(f"« {key} » n'est pas une liste")
    return value


def _patterns(options: object) -> tuple[re.Pattern[str], ...]:
    if not isinstance(options, list):
        raise TypeError(f"{options!r} n'est pas une liste d'expressions")
    return tuple(re.compile(option, re.IGNORECASE) for option in options)


# Themes: the subject under which a question is counted. The code's plan is data: `themes.toml`.

PRINCIPLES = "Principes"
OUT_OF_SCOPE = "Hors périmètre"
OTHER = "Autre"
LEDGER = {"invoices": "Factures", "purchases": "Achats"}
"""Of questions that are computed on the ledger, by their route."""

_CODE_ARTICLE = re.compile(r"[LRDA]\*?(\d{4})-")
_PRELIMINARY = re.compile(r"L\d(?:-\d)?")


def theme_of(question: Question) -> str:
    """The theme that the set gives, else that of the first expected article, else the piece."""
    if question.theme:
        return question.theme
    if question.articles and (theme := theme_of_article(question.articles[0])):
        return theme
    if question.places:
        return question.places[0].piece
    return OUT_OF_SCOPE if question.refusal_expected else OTHER


def theme_of_article(reference: str) -> str | None:
    """The theme of an article of the code, None for any other text."""
    if _PRELIMINARY.fullmatch(reference):
        return PRINCIPLES
    article = _CODE_ARTICLE.match(reference)
    if article is None:
        return None
    beginnings = (article[1][:length] for length in range(len(article[1]), 0, -1))
    return next((_plan()[each] for each in beginnings if each in _plan()), None)


@cache
def _plan() -> dict[str, str]:
    table = tomllib.loads(Path(__file__).with_name("themes.toml").read_text(encoding="utf-8"))
    plan: dict[str, str] = table["code"]
    return plan
