"""Electronic invoices in CII and UBL, validated and read, offline. Door of factur-x.

Its own schematron check is never called: it posts the invoice to a server.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from facturx import (  # type: ignore[import-untyped]
    get_flavor,
    get_level,
    get_xml_namespaces,
    parse_ubl_cii_xml,
    xml_check_xsd,
)
from facturx.facturx import (  # type: ignore[import-untyped]
    FACTURX_LEVEL2xmp,
    FACTURX_LEVEL2xsd,
)
from facturx.generate_xml import EN16931_FIELDS, EN16931_PARTY_FIELDS  # type: ignore[import-untyped]

from ingestion.errors import UnreadableFile
from ingestion.ledger.records import (
    Comment,
    Contents,
    Record,
    RecordPart,
    RecordValue,
    refused,
    warned,
)
from ingestion.ledger.rows import Level
from ingestion.ledger.validation import broken_rules
from ingestion.ledger.values import account_digest, digits, has_luhn_key
from ingestion.readers.markup import Element, local_name, parse_xml

# The terms of EN 16931 (BT-1, BG-25 …), as factur-x reads them, into a record of the ledger.

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
class InvoiceTerms:
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


def record(terms: InvoiceTerms, name: str) -> Record:
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
        tuple(
            RecordPart(each.table, tuple(_placed(v, before) for v in each.values)) for each in parts
        ),
    )


def _values(terms: InvoiceTerms) -> Iterator[RecordValue]:
    for column, term in _COLUMNS.items():
        if text := _first(terms.said.get(term)):
            yield RecordValue(column, text, terms.path(term))
    group = EN16931_FIELDS["BG-3"]["fields"]
    for each in terms.said.get("BG-3", ())[:1]:
        if text := _first(each.get("BT-25")):
            path = f"{terms.path('BG-3')}[1]/{terms.path('BT-25', group)}"
            yield RecordValue("preceding", text, path)
    if account := _first(terms.said.get("BT-84")):
        yield RecordValue("iban_sha256", account_digest(account), terms.path("BT-84"))


def _party(terms: InvoiceTerms, who: str, group: str) -> Iterator[RecordValue]:
    party = terms.said.get(group, {})

    def value(column: str, text: str, field: str) -> RecordValue:
        return RecordValue(
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


def _parts(
    terms: InvoiceTerms, table: str, group: str, columns: Mapping[str, str]
) -> Iterator[RecordPart]:
    fields = EN16931_FIELDS[group]["fields"]
    for number, each in enumerate(terms.said.get(group, ()), start=1):
        path = f"{terms.path(group)}[{number}]"
        yield RecordPart(
            table,
            tuple(
                RecordValue(column, text, f"{path}/{terms.path(term, fields)}")
                for column, term in columns.items()
                if (text := _first(each.get(term)))
            ),
        )


def _placed(value: RecordValue, before: str) -> RecordValue:
    return RecordValue(value.column, value.text, before + value.place)


def _first(said: Any) -> str:  # noqa: ANN401 - factur-x gives a text, or a list of them
    """The text of a term, the first where it is repeated."""
    while isinstance(said, list):
        said = said[0] if said else ""
    return "" if said is None else str(said).strip()


# An invoice judged by the schema and the rules of its profile, then read.

_CII = "factur-x"
_DECLARED_AS = {"XRECHNUNG": "EN 16931"}  # a use of that profile, which only the PDF may name
_FORMER = {"comfort": "en16931"}
"""Profiles under the name that they had in ZUGFeRD 1, which is kept by some in today's format."""

_PROFILES = ("guidelinespecifieddocumentcontextparameter", "customizationid")


def read_xml(data: bytes, *, declared: str = "", name: str = "") -> Contents:
    """Judge and read an invoice in CII or UBL.

    `declared` is the profile that the metadata of a PDF declare, `name` that of the XML in it.

    Raises UnreadableFile when it is not well formed, or no invoice of a known profile.
    """
    root = parse_xml(data)
    document = root.getroottree().docinfo
    if document.internalDTD is not None:
        raise UnreadableFile("le XML déclare des entités")
    xml = data.decode(document.encoding or "utf-8").lstrip("\ufeff")
    flavor, named = _kind(root)
    level = _FORMER.get(named, named)
    profile = FACTURX_LEVEL2xmp.get(level, level)
    terms = _terms(root, flavor, level)
    comments = [*_formerly_named(named, level)]
    comments += [*_schema(root, flavor, level), *broken_rules(xml, flavor, level)]
    comments += _declared_otherwise(declared, profile)
    if terms is None and not any(each.level is Level.REFUSED for each in comments):
        comments.append(refused("LECTURE", "Une valeur de la facture ne se lit pas."))
    if terms and (fault := terms.vat_number_fault()):
        comments.append(warned("CLE-TVA", fault))
    kind = "Factur-X" if name else "CII" if flavor == _CII else "UBL"
    records = (record(terms, name),) if terms else ()
    return Contents(f"{kind} {profile}", records, comments=tuple(comments))


def _formerly_named(named: str, level: str) -> Iterator[Comment]:
    """That the XML names its profile as it was called before."""
    if named != level:
        said = f"La facture nomme son profil « {named} », comme ZUGFeRD 1 : lue en EN 16931."
        yield warned("PROFIL", said)


def _declared_otherwise(declared: str, profile: str) -> Iterator[Comment]:
    """That the PDF around the XML declares another profile than it has."""
    if declared and _DECLARED_AS.get(declared.upper(), declared.upper()) != profile.upper():
        said = f"Le PDF déclare le profil {declared}, son XML le profil {profile}."
        yield refused("XMP", said)


def _kind(root: Element) -> tuple[str, str]:
    """The syntax and the profile."""
    try:
        flavor = get_flavor(root)
    except Exception as error:
        raise UnreadableFile("ce XML n'est pas une facture CII ou UBL") from error
    if flavor not in (_CII, "ubl-2.1-invoice", "ubl-2.1-creditnote"):
        raise UnreadableFile("ce format ancien (ZUGFeRD 1, Order-X) ne se lit pas")
    try:
        return flavor, get_level(root, flavor)
    except (AttributeError, IndexError, ValueError) as error:
        raise UnreadableFile(_unknown_profile(root, flavor)) from error


def _unknown_profile(root: Element, flavor: str) -> str:
    space = str(root.tag).partition("}")[0].lstrip("{")
    if space not in get_xml_namespaces(flavor).values():
        return f"l'espace de noms du XML est inconnu : {space}"
    said = (
        " ".join("".join(map(str, element.itertext())).split())
        for element in root.iter()
        if local_name(element) in _PROFILES
    )
    profile = next(said, "")
    return (
        f"le profil « {profile} » n'existe pas"
        if profile
        else "la facture ne déclare pas de profil (BR-01)"
    )


def _schema(root: Element, flavor: str, level: str) -> Iterator[Comment]:
    """A fault of the schema refuses, unless the XML follows that of a richer profile."""
    fault = _schema_fault(root, flavor, level)
    if fault is None:
        return
    levels = list(FACTURX_LEVEL2xsd)
    richer = levels[levels.index(level) + 1 :] if flavor == _CII else []
    if any(_schema_fault(root, flavor, each) is None for each in richer):
        yield warned("PROFIL", f"Le contenu dépasse le profil déclaré ({level.upper()}).")
    else:
        yield refused("XSD", f"Le XML ne suit pas le schéma de son format : {fault}")


def _schema_fault(root: Element, flavor: str, level: str) -> str | None:
    try:
        xml_check_xsd(root, flavor=flavor, level=level)
    except Exception as error:  # noqa: BLE001 - the library raises bare exceptions
        return _without_namespaces(str(error.__cause__ or error))
    return None


def _without_namespaces(text: str) -> str:
    pieces = text.split("{")
    return "".join([pieces[0], *(piece.partition("}")[2] for piece in pieces[1:])])


def _terms(root: Element, flavor: str, level: str) -> InvoiceTerms | None:
    try:
        read: dict[str, Any] = parse_ubl_cii_xml(
            root, flavor=flavor, level=level, check_xsd=False, date_as="string"
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
    return InvoiceTerms(read, flavor)
