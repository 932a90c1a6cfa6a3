import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.errors import IngestionError, NothingImported
from ingestion.ledger.database import open_ledger
from ingestion.ledger.importing import FileVerdict, ImportOrder, import_files
from ingestion.ledger.rows import FileKind
from tests.ingestion.ledger.conftest import LINE, TODAY, Import, rows, sentences
from tests.support.invoice_files import SIREN, cii, export, facturx, ubl, workbook
from tests.support.paths import ROOT

NATURES = ("Facture", "381", "Avoir", "")
CORPUS = ROOT / "corpus"


def test_an_export_is_stored_with_the_place_of_each_value(imported: Import, home: Path) -> None:
    report = imported(export(LINE))
    assert (report.verdict, report.stored) == (FileVerdict.WARNED, 1)
    assert sentences(report, "DEVISE")
    assert rows(home, "SELECT number, issued, net, gross, currency FROM invoice") == (
        ("F-1", date(2026, 3, 2), Decimal("1000.00"), Decimal("1200.00"), "EUR"),
    )
    place = "SELECT place FROM lineage WHERE column_name = 'net'"
    assert rows(home, place) == (("ligne 2, colonne Montant HT",),)


def test_a_preview_says_the_same_and_stores_nothing(imported: Import, home: Path) -> None:
    seen = imported(export(LINE), is_preview=True)
    with pytest.raises(NothingImported), open_ledger(home):
        pass
    assert not (home / "ledger" / "mappings.json").exists()
    assert imported(export(LINE)) == seen


def test_a_file_that_mixes_commas_and_points_is_refused_with_its_lines(
    imported: Import, home: Path
) -> None:
    report = imported(export(LINE, "F-2;Brelan SARL;02/03/2026;100.50;20,10;120,60"))
    assert report.verdict is FileVerdict.REFUSED
    said = sentences(report, "DECIMALES")
    assert "« 1 000,00 » (ligne 2" in said
    assert "« 100.50 » (ligne 3" in said
    with pytest.raises(NothingImported), open_ledger(home):
        pass


def test_each_column_may_have_its_own_mark(imported: Import) -> None:
    lines = (LINE.replace("200,00;", "200.00;"), "F-2;Brelan;02/03/2026;50,00;10.00;60,00")
    assert imported(export(*lines)).stored == 2


@pytest.mark.parametrize(
    ("line", "stored", "code", "told"),
    [
        (LINE.replace("F-1", ""), 1, "MANQUE", "le numéro"),
        (LINE.replace("02/03/2026", "30/02/2026"), 1, "MANQUE", "une date de facture lisible"),
        (LINE.replace("Brelan SARL", ""), 1, "MANQUE", "le fournisseur"),
        ("F-1;Brelan SARL;02/03/2026;NC;;", 1, "MANQUE", "un montant lisible"),
        ("F-1;Brelan; SARL;02/03/2026;100,00;20,00;120,00", 1, "COLONNES", "ligne 3"),
        ("F-1;Brelan;02/03/2026;10,00 CHF;2,00 CHF;12,00 €", 1, "DEVISE", "CHF et EUR"),
        (
            LINE.replace("1 200,00", "1 210,00"),
            2,
            "BR-CO-15",
            "1 000,00 HT + 200,00 de TVA = 1 200,00, et non 1 210,00 TTC",
        ),
    ],
)
def test_what_is_wrong_with_a_line_is_told_and_leaves_out_that_line_at_most(
    imported: Import, line: str, stored: int, code: str, told: str
) -> None:
    report = imported(export(LINE.replace("F-1", "F-9"), line))
    assert (report.stored, report.left_out) == (stored, 2 - stored)
    assert told in sentences(report, code)


def test_a_shifted_line_completes_no_contract(imported: Import, home: Path) -> None:
    header = "id;acheteur_id;titulaire_id;montant"
    lines = ("M1;213;111;1000", "M1;213;222;1000;décalé", "M1;213;333;1000")
    report = imported(export(*lines, header=header), kind=FileKind.PURCHASES)
    assert (report.stored, report.left_out) == (1, 1)
    assert "ligne 3" in sentences(report, "COLONNES")
    assert rows(home, "SELECT siret FROM purchase_holder ORDER BY 1") == (("111",), ("333",))


def test_the_states_of_a_contract_are_added_once(imported: Import, home: Path) -> None:
    header = "id;acheteur_id;montant;dateNotification;modification_id;donneesActuelles"
    both = ("M1;213;1000;2026-02-01;0;false", "M1;213;1500;2026-06-01;1;true")
    later = ("M2;213;70;2026-06-01;1;false", "M2;213;80;2026-07-01;2;true")
    lots = ("M3;213;5;2026-02-01;0;true", "M3;213;6;2026-02-01;0;true")
    lines = (*both, *later, *lots, "M3;213;7;2026-06-01;1;true")
    report = imported(export(*lines, header=header), kind=FileKind.PURCHASES)
    assert (report.stored, report.left_out) == (4, 1)
    assert "(ligne 4) : compté ainsi" in sentences(report, "MODIFICATION")
    assert "(ligne 8)" in sentences(report, "MODIFICATION")
    assert rows(home, "SELECT sum(amount) FROM purchase") == ((1000 + 70 + 5 + 6,),)
    assert rows(home, "SELECT sum(amount) FROM purchase_change") == ((1500 + 80,),)


def test_a_currency_is_kept_by_its_code(imported: Import, home: Path) -> None:
    header = "numero;fournisseur;date;montant ttc;devise"
    lines = [f"F-{n};Brelan;02/03/2026;12;{c}" for n, c in enumerate(("€", "usd", "Euro"))]
    imported(export(*lines, header=header))
    found = rows(home, "SELECT currency FROM invoice ORDER BY number")
    assert found == (("EUR",), ("USD",), ("EUR",))


def test_the_currency_that_amounts_bear_is_kept(imported: Import, home: Path) -> None:
    report = imported(export("F-1;Brelan;02/03/2026;10,00 CHF;2,00 CHF;12,00 CHF"))
    assert report.verdict is FileVerdict.ACCEPTED
    assert rows(home, "SELECT currency FROM invoice") == (("CHF",),)


def test_statuses_days_and_accounts_are_understood(imported: Import, home: Path) -> None:
    header = (
        "numeroFacture;codeFournisseur;dateFacture;montantTTC;statut;dateHeureEtatCourant;"
        "Suspendue le;IBAN;objet"
    )
    line = (
        f"F-1;{SIREN}00074;2026-03-02;12,50 €;Mandatée;2026-03-20T10:00:00;09/03/2026;"
        "FR76 3000 6000;Terreau"
    )
    assert imported(export(line, header=header)).verdict is FileVerdict.ACCEPTED
    assert rows(home, "SELECT status, supplier_siren, supplier_siret FROM invoice") == (
        ("08", SIREN, f"{SIREN}00074"),
    )
    assert rows(home, 'SELECT status, "at" FROM status_event ORDER BY "at"') == (
        ("06", date(2026, 3, 9)),
        ("08", date(2026, 3, 20)),
    )
    ((digest,),) = rows(home, "SELECT iban_sha256 FROM invoice")
    assert len(digest) == 64
    assert rows(home, "SELECT label FROM invoice_line") == (("Terreau",),)


def test_a_payment_without_its_day_is_told(imported: Import) -> None:
    header = "numero;fournisseur;date;montant ttc;statut;date de paiement;date de mise en paiement"
    lines = ("F-1;A;02/03/2026;12;Payée;;", "F-2;A;02/03/2026;12;Payée;03/03/2026;")
    report = imported(export(*lines, "F-3;A;02/03/2026;12;Payée;;03/03/2026", header=header))
    assert report.stored == 3
    assert sentences(report, "DATE").count("ligne") == 1
    told = "Payée ou mise en paiement sans date : ni payée, ni à payer (ligne 2)"
    assert told in sentences(report, "DATE")


def test_a_type_that_is_not_known_makes_no_invoice(imported: Import) -> None:
    header = "numero;fournisseur;date;montant ttc;type;devise"
    lines = ("F-1;Brelan;02/03/2026;12;;EUR", "F-2;Brelan;02/03/2026;12;Ristourne;EUR")
    report = imported(export(*lines, header=header))
    assert (report.stored, report.left_out) == (1, 1)
    assert "« Ristourne » n'est pas reconnu (ligne 3, colonne type)" in sentences(report, "CODE")


@pytest.mark.parametrize("title", ["Type de pièce", "Nature de la pièce"])
def test_the_type_of_a_piece_is_that_of_an_invoice(
    imported: Import, home: Path, title: str
) -> None:
    header = f"numero;fournisseur;date;montant ttc;{title}"
    imported(export("F-1;Brelan;02/03/2026;12;Avoir", header=header))
    assert rows(home, "SELECT type FROM invoice") == (("381",),)


def test_a_credit_note_said_in_a_column_left_out_makes_no_invoice(imported: Import) -> None:
    header = "numero;fournisseur;date;montant ttc;Nature"
    lines = [f"F-{n};Brelan;02/03/2026;12;{nature}" for n, nature in enumerate(NATURES)]
    report = imported(export(*lines, header=header))
    assert (report.stored, report.left_out) == (3, 1)
    assert "« Avoir » (ligne 4, colonne Nature)" in sentences(report, "CODE")
    assert '--map "Nature=type"' in sentences(report, "CODE")


def test_a_workbook_is_read_by_its_typed_cells(imported: Import, home: Path) -> None:
    data = workbook(
        ("Factures de mars",),
        (),
        ("Numéro", "Fournisseur", "Date facture", "HT", "TVA", "TTC", "Devise"),
        ("F-1", "Brelan", date(2026, 3, 2), Decimal("1234.5"), Decimal("246.9"), 1481.4, "EUR"),
        ("F-2", "Brelan", date(2026, 3, 3), 1000, 200, 1200, "EUR"),
    )
    report = imported(data, "mars.xlsx")
    assert (report.verdict, report.stored) == (FileVerdict.ACCEPTED, 2)
    assert rows(home, "SELECT sum(gross), max(issued) FROM invoice") == (
        (Decimal("2681.40"), date(2026, 3, 3)),
    )
    place = "SELECT place FROM lineage WHERE column_name = 'net' ORDER BY place"
    assert rows(home, place)[0] == ("feuille Sheet, ligne 4, colonne HT",)


def test_a_correction_is_used_and_kept(imported: Import, home: Path) -> None:
    header = "numero;fournisseur;date;montant ttc;Total dû"
    line = "F-1;Brelan;02/03/2026;120,00;110,00"
    imported(export(line, header=header), corrections={"Total dû": "payable", "montant ttc": ""})
    assert rows(home, "SELECT gross, payable FROM invoice") == ((None, Decimal(110)),)
    imported(export(line.replace("F-1", "F-2"), header=header), "suite.csv")
    later = "SELECT gross, payable FROM invoice WHERE number = 'F-2'"
    assert rows(home, later) == ((None, Decimal(110)),)


def test_a_correction_of_a_title_that_is_nowhere_stores_nothing(
    imported: Import, home: Path
) -> None:
    with pytest.raises(IngestionError, match="rien n'est enregistré"):
        imported(export(LINE), corrections={"Total": "gross"})
    with pytest.raises(NothingImported), open_ledger(home):
        pass


def test_a_table_without_titles_is_refused_with_the_remedy(imported: Import) -> None:
    report = imported(b"a;b\n1;2\n")
    assert report.verdict is FileVerdict.REFUSED
    assert "--map" in sentences(report, "COLONNES")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("notes.md", b"# Notes", "Format non reconnu"),
        ("vide.csv", b"", "Fichier vide"),
        ("faux.pdf", b"pas un pdf", "abîmé"),
        ("faux.xlsx", b"pas un classeur", "corrompu"),
        ("faux.xml", b"<a><b></a>", "corrompu"),
        ("autre.xml", b"<a/>", "n'est pas une facture"),
        ("entites.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><Invoice>&b;</Invoice>", "entités"),
    ],
)
def test_what_is_no_invoice_is_refused_and_why(
    imported: Import, name: str, data: bytes, reason: str
) -> None:
    report = imported(data, name)
    assert report.verdict is FileVerdict.REFUSED
    assert reason in sentences(report, "FICHIER")


def test_folders_and_archives_are_opened_file_by_file(home: Path, files: Path) -> None:
    (files / "mars").mkdir()
    (files / "mars" / "a.csv").write_bytes(export(LINE))
    (files / ".cache").write_bytes(b"cache")
    with zipfile.ZipFile(files / "avril.zip", "w") as archive:
        archive.writestr("b.pdf", facturx(cii()))
        archive.writestr("c.xml", ubl())
        archive.writestr("../d.xml", ubl("F-2026-9"))
        archive.writestr("lisez-moi.txt", "rien")
    order = ImportOrder(FileKind.INVOICES, (files, files / "absent.csv"), {})
    reports = import_files(home, order, today=TODAY)
    verdicts = {each.name.removeprefix("exports/"): each.verdict for each in reports}
    assert verdicts["mars/a.csv"] is FileVerdict.WARNED
    assert verdicts["avril.zip/b.pdf"] is FileVerdict.ACCEPTED
    assert verdicts["avril.zip/lisez-moi.txt"] is FileVerdict.REFUSED
    assert verdicts["avril.zip/../d.xml"] is FileVerdict.REFUSED
    assert verdicts["absent.csv"] is FileVerdict.REFUSED
    assert ".cache" not in verdicts
    assert rows(home, "SELECT count(*) FROM invoice") == ((3,),)


def test_the_invoices_of_the_corpus_are_stored_but_the_one_sent_twice(
    imported: Import, home: Path
) -> None:
    report = imported((CORPUS / "factures" / "factures.csv").read_bytes())
    assert (report.stored, report.left_out) == (68, 1)
    assert "JB-2027-007 (ligne 24, déjà dans ligne 18)" in sentences(report, "G1.45")
    assert "ligne 49" in sentences(report, "BR-CO-15")
    assert rows(home, "SELECT sum(net) FROM invoice") == ((Decimal("209781.88"),),)


def test_columns_kept_for_invoices_are_not_those_of_contracts(imported: Import) -> None:
    header = "numero;fournisseur;date;n° marché;acheteur;montant ht;montant ttc"
    line = "F-1;Brelan;02/03/2026;M1;Ville;10,00;12,00"
    assert imported(export(line, header=header)).stored == 1
    again = imported(export(f"{line}0", header=header), kind=FileKind.PURCHASES)
    assert again.stored == 1
