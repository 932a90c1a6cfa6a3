"""Notices in JSON, as the BOAMP and those who copy it give them: one document a notice.

Read are a record of the BOAMP's API, a list of them, its answer ("results"), and the extract
{number: [title, object, deadline]}. A line is marked by its key.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from ingestion.documents.document import Block, Role
from ingestion.errors import UnreadableFile
from ingestion.french import written_day, written_moment
from ingestion.readers.content import FileContent, ReaderContent, listed
from ingestion.readers.eforms import elements_at, field_lines, first_value, notice_blocks
from ingestion.readers.markup import Element, element_from_json

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
_CLOCK = re.compile(r"(\d{1,2})\s*[h:]\s*(\d\d)?", re.IGNORECASE)
_READ = frozenset({*_LABELS, _TIME})
_OBJECTS = frozenset({"title", "objet", "description"})
_EXTRACT = ("title", "objet", "deadline_date")
_DAY_ALONE = len("2026-03-12")
_NOTHING = ("", "None")
_WHOLE = "donnees"
"""The field of the whole notice, a JSON text of its XML."""

_NATIONAL = ("FNSimple", "MAPA")


def read_boamp(data: bytes) -> FileContent:
    """Read each notice; the fields that are not read are named.

    Of the whole notice, eForms are read as they are in XML, and of the national forms what they
    say beside the record.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile("fichier corrompu (JSON invalide)") from error
    notices = [notice for record in _records(found) if _is_notice(notice := _flat(record))]
    if not notices:
        raise UnreadableFile("le contenu n'est pas un avis du BOAMP")
    contents = tuple(_content(notice, notices) for notice in notices)
    read = {*_READ, *(block.mark for content in contents for block in content.blocks)}
    unread = dict.fromkeys(key for notice in notices for key in notice if key not in read)
    warnings = (f"champs non lus : {listed(unread)}",) if unread else ()
    return FileContent(contents, warnings)


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
    """The fields that say something, those of inner objects where the record has none itself."""
    fields: dict[str, str] = {}
    inner: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            inner |= _flat(value)
        else:
            values = value if isinstance(value, list) else [value]
            text = ", ".join(" ".join(str(each).split()) for each in values)
            if text not in _NOTHING:
                fields[key] = text
    return fields | inner | fields


def _reference(notice: Notice) -> str:
    return notice.get("idweb") or notice.get("reference") or notice.get("id") or ""


def _is_notice(notice: Notice) -> bool:
    return bool(_reference(notice) and _OBJECTS & notice.keys())


def _content(notice: Notice, notices: list[Notice]) -> ReaderContent:
    title = f"Avis {_reference(notice)}"
    lines = dict.fromkeys(
        Block(f"{label} : {_written(key, notice)}", mark=key)
        for key, label in _LABELS.items()
        if key in notice
    )
    blocks = (Block(title, Role.HEADING, level=1), *lines, *_whole_blocks(notice))
    data = json.dumps(notice, sort_keys=True).encode() if len(notices) > 1 else None
    return ReaderContent(blocks, title=title, data=data)


def _whole_blocks(notice: Notice) -> tuple[Block, ...]:
    """What the notice says as a whole, its heading marked by the field; none when unread."""
    try:
        return tuple(_of_form(element_from_json("form", json.loads(notice.get(_WHOLE, "{}")))))
    except (ValueError, RecursionError, UnreadableFile):
        return ()


def _of_form(whole: Element) -> Iterator[Block]:
    for root in elements_at(whole, "EFORMS/*"):
        yield from notice_blocks(root, mark=_WHOLE)
    for name in _NATIONAL:
        for form in elements_at(whole, f"{name}/initial"):
            yield Block("Avis national", Role.HEADING, level=1, mark=_WHOLE)
            yield from field_lines(form, "national")
            for criterion in elements_at(form, "criteres/criterePondere"):
                said = first_value(criterion, "critere"), first_value(criterion, "criterePCT")
                yield Block("Critère : {}, {} %".format(*said), mark="criterePondere")


def _written(key: str, notice: Notice) -> str:
    """The value of a field; what is no day is left as it is."""
    value = notice[key]
    time = notice.get(_TIME, "") if key == "deadline_date" else ""
    if _LABELS[key] == _DEADLINE and len(moment := f"{value} {_clock(time)}".strip()) > _DAY_ALONE:
        with suppress(ValueError):
            return written_moment(datetime.fromisoformat(moment))
    elif "date" in key:
        value = _day(value[:_DAY_ALONE]) or value
    return f"{_day(value) or value} à {time}" if time else value


def _day(written: str) -> str:
    """A day of ISO 8601 as French texts write it, "" for what is none."""
    try:
        return written_day(date.fromisoformat(written))
    except ValueError:
        return ""


def _clock(time: str) -> str:
    """A time such as "9h30" or "12 h" as ISO 8601 writes it; another one as it is."""
    found = _CLOCK.fullmatch(time)
    return f"{int(found[1]):02}:{found[2] or '00'}" if found else time
