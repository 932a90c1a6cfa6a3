"""Small electronic invoices and exports, made for the tests; every party is fictional."""

import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

import openpyxl  # type: ignore[import-untyped]
import pikepdf

from tests.support.paths import DATA

BASIC = "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic"
SIREN = "732829320"
HEADER = "Numéro de facture;Fournisseur;Date de facture;Montant HT;TVA;Montant TTC"


def cii(
    number: str = "F-2026-7",
    *,
    net: str = "1000.00",
    vat: str = "200.00",
    gross: str = "1200.00",
    payable: str | None = None,
    issued: str = "20260302",
    due: str = "20260401",
    profile: str = BASIC,
    vat_number: str = "FR44732829320",
    label: str = "Entretien des massifs",
) -> bytes:
    """An invoice of one line, in CII."""
    return _filled(
        "invoice_cii.xml",
        NUMBER=number,
        NET=net,
        VAT_NUMBER=vat_number,
        VAT=vat,
        GROSS=gross,
        PAYABLE=payable or gross,
        ISSUED=issued,
        DUE=due,
        PROFILE=profile,
        LABEL=label,
        SIREN=SIREN,
    )


def ubl(number: str = "F-2026-8") -> bytes:
    """An invoice of one line, in UBL."""
    return _filled("invoice_ubl.xml", NUMBER=number, SIREN=SIREN)


def _filled(name: str, **values: str) -> bytes:
    """A file of tests/data with these values, without what makes it readable."""
    text = (DATA / name).read_text("utf-8").strip()
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", value)
    return re.sub(r">\s+<", "><", text).encode()


def facturx(
    xml: bytes,
    *,
    name: str = "factur-x.xml",
    relation: str | None = "/Data",
    profile: str | None = "BASIC",
    is_listed: bool = True,
    has_intent: bool = True,
    paints: str = "0 0 1 rg 10 10 50 50 re f",
    defaults: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """A PDF that carries an invoice, with the faults asked for.

    `paints` is what its page draws, `defaults` the colour spaces that its resources name, each as
    PDF writes it ("[/CalGray <</WhitePoint [1 1 1]>>]").
    """
    pdf = pikepdf.new()
    page = pdf.add_blank_page().obj
    page.Contents = pdf.make_stream(paints.encode())
    spaces = {f"/{name}": pikepdf.Object.parse(space.encode()) for name, space in defaults.items()}
    page.Resources = pikepdf.Dictionary(ColorSpace=pikepdf.Dictionary(spaces))
    spec = pikepdf.AttachedFileSpec(pdf, xml, filename=name, mime_type="text/xml")
    if relation is None:
        del spec.obj["/AFRelationship"]
    else:
        spec.obj["/AFRelationship"] = pikepdf.Name(relation)
    pdf.attachments[name] = spec
    if not is_listed:
        del pdf.Root["/AF"]
    if has_intent:
        icc = pdf.make_stream(b"", N=3)
        intent = pikepdf.Dictionary(S=pikepdf.Name.GTS_PDFA1, DestOutputProfile=icc)
        pdf.Root["/OutputIntents"] = pikepdf.Array([intent])
    with pdf.open_metadata() as metadata:
        metadata["{http://www.aiim.org/pdfa/ns/id/}part"] = "3"
        if profile:
            space = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
            metadata.register_xml_namespace(space[1:-1], "fx")
            metadata[f"{space}ConformanceLevel"] = profile
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def export(*lines: str, header: str = HEADER) -> bytes:
    """A CSV export."""
    return "\n".join((header, *lines, "")).encode()


def workbook(*rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([float(c) if isinstance(c, Decimal) else c for c in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
