"""One version of an article as official sources describe it, and its line in the library. Pure."""

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta

from ingestion.documents import State

TEXT_ID = re.compile(r"LEGITEXT\d{12}")
ARTICLE_ID = re.compile(r"LEGIARTI\d{12}")


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """One version of one article of a code or another text.

    `ended` is the first day on which it no longer applies, None while no such day is known.
    `path` holds the headings above, highest first. The nota is the editor's, not the law's.
    """

    id: str
    text_id: str
    code: str
    number: str
    path: tuple[str, ...]
    state: State
    first_day: date
    ended: date | None
    lines: tuple[str, ...]
    nota: tuple[str, ...] = ()


def to_line(version: ArticleVersion) -> bytes:
    """The version as a JSON line, without its end: equal versions, equal bytes."""
    last_day = version.ended - timedelta(days=1) if version.ended else None
    fields = {
        "id": version.id,
        "texte_id": version.text_id,
        "code": version.code,
        "num": version.number,
        "chemin": version.path,
        "etat": version.state,
        "valide_du": version.first_day.isoformat(),
        "valide_au": last_day.isoformat() if last_day else None,
        "texte": "\n".join(version.lines),
        "nota": "\n".join(version.nota),
    }
    return json.dumps(fields, ensure_ascii=False).encode(errors="replace")


def from_line(line: bytes) -> ArticleVersion:
    """The version that `to_line` wrote.

    Raises:
        ValueError: when the line is not such a version.
    """
    try:
        fields = json.loads(line)
        last_day = fields["valide_au"]
        return ArticleVersion(
            id=fields["id"],
            text_id=fields["texte_id"],
            code=fields["code"],
            number=fields["num"],
            path=tuple(fields["chemin"]),
            state=State(fields["etat"]),
            first_day=date.fromisoformat(fields["valide_du"]),
            ended=date.fromisoformat(last_day) + timedelta(days=1) if last_day else None,
            lines=tuple(fields["texte"].split("\n")),
            nota=tuple(line for line in fields["nota"].split("\n") if line),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a version of an article: {error!r}") from error


def in_order(version: ArticleVersion) -> tuple[list[str | int], date, str]:
    """Sort key: number ("L2" before "L10"), then first day."""
    parts = re.split(r"(\d+)", version.number)
    # Odd parts are the digits: numbers only ever meet numbers.
    number: list[str | int] = [int(part) if index % 2 else part for index, part in enumerate(parts)]
    return number, version.first_day, version.id
