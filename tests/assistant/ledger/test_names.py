"""Names in part, subjects and numbers: what questions say of them, and what the ledger has."""

from datetime import date
from pathlib import Path

import pytest

from assistant.ledger.parsing.following import is_about_figures
from assistant.ledger.parsing.questions import NotUnderstood, parse_plan
from assistant.ledger.query.listing import listing
from assistant.ledger.query.names import BETWEEN, Name, Names, names
from assistant.ledger.query.plan import Operator, Plan, PlanFilter, PlanMeasure, Population
from assistant.ledger.query.result import compute_result
from assistant.ledger.query.wording import describe_plan
from ingestion.ledger.database import open_ledger
from ingestion.ledger.rows import InvoiceLine, StatusEvent
from tests.support.ledger_rows import filled, invoice, purchase
from tests.support.question_lists import read_lists

TODAY = date(2026, 11, 24)
INVOICES, PURCHASES = Population.INVOICES, Population.PURCHASES


def _text(*values: str) -> str:
    return f"{BETWEEN}{BETWEEN.join(values)}{BETWEEN}"


SUPPLIERS = (
    Name("supplier", "111111111", "Les Jardins de Brelan SARL"),
    Name("supplier", "222222222", "Atelier Tremplin Vert"),
    Name("supplier", "333333333", "Librairie L'Encre d'Ormeval"),
    Name("supplier", "444444444", "Garage du Pont Merlin"),
    Name("supplier", "555555555", "Plomberie Castaing EURL"),
    Name("supplier", "666666666", "Lumiprocess Informatique SAS"),
    Name("supplier", "777777777", "TOTAL SA"),
)
KNOWN = {
    INVOICES: Names(
        (
            *SUPPLIERS,
            Name("buyer", "21350238800019", "Commune de Montelyre"),
            *(
                Name("service", each, each)
                for each in ("Voirie", "Sports", "Restauration scolaire")
            ),
        ),
        {
            "number": _text("F-2026-012", "F-2026-013", "03/2026", "2026-03", "T1-2026"),
            "contract": _text("2026-NET-01"),
            "subject": _text(
                "Gaz des bâtiments",
                "Électricité de l'éclairage public",
                "Dépannage d'électricité",
                "Goûters du centre de loisirs",
                "Enrobés rue Haute",
                "Recherche de fuite, plomberie",
                "Volets de la mairie",
                "Repas livrés",
                "Livres jeunesse",
                "Peinture au sol",
            ),
            "line": _text("Peinture au sol", "Main-d'œuvre"),
        },
    ),
    PURCHASES: Names(
        (
            *SUPPLIERS,
            Name("buyer", "21350238800019", "Commune de Montelyre"),
            Name("buyer", "25350238800019", "SIVOM du Brelon"),
        ),
        {
            "number": _text("2026-NET-01"),
            "subject": _text(
                "Nettoyage des locaux", "Nettoyage de la vitrerie", "Livraison de repas"
            ),
        },
    ),
}
READ_INVOICES, READ_PURCHASES, NO_INVOICES, NO_PURCHASES = read_lists("ledger_named.txt")


def _plan(question: str, over: Population) -> Plan | NotUnderstood:
    return parse_plan(question, KNOWN[over], TODAY, over)


@pytest.mark.parametrize(
    ("over", "question", "plans"),
    [(INVOICES, *each) for each in READ_INVOICES] + [(PURCHASES, *each) for each in READ_PURCHASES],
)
def test_a_part_of_a_name_a_subject_or_a_number_is_read_and_told(
    over: Population, question: str, plans: tuple[str, ...]
) -> None:
    found = _plan(question, over)
    assert isinstance(found, Plan), found
    assert (describe_plan(found).replace("\u00a0", " "),) == plans


@pytest.mark.parametrize(
    ("over", "question"),
    [(INVOICES, each) for each, _ in NO_INVOICES] + [(PURCHASES, each) for each, _ in NO_PURCHASES],
)
def test_what_may_name_another_or_asks_for_more_makes_no_plan(
    over: Population, question: str
) -> None:
    found = _plan(question, over)
    assert isinstance(found, NotUnderstood), describe_plan(found)


@pytest.mark.parametrize(
    "question",
    ["dépenses de notre commune", "marchés de la commune", "marchés communs", "dépenses du bureau"],
)
def test_a_place_names_nobody_whose_name_it_does_not_begin(question: str) -> None:
    others = (
        Name("buyer", "20003502388", "Communauté de communes du Brelon"),
        Name("supplier", "888888888", "Grand Bureau Merlin SAS"),
    )
    found = parse_plan(question, Names(others), TODAY, PURCHASES)
    assert isinstance(found, NotUnderstood), describe_plan(found)


def test_a_letter_is_put_right_where_the_words_beside_it_are_read() -> None:
    found = _plan("factures de lumiproces et de tremplin", INVOICES)
    assert isinstance(found, Plan)
    assert found.filters[0].values == ("666666666", "222222222")


def test_a_subject_alone_asks_for_no_figure_and_with_its_rows_it_does() -> None:
    alone = _plan("délai de paiement des enrobés", INVOICES)
    assert isinstance(alone, Plan)
    assert not is_about_figures("délai de paiement des enrobés", alone, "")
    rows = _plan("montant des factures d'enrobés", INVOICES)
    assert is_about_figures("montant des factures d'enrobés", rows, "")


def _labelled(home: Path) -> Path:
    one, other, mixed = invoice("F-1"), invoice("F-2", net=50), invoice("F-3", contract="2026-9")
    return filled(
        home,
        *(one, other, mixed),
        InvoiceLine(one.id, 1, "Gaz des bâtiments"),
        InvoiceLine(one.id, 2, "Gaz des bâtiments"),
        InvoiceLine(other.id, 1, "Vitrerie"),
        InvoiceLine(mixed.id, 1, "Vitrerie"),
        InvoiceLine(mixed.id, 2, "Volets"),
        *purchase("2026-9", subject="Nettoyage", months=12, notified=date(2026, 1, 5)),
    )


def test_the_ledger_gives_its_numbers_and_subjects(tmp_path: Path) -> None:
    with open_ledger(_labelled(tmp_path)) as ledger:
        known = names(ledger, INVOICES)
        assert sorted(known.values("number")) == ["F-1", "F-2", "F-3"]
        assert known.has("contract", "2026-9")
        assert not known.has("number", "F-")
        assert sorted(known.values("subject")) == ["Gaz des bâtiments", "Vitrerie"]
        assert sorted(known.values("line")) == ["Vitrerie", "Volets"]
        assert names(ledger, PURCHASES).values("subject") == ["Nettoyage"]


def test_invoices_are_added_by_their_subject(tmp_path: Path) -> None:
    gas = PlanFilter("subject", Operator.IS, ("Gaz des bâtiments",))
    with open_ledger(_labelled(tmp_path)) as ledger:
        only = compute_result(Plan(PlanMeasure.SUM, INVOICES, "net", (gas,)), ledger, TODAY)
        assert only.total.value == 100
        each = Plan(PlanMeasure.SUM, INVOICES, "net", group="subject")
        lines = compute_result(each, ledger, TODAY).lines
    assert {line.label: line.value for line in lines} == {
        "Gaz des bâtiments": 100,
        "Vitrerie": 50,
        "Vitrerie + 1 autres": 100,
    }


def test_what_one_of_several_labels_costs_is_not_answered(tmp_path: Path) -> None:
    with open_ledger(_labelled(tmp_path)) as ledger:
        known = names(ledger, INVOICES)
    found = parse_plan("total de la vitrerie", known, TODAY, INVOICES)
    assert isinstance(found, NotUnderstood)
    assert found.doubts == ("vitrerie",)


def test_a_list_shows_what_is_asked_of_one_row(tmp_path: Path) -> None:
    held = invoice("F-1", status="06", contract="2026-9")
    event = StatusEvent(held.id, "06", date(2026, 3, 9))
    home = filled(
        tmp_path,
        held,
        event,
        *purchase("2026-9", months=12, notified=date(2026, 1, 5)),
    )
    with open_ledger(home) as ledger:
        [shown] = listing(ledger, INVOICES, [held.id], TODAY).rows
        [(contract,)] = ledger.rows("SELECT id FROM purchase")
        [ends] = listing(ledger, PURCHASES, [contract], TODAY).rows
    assert shown[6:9] == ("2026-9", date(2026, 3, 9), "suspendue")
    assert ends[4:6] == (date(2026, 1, 5), date(2027, 1, 5))
