"""Electronic invoices validated and read, offline. Door of factur-x, which raises anything.

Its own schematron check is never called: it posts the invoice to a server.
"""

from collections.abc import Iterator
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

from ingestion.ledger.records import Comment, Contents, refused, warned
from ingestion.ledger.schematrons import broken_rules
from ingestion.ledger.terms import Terms, record
from ingestion.reading.content import UnreadableFile
from ingestion.reading.markup import Element, local_name, parse_xml

_CII = "factur-x"
_DECLARED_AS = {"XRECHNUNG": "EN 16931"}  # a use of that profile, which only the PDF may name
_FORMER = {"comfort": "en16931"}
"""Profiles under the name that they had in ZUGFeRD 1, which is kept by some in today's format."""

_PROFILES = ("guidelinespecifieddocumentcontextparameter", "customizationid")


def read_xml(data: bytes, *, declared: str = "", name: str = "") -> Contents:
    """Judge and read an invoice in CII or UBL.

    `declared` is the profile that the metadata of a PDF declare, `name` that of the XML in it.

    Raises:
        UnreadableFile: when it is not well formed, or no invoice of a known profile.
    """
    root = parse_xml(data)
    document = root.getroottree().docinfo
    if document.internalDTD is not None:
        raise UnreadableFile("le XML déclare des entités")
    xml = data.decode(document.encoding or "utf-8").lstrip("\ufeff")
    flavor, level = _kind(root)
    comments: list[Comment] = []
    if level in _FORMER:
        said = f"La facture nomme son profil « {level} », comme ZUGFeRD 1 : lue en EN 16931."
        comments, level = [warned("PROFIL", said)], _FORMER[level]
    comments += [*_schema(root, flavor, level), *broken_rules(xml, flavor, level)]
    profile = FACTURX_LEVEL2xmp.get(level, level)
    if declared and _DECLARED_AS.get(declared.upper(), declared.upper()) != profile.upper():
        comments.append(
            refused("XMP", f"Le PDF déclare le profil {declared}, son XML le profil {profile}.")
        )
    terms = _terms(root, flavor, level)
    records = (record(terms, name),) if terms else ()
    if terms is None and not any(each.level == "refused" for each in comments):
        comments.append(refused("LECTURE", "Une valeur de la facture ne se lit pas."))
    if terms and (fault := terms.vat_number_fault()):
        comments.append(warned("CLE-TVA", fault))
    kind = "Factur-X" if name else "CII" if flavor == _CII else "UBL"
    return Contents(f"{kind} {profile}", records, comments=tuple(comments))


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


def _terms(root: Element, flavor: str, level: str) -> Terms | None:
    try:
        read: dict[str, Any] = parse_ubl_cii_xml(
            root, flavor=flavor, level=level, check_xsd=False, date_as="string"
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
    return Terms(read, flavor)
