"""Articles of a code, one JSON object a line: one document an article.

Fields: `code`, `num`, `texte`, and when known `chemin` (headings above), `etat`, `valide_du`,
`valide_au` (days, both included) and `controle` ("texte au 2026-08-23").
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ingestion.documents import Block
from ingestion.reading.content import Content, FileContent, UnreadableFile, listed
from ingestion.references import normalise

_CHECKED_ON = re.compile(r"texte au (\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class _BadLine(Exception):
    reason: str


def read(data: bytes) -> FileContent:
    """Read the articles; lines that are no article are named in the warnings."""
    contents: dict[bytes, Content] = {}
    bad: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        if line in contents:
            bad["article déjà lu plus haut"].append(number)
            continue
        try:
            contents[line] = _article(line)
        except _BadLine as error:
            bad[error.reason].append(number)
    warnings = tuple(f"lignes ignorées, {reason} : {listed(bad[reason])}" for reason in bad)
    if not contents:
        raise UnreadableFile("; ".join(("aucun article lisible", *warnings)))
    return FileContent(tuple(contents.values()), warnings)


def _article(line: bytes) -> Content:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise _BadLine("JSON invalide") from None
    if not isinstance(fields, dict):
        raise _BadLine("objet JSON attendu")
    text = _string(fields, "texte")
    last_day = _day(fields, "valide_au")
    if last_day is None and fields.get("etat", "VIGUEUR") != "VIGUEUR":
        raise _BadLine("texte qui n'est plus en vigueur, sans date de fin")
    return Content(
        blocks=tuple(Block(part.strip()) for part in text.splitlines() if part.strip()),
        title=_string(fields, "code"),
        data=line,
        path=_path(fields),
        reference=normalise(_string(fields, "num")),
        valid_from=_day(fields, "valide_du"),
        valid_to=last_day + timedelta(days=1) if last_day else None,
        state_date=_checked_on(fields),
    )


def _string(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _BadLine(f"champ « {name} » absent ou vide")
    return value.strip()


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
    return date.fromisoformat(found[1]) if found else None
