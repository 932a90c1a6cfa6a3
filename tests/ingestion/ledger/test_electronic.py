import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.errors import UnreadableFile
from ingestion.ledger.entries import invoice_entry
from ingestion.ledger.invoice_pdf import embedded_xml
from ingestion.ledger.opening import FileReader
from ingestion.ledger.records import Contents
from ingestion.ledger.rows import FileKind, Invoice, InvoiceLine, Level, VatLine
from ingestion.readers.markup import local_name, parse_xml
from ingestion.sandbox import Limits
from tests.support.invoice_files import cii, facturx, ubl
from tests.support.shared_texts import SHARED

INVOICES = SHARED / "data/invoices"
CASES = INVOICES / "facturx_cas_limites/cas"
FNFE = INVOICES / "facturx_ng_fnfe"

NAMED = {
    "PDF-001": "aucun XML",
    "PDF-002": "facture.xml",
    "PDF-003": "AFRELATIONSHIP",
    "PDF-004": "AFRELATIONSHIP",
    "PDF-005": "XMP",
    "PDF-006": "XMP",
    "PDF-007": "OUTPUTINTENT",
    "PDF-008": "AF",
}
"""The container faults, and how each is named."""

MISSED = {
    # Its number has a wrong key, as that of the witness: the SIREN they share is itself none.
    "IDENT-002": "acceptation",
}

OLD = {
    # What the rules of today refuse in the examples of 2017.
    "Facture_UE_BASIC.pdf": "BR-IC-11",
    "Facture_UE_BASICWL.pdf": "BR-IC-11",
    "Facture_UE_EN16931.pdf": "BR-IC-11",
    "Resultat_TEST-01_BASIC_Avec_xml_inclus.pdf": "BR-17",
    "zugferd_example_invoice_en.pdf": "FICHIER",
    "basicwl.xml": "BR-17",
    "en16931.xml": "BR-CO-10",
}


@pytest.fixture(scope="module")
def reader() -> Iterator[FileReader]:
    with FileReader() as reader:
        yield reader


def read(reader: FileReader, folder: Path, data: bytes, name: str = "facture.xml") -> Contents:
    (folder / name).write_bytes(data)
    return reader.read(folder / name, name, FileKind.INVOICES)


def codes(contents: Contents, level: Level) -> set[str]:
    return {each.code for each in contents.comments if each.level is level}


def verdict(contents: Contents) -> str:
    if codes(contents, Level.REFUSED):
        return "rejet"
    return "avertissement" if contents.comments else "acceptation"


def test_an_invoice_that_follows_the_rules_is_read_whole(
    reader: FileReader, tmp_path: Path
) -> None:
    contents = read(reader, tmp_path, facturx(cii()), "facture.pdf")
    assert (contents.format, contents.comments) == ("Factur-X BASIC", ())
    entry = invoice_entry(contents.records[0], "f")
    invoice, line, vat = entry.rows
    assert isinstance(invoice, Invoice)
    assert (invoice.number, invoice.type, invoice.currency) == ("F-2026-7", "380", "EUR")
    assert (invoice.supplier_siren, invoice.buyer_siren) == ("732829320", "213502388")
    assert (invoice.commitment, invoice.service) == ("BC-12", "DIR-EV")
    assert (invoice.net, invoice.vat, invoice.gross) == tuple(map(Decimal, (1000, 200, 1200)))
    assert str(invoice.due) == "2026-04-01"
    assert len(invoice.iban_sha256 or "") == 64
    assert isinstance(line, InvoiceLine)
    assert (line.label, line.net, line.vat_rate) == (
        "Entretien des massifs",
        Decimal(1000),
        Decimal(20),
    )
    assert isinstance(vat, VatLine)
    assert (vat.category, vat.base, vat.amount) == ("S", Decimal(1000), Decimal(200))
    places = {each.column_name: each.place for each in entry.lineage}
    assert places["number"] == (
        "factur-x.xml : /rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:ID"
    )


def test_ubl_is_read_with_its_own_paths(reader: FileReader, tmp_path: Path) -> None:
    contents = read(reader, tmp_path, ubl())
    assert contents.format.startswith("UBL")
    assert not codes(contents, Level.REFUSED)
    entry = invoice_entry(contents.records[0], "f")
    assert isinstance(entry.main, Invoice)
    assert (entry.main.gross, entry.main.supplier_name) == (Decimal(60), "Brelan SARL")
    assert "/Invoice/cbc:ID" in {each.place for each in entry.lineage}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"gross": "1300.00"}, "BR-CO-15"),
        ({"payable": "1100.00"}, "BR-CO-16"),
        ({"vat": "100.00", "gross": "1100.00"}, "BR-S-09"),
        ({"due": "20260101"}, "BR-FR-CO-07_BT-9"),
        ({"issued": "20260230"}, "BR-FR-03_BT-2"),
        ({"number": ""}, "BR-02"),
        ({"profile": "urn:factur-x.eu:9p9:unknown"}, "FICHIER"),
        ({"profile": ""}, "FICHIER"),
        ({"net": "1000,00"}, "XSD"),
    ],
)
def test_a_broken_rule_refuses_and_is_named(
    reader: FileReader, tmp_path: Path, changes: dict[str, str], rule: str
) -> None:
    contents = read(reader, tmp_path, cii(**changes))
    assert rule in codes(contents, Level.REFUSED)


def test_the_key_of_a_french_vat_number_is_computed(reader: FileReader, tmp_path: Path) -> None:
    contents = read(reader, tmp_path, cii(vat_number="FR45732829320"))
    assert codes(contents, Level.WARNING) == {"CLE-TVA"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (facturx(cii(), relation=None), "AFRELATIONSHIP"),
        (facturx(cii(), is_listed=False), "AF"),
        (facturx(cii(), profile=None), "XMP"),
        (facturx(cii(), profile="MINIMUM"), "XMP"),
        (facturx(cii(), has_intent=False), "OUTPUTINTENT"),
        (facturx(cii(), name="facture.xml"), "FICHIER"),
    ],
)
def test_a_fault_of_the_pdf_around_the_invoice_refuses(
    reader: FileReader, tmp_path: Path, data: bytes, code: str
) -> None:
    assert code in codes(read(reader, tmp_path, data, "facture.pdf"), Level.REFUSED)


def test_a_german_use_of_a_profile_may_be_named_by_the_pdf(
    reader: FileReader, tmp_path: Path
) -> None:
    xml = cii(profile="urn:cen.eu:en16931:2017")
    for declared in ("XRECHNUNG", "EN 16931"):
        data = facturx(xml, name="xrechnung.xml", profile=declared)
        assert not codes(read(reader, tmp_path, data, "facture.pdf"), Level.REFUSED)


RGB, GRAY, CMYK = "0 0 1 rg 0 0 9 9 re f", "0 0 9 9 re f", "0 0 0 1 k 0 0 9 9 re f"
CAL_RGB, CAL_GRAY = "[/CalRGB <</WhitePoint [1 1 1]>>]", "[/CalGray <</WhitePoint [1 1 1]>>]"


@pytest.mark.parametrize(
    ("paints", "defaults"),
    [
        (RGB, {"DefaultRGB": CAL_RGB}),
        (f"{RGB} 0 g {GRAY}", {"DefaultRGB": CAL_RGB, "DefaultGray": CAL_GRAY}),
        ("/Ours cs 1 0 0 scn 0 0 9 9 re f", {"Ours": CAL_RGB}),
        ("q 0 0 1 rg Q BT 3 Tr (invisible) Tj ET", {}),
        ("0 0 9 9 re n", {}),
    ],
)
def test_colours_that_the_pages_define_need_no_output_intent(
    reader: FileReader, tmp_path: Path, paints: str, defaults: dict[str, str]
) -> None:
    data = facturx(cii(), has_intent=False, paints=paints, defaults=defaults)
    assert read(reader, tmp_path, data, "facture.pdf").comments == ()


@pytest.mark.parametrize(
    ("paints", "defaults", "named"),
    [
        (RGB, {}, "DeviceRGB"),
        (RGB, {"DefaultRGB": "/DeviceRGB"}, "DeviceRGB"),
        (RGB, {"DefaultGray": CAL_GRAY}, "DeviceRGB"),
        (GRAY, {"DefaultRGB": CAL_RGB}, "DeviceGray"),
        (CMYK, {"DefaultRGB": CAL_RGB}, "DeviceCMYK"),
        ("/Few cs 0 scn 0 0 9 9 re f", {"Few": "[/Indexed /DeviceRGB 0 <000000>]"}, "DeviceRGB"),
        ("0 0 1 RG 0 0 m 9 9 l S", {}, "DeviceRGB"),
        ("0 0 1 rg BT (vu) Tj ET", {}, "DeviceRGB"),
    ],
)
def test_colours_that_nothing_defines_refuse_and_are_named(
    reader: FileReader, tmp_path: Path, paints: str, defaults: dict[str, str], named: str
) -> None:
    data = facturx(cii(), has_intent=False, paints=paints, defaults=defaults)
    contents = read(reader, tmp_path, data, "facture.pdf")
    assert codes(contents, Level.REFUSED) == {"OUTPUTINTENT"}
    assert f"peint en {named}, " in contents.comments[0].sentence


def test_an_output_intent_of_other_colours_is_a_doubt(reader: FileReader, tmp_path: Path) -> None:
    contents = read(reader, tmp_path, facturx(cii(), paints=CMYK), "facture.pdf")
    assert [(each.code, each.level) for each in contents.comments] == [
        ("OUTPUTINTENT", Level.WARNING)
    ]


def test_a_file_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    with FileReader(Limits(seconds=0)) as hasty:
        late = read(hasty, tmp_path, cii())
    assert "trop longue" in late.comments[0].sentence


def test_a_file_that_needs_too_much_memory_takes_only_itself(
    reader: FileReader, tmp_path: Path
) -> None:
    (tmp_path / "grande.csv").write_bytes(b"numero;date\n" + b"F;1\n" * 3_000_000)
    with FileReader(Limits(memory=150 << 20)) as small:
        refused = small.read(tmp_path / "grande.csv", "grande.csv", FileKind.INVOICES)
        assert codes(refused, Level.REFUSED) == {"FICHIER"}
        assert read(small, tmp_path, b"numero;date\nF;1\n", "petite.csv").sheets


@pytest.fixture(scope="module")
def judged(reader: FileReader) -> dict[str, Contents]:
    """The 32 cases, read."""
    if not CASES.exists():
        pytest.skip("no ../shared: the cases are absent")
    return {
        folder.name: reader.read(folder / "facture.pdf", "facture.pdf", FileKind.INVOICES)
        for folder in sorted(CASES.iterdir())
        if folder.is_dir()
    }


def test_the_cases_have_the_verdicts_of_their_manifest(judged: dict[str, Contents]) -> None:
    manifest = json.loads((CASES / "manifeste.json").read_text(encoding="utf-8"))["cas"]
    expected = {each["ref"]: each["attendu"] for each in manifest}
    assert len(expected) == 32
    found = {ref: verdict(contents) for ref, contents in judged.items()}
    assert found == expected | MISSED


def test_the_cases_name_the_rule_of_their_manifest(judged: dict[str, Contents]) -> None:
    manifest = json.loads((CASES / "manifeste.json").read_text(encoding="utf-8"))["cas"]
    for case in manifest:
        said = " ".join(f"{each.code} {each.sentence}" for each in judged[case["ref"]].comments)
        if case["nature"] == "assertion":
            rule = case["regle"].rpartition(" — ")[2]
            assert rule in said, case["ref"]
        elif case["ref"] in NAMED:
            assert NAMED[case["ref"]] in said, case["ref"]


def test_the_examples_of_2017_are_read_with_the_amounts_of_their_xml(reader: FileReader) -> None:
    if not FNFE.exists():
        pytest.skip("no ../shared: the examples are absent")
    paths = sorted([*FNFE.rglob("*.pdf"), *FNFE.rglob("*.xml")])
    assert len(paths) == 27
    refused = {}
    for path in paths:
        contents = reader.read(path, path.name, FileKind.INVOICES)
        if found := codes(contents, Level.REFUSED):
            refused[path.name] = OLD[path.name] if OLD[path.name] in found else found
        if path.name == "zugferd_example_invoice_en.pdf":
            continue
        (record,) = contents.records
        main = invoice_entry(record, "f").main
        assert isinstance(main, Invoice)
        amounts = [main.net, main.vat, main.gross, main.payable]
        assert amounts == amounts_in(xml_of(path)), path.name
    assert refused == OLD


def xml_of(path: Path) -> bytes:
    return embedded_xml(path.read_bytes()).xml if path.suffix == ".pdf" else path.read_bytes()


def amounts_in(xml: bytes) -> list[Decimal | None]:
    """Net, tax, gross and payable, straight from the elements of the summation."""
    root = parse_xml(xml)
    found = {local_name(each): each.text for each in root.iter()}
    names = ("taxbasistotalamount", "taxtotalamount", "grandtotalamount", "duepayableamount")
    return [Decimal(text) if (text := found.get(name)) else None for name in names]


def test_a_pdf_without_invoice_is_none() -> None:
    with pytest.raises(UnreadableFile, match="abîmé"):
        embedded_xml(b"%PDF-1.7 rien")


def test_a_profile_by_its_former_name_is_read_as_today_s(
    reader: FileReader, tmp_path: Path
) -> None:
    profile = "urn:ferd:CrossIndustryDocument:invoice:1p0:comfort"
    found = read(reader, tmp_path, cii(profile=profile))
    assert found.format == "CII EN 16931"
    assert len(found.records) == 1
    assert codes(found, Level.REFUSED) == set()
    assert any("« comfort »" in each.sentence for each in found.comments)
