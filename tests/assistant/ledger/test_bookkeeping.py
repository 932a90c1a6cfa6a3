"""The ledger as pages and chat ask for it: views, figures with their rows, records, files."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.calculators.calculation import Buyer
from assistant.errors import Ungrounded, WrongPlan
from assistant.evaluation.questions import read_questions
from assistant.journal.journal import Journal
from assistant.ledger.query import wording
from assistant.ledger.query.plan import Population
from assistant.ledger.reckoning import MOST_ROWS, Reckoning
from assistant.ledger.replies import Inquiry, Unreckoned, reply
from assistant.ledger.service import LedgerService
from assistant.ledger.tables import DrawingShape
from assistant.ledger.views import VIEWS, Sights, ViewRequest
from ingestion.errors import NothingImported
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import SECONDS, Ledger, Row
from ingestion.ledger.rows import FileKind
from tests.conftest import Engine
from tests.studies.ledger import town_ledger
from tests.support.ledger_books import Books, books_at, kept_in, no_generation, on_record
from tests.support.ledger_rows import file_row, filled, invoice, purchase
from tests.support.paths import DATA
from tests.support.question_lists import read_lists

TODAY = date(2026, 11, 24)
INVOICES, PURCHASES = Population.INVOICES, Population.PURCHASES
QUESTIONS = sorted({*DATA.glob("*questions*.jsonl")} - {*DATA.glob("ledger_*.jsonl")})


def _reckoned(books: LedgerService, question: str) -> Reckoning:
    found = books.reckon(question, TODAY)
    assert isinstance(found, Reckoning), found
    return found


@pytest.mark.parametrize("over", Population)
def test_every_view_that_needs_no_law_shows_something(
    books: LedgerService, over: Population
) -> None:
    for view in VIEWS[over]:
        look = ViewRequest(over, view, TODAY)
        if view in {"retards", "seuils"}:
            with pytest.raises(Ungrounded, match="aucun index"):
                books.exhibits(look)
        else:
            assert books.exhibits(look)[0].table.columns, view


def test_the_overview_counts_and_adds_up(books: LedgerService) -> None:
    whole, months, *_ = books.exhibits(ViewRequest(INVOICES, "apercu", TODAY))
    rows = {row[0]: row[1:] for row in whole.table.rows}
    assert rows["Factures, avoirs déduits du montant"] == (10, Decimal(4741))
    assert rows["Non payées"] == (9, Decimal(4680))
    assert rows["Dont suspendues"][0] == 1
    assert months.shape is DrawingShape.TIME


def test_a_figure_cites_rows_of_a_document(books: LedgerService) -> None:
    found = _reckoned(books, "Montant TTC des factures non payées")
    assert [told.text for told in found.told] == [
        "4\u202f680\u00a0€ (somme du montant TTC des factures, non payées ; 9 factures)."
    ]
    assert len(found.told[0].rows) == 9
    assert len(found.evidence) == MOST_ROWS
    for number, item in enumerate(found.evidence, 1):
        passage = item.passage
        assert item.number == number
        assert found.document.text[passage.start : passage.end] == passage.text
        assert passage.document_id == item.document_sha256 == found.document.id
    first = found.evidence[0].passage
    assert first.locator == "essai.csv, ligne 2"
    assert first.text.startswith("Facture : A-1 ; Fournisseur : Brelan SARL ; Émise : 05/02/2026")
    assert str(first.address).removeprefix("/factures/piece/") in found.told[0].rows


def test_each_group_cites_rows_of_its_own(books: LedgerService) -> None:
    whole, *groups = _reckoned(books, "Montant HT des factures par fournisseur").told
    assert [each.text for each in groups] == [
        "- Brelan SARL : 4\u202f500\u00a0€, 9 lignes",
        "- Sève SAS : 50\u00a0€, 1 ligne",
    ]
    names = [{item.passage.text.split(" ; ")[1] for item in each.evidence} for each in groups]
    assert names == [{"Fournisseur : Brelan SARL"}, {"Fournisseur : Sève SAS"}]
    assert len(whole.evidence) == sum(len(each.evidence) for each in groups)


@pytest.mark.parametrize(
    ("question", "begins", "lines"),
    [
        ("Combien de factures non payées ?", "9 factures, non payées.", 0),
        (
            "Montant HT des factures par fournisseur",
            "4\u202f550\u00a0€ (somme du montant HT des factures, par fournisseur ; 10 lignes) : "
            "Brelan SARL 4\u202f500\u00a0€, Sève SAS 50\u00a0€.",
            2,
        ),
        (
            "Les 2 premiers fournisseurs en montant HT",
            "Brelan SARL : 4\u202f500\u00a0€ ; Sève S",
            0,
        ),
        (
            "Montant HT des factures par mois",
            "4\u202f550\u00a0€ (somme du montant HT des factures, par mois (date d'émission) ; "
            "10 lignes) : au plus haut 2026-10, 900\u00a0€.",
            6,
        ),
        ("La facture A-1 en est où ?", "Facture A-1 : ", 0),
    ],
)
def test_the_first_sentence_answers(
    books: LedgerService, question: str, begins: str, lines: int
) -> None:
    first, *groups = _reckoned(books, question).told
    assert first.text.startswith(begins)
    assert len(groups) == lines
    assert first.evidence


@pytest.mark.parametrize(
    ("question", "is_reckoned"),
    [
        ("Total TTC par mois en 2026", True),
        ("Les 2 premiers fournisseurs en montant HT", True),
        ("Intérêts moratoires ?", False),
        ("Délai de paiement", False),
        ("Quel est le plus long délai de paiement ?", False),
        ("Le seuil de publicité en 2026", False),
    ],
)
def test_figures_may_be_asked_for_without_naming_invoices(
    books: LedgerService, question: str, is_reckoned: bool
) -> None:
    assert isinstance(books.reckon(question, TODAY), Reckoning) is is_reckoned


def test_a_figure_of_no_row_cites_what_was_searched(books: LedgerService) -> None:
    [told] = _reckoned(books, "Combien de factures émises en 2019 ?").told
    assert told.text.startswith("0 (nombre de factures émises")
    assert [item.passage.text for item in told.evidence] == ["Registre : 10 factures."]


def test_without_a_plan_there_is_no_figure_but_what_can_be_asked(books: LedgerService) -> None:
    found = books.reckon("Quelles factures sentent la rose ?", TODAY)
    assert isinstance(found, Unreckoned)
    assert "« sentent », « rose »" in found.why
    assert any("Combien de factures" in each for each in found.can)


def test_what_needs_the_law_says_so_without_it(books: LedgerService) -> None:
    found = books.reckon("Quelles factures sont en retard ?", TODAY)
    assert isinstance(found, Unreckoned)
    assert "aucun index" in found.why


def test_a_damaged_ledger_leaves_to_the_law_what_is_not_about_us(tmp_path: Path) -> None:
    (filled(tmp_path, file_row(), invoice()) / "ledger" / "ledger.duckdb").write_bytes(b"junk")
    books = LedgerService(tmp_path, Journal(tmp_path / "journal.jsonl"), no_generation)
    found = books.reckon("Combien de nos factures sont payées ?", TODAY)
    assert isinstance(found, Unreckoned)
    assert "ne se lit pas" in found.why
    assert books.reckon("Quel est le délai de paiement ?", TODAY) is None


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_no_question_about_the_law_or_a_dossier_is_taken_for_one_about_figures(
    tmp_path: Path, path: Path
) -> None:
    books = LedgerService(kept_in(tmp_path), Journal(tmp_path / "journal.jsonl"), no_generation)
    empty = LedgerService(tmp_path / "no", Journal(tmp_path / "journal.jsonl"), no_generation)
    every = [each.text for each in read_questions(path)]
    assert [each for each in every if books.reckon(each, TODAY)] == []
    assert [each for each in every if empty.reckon(each, TODAY)] == []


def test_a_ledger_without_such_rows_says_so_and_how_to_import_them(
    engine: Engine, tmp_path: Path
) -> None:
    engine(tmp_path)
    books = LedgerService(tmp_path, Journal(tmp_path / "journal.jsonl"), no_generation)
    _says_nothing_is_there(books)
    filled(tmp_path, file_row(FileKind.PURCHASES), *purchase())
    _says_nothing_is_there(books)
    with pytest.raises(NothingImported, match="Aucune facture"):
        books.exhibits(ViewRequest(INVOICES, "apercu", TODAY))
    assert isinstance(books.reckon("Combien de marchés ?", TODAY), Reckoning)


def _says_nothing_is_there(books: LedgerService) -> None:
    for question in (
        "Combien de factures ?",
        "Quelles sont mes factures en retard ?",
        "Qui sont nos fournisseurs ?",
        "Combien avons-nous payé à Brelan ?",
        "How many of our invoices are unpaid?",
    ):
        found = books.reckon(question, TODAY)
        assert isinstance(found, Unreckoned), question
        assert found.why == "aucune facture n’est encore importée ici."
        assert any("/factures/import" in each for each in found.can)
    assert books.reckon("Quel est le délai de paiement ?", TODAY) is None


FIRST = "Combien de factures impayées ?"


@pytest.mark.parametrize(("question", "told"), read_lists("figure_follow_ups.txt")[0])
def test_what_follows_a_figure_changes_its_plan_and_says_so(
    books: LedgerService, question: str, told: Sequence[str]
) -> None:
    *before, said = told
    found = books.reckon(question, TODAY, before)
    assert isinstance(found, Reckoning), found
    assert wording.describe_plan(found.plan) == said
    assert found.notes[0].startswith("Compris comme la suite de la question précédente")


def test_what_cannot_be_followed_stays_with_the_figures(books: LedgerService) -> None:
    found = books.reckon("et pourquoi ?", TODAY, [FIRST])
    assert isinstance(found, Unreckoned)
    assert "« pourquoi »" in found.why
    assert books.reckon("et quel est le délai légal ?", TODAY, [FIRST]) is None
    assert books.reckon("et en montant ?", TODAY, ["Quel est le seuil des MAPA ?"]) is None


@pytest.mark.parametrize(
    ("before", "question", "doubt"),
    [
        (FIRST, "depuis 30 jours ?", "depuis 30 jours"),
        ("Dépenses en mars 2026", "et l'an dernier ?", "l'an dernier"),
        ("Dépenses en mars 2026", "et l'année précédente ?", "l'annee precedente"),
        ("Dépenses en mars 2026", "et par rapport à l'an dernier ?", "l'an dernier"),
    ],
)
def test_what_follows_and_may_mean_two_periods_is_not_computed(
    books: LedgerService, before: str, question: str, doubt: str
) -> None:
    found = books.reckon(question, TODAY, [before])
    assert isinstance(found, Unreckoned), found
    assert f"« {doubt} »" in found.why


LAW = "Quel est le délai de paiement des communes ?"


@pytest.mark.parametrize(
    ("before", "question", "is_told"),
    [
        ([LAW], "Et en 2025 ?", False),
        ([LAW], "Et depuis le 1er avril 2026 ?", False),
        ([LAW], "Et au-dessus de 90 000 € ?", False),
        ([LAW], "En 2025 ?", False),
        ([LAW, "Et en 2025 ?"], "Et en 2026 ?", False),
        ([FIRST, LAW], "Et en 2025 ?", False),
        ([LAW], "Et les factures de 2025 ?", True),
        ([LAW], "Montant par mois ?", True),
        (["Quelles factures sentent la rose ?"], "Et en 2025 ?", True),
        ([FIRST, "Et en 2025 ?"], "Et en 2026 ?", True),
        ([], "En 2025 ?", True),
    ],
)
def test_a_period_or_an_amount_alone_is_of_what_was_asked_before(
    books: LedgerService, tmp_path: Path, before: list[str], question: str, *, is_told: bool
) -> None:
    empty = LedgerService(tmp_path / "no", Journal(tmp_path / "journal.jsonl"), no_generation)
    assert isinstance(books.reckon(question, TODAY, before), Reckoning) is is_told
    assert isinstance(empty.reckon(question, TODAY, before), Unreckoned) is is_told


def test_a_view_is_made_once_for_its_pages_and_again_after_an_import(
    books: LedgerService, home: Path
) -> None:
    look = ViewRequest(INVOICES, "apercu", TODAY)
    first = books.exhibits(look)
    assert books.exhibits(look) is first
    filled(home, file_row(sha256="e" * 64), invoice("Z-9", date(2026, 5, 5)))
    assert books.exhibits(look)[0].table.rows[0][1] == 11


def test_names_are_read_once_until_an_import(books: LedgerService, home: Path) -> None:
    first = books.names(INVOICES)
    books.reckon("Montant des factures par fournisseur", TODAY)
    assert books.names(INVOICES) is first
    assert books.names(PURCHASES) is not first
    new = invoice("Z-9", date(2026, 5, 5), supplier_name="Zéphyr SAS", supplier_siren="1")
    filled(home, file_row(sha256="e" * 64), new)
    assert [each.name for each in {*books.names(INVOICES)} - {*first}] == ["Zéphyr SAS"]


def test_a_list_is_read_where_it_is_shown(books: LedgerService) -> None:
    look = ViewRequest(INVOICES, "liste", TODAY, plan=books.corrected(INVOICES, []))
    [listed] = [each.table for each in books.exhibits(look)]
    assert (listed.count, listed.rows) == (10, ())
    whole = books.part(look, listed)
    assert [row[0] for row in whole.rows] == ["A-1", "B-1", *(f"A-{n}" for n in range(2, 10))]
    some = books.part(look, listed, 3, 2)
    assert (some.rows, some.rows_of) == (whole.rows[3:5], whole.rows_of[3:5])
    assert books.part(look, listed, 10, 2).rows == ()


def test_an_explanation_is_kept_and_on_record(books: LedgerService, home: Path) -> None:
    [table] = [each.table for each in books.exhibits(ViewRequest(INVOICES, "anomalies", TODAY))]
    identifier = next(str(row[0]) for row in table.rows if "61" in str(row[3]))
    with pytest.raises(WrongPlan, match="sans raison"):
        books.explain(identifier, "  ", "u-1")
    with pytest.raises(WrongPlan, match="Aucune anomalie"):
        books.explain("0", "arrondi", "u-1")
    books.explain(identifier, " arrondi convenu ", "u-1")
    [table] = [each.table for each in books.exhibits(ViewRequest(INVOICES, "anomalies", TODAY))]
    told = next(row[-1] for row in table.rows if row[0] == identifier)
    assert str(told).startswith("arrondi convenu (u-1, ")
    kind, body, user = on_record(home)[-1]
    assert (kind, body["act"], body["anomaly"], user) == ("ledger", "explained", identifier, "u-1")


def test_a_file_that_leaves_is_on_record(books: LedgerService, home: Path) -> None:
    look = ViewRequest(INVOICES, "liste", TODAY, plan=books.corrected(INVOICES, []))
    listed = books.exhibits(look)[0].table
    with pytest.raises(AssertionError):
        books.export(listed, ".csv")
    table = books.part(look, listed)
    assert books.export(table, ".csv", "u-1").count(b"\r\n") == 11
    assert on_record(home) == [
        ("export", {"ledger": "Factures", "rows": 10, "format": "csv"}, "u-1")
    ]
    with pytest.raises(WrongPlan):
        books.export(table, ".exe")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with books_at(town_ledger(tmp_path_factory.mktemp("town"))) as books:
        yield books


OF_ROWS, OF_LAW, OF_SPENDING = read_lists("ledger_rows_meant.txt")


@pytest.mark.parametrize(("question", "over"), OF_ROWS)
def test_rows_that_no_noun_names_are_those_of_the_only_plan(
    town: Books, question: str, over: tuple[str, ...]
) -> None:
    found = town.ask(question)
    assert isinstance(found, Reckoning), found
    assert (found.over,) == over


@pytest.mark.parametrize("question", [question for question, _ in OF_LAW])
def test_what_may_be_a_rule_of_purchases_is_no_question_on_contracts(
    town: Books, question: str
) -> None:
    assert town.ask(question) is None


@pytest.mark.parametrize("question", [question for question, _ in OF_SPENDING])
def test_what_was_spent_is_no_amount_of_contracts(town: Books, question: str) -> None:
    found = town.ask(question)
    assert isinstance(found, Unreckoned), found
    assert found.over is INVOICES


class ReadLedger(Ledger):
    """A ledger that keeps what it is asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.asked: list[str] = []

    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, seconds: float = SECONDS
    ) -> tuple[Row, ...]:
        self.asked.append(sql)
        return self._ledger.rows(sql, parameters, seconds=seconds)


def test_the_names_of_a_population_are_read_once_an_answer(home: Path) -> None:
    before = ("Montant des factures par fournisseur", "et en 2026 ?", "et par mois ?")
    with open_ledger(home) as ledger:
        read = ReadLedger(ledger)
        sights = Sights(home, no_generation)
        found = reply(read, sights, Inquiry("et en nombre ?", TODAY, Buyer.LOCAL, before))
    assert isinstance(found, Reckoning)
    assert len([sql for sql in read.asked if sql.startswith("SELECT DISTINCT 'supplier'")]) == 1
