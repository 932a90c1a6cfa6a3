"""The terms of EN 16931 (BT-1, BG-25 …), as factur-x reads them, into a record of the ledger."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from facturx.generate_xml import EN16931_FIELDS, EN16931_PARTY_FIELDS  # type: ignore[import-untyped]

from ingestion.ledger.identifiers import account_digest, digits, has_luhn_key
from ingestion.ledger.records import Part, Record, Value

_COLUMNS = {
    "number": "BT-1",
    "issued": "BT-2",
    "type": "BT-3",
    "currency": "BT-5",
    "due": "BT-9",
    "service": "BT-10",
    "contract": "BT-12",
    "commitment": "BT-13",
    "delivered": "BT-72",
    "net": "BT-109",
    "vat": "BT-110",
    "gross": "BT-112",
    "payable": "BT-115",
}
_LINES = {
    "label": "BT-153",
    "quantity": "BT-129",
    "unit_price": "BT-146",
    "net": "BT-131",
    "vat_rate": "BT-152",
}
_VAT = {"rate": "BT-119", "category": "BT-118", "base": "BT-116", "amount": "BT-117"}
_SIREN_SCHEME = "0002"
_SIRET_SCHEMES = ("0009", None)
_FRENCH_VAT = re.compile(r"FR(\d\d)(\d{9})")


@dataclass(frozen=True, slots=True)
class Terms:
    """What an invoice says by term, and its syntax, which gives their paths."""

    said: Mapping[str, Any]
    flavor: str

    def path(self, term: str, fields: Mapping[str, Any] = EN16931_FIELDS) -> str:
        """The path of a term in the XML, from its group for one that belongs to a group."""
        properties = fields[term]
        key = "cii_xpath" if self.flavor == "factur-x" else "ubl_xpath"
        if self.flavor.endswith("creditnote"):
            key = "ubl_creditnote_xpath" if "ubl_creditnote_xpath" in properties else key
        path = properties.get(key) or ""
        path = path if isinstance(path, str) else path[0]
        if self.flavor.endswith("creditnote"):
            path = path.replace("/Invoice/", "/CreditNote/", 1)
        return str(path.replace("%(BT-5)s", self.said.get("BT-5") or ""))

    def vat_number_fault(self) -> str | None:
        """Why the key of the supplier's French VAT number is wrong.

        None as well for a SIREN that is itself none: it has no key.
        """
        number = str(self.said.get("BG-4", {}).get("vat_identifier") or "")
        found = _FRENCH_VAT.fullmatch(number.replace(" ", ""))
        if found is None or not has_luhn_key(found[2]):
            return None
        if int(found[1]) == (12 + 3 * (int(found[2]) % 97)) % 97:
            return None
        return f"La clé du numéro de TVA {number} n'est pas celle de son SIREN."


def record(terms: Terms, name: str) -> Record:
    """The invoice; `name` is that of the XML when it comes out of a PDF, "" otherwise."""
    values = [*_values(terms), *_party(terms, "supplier", "BG-4"), *_party(terms, "buyer", "BG-7")]
    parts = [
        *_parts(terms, "invoice_line", "BG-25", _LINES),
        *_parts(terms, "vat_line", "BG-23", _VAT),
    ]
    before = f"{name} : " if name else ""
    return Record(
        "",
        tuple(_placed(value, before) for value in values),
        tuple(Part(each.table, tuple(_placed(v, before) for v in each.values)) for each in parts),
    )


def _values(terms: Terms) -> Iterator[Value]:
    for column, term in _COLUMNS.items():
        if text := _first(terms.said.get(term)):
            yield Value(column, text, terms.path(term))
    group = EN16931_FIELDS["BG-3"]["fields"]
    for each in terms.said.get("BG-3", ())[:1]:
        if text := _first(each.get("BT-25")):
            path = f"{terms.path('BG-3')}[1]/{terms.path('BT-25', group)}"
            yield Value("preceding", text, path)
    if account := _first(terms.said.get("BT-84")):
        yield Value("iban_sha256", account_digest(account), terms.path("BT-84"))


def _party(terms: Terms, who: str, group: str) -> Iterator[Value]:
    party = terms.said.get(group, {})

    def value(column: str, text: str, field: str) -> Value:
        return Value(
            f"{who}_{column}",
            text,
            f"{terms.path(group)}/{terms.path(field, EN16931_PARTY_FIELDS)}",
        )

    if name := _first(party.get("name")):
        yield value("name", name, "name")
    legal = digits(_first(party.get("legal_identifier")))
    others = party.get("identifiers") or {}
    siret = next((digits(_first(others[each])) for each in _SIRET_SCHEMES if each in others), "")
    if len(legal) == 9 and party.get("legal_identifier_schemeid", _SIREN_SCHEME) == _SIREN_SCHEME:
        yield value("siren", legal, "legal_identifier")
    if len(legal) == 14:
        yield value("siret", legal, "legal_identifier")
    elif len(siret) == 14:
        yield value("siret", siret, "identifiers")


def _parts(terms: Terms, table: str, group: str, columns: Mapping[str, str]) -> Iterator[Part]:
    fields = EN16931_FIELDS[group]["fields"]
    for number, each in enumerate(terms.said.get(group, ()), start=1):
        path = f"{terms.path(group)}[{number}]"
        yield Part(
            table,
            tuple(
                Value(column, text, f"{path}/{terms.path(term, fields)}")
                for column, term in columns.items()
                if (text := _first(each.get(term)))
            ),
        )


def _placed(value: Value, before: str) -> Value:
    return Value(value.column, value.text, before + value.place)


def _first(said: Any) -> str:  # noqa: ANN401 - factur-x gives a text, or a list of them
    """The text of a term, the first where it is repeated."""
    while isinstance(said, list):
        said = said[0] if said else ""
    return "" if said is None else str(said).strip()
