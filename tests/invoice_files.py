"""Small electronic invoices and exports, made for the tests; every party is fictional."""

import io
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

import openpyxl  # type: ignore[import-untyped]
import pikepdf

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
    text = _CII
    for key, value in {
        "NUMBER": number,
        "NET": net,
        "VAT_NUMBER": vat_number,
        "VAT": vat,
        "GROSS": gross,
        "PAYABLE": payable or gross,
        "ISSUED": issued,
        "DUE": due,
        "PROFILE": profile,
        "LABEL": label,
        "SIREN": SIREN,
    }.items():
        text = text.replace(f"{{{key}}}", value)
    return _document("rsm:CrossIndustryInvoice", _CII_SPACES, text, _cii_prefix)


def ubl(number: str = "F-2026-8") -> bytes:
    """An invoice of one line, in UBL."""
    text = _UBL.replace("{NUMBER}", number).replace("{SIREN}", SIREN)
    return _document("Invoice", _UBL_SPACES, text, _ubl_prefix)


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


def _document(
    root: str, spaces: dict[str, str], outline: str, prefix: Callable[[str, int, bool], str]
) -> bytes:
    """The XML of an outline: an element a line, below those that are less indented."""
    declared = "".join(f' xmlns{name}="{space}"' for name, space in spaces.items())
    xml, open_ = [f"<{root}{declared}>"], [root]
    for line in outline.strip().splitlines():
        depth = len(line) - len(line.lstrip())
        while len(open_) > depth + 1:
            xml.append(f"</{open_.pop()}>")
        name, has_text, text = line.strip().partition(" ")
        name, _, attribute = name.partition("@")
        key, _, value = attribute.partition("=")
        element = prefix(name, depth, bool(has_text)) + name
        xml.append(f'<{element} {key}="{value}">' if key else f"<{element}>")
        if has_text:
            xml.append(f"{text}</{element}>")
        else:
            open_.append(element)
    xml += [f"</{name}>" for name in reversed(open_)]
    return "".join(xml).encode()


def _cii_prefix(name: str, depth: int, has_text: bool) -> str:
    if name == "DateTimeString":
        return "udt:"
    return "ram:" if depth else "rsm:"


def _ubl_prefix(name: str, depth: int, has_text: bool) -> str:
    return "cbc:" if has_text else "cac:"


_STANDARD = "urn:un:unece:uncefact:data:standard"
_CII_SPACES = {
    ":rsm": f"{_STANDARD}:CrossIndustryInvoice:100",
    ":ram": f"{_STANDARD}:ReusableAggregateBusinessInformationEntity:100",
    ":udt": f"{_STANDARD}:UnqualifiedDataType:100",
}
_OASIS = "urn:oasis:names:specification:ubl:schema:xsd"
_UBL_SPACES = {
    "": f"{_OASIS}:Invoice-2",
    ":cac": f"{_OASIS}:CommonAggregateComponents-2",
    ":cbc": f"{_OASIS}:CommonBasicComponents-2",
}

_CII = """
ExchangedDocumentContext
 BusinessProcessSpecifiedDocumentContextParameter
  ID S1
 GuidelineSpecifiedDocumentContextParameter
  ID {PROFILE}
ExchangedDocument
 ID {NUMBER}
 TypeCode 380
 IssueDateTime
  DateTimeString@format=102 {ISSUED}
 IncludedNote
  Content Pénalités : taux légal.
  SubjectCode PMD
 IncludedNote
  Content Frais de recouvrement : 40 euros.
  SubjectCode PMT
 IncludedNote
  Content Sans escompte.
  SubjectCode AAB
SupplyChainTradeTransaction
 IncludedSupplyChainTradeLineItem
  AssociatedDocumentLineDocument
   LineID 1
  SpecifiedTradeProduct
   Name {LABEL}
  SpecifiedLineTradeAgreement
   NetPriceProductTradePrice
    ChargeAmount {NET}
  SpecifiedLineTradeDelivery
   BilledQuantity@unitCode=C62 1
  SpecifiedLineTradeSettlement
   ApplicableTradeTax
    TypeCode VAT
    CategoryCode S
    RateApplicablePercent 20.00
   SpecifiedTradeSettlementLineMonetarySummation
    LineTotalAmount {NET}
 ApplicableHeaderTradeAgreement
  BuyerReference DIR-EV
  SellerTradeParty
   Name Brelan SARL
   SpecifiedLegalOrganization
    ID@schemeID=0002 {SIREN}
   PostalTradeAddress
    PostcodeCode 21000
    CityName Montelyre
    CountryID FR
   URIUniversalCommunication
    URIID@schemeID=0225 {SIREN}
   SpecifiedTaxRegistration
    ID@schemeID=VA {VAT_NUMBER}
  BuyerTradeParty
   Name Ville de Montelyre
   SpecifiedLegalOrganization
    ID@schemeID=0002 213502388
   PostalTradeAddress
    PostcodeCode 21000
    CityName Montelyre
    CountryID FR
   URIUniversalCommunication
    URIID@schemeID=0225 213502388
  BuyerOrderReferencedDocument
   IssuerAssignedID BC-12
 ApplicableHeaderTradeDelivery
  ActualDeliverySupplyChainEvent
   OccurrenceDateTime
    DateTimeString@format=102 20260227
 ApplicableHeaderTradeSettlement
  InvoiceCurrencyCode EUR
  SpecifiedTradeSettlementPaymentMeans
   TypeCode 30
   PayeePartyCreditorFinancialAccount
    IBANID FR7630006000011234567890189
  ApplicableTradeTax
   CalculatedAmount {VAT}
   TypeCode VAT
   BasisAmount {NET}
   CategoryCode S
   RateApplicablePercent 20.00
  SpecifiedTradePaymentTerms
   DueDateDateTime
    DateTimeString@format=102 {DUE}
  SpecifiedTradeSettlementHeaderMonetarySummation
   LineTotalAmount {NET}
   TaxBasisTotalAmount {NET}
   TaxTotalAmount@currencyID=EUR {VAT}
   GrandTotalAmount {GROSS}
   DuePayableAmount {PAYABLE}
"""

_UBL = """
CustomizationID urn:cen.eu:en16931:2017
ProfileID S1
ID {NUMBER}
IssueDate 2026-03-05
DueDate 2026-04-04
InvoiceTypeCode 380
DocumentCurrencyCode EUR
AccountingSupplierParty
 Party
  EndpointID@schemeID=0225 {SIREN}
  PostalAddress
   CityName Montelyre
   PostalZone 21000
   Country
    IdentificationCode FR
  PartyTaxScheme
   CompanyID FR44{SIREN}
   TaxScheme
    ID VAT
  PartyLegalEntity
   RegistrationName Brelan SARL
   CompanyID@schemeID=0002 {SIREN}
AccountingCustomerParty
 Party
  EndpointID@schemeID=0225 213502388
  PostalAddress
   CityName Montelyre
   PostalZone 21000
   Country
    IdentificationCode FR
  PartyLegalEntity
   RegistrationName Ville de Montelyre
   CompanyID@schemeID=0002 213502388
TaxTotal
 TaxAmount@currencyID=EUR 10.00
 TaxSubtotal
  TaxableAmount@currencyID=EUR 50.00
  TaxAmount@currencyID=EUR 10.00
  TaxCategory
   ID S
   Percent 20
   TaxScheme
    ID VAT
LegalMonetaryTotal
 LineExtensionAmount@currencyID=EUR 50.00
 TaxExclusiveAmount@currencyID=EUR 50.00
 TaxInclusiveAmount@currencyID=EUR 60.00
 PayableAmount@currencyID=EUR 60.00
InvoiceLine
 ID 1
 InvoicedQuantity@unitCode=C62 2
 LineExtensionAmount@currencyID=EUR 50.00
 Item
  Name Terreau
  ClassifiedTaxCategory
   ID S
   Percent 20
   TaxScheme
    ID VAT
 Price
  PriceAmount@currencyID=EUR 25.00
"""
