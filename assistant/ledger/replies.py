"""Replies: what a question about the ledger comes to, as sentences that rest on its rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from hashlib import sha256
from urllib.parse import urlencode

from assistant.calculators.calculation import Buyer
from assistant.errors import AssistantError
from assistant.ledger.late import Basis, late_invoices, missing_rates, payments
from assistant.ledger.parsing.following import (
    Followed,
    followed,
    is_about_figures,
    is_bare,
    leans,
)
from assistant.ledger.parsing.questions import NotUnderstood, parse_plan
from assistant.ledger.parsing.subject import (
    asks_law,
    asks_ledger,
    population_asked,
    population_meant,
)
from assistant.ledger.parsing.vocabulary import ShownOnPage, page_asked
from assistant.ledger.query.measures import has_credit_notes
from assistant.ledger.query.names import Name, names
from assistant.ledger.query.plan import Plan, PlanMeasure, Population, Rows, rows_of
from assistant.ledger.query.plan_fields import Fields
from assistant.ledger.query.result import PlanResult, ResultLine, compute_result
from assistant.ledger.query.wording import TABLES, describe_plan, figure, listing, ranked
from assistant.ledger.tables import LedgerTable, written
from assistant.ledger.views import Sight, Sights, ViewRequest
from assistant.retrieval.evidence import Evidence
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Block, Document, Kind, Role, assemble
from ingestion.errors import QueryTooHeavy
from ingestion.ledger.embedded import Ledger

# Where the page shows the ledger: the addresses of invoices and of purchases. Pure.

ROOTS = {Population.INVOICES: "/factures", Population.PURCHASES: "/achats"}
PAGES = {Population.INVOICES: "Factures", Population.PURCHASES: "Achats"}


def piece_address(over: Population, identifier: str) -> str:
    """That of one invoice or contract."""
    return f"{ROOTS[over]}/piece/{identifier}"


def figure_address(over: Population, fields: Fields, today: date) -> str:
    """That of what the plan of these fields comes to on a day."""
    return f"{ROOTS[over]}/calcul?{_asked(fields, today)}"


def drawing_address(over: Population, fields: Fields, today: date) -> str:
    """That of the drawing of it."""
    return f"{ROOTS[over]}/calcul/graphique.svg?{_asked(fields, today)}"


def _asked(fields: Fields, today: date) -> str:
    return urlencode([*fields, ("jour", today.isoformat())])


# A reckoning: what a plan comes to, as sentences that each rest on rows of the ledger. Values.

MOST_ROWS = 8
"""Rows shown beside an answer; the page of the ledger shows them all."""

MOST_GROUPS = 6
_SOURCE = -1
"""The column of a listing that says where its row was read."""

_KINDS = {Population.INVOICES: Kind.INVOICES, Population.PURCHASES: Kind.PURCHASES}


@dataclass(frozen=True, slots=True)
class Told:
    """A French sentence, the ids of the rows that it is computed from, and some of them shown."""

    text: str
    rows: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What a plan comes to, the document whose lines its sentences cite, and the law behind it.

    `basis` is None where the law computes nothing; `notes` are what the figures leave out.
    """

    plan: Plan
    told: tuple[Told, ...]
    document: Document
    basis: Basis | None
    notes: tuple[str, ...]

    @property
    def over(self) -> Population:
        """What was counted."""
        return self.plan.over

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What is cited, once each, in the order of its numbers."""
        found = {item.number: item for each in self.told for item in each.evidence}
        return tuple(found[number] for number in sorted(found))


@dataclass(frozen=True, slots=True)
class _Cited:
    """A line of the document: the row that it is of, "" for all, its text, place and address."""

    row: str
    text: str
    place: str
    address: str


def reckoned(sight: Sight) -> Reckoning:
    """What the plan of a sight comes to; raises as `Sight.result` and `Sight.basis` do."""
    result, plan = sight.result, sight.plan
    lines = [*_lines(result), *_indemnities(sight)]
    each = max(MOST_ROWS // len(lines), 1)
    ids = dict.fromkeys(row for _, rows in lines for row in rows[:each])
    cited = _cited(listing(sight.ledger, plan.over, list(ids), sight.today), plan.over)
    if not all(rows for _, rows in lines):
        cited.append(_searched(sight, plan.over))
    document = _document(plan.over, cited)
    by_row = dict(zip([each.row for each in cited], _evidence(document, cited), strict=True))
    told = tuple(
        Told(text, rows, tuple(by_row[row] for row in by_row if row in (rows or ("",))))
        for text, rows in lines
    )
    basis = sight.basis if plan.is_computed else None
    missing = _missing(sight.ledger, basis) if basis and plan.of == "interest" else ()
    notes = (*result.told, *missing)
    return Reckoning(plan, told, document, basis, notes)


def _lines(result: PlanResult) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The whole, then the first groups, each in words with its rows."""
    plan, rows = result.plan, rows_of(result.plan.over)
    whole = describe_plan(plan)
    title = whole[0].upper() + whole[1:]
    if plan.is_of_some:
        every = tuple(row for line in ranked(result) for row in line.rows)
        yield f"{title} :" if result.lines else f"{title} : aucun.", every
    else:
        yield f"{title} : {_value(result.total, plan, rows)}.", result.total.rows
    for line in result.lines[:MOST_GROUPS]:
        yield f"- {line.label} : {_value(line, plan, rows)}", line.rows


def _indemnities(sight: Sight) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is owed beside the interest that a plan adds up: a lump sum for each late invoice."""
    plan = sight.plan
    if plan.of == "interest" and plan.measure is PlanMeasure.SUM and not plan.compared:
        other = replace(plan, of="indemnity", group=None, step=None, limit=None, bound=None)
        found = replace(sight, plan=other).result
        yield (
            f"S'y ajoutent les indemnités forfaitaires : {figure(found.total.value, other)}.",
            found.total.rows,
        )


def _value(line: ResultLine, plan: Plan, rows: Rows) -> str:
    """A figure, that of the period compared, and how many rows it is made of."""
    value = "non calculable" if line.value is None else figure(line.value, plan)
    if plan.compared:
        value += f" contre {figure(line.before, plan)}"
    if plan.measure is PlanMeasure.COUNT:
        return value
    one, many = ("ligne", "lignes") if has_credit_notes(plan) else (rows.one, rows.many)
    return f"{value} ({len(line.rows)} {many if len(line.rows) > 1 else one})"


def _cited(table: LedgerTable, over: Population) -> list[_Cited]:
    """The rows of a listing, each in a line that names its values."""
    return [
        _Cited(
            identifier,
            " ; ".join(
                f"{column.heading} : {written(cell, column.format)}"
                for column, cell in list(zip(table.columns, row, strict=True))[:_SOURCE]
                if cell is not None
            ),
            str(row[_SOURCE] or "").partition(", colonne ")[0],
            piece_address(over, identifier),
        )
        for (identifier,), row in zip(table.rows_of, table.rows, strict=True)
    ]


def _searched(sight: Sight, over: Population) -> _Cited:
    """What a sentence about no row rests on: how much was searched."""
    every = compute_result(Plan(PlanMeasure.COUNT, over), sight.ledger, sight.today)
    count, rows = len(every.total.rows), rows_of(over)
    text = f"Registre : {count} {rows.many if count > 1 else rows.one}."
    return _Cited("", text, "registre", f"{ROOTS[over]}/liste")


def _document(over: Population, cited: Sequence[_Cited]) -> Document:
    """The lines as a text that can be cited, which its own bytes name."""
    rows = rows_of(over)
    title = f"{rows.many.capitalize()} importé{'e' if rows.is_feminine else ''}s"
    blocks = [Block(each.text, Role.ROW, mark=each.place) for each in cited]
    text, _, _ = assemble(blocks)
    digest = sha256(text.encode()).hexdigest()
    return Document(digest, title, "registre", _KINDS[over], text)


def _evidence(document: Document, cited: Sequence[_Cited]) -> Iterator[Evidence]:
    """Each line of the document as a passage of its own, numbered in their order."""
    start = 0
    for number, each in enumerate(cited, 1):
        end = start + len(each.text)
        passage = Passage(
            f"{document.id[:16]}:{start}-{end}",
            document.id,
            document.title,
            document.source,
            document.kind,
            each.place,
            (),
            (),
            document.text[start:end],
            start,
            end,
            address=each.address,
        )
        yield Evidence(number, passage, 1.0, document.id)
        start = end + 1


def _missing(ledger: Ledger, basis: Basis) -> tuple[str, ...]:
    """The rates without which some interest is not known."""
    known = payments(ledger, basis.today, basis.terms.days).known
    both = zip(known, basis.costs(known), strict=True)
    return missing_rates(late_invoices(both), basis.rates)


# What a question in words comes to when it is about the ledger: figures, or why there are none.


@dataclass(frozen=True, slots=True)
class Unreckoned:
    """Why a question about the ledger has no figure, and what can be asked of it, in French."""

    over: Population
    why: str
    can: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question in words, its day, who buys, and the questions before it, the last one last."""

    question: str
    today: date
    buyer: Buyer
    before: tuple[str, ...] = ()

    @property
    def previous(self) -> str:
        """The question just before, "" where it is the first."""
        return self.before[-1] if self.before else ""


NamesOf = Callable[[Population], Sequence[Name]]
"""The names that the ledger has of a population."""


def reply(ledger: Ledger, sights: Sights, inquiry: Inquiry) -> Reckoning | Unreckoned | None:
    """What a question comes to when it asks for figures of the ledger; None when it does not."""
    page, names_of = page_asked(inquiry.question), cache(partial(names, ledger))
    going_on = _followed(names_of, inquiry) if page is None else None
    if isinstance(going_on, Unreckoned):
        return going_on
    if going_on:
        return _reckoned(ledger, sights, inquiry, going_on.plan, going_on.changed)
    over = page.over if page else population_meant(inquiry.question)
    if not ledger.rows(f"SELECT 1 FROM {TABLES[over]} LIMIT 1"):
        return unimported(inquiry)
    if page:
        return _shown(page)
    plan = parse_plan(inquiry.question, names_of(over), inquiry.today, over)
    if not is_about_figures(inquiry.question, plan, inquiry.previous):
        return None
    if isinstance(plan, NotUnderstood):
        return Unreckoned(over, plan.why, plan.can)
    return _reckoned(ledger, sights, inquiry, plan)


def unimported(inquiry: Inquiry) -> Unreckoned | None:
    """That there is nothing to count, and how to import it; None for what asks for no figure."""
    page = page_asked(inquiry.question)
    over = page.over if page else population_meant(inquiry.question)
    plan = parse_plan(inquiry.question, (), inquiry.today, over)
    if page is None and not asks_ledger(inquiry.question):
        if is_bare(plan):
            return None
        if inquiry.before and leans(inquiry.question, plan):
            earlier = inquiry.before[:-1]
            return unimported(replace(inquiry, question=inquiry.previous, before=earlier))
    why, how = _IMPORTED[over]
    return Unreckoned(over, why, how)


def unread(inquiry: Inquiry, failure: str) -> Unreckoned | None:
    """Why the ledger cannot be read; None for what asks for none of its figures."""
    if not asks_ledger(inquiry.question):
        return None
    return Unreckoned(population_meant(inquiry.question), failure, ())


_IMPORTED = {
    Population.INVOICES: (
        "aucune facture n’est encore importée ici.",
        (
            "Pour en importer :",
            "page Factures, « Importer des fichiers » (/factures/import)",
            "ou la commande : sourcier invoices import FICHIER…",
        ),
    ),
    Population.PURCHASES: (
        "aucun marché n’est encore importé ici.",
        (
            "Pour en importer :",
            "page Achats, « Importer des fichiers » (/achats/import)",
            "ou la commande : sourcier purchases import FICHIER…",
        ),
    ),
}


def _shown(page: ShownOnPage) -> Unreckoned:
    """That what is asked for is shown on a page, and which one."""
    where = f"page {PAGES[page.over]}, « {page.title} » ({ROOTS[page.over]}/{page.view})"
    return Unreckoned(page.over, page.shows, (_SHOWN, where, f"ou la commande : {page.command}"))


_SHOWN = "C’est montré :"


def _reckoned(
    ledger: Ledger, sights: Sights, inquiry: Inquiry, plan: Plan, changed: str = ""
) -> Reckoning | Unreckoned:
    look = ViewRequest(plan.over, "calcul", inquiry.today, inquiry.buyer, plan)
    try:
        found = reckoned(sights.of(ledger, look))
    except (AssistantError, QueryTooHeavy) as refusal:
        return Unreckoned(plan.over, str(refusal), ())
    if not changed:
        return found
    goes_on = f"Compris comme la suite de la question précédente, avec ce changement : {changed}."
    return replace(found, notes=(goes_on, *found.notes))


def _followed(names_of: NamesOf, inquiry: Inquiry) -> Followed | Unreckoned | None:
    """What a question changes of the figure before it, or why it cannot be read so."""
    before = _plan_before(names_of, inquiry)
    if before is None or population_asked(inquiry.question) not in {None, before.over}:
        return None
    found = followed(inquiry.question, before, names_of(before.over), inquiry.today)
    if isinstance(found, Followed):
        return found
    if found is None or asks_law(inquiry.question):
        return None
    why = NotUnderstood(found, ()).why if found else _UNCHANGED
    return Unreckoned(before.over, why, (_WHOLE,))


_WHOLE = (
    "La question d’avant portait sur un chiffre ; une suite peut en changer la mesure, le "
    "regroupement, la période ou une condition. Sinon, posez la question en entier."
)
_UNCHANGED = "cette suite ne change rien au calcul affiché, ou en demande un autre."
_MOST_BEFORE = 8


def _plan_before(names_of: NamesOf, inquiry: Inquiry) -> Plan | None:
    """The plan of the last question before, where it was about a figure."""
    plan: Plan | None = None
    recent = inquiry.before[-_MOST_BEFORE:]
    for previous, question in zip(("", *recent), recent, strict=False):
        named = population_asked(question)
        if plan and named in {None, plan.over}:
            found = followed(question, plan, names_of(plan.over), inquiry.today)
            if isinstance(found, Followed):
                plan = found.plan
                continue
        over = population_meant(question)
        alone = parse_plan(question, names_of(over), inquiry.today, over)
        is_figure = is_about_figures(question, alone, previous)
        plan = alone if isinstance(alone, Plan) and is_figure else None
    return plan
