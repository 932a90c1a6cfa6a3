"""Notices in eForms XML, as BOAMP and JOUE publish them: a line a field, marked by its term.

A mark such as "BT-131" names the field in every language and version of the format.
"""

from collections.abc import Iterable, Iterator, Mapping

from ingestion.documents import Block, Role
from ingestion.reading import eforms_fields as fields
from ingestion.reading.archives import refuse_entities
from ingestion.reading.content import Content, FileContent, UnreadableFile
from ingestion.reading.eforms_codes import NOTICES
from ingestion.reading.eforms_fields import Field
from ingestion.reading.eforms_values import (
    elements_at,
    first_value,
    number_of,
    values,
    written,
)
from ingestion.reading.markup import Element, local_name, parse_xml

_ROOTS = frozenset({"contractnotice", "contractawardnotice", "priorinformationnotice"})


def read(data: bytes) -> FileContent:
    """Read the fields that matter to a buyer, with their French names."""
    refuse_entities(data)
    root = parse_xml(data)
    if local_name(root) not in _ROOTS:
        raise UnreadableFile("le contenu n'est pas un avis au format eForms")
    name = NOTICES.get(first_value(root, "NoticeTypeCode"), "Avis")
    return FileContent((Content(tuple(_Notice(root).blocks(name)), title=name),))


class _Notice:
    """A notice, and the organisations that it names by identifier."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._companies: Mapping[str, Element] = {
            first_value(company, "PartyIdentification/ID"): company
            for company in elements_at(root, "//Organization/Company")
        }

    def blocks(self, name: str) -> Iterator[Block]:
        """Headings and lines, in the order of a printed notice."""
        yield Block(name, Role.HEADING, level=1)
        for change in elements_at(self._root, "//Changes"):
            yield from _section("Modification", _lines(change, fields.CHANGE))
        yield from _section("Acheteur", self._buyer())
        yield from _section("Procédure", _lines(self._root, fields.PROCEDURE))
        for lot in elements_at(self._root, "ProcurementProjectLot"):
            title = first_value(lot, "ProcurementProject/Name")
            heading = f"Lot {first_value(lot, 'ID')} : {title}".removesuffix(" : ")
            yield from _section(heading, self._lot(lot))
        for result in elements_at(self._root, "//NoticeResult"):
            yield from _section("Résultat", _lines(result, fields.TOTAL))
            for lot in elements_at(result, "LotResult"):
                yield from _section(
                    f"Résultat du lot {first_value(lot, 'TenderLot/ID')}", self._result(result, lot)
                )

    def _buyer(self) -> Iterator[Block]:
        for party in elements_at(self._root, "ContractingParty"):
            yield from self._company(
                first_value(party, "Party/PartyIdentification/ID"), fields.BUYER
            )
            yield from _lines(party, fields.CONTRACTING)

    def _lot(self, lot: Element) -> Iterator[Block]:
        yield from _lines(lot, fields.LOT)
        for criterion in elements_at(
            lot, "TenderingTerms/AwardingTerms//SubordinateAwardingCriterion"
        ):
            yield from _criterion(criterion)
        for body in elements_at(lot, "TenderingTerms/AppealTerms/AppealReceiverParty"):
            yield from self._company(first_value(body, "PartyIdentification/ID"), fields.REVIEW)

    def _result(self, result: Element, lot: Element) -> Iterator[Block]:
        yield from _lines(lot, fields.RESULT)
        for received in elements_at(lot, "ReceivedSubmissionsStatistics"):
            if first_value(received, "StatisticsCode") == "tenders":
                count = first_value(received, "StatisticsNumeric")
                yield _line("Nombre d'offres reçues", count, "BT-759")
        for tender in _of_ids(result, "LotTender", values(lot, "LotTender/ID")):
            yield from _lines(tender, fields.TENDER)
            for party in _of_ids(result, "TenderingParty", values(tender, "TenderingParty/ID")):
                for company in values(party, "Tenderer/ID"):
                    yield from self._company(company, fields.WINNER)

    def _company(self, identifier: str, which: Iterable[Field]) -> Iterator[Block]:
        company = self._companies.get(identifier)
        return _lines(company, which) if company is not None else iter(())


def _section(heading: str, lines: Iterable[Block]) -> Iterator[Block]:
    """A heading and its lines, each once; nothing when there are none."""
    once = tuple(dict.fromkeys(lines))
    if once:
        yield Block(heading, Role.HEADING, level=2)
        yield from once


def _lines(section: Element, which: Iterable[Field]) -> Iterator[Block]:
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
