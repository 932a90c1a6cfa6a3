"""Articles of a code, one JSON object a line: one document an article.

Fields: `code`, `num`, `texte`, and when known `chemin` (headings above), `etat`, `valide_du`,
`valide_au` (days, both included), `controle` ("texte au 2026-08-23"), `id` (LEGIARTI…), and
`motif`: why a text is no longer the law. Such a text may leave its code out. Of a CCAG, each
numbered clause is a document, whatever the articles of the official copy hold together.
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ingestion.documents.document import Block, State, day_after, is_citable
from ingestion.documents.general_clauses import (
    GeneralClause,
    article_number,
    general_text_of,
    numbered_clauses,
)
from ingestion.documents.references import normalise
from ingestion.errors import UnreadableFile
from ingestion.readers.content import FileContent, ReaderContent, listed

_ARTICLE_PAGE = "https://www.legifrance.gouv.fr/codes/article_lc/{}"
"""The public page of a version of an article, by its identifier in LEGI."""

_IDENTIFIER = re.compile(r"LEGIARTI\d{12}")
_NOT_OF_CODE = "/codes/", "/loda/"
_OF_ORDER = re.compile(r"\bprésent arrêté\b|\bannexée?s? (?:au|à)\b", re.IGNORECASE)
"""What the order that approves a CCAG says of itself, in articles above which nothing stands."""

_CHECKED_ON = re.compile(r"texte au (\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class _BadLine(Exception):
    reason: str


def read_law(data: bytes) -> FileContent:
    """Read the articles; lines that are no article are named in the warnings."""
    contents: dict[bytes, tuple[ReaderContent, ...]] = {}
    bad: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        if line in contents:
            bad["article déjà lu plus haut"].append(number)
            continue
        try:
            contents[line] = _contents(line)
        except _BadLine as error:
            bad[error.reason].append(number)
    warnings = [f"lignes ignorées, {reason} : {listed(bad[reason])}" for reason in bad]
    found = tuple(each for of_line in contents.values() for each in of_line)
    if uncited := sum(not is_citable(each.state, each.valid_to) for each in found):
        warnings.append(f"versions jamais citées, sans date de fin ou annulées : {uncited}")
    if not found:
        raise UnreadableFile(" ; ".join(("aucun article lisible", *warnings)))
    return FileContent(found, tuple(warnings))


def _contents(line: bytes) -> tuple[ReaderContent, ...]:
    """The article of a line, or the clauses of one that is of a CCAG."""
    fields = _fields(line)
    article = _article(fields, line)
    general = general_text_of(article.title or "")
    if general is None:
        return (article,)
    number, written = _string(fields, "num"), [block.text for block in article.blocks]
    if not article.path and any(map(_OF_ORDER.search, written)):
        return (replace(article, reference=None),)
    address = article.address and article.address.replace(*_NOT_OF_CODE)
    return tuple(
        _clause(replace(article, address=address), general.family, clause)
        for clause in numbered_clauses(article_number(number), written)
    )


def _clause(article: ReaderContent, family: str, clause: GeneralClause) -> ReaderContent:
    """A clause as a document of its own: it is looked up, cited and followed by its number."""
    return replace(
        article,
        blocks=tuple(map(Block, clause.lines)),
        data=f"{clause.number}\n".encode() + (article.data or b""),
        path=(*article.path, *clause.titles),
        reference=f"{family} {clause.number}" if clause.number else None,
    )


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise _BadLine("JSON invalide") from None
    if not isinstance(fields, dict):
        raise _BadLine("objet JSON attendu")
    return fields


def _article(fields: dict[str, Any], line: bytes) -> ReaderContent:
    text = _string(fields, "texte")
    last_day = _day(fields, "valide_au")
    is_replaced = bool(fields.get("motif"))
    return ReaderContent(
        blocks=tuple(Block(part.strip()) for part in text.splitlines() if part.strip()),
        title=None if is_replaced and "code" not in fields else _string(fields, "code"),
        data=line,
        path=_path(fields),
        reference=normalise(_string(fields, "num")),
        valid_from=_day(fields, "valide_du"),
        valid_to=day_after(last_day),
        state_date=_checked_on(fields),
        state=State.CHANGED if is_replaced else _state(fields),
        address=_address(fields),
    )


def _string(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _BadLine(f"champ « {name} » absent ou vide")
    return value.strip()


def _state(fields: dict[str, Any]) -> State | None:
    value = fields.get("etat")
    if value is None:
        return None
    try:
        return State(value)
    except ValueError:
        raise _BadLine("état inconnu") from None


def _address(fields: dict[str, Any]) -> str | None:
    found = _IDENTIFIER.fullmatch(str(fields.get("id", "")))
    return _ARTICLE_PAGE.format(found[0]) if found else None


def _path(fields: dict[str, Any]) -> tuple[str, ...]:
    value = fields.get("chemin") or []
    if not isinstance(value, list) or not all(isinstance(heading, str) for heading in value):
        raise _BadLine("champ « chemin » qui n'est pas une liste de titres")
    return tuple(value)


def _day(fields: dict[str, Any], name: str) -> date | None:
    value = fields.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _BadLine(f"champ « {name} » qui n'est pas une date") from None


def _checked_on(fields: dict[str, Any]) -> date | None:
    found = _CHECKED_ON.fullmatch(str(fields.get("controle", "")))
    return _day({"controle": found[1]}, "controle") if found else None
