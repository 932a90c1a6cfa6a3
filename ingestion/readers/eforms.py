"""Notices in eForms XML, as BOAMP and JOUE publish them: a line a field, marked by its term.

A mark such as "BT-131" names the field in every language and version of the format.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, DecimalException
from functools import cache
from pathlib import Path

from ingestion.documents.document import Block, Role
from ingestion.errors import UnreadableFile
from ingestion.french import written_day, written_moment, written_number
from ingestion.readers.content import FileContent, ReaderContent, refuse_entities
from ingestion.readers.markup import Element, attribute, local_name, parse_xml


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
_UNITS: Mapping[str, tuple[str, str]] = _TABLE["units"]
_CURRENCIES: Mapping[str, str] = _TABLE["currencies"]
_LANGUAGES: Mapping[str, str] = _TABLE["languages"]


@cache
def _fields(*sections: str) -> tuple[_Field, ...]:
    return tuple(_Field(*row) for name in sections for row in _TABLE["fields"][name])


_FRENCH = (None, "FRA")
_SINGULAR = re.compile(r"[01](?:,\d+)?")
"""French counts below two as one."""


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
        singular, plural = _UNITS.get(unit, (unit, unit))
        number = number_of(value)
        return f"{number} {singular if _SINGULAR.fullmatch(number) else plural}"
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


_ROOTS = frozenset({"contractnotice", "contractawardnotice", "priorinformationnotice"})


def read_eforms(data: bytes) -> FileContent:
    """Read the fields that matter to a buyer, with their French names."""
    refuse_entities(data)
    blocks = notice_blocks(parse_xml(data))
    if not blocks:
        raise UnreadableFile("le contenu n'est pas un avis au format eForms")
    return FileContent((ReaderContent(blocks, title=blocks[0].text),))


def notice_blocks(root: Element, mark: str | None = None) -> tuple[Block, ...]:
    """The name of a notice as a heading with this mark, and its lines; none for another root."""
    if local_name(root) not in _ROOTS:
        return ()
    name = _NOTICES.get(first_value(root, "NoticeTypeCode"), "Avis")
    return (Block(name, Role.HEADING, level=1, mark=mark), *_Notice(root).blocks())


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
            yield from _section("Modification", field_lines(change, "change"))
        yield from _section("Acheteur", self._buyer())
        yield from _section(
            "Procédure", field_lines(self._root, "procedure_name", "contract", "procedure")
        )
        for lot in elements_at(self._root, "ProcurementProjectLot"):
            title = first_value(lot, "ProcurementProject/Name")
            heading = f"Lot {first_value(lot, 'ID')} : {title}".removesuffix(" : ")
            yield from _section(heading, self._lot(lot))
        for result in elements_at(self._root, "//NoticeResult"):
            yield from _section("Résultat", field_lines(result, "total"))
            for lot in elements_at(result, "LotResult"):
                yield from _section(
                    f"Résultat du lot {first_value(lot, 'TenderLot/ID')}", self._result(result, lot)
                )

    def _buyer(self) -> Iterator[Block]:
        for party in elements_at(self._root, "ContractingParty"):
            yield from self._company(first_value(party, "Party/PartyIdentification/ID"), "buyer")
            yield from field_lines(party, "contracting")

    def _lot(self, lot: Element) -> Iterator[Block]:
        yield from field_lines(lot, "lot_name", "contract", "lot")
        for criterion in elements_at(
            lot, "TenderingTerms/AwardingTerms//SubordinateAwardingCriterion"
        ):
            yield from _criterion(criterion)
        for body in elements_at(lot, "TenderingTerms/AppealTerms/AppealReceiverParty"):
            yield from self._company(first_value(body, "PartyIdentification/ID"), "review")

    def _result(self, result: Element, lot: Element) -> Iterator[Block]:
        yield from field_lines(lot, "result")
        for received in elements_at(lot, "ReceivedSubmissionsStatistics"):
            if first_value(received, "StatisticsCode") == "tenders":
                count = first_value(received, "StatisticsNumeric")
                yield _line("Nombre d'offres reçues", count, "BT-759")
        for tender in _of_ids(result, "LotTender", _chosen(result, lot)):
            yield from field_lines(tender, "tender")
            for party in _of_ids(result, "TenderingParty", values(tender, "TenderingParty/ID")):
                for company in values(party, "Tenderer/ID"):
                    yield from self._company(company, "winner")

    def _company(self, identifier: str, fields: str) -> Iterator[Block]:
        company = self._companies.get(identifier)
        return field_lines(company, fields) if company is not None else iter(())


def _section(heading: str, lines: Iterable[Block]) -> Iterator[Block]:
    """A heading and its lines, each once; nothing when there are none."""
    once = tuple(dict.fromkeys(lines))
    if once:
        yield Block(heading, Role.HEADING, level=2)
        yield from once


def field_lines(section: Element, *names: str) -> Iterator[Block]:
    """The lines of a section of a notice, as the tables of fields of these names say it."""
    for field in _fields(*names):
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


def _chosen(result: Element, lot: Element) -> set[str]:
    """The tenders that won a lot: of those that its result cites, which may have lost, the signed.

    Without any contract, the only one cited.
    """
    if first_value(lot, "TenderResultCode") != "selec-w":
        return set()
    cited = set(values(lot, "LotTender/ID"))
    signed = set(values(result, "SettledContract/LotTender/ID"))
    return cited if not signed and len(cited) == 1 else cited & signed


def _of_ids(result: Element, name: str, identifiers: Iterable[str]) -> Iterator[Element]:
    wanted = set(identifiers)
    return (each for each in elements_at(result, name) if first_value(each, "ID") in wanted)
