"""Decisions, one JSON object a line: one document a decision, marked by its numbered paragraphs.

| paragraph                                   | mark                                             |
|---------------------------------------------|--------------------------------------------------|
| "7. Il résulte…", the next number in order  | point 7                                          |
| "Considérant que…", of older decisions      | considérant 3, counted here                      |
| after "DECIDE :" or "ORDONNE :"             | dispositif                                       |
| what comes before the reasons               | visas, which tell what the parties ask           |
| all but the dispositif, where none is found | motifs                                           |
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from ingestion.documents.document import Block
from ingestion.documents.ruling import (
    DISPOSITIF,
    PUBLISHED,
    VISAS,
    Ruling,
    RulingRank,
    applied_articles,
)
from ingestion.errors import UnreadableFile
from ingestion.readers.content import FileContent, ReaderContent, clean_text, listed

RULING_PAGE = "https://www.legifrance.gouv.fr/ceta/id/{}"
"""The public page of a decision, by its identifier in JADE."""

_POINT = re.compile(r"(\d{1,3})\s?\.\s+\S")
_RECITAL = re.compile(r"considérant\s+qu|considérant,\s", re.IGNORECASE)
_DECIDES = re.compile(r"(?:d[ée]cide|arr[êe]te|ordonne)\s*:?", re.IGNORECASE)


def read_rulings(data: bytes) -> FileContent:
    """Read the decisions; lines that are none are named in the warnings."""
    contents, bad = [], list[int]()
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            contents.append(_ruling(line))
        except (ValueError, KeyError, TypeError, RecursionError):
            bad.append(number)
    if not contents:
        raise UnreadableFile("aucune décision lisible")
    warnings = (f"lignes ignorées, pas une décision : {listed(bad)}",) if bad else ()
    return FileContent(tuple(contents), warnings)


def _ruling(line: bytes) -> ReaderContent:
    fields = json.loads(line)
    ruling = _described(fields)
    lines = [clean_text(each) for each in fields["texte"].split("\n") if each.strip()]
    if not lines:
        raise ValueError("no text")
    blocks = tuple(Block(text, mark=mark) for text, mark in zip(lines, _marks(lines), strict=True))
    return ReaderContent(
        blocks=blocks,
        title=f"{ruling.name}, {PUBLISHED[ruling.rank]}",
        data=line,
        path=tuple(fields["chemin"]),
        not_before=ruling.day,
        address=RULING_PAGE.format(fields["id"]),
        ruling=ruling.applying(applied_articles("\n".join(lines))),
    )


def _described(fields: dict[str, Any]) -> Ruling:
    """The decision of a line, without what it applies; raises KeyError or ValueError."""
    return Ruling(
        fields["juridiction"],
        fields["numero"],
        date.fromisoformat(fields["date"]),
        RulingRank(fields["publication"]),
    )


def _marks(lines: Sequence[str]) -> list[str]:
    """The paragraph that each line belongs to."""
    found = list(_numbered(lines))
    is_plain = not set(found) - {VISAS, DISPOSITIF}
    return ["motifs" if is_plain and mark == VISAS else mark for mark in found]


def _numbered(lines: Sequence[str]) -> Iterator[str]:
    mark, point, recitals = VISAS, 0, 0
    for line in lines:
        numbered = _POINT.match(line)
        if _DECIDES.fullmatch(line.replace(" ", "")):
            mark = DISPOSITIF
        elif mark != DISPOSITIF and numbered and int(numbered[1]) in _next(point):
            point = int(numbered[1])
            mark = f"point {point}"
        elif mark != DISPOSITIF and not point and _RECITAL.match(line):
            recitals += 1
            mark = f"considérant {recitals}"
        yield mark


def _next(point: int) -> range:
    """The numbers that a paragraph after this one may have: an extract begins anywhere."""
    return range(point + 1, point + 2) if point else range(1, 1000)
