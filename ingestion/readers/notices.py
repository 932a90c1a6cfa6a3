"""Notices of the BOAMP in JSON, and eForms notices in XML: a line a field."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, DecimalException
from functools import cache
from pathlib import Path
from typing import Any

from ingestion.errors import UnreadableFile
from ingestion.french import written_day, written_moment, written_number
from ingestion.readers.content import (
    FileContent,
    ReaderContent,
    listed,
    refuse_entities,
)
from ingestion.readers.documents import Block, Role
from ingestion.readers.markup import (
    Element,
    attribute,
    element_from_json,
    local_name,
    parse_xml,
)

# The fields and codes of notices: what each is called, its business term, its path.


@dataclass(frozen=True, slots=True)
class _Field:
    """A field: its French label, its term ("BT-131"), and where it stands below its section."""

    label: str
    term: str
    path: str


_TABLE = tomllib.loads(Path(__file__).with_name("notice_fields.toml").read_text(encoding="utf-8"))

_NOTICES: Mapping[str, str] = _TABLE["notices"]
_CODES: Mapping[str, Mapping[str, str]] = _TABLE["codes"]
_ANSWERS: Mapping[str, str] = _TABLE["answers"]
_UNITS: Mapping[str, str] = _TABLE["units"]
_CURRENCIES: Mapping[str, str] = _TABLE["currencies"]
_LANGUAGES: Mapping[str, str] = _TABLE["languages"]


@cache
def _fields(*sections: str) -> tuple[_Field, ...]:
    return tuple(_Field(*row) for name in sections for row in _TABLE["fields"][name])


# Notices in JSON, as the BOAMP and those who copy it give them: one document a notice.
#
# Read are a record of the BOAMP's API, a list of them, its answer ("results"), and the extract
# {number: [title, object, deadline]}. A line is marked by its key.

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
        if local_name(root) in _ROOTS:
            yield Block(_name_of(root), Role.HEADING, level=1, mark=_WHOLE)
            yield from _Notice(root).blocks()
    for name in _NATIONAL:
        for form in elements_at(whole, f"{name}/initial"):
            yield Block("Avis national", Role.HEADING, level=1, mark=_WHOLE)
            yield from _lines(form, _fields("national"))
            for criterion in elements_at(form, "criteres/criterePondere"):
                said = first_value(criterion, "critere"), first_value(criterion, "criterePCT")
                yield _line("Critère", "{}, {} %".format(*said), "criterePondere")


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


# Values of eForms fields as French text, and the elements at a path. Pure.

_FRENCH = (None, "FRA")


def first_value(element: Element, path: str) -> str:
    """The first text at a path, "" when there is none."""
    return next(values(element, path), "")


def values(element: Element, path: str) -> Iterator[str]:
    """The texts at a path."""
    return (" ".join((found.text or "").split()) for found in elements_at(element, path))


def elements_at(element: Element, path: str) -> list[Element]:
    """Elements at a path, whatever the namespaces; "//" passes over any number of elements.

    Of a field written in several languages, those in French when there are any.
    """
    steps = "/".join("{*}" + step if step else "" for step in path.split("/"))
    found = list(element.iterfind(f".{steps}" if steps.startswith("/") else steps))
    french = [each for each in found if attribute(each, "languageID") in _FRENCH]
    return french or found


def written(element: Element) -> str:
    """The value of a field, as its own attributes and name say to write it."""
    value = " ".join((element.text or "").split())
    name = local_name(element)
    if currency := attribute(element, "currencyID"):
        return f"{number_of(value, 2)} {_CURRENCIES.get(currency, currency)}"
    if unit := attribute(element, "unitCode"):
        return f"{number_of(value)} {_UNITS.get(unit, unit)}"
    if name.endswith("date"):
        return _day(value, element)
    if name == "id":
        return _LANGUAGES.get(value, value)
    codes = _CODES.get(attribute(element, "listName") or "", {})
    if name.endswith(("code", "indicator")):
        return codes.get(value, _ANSWERS.get(value, value))
    return value


def number_of(value: str, decimals: int | None = None) -> str:
    """A number as French texts write it, `decimals` for one that is not whole.

    What is no number is left as it is.
    """
    try:
        number = Decimal(value)
        return written_number(number, 0 if number == number.to_integral_value() else decimals)
    except DecimalException:
        return value


def _day(value: str, element: Element) -> str:
    """A day, with the time that the format writes beside it."""
    tag = str(element.tag)
    time = element.getnext()
    try:
        if time is not None and time.tag == f"{tag.removesuffix('Date')}Time":
            return written_moment(datetime.fromisoformat(f"{value[:10]}T{time.text}"))
        return written_day(date.fromisoformat(value[:10]))
    except ValueError:
        return value


# Notices in eForms XML, as BOAMP and JOUE publish them: a line a field, marked by its term.
#
# A mark such as "BT-131" names the field in every language and version of the format.

_ROOTS = frozenset({"contractnotice", "contractawardnotice", "priorinformationnotice"})


def read_eforms(data: bytes) -> FileContent:
    """Read the fields that matter to a buyer, with their French names."""
    refuse_entities(data)
    root = parse_xml(data)
    if local_name(root) not in _ROOTS:
        raise UnreadableFile("le contenu n'est pas un avis au format eForms")
    name = _name_of(root)
    heading = Block(name, Role.HEADING, level=1)
    return FileContent((ReaderContent((heading, *_Notice(root).blocks()), title=name),))


def _name_of(root: Element) -> str:
    return _NOTICES.get(first_value(root, "NoticeTypeCode"), "Avis")


class _Notice:
    """A notice, and the organisations that it names by identifier."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._companies: Mapping[str, Element] = {
            first_value(company, "PartyIdentification/ID"): company
            for company in elements_at(root, "//Organization/Company")
        }

    def blocks(self) -> Iterator[Block]:
        """Headings and lines, in the order of a printed notice."""
        for change in elements_at(self._root, "//Changes"):
            yield from _section("Modification", _lines(change, _fields("change")))
        yield from _section("Acheteur", self._buyer())
        yield from _section(
            "Procédure", _lines(self._root, _fields("procedure_name", "contract", "procedure"))
        )
        for lot in elements_at(self._root, "ProcurementProjectLot"):
            title = first_value(lot, "ProcurementProject/Name")
            heading = f"Lot {first_value(lot, 'ID')} : {title}".removesuffix(" : ")
            yield from _section(heading, self._lot(lot))
        for result in elements_at(self._root, "//NoticeResult"):
            yield from _section("Résultat", _lines(result, _fields("total")))
            for lot in elements_at(result, "LotResult"):
                yield from _section(
                    f"Résultat du lot {first_value(lot, 'TenderLot/ID')}", self._result(result, lot)
                )

    def _buyer(self) -> Iterator[Block]:
        for party in elements_at(self._root, "ContractingParty"):
            yield from self._company(
                first_value(party, "Party/PartyIdentification/ID"), _fields("buyer")
            )
            yield from _lines(party, _fields("contracting"))

    def _lot(self, lot: Element) -> Iterator[Block]:
        yield from _lines(lot, _fields("lot_name", "contract", "lot"))
        for criterion in elements_at(
            lot, "TenderingTerms/AwardingTerms//SubordinateAwardingCriterion"
        ):
            yield from _criterion(criterion)
        for body in elements_at(lot, "TenderingTerms/AppealTerms/AppealReceiverParty"):
            yield from self._company(first_value(body, "PartyIdentification/ID"), _fields("review"))

    def _result(self, result: Element, lot: Element) -> Iterator[Block]:
        yield from _lines(lot, _fields("result"))
        for received in elements_at(lot, "ReceivedSubmissionsStatistics"):
            if first_value(received, "StatisticsCode") == "tenders":
                count = first_value(received, "StatisticsNumeric")
                yield _line("Nombre d'offres reçues", count, "BT-759")
        for tender in _of_ids(result, "LotTender", values(lot, "LotTender/ID")):
            yield from _lines(tender, _fields("tender"))
            for party in _of_ids(result, "TenderingParty", values(tender, "TenderingParty/ID")):
                for company in values(party, "Tenderer/ID"):
                    yield from self._company(company, _fields("winner"))

    def _company(self, identifier: str, which: Iterable[_Field]) -> Iterator[Block]:
        company = self._companies.get(identifier)
        return _lines(company, which) if company is not None else iter(())


def _section(heading: str, lines: Iterable[Block]) -> Iterator[Block]:
    """A heading and its lines, each once; nothing when there are none."""
    once = tuple(dict.fromkeys(lines))
    if once:
        yield Block(heading, Role.HEADING, level=2)
        yield from once


def _lines(section: Element, which: Iterable[_Field]) -> Iterator[Block]:
    for field in which:
        for element in elements_at(section, field.path):
            if value := written(element):
                yield _line(field.label, value, field.term)


def _line(label: str, value: str, term: str) -> Block:
    return Block(f"{label} : {value}", mark=term)


def _criterion(criterion: Element) -> Iterator[Block]:
    kinds = [written(kind) for kind in elements_at(criterion, "AwardingCriterionTypeCode")]
    names = [written(name) for name in elements_at(criterion, "Name")]
    name = next(iter([*names, *kinds]), "")
    weights = [
        _weight(parameter)
        for parameter in elements_at(criterion, "//AwardCriterionParameter")
        if first_value(parameter, "ParameterCode[@listName='number-weight']")
    ]
    yield _line("Critère", ", ".join(filter(None, (name, *weights))), "BT-541")
    for description in elements_at(criterion, "Description"):
        if text := written(description):
            yield _line(f"Critère {name}".strip(), text, "BT-540")


def _weight(parameter: Element) -> str:
    value = number_of(first_value(parameter, "ParameterNumeric"))
    return " ".join(filter(None, (value, *map(written, elements_at(parameter, "ParameterCode")))))


def _of_ids(result: Element, name: str, identifiers: Iterable[str]) -> Iterator[Element]:
    wanted = set(identifiers)
    return (each for each in elements_at(result, name) if first_value(each, "ID") in wanted)
