"""The tool `ledger_question`: invoices and purchases, counted by computation or not at all."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from assistant.calculators.calculation import Buyer
from assistant.errors import WrongArguments
from assistant.ledger.parsing.questions import NotUnderstood, population_asked
from assistant.ledger.query.plan import Population
from assistant.ledger.tables import LedgerTable, table_fields, written
from assistant.ledger.views import ViewRequest
from assistant.tools.tool import (
    Desk,
    Step,
    Tool,
    ToolArguments,
    ToolReply,
    Words,
    among,
    paragraphs,
)

MOST_ROWS = 100
"""Rows of a table that are given; a note says how many there are."""

IN_TEXT = 20
"""Rows that are given as text as well."""

POPULATIONS = {"factures": Population.INVOICES, "achats": Population.PURCHASES}


class LedgerArguments(ToolArguments):
    """A question in words, of what, on which day, and who buys."""

    question: Annotated[
        Words,
        Field(
            description="La question en français, toujours entière : « Combien de factures reçues "
            "en 2026 ne sont pas payées ? », « Montant des marchés notifiés en 2025 par "
            "procédure »."
        ),
    ]
    over: Annotated[
        Literal["factures", "achats"],
        Field(
            description="Ce qui est compté : les factures reçues, ou les achats (marchés passés)."
        ),
    ]
    as_of: Annotated[
        date | None, Field(description="Jour du calcul, AAAA-MM-JJ (sinon : aujourd'hui).")
    ] = None
    buyer: Annotated[
        Annotated[Buyer, among(Buyer)] | None,
        Field(
            description="Qui paie, dont dépendent délais et seuils (sinon : celui des réglages)."
        ),
    ] = None


def _answer(desk: Desk, given: LedgerArguments, step: Step) -> ToolReply:
    books, day, over = desk.ledger, given.as_of or date.today(), POPULATIONS[given.over]
    plan = books.plan(given.question, over, day)
    if isinstance(plan, NotUnderstood):
        raise WrongArguments(_refusal(plan, over, given.question))
    look = ViewRequest(over, "calcul", day, given.buyer or books.buyer, plan)
    lead, tables = books.figures(look, MOST_ROWS)
    fields = {"answer": lead, "tables": [table_fields(table) for table in tables]}
    return ToolReply(fields, paragraphs([lead, *(block for t in tables for block in _table(t))]))


def _refusal(found: NotUnderstood, over: Population, question: str) -> str:
    """Why there is no figure, and what can be asked instead."""
    named = population_asked(question)
    if named and named is not over:
        other = next(word for word, each in POPULATIONS.items() if each is named)
        return f'Question sur autre chose : recommencez avec "over": "{other}".'
    return "\n- ".join((f"Aucun chiffre n'est donné : {found.why}", *found.can))


def _table(table: LedgerTable) -> Iterator[str]:
    """A table in Markdown, its first rows only, and its notes."""
    if not table.rows:
        yield f"{table.title} : rien."
    else:
        rows = [
            [written(cell, column.format) for cell, column in zip(row, table.columns, strict=True)]
            for row in table.rows[:IN_TEXT]
        ]
        headings = [column.heading for column in table.columns]
        lines = [headings, ["---"] * len(headings), *rows]
        yield "\n".join([table.title, "", *map(_row, lines)])
    if len(table.rows) > IN_TEXT:
        yield f"Lignes de ce texte : {IN_TEXT} sur {len(table.rows)} données."
    yield "\n".join(f"- {note}" for note in table.notes)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/').replace(chr(10), ' ') for cell in cells)} |"


LEDGER = Tool(
    "ledger_question",
    "Compter factures et achats",
    "Répond par le calcul, jamais par estimation, à une question sur les factures reçues ou les "
    "achats importés sur cette machine : nombres, montants, retards, intérêts, par fournisseur, "
    "par mois… Une question dont un mot n'est pas compris est refusée, avec ce qui peut être "
    "demandé : reformulez-la alors avec ces mots.",
    LedgerArguments,
    _answer,
)
