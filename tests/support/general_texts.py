"""Invented CCAG, numbered as the real ones, as LEGI gives them; fictional dossiers beside them.

A text of tests/data/general_clauses begins with its title, then its identifier with its first day
and the day on which it ended. "# " begins headings, "= " an article with its number in LEGI.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingestion.documents.document import State
from ingestion.legislation.articles import ArticleVersion, to_line
from tests.support.index_home import add
from tests.support.paths import DATA

TEXTS = DATA / "general_clauses"


def versions_of(name: str) -> tuple[ArticleVersion, ...]:
    """The articles of one of the texts ("fcs_2021")."""
    title, dates, *lines = (TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    text_id, first_day, *ended = dates.split()
    return tuple(
        ArticleVersion(
            id=f"LEGIARTI{text_id[-4:]}{serial:08}",
            text_id=text_id,
            code=title,
            number=article.number,
            path=article.path,
            state=State.REPEALED if ended else State.IN_FORCE,
            first_day=date.fromisoformat(first_day),
            ended=date.fromisoformat(ended[0]) if ended else None,
            lines=tuple(article.lines),
        )
        for serial, article in enumerate(_articles(lines), 1)
    )


def add_general(home: Path, folder: Path, *names: str) -> None:
    """Add texts to a library, as what is installed of LEGI is kept; `folder` is for the files."""
    for name in names:
        path = folder / f"{name}.jsonl"
        path.write_bytes(b"".join(to_line(each) + b"\n" for each in versions_of(name)))
        add(home, path)


@dataclass(slots=True)
class _Article:
    number: str
    path: tuple[str, ...]
    lines: list[str]


def _articles(lines: list[str]) -> Iterator[_Article]:
    path: list[str] = []
    article: _Article | None = None
    for line in filter(None, lines):
        mark, _, rest = line.partition(" ")
        if mark in ("#", "=") and article is not None:
            yield article
            path, article = (path if mark == "=" else []), None
        if mark == "#":
            path.append(rest)
        elif mark == "=":
            article = _Article(rest, tuple(path), [])
        else:
            assert article is not None
            article.lines.append(line)
    if article is not None:
        yield article
