"""Notices in JSON, as the BOAMP and those who copy it give them: one document a notice.

Read are a record of the BOAMP's API, a list of them, its answer ("results"), and the extract
{number: [title, object, deadline]}. A line is marked by its key.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from ingestion.documents import Block, Role
from ingestion.reading.content import Content, FileContent, UnreadableFile, listed
from ingestion.reading.french import written_day, written_moment

Notice = Mapping[str, str]

_DEADLINE = "Date limite de remise des offres"
_LABELS = {
    "idweb": "Référence",
    "id": "Référence",
    "reference": "Référence",
    "nature_libelle": "Nature de l'avis",
    "etat": "État de l'avis",
    "nomacheteur": "Acheteur",
    "buyer_name": "Acheteur",
    "title": "Intitulé",
    "objet": "Objet",
    "description": "Objet",
    "type_marche": "Type de marché",
    "category": "Type de marché",
    "lots_info": "Lots",
    "procedure_libelle": "Type de procédure",
    "criteres": "Critères d'attribution",
    "estimated_budget": "Valeur estimée",
    "descripteur_libelle": "Descripteurs",
    "code_departement": "Département",
    "department": "Département",
    "city": "Ville",
    "dateparution": "Date de publication",
    "publication_date": "Date de publication",
    "datelimitereponse": _DEADLINE,
    "deadline_date": _DEADLINE,
    "url_avis": "Adresse de l'avis",
    "url": "Adresse de l'avis",
}
_TIME = "deadline_time"  # of "deadline_date"
_READ = frozenset({*_LABELS, _TIME})
_OBJECTS = frozenset({"title", "objet", "description"})
_EXTRACT = ("title", "objet", "deadline_date")
_DAY_ALONE = len("2026-03-12")
_NOTHING = ("", "None")


def read(data: bytes) -> FileContent:
    """Read each notice; the fields that are not read are named."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile("fichier corrompu (JSON invalide)") from error
    notices = [notice for record in _records(found) if _is_notice(notice := _flat(record))]
    if not notices:
        raise UnreadableFile("le contenu n'est pas un avis du BOAMP")
    unread = dict.fromkeys(key for notice in notices for key in notice if key not in _READ)
    warnings = (f"champs non lus : {listed(unread)}",) if unread else ()
    return FileContent(tuple(_content(notice, notices) for notice in notices), warnings)


def _records(found: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(found, dict) and isinstance(found.get("results"), list):
        found = found["results"]
    if isinstance(found, dict) and all(isinstance(value, list) for value in found.values()):
        found = [
            {"reference": number, **dict(zip(_EXTRACT, values, strict=False))}
            for number, values in found.items()
        ]
    for record in found if isinstance(found, list) else [found]:
        if isinstance(record, dict):
            yield record


def _flat(record: Mapping[str, Any]) -> Notice:
    """The fields that say something, those of inner objects beside those of the record."""
    fields: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            fields |= _flat(value)
        else:
            values = value if isinstance(value, list) else [value]
            text = ", ".join(" ".join(str(each).split()) for each in values)
            if text not in _NOTHING:
                fields[key] = text
    return fields


def _reference(notice: Notice) -> str:
    return notice.get("idweb") or notice.get("reference") or notice.get("id") or ""


def _is_notice(notice: Notice) -> bool:
    return bool(_reference(notice) and _OBJECTS & notice.keys())


def _content(notice: Notice, notices: list[Notice]) -> Content:
    title = f"Avis {_reference(notice)}"
    lines = dict.fromkeys(
        Block(f"{label} : {_written(key, notice)}", mark=key)
        for key, label in _LABELS.items()
        if key in notice
    )
    blocks = (Block(title, Role.HEADING, level=1), *lines)
    data = json.dumps(notice, sort_keys=True).encode() if len(notices) > 1 else None
    return Content(blocks, title=title, data=data)


def _written(key: str, notice: Notice) -> str:
    value = notice[key]
    try:
        time = notice.get(_TIME, "").replace("h", ":") if key == "deadline_date" else ""
        moment = f"{value} {time}".strip()
        if _LABELS[key] == _DEADLINE and len(moment) > _DAY_ALONE:
            return written_moment(datetime.fromisoformat(moment))
        if "date" in key:
            return written_day(date.fromisoformat(value[:_DAY_ALONE]))
    except ValueError:
        pass  # written in another way: left as it is
    return value
