"""Invoices sent again: known, moved on, or another under the same key."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from ingestion.ledger.importing import FileVerdict
from tests.ingestion.ledger.conftest import LINE, Import, rows, sentences
from tests.support.invoice_files import export


def test_the_same_bytes_are_known_whatever_their_name(imported: Import, home: Path) -> None:
    imported(export(LINE))
    assert imported(export(LINE), "autre.csv").verdict is FileVerdict.KNOWN
    assert rows(home, "SELECT count(*) FROM file") == ((1,),)


def test_the_same_invoice_in_another_file_is_known(imported: Import, home: Path) -> None:
    imported(export(LINE))
    report = imported(export(LINE, ""), "suite.csv")
    assert report.verdict is FileVerdict.KNOWN
    assert "compté une fois" in sentences(report, "G1.45")
    assert rows(home, "SELECT count(*) FROM invoice") == ((1,),)


def test_another_invoice_under_the_same_key_is_reported_and_not_stored(
    imported: Import, home: Path
) -> None:
    imported(export(LINE))
    changed = LINE.replace("200,00;1 200,00", "100,00;1 100,00")
    report = imported(export(changed, LINE.replace("F-1", "F-2")), "suite.csv")
    assert (report.stored, report.left_out) == (1, 1)
    assert "montant ttc 1 100,00 au lieu de 1 200,00" in sentences(report, "G1.45")
    assert rows(home, "SELECT gross FROM invoice WHERE number = 'F-1'") == ((Decimal(1200),),)
    told = "SELECT count(*) FROM remark r JOIN invoice i ON i.id = r.\"row\" WHERE code = 'G1.45'"
    assert rows(home, told) == ((1,),)


JUNE = "F-1;Brelan SARL;02/03/2026;1200;Mandatée;20/05/2026;;"
JULY = "F-1;Brelan SARL;02/03/2026;1200;Mise en paiement;25/05/2026;25/05/2026;Voirie"
STATES = "numero;fournisseur;date;montant ttc;statut;date du statut;date de paiement;service"
STATE = "SELECT status, paid, service FROM invoice"


def test_a_later_export_moves_an_invoice_on(imported: Import, home: Path) -> None:
    imported(export(JUNE, header=STATES), "juin.csv")
    report = imported(export(JULY, JULY.replace("F-1", "F-2"), header=STATES), "juillet.csv")
    assert (report.stored, report.left_out) == (2, 0)
    assert "statut 11 au lieu de 08" in sentences(report, "MISE-A-JOUR")
    assert not sentences(report, "G1.45")
    assert rows(home, STATE) == (("11", date(2026, 5, 25), "Voirie"),) * 2
    events = "SELECT \"at\" FROM status_event JOIN invoice ON id = invoice WHERE number = 'F-1'"
    assert sorted(rows(home, events)) == [(date(2026, 5, 20),), (date(2026, 5, 25),)]


def test_each_value_of_an_invoice_that_moved_on_has_one_place(imported: Import, home: Path) -> None:
    imported(export(JULY.replace("Mise en paiement", "Mandatée"), header=STATES), "juin.csv")
    silent = "numero;fournisseur;date;montant ttc;statut;service"
    moved = "F-1;Brelan SARL;02/03/2026;1200;Mise en paiement;Voirie"
    imported(export(moved, header=silent), "juillet.csv")
    assert rows(home, STATE) == (("11", date(2026, 5, 25), "Voirie"),)
    places = (
        "SELECT column_name, count(*), min(name) FROM lineage JOIN file ON sha256 = file "
        "WHERE table_name = 'invoice' GROUP BY column_name"
    )
    found = {column: (count, name) for column, count, name in rows(home, places)}
    assert found["status"] == found["gross"] == (1, "juillet.csv")
    assert found["paid"] == (1, "juin.csv")


def test_an_export_of_before_changes_nothing(imported: Import, home: Path) -> None:
    imported(export(JULY, header=STATES), "juillet.csv")
    report = imported(export(JUNE.replace(";;", ";;Voirie"), header=STATES), "juin.csv")
    assert report.verdict is FileVerdict.KNOWN
    assert "État antérieur" in sentences(report, "MISE-A-JOUR")
    assert rows(home, STATE) == (("11", date(2026, 5, 25), "Voirie"),)


def test_an_export_that_is_silent_on_the_status_changes_nothing(
    imported: Import, home: Path
) -> None:
    imported(export(JULY, header=STATES), "juillet.csv")
    silent = "numero;fournisseur;date;montant ttc;service"
    report = imported(export("F-1;Brelan SARL;02/03/2026;1200;Voirie", header=silent), "autre.csv")
    assert report.verdict is FileVerdict.KNOWN
    assert "à l'identique" in sentences(report, "G1.45")
    assert rows(home, STATE) == (("11", date(2026, 5, 25), "Voirie"),)


def test_an_invoice_suspended_again_is_so_by_its_day(imported: Import, home: Path) -> None:
    line = "F-1;Brelan SARL;02/03/2026;1200;{};{};;"
    for status, day in (("Suspendue", "05/03"), ("Service fait", "10/03"), ("Suspendue", "12/03")):
        imported(export(line.format(status, f"{day}/2026"), header=STATES), f"{day[:2]}.csv")
    assert rows(home, STATE) == (("06", None, None),)
    imported(export(line.format("Complétée", "07/03/2026"), header=STATES), "07.csv")
    assert rows(home, STATE) == (("06", None, None),)


def test_a_status_that_only_has_a_day_more_is_added(imported: Import, home: Path) -> None:
    header = "numero;fournisseur;date;montant ttc;date de service fait"
    imported(export("F-1;Brelan SARL;02/03/2026;1200;", header=header), "juin.csv")
    imported(export("F-1;Brelan SARL;02/03/2026;1200;04/05/2026", header=header), "juillet.csv")
    assert rows(home, 'SELECT status, "at" FROM status_event') == (("07", date(2026, 5, 4)),)


def test_two_states_of_an_invoice_in_one_export_are_a_duplicate(
    imported: Import, home: Path
) -> None:
    imported(export(JUNE, header=STATES), "juin.csv")
    report = imported(export(JUNE, JULY, "", header=STATES), "juillet.csv")
    assert "déjà dans ligne 2" in sentences(report, "G1.45")
    assert rows(home, STATE) == (("08", None, None),)


def test_the_number_of_another_year_is_another_invoice(imported: Import, home: Path) -> None:
    assert imported(export(LINE, LINE.replace("2026", "2025"))).stored == 2
