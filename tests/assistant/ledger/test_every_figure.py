"""Every figure of every page: the chat answers with the same one, or says which page shows it.

A column that counts or measures and of which nothing is said here makes these tests fail.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter

from assistant.calculators.amounts import euros
from assistant.ledger.addresses import ROOTS
from assistant.ledger.parsing.vocabulary import page_asked, shown_on_pages
from assistant.ledger.query.plan import Population
from assistant.ledger.query.result import ResultLine
from assistant.ledger.reckoning import Reckoning
from assistant.ledger.replies import Unreckoned
from assistant.ledger.tables import Cell, Format, LedgerTable
from assistant.ledger.views import VIEWS
from assistant.web.ledger.frame import VIEW_TITLES
from ingestion.ledger.rows import FileKind, Invoice
from tests.studies.ledger import town_ledger
from tests.support.ledger_books import (
    INVOICES,
    PURCHASES,
    Books,
    Contract,
    bills,
    books_at,
    books_of,
    contracts,
)
from tests.support.ledger_rows import file_row
from tests.support.question_lists import read_table


@dataclass(frozen=True, slots=True)
class Each:
    """A question for each row, which has the row's first cell in place of {}."""

    each: str


@dataclass(frozen=True, slots=True)
class Kinds:
    """A question for each row, by its first cell."""

    kinds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Groups:
    """One question that is answered by group; the page may show the first groups only."""

    groups: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A question that is led to a view."""

    shown: str
    view: str


Way = Each | Kinds | Groups | Shown

TOLD = read_table("ledger_figures.toml")
_tables = TypeAdapter(list[dict[str, Way]])
WAYS = {
    (over, view): _tables.validate_python(tables)
    for over in Population
    for view, tables in TOLD[over].items()
}
NOTED = TypeAdapter(list[Shown]).validate_python(TOLD["noted"])


def compare_view(books: Books, over: Population, view: str) -> None:
    """Every figure of a view with the same question in the chat."""
    for table, ways in zip(books.tables(over, view), WAYS[over, view], strict=True):
        headings = {each.heading for each in table.columns if each.format.is_number}
        assert headings == set(ways), (view, table.title)
        for place, column in enumerate(table.columns):
            if way := ways.get(column.heading):
                compare_column(books, over, table, place, way)


def compare_column(
    books: Books, over: Population, table: LedgerTable, place: int, way: Way
) -> None:
    shown = {str(row[0]): row[place] or 0 for row in table.rows}
    match way:
        case Shown():
            pass  # whatever the rows are: the town asks it
        case Groups(question):
            answered = books.answer(question, over).lines
            form = table.columns[place].heading
            figures = {line.label: _figure(line, form) for line in answered} or {"Ensemble": 0}
            # What no group has a name for is not in a table of those who have one.
            assert shown.items() <= figures.items(), question
            assert len(shown) >= min(15, len({*figures} - {"non renseigné"}))
        case Each(question):
            for label, value in shown.items():
                assert books.figure(question.format(label), over) == value, (question, label)
        case Kinds(questions):
            for label, value in shown.items():
                assert books.figure(questions[label], over) == value, label
                assert_said(books, questions[label], value, table.columns[place].format)


def _figure(line: ResultLine, heading: str) -> Cell:
    return len(line.rows) if heading == "Lignes" else line.value or 0


def assert_said(books: Books, question: str, value: Cell, form: Format) -> None:
    """That the sentence of the chat has the figure."""
    said = books.ask(question)
    assert isinstance(said, Reckoning), question
    written = euros(Decimal(value)) if form is Format.EUROS else f"{value}"  # type: ignore[arg-type]
    assert said.told[0].text.startswith(f"{written} ")


def assert_led(books: Books, shown: Shown, over: Population) -> None:
    """That the chat names the page, and no figure."""
    said = books.ask(shown.shown)
    assert isinstance(said, Unreckoned), shown.shown
    text = " ".join((said.why, *said.can))
    assert f"({ROOTS[over]}/{shown.view})" in text, shown.shown
    assert not any(map(str.isdecimal, text))


def compare_late(books: Books) -> None:
    """The figures of the notes of late payment."""
    late, stages, _ = books.tables(INVOICES, "retards")
    unpaid = books.figure("Combien de factures en retard ?")
    paid = books.figure("Combien de factures payées en retard ?")
    assert late.notes[0].startswith(f"{unpaid} en retard au ")
    assert f", {paid} payées en retard, " in late.notes[0]
    interest = euros(books.figure("Total des intérêts moratoires"))
    indemnity = euros(books.figure("Combien d'indemnités forfaitaires devons-nous ?"))
    assert (
        f"Intérêts moratoires : {interest} ; indemnités forfaitaires : {indemnity}."
        in (late.notes[0])
    )
    suspended = books.figure("Combien de factures suspendues en retard ?")
    said = f"Suspendues parmi celles en retard : {suspended}."
    assert (said in late.notes) is bool(suspended)
    assert sum(row[2] for row in stages.rows) == books.figure(  # type: ignore[misc]
        "Combien de factures impayées ?"
    )
    assert sum(row[3] for row in stages.rows) == books.figure("Reste à payer")  # type: ignore[misc]
    for bracket in ("en retard de plus de 30 jours", "en retard de 30 jours ou moins"):
        held = [row for row in stages.rows if row[1] == bracket]
        assert sum(row[2] for row in held) == books.figure(  # type: ignore[misc]
            f"Combien de factures {bracket} ?"
        )
        assert sum(row[3] for row in held) == books.figure(  # type: ignore[misc]
            f"Net à payer des factures {bracket}"
        )


def compare_invoices(books: Books) -> None:
    for view in ("apercu", "retards", "anomalies"):
        compare_view(books, INVOICES, view)
    compare_late(books)


def compare_purchases(books: Books) -> None:
    for view in ("apercu", "titulaires", "mutualisation", "seuils"):
        compare_view(books, PURCHASES, view)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with books_at(town_ledger(tmp_path_factory.mktemp("figures"))) as books:
        yield books


def test_every_figure_of_the_town_is_what_the_chat_answers_or_leads_to(town: Books) -> None:
    compare_invoices(town)
    compare_purchases(town)
    for (over, _), tables in WAYS.items():
        for way in (way for ways in tables for way in ways.values()):
            if isinstance(way, Shown):
                assert_led(town, way, over)
    for each in NOTED:
        assert_led(town, each, INVOICES)


@settings(max_examples=10, deadline=None)
@given(bills())
def test_every_figure_of_any_invoices_is_what_the_chat_answers(rows: list[Invoice]) -> None:
    with books_of(file_row(), *rows) as books:
        compare_invoices(books)


@settings(max_examples=8, deadline=None)
@given(contracts())
def test_every_figure_of_any_contracts_is_what_the_chat_answers(rows: list[Contract]) -> None:
    with books_of(file_row(FileKind.PURCHASES), *chain(*rows)) as books:
        compare_purchases(books)


def test_every_view_with_figures_of_its_own_is_compared() -> None:
    own = {(over, view) for over in VIEWS for view in VIEWS[over]}
    assert set(WAYS) == {each for each in own if each[1] not in {"liste", "calcul"}}


def test_what_is_shown_on_a_page_leads_to_one_that_there_is() -> None:
    assert {each.title for each in shown_on_pages()} == {
        VIEW_TITLES[each.over][each.view] for each in shown_on_pages()
    }


@pytest.mark.parametrize(
    "question",
    [
        "Comment mutualiser nos achats ?",
        "Peut-on fractionner un marché ?",
        "Quelles étapes suit une procédure adaptée ?",
        "Que faire d'une offre anormalement basse ?",
        "Quel est le montant de l'indemnité forfaitaire ?",
        "Combien de jours pour payer une facture ?",
    ],
)
def test_what_asks_for_a_rule_is_led_to_no_page(question: str) -> None:
    assert page_asked(question) is None


def test_an_empty_ledger_says_so_before_it_leads_to_a_page() -> None:
    with books_of(file_row()) as books:
        said = books.ask("Combien d'achats à mutualiser ?")
    assert isinstance(said, Unreckoned)
    assert "aucun marché n’est encore importé" in said.why


def test_every_table_with_figures_says_what_it_counts(town: Books) -> None:
    for over, view in WAYS:
        assert all(table.notes for table in town.tables(over, view)), view
