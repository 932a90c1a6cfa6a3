"""The tools that compute: `calculate` on the law of a day, `ledger_question` over the ledger."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model

from assistant.answering.answer import Citation
from assistant.answering.record import calculation_fields, citations, mark_line
from assistant.calculators.calculation import Buyer, Calculation, Ground
from assistant.calculators.forms import FORMS, CalculatorForm, CalculatorInput, InputKind
from assistant.errors import WrongArguments
from assistant.ledger.parsing.questions import NotUnderstood
from assistant.ledger.parsing.subject import population_asked
from assistant.ledger.query.plan import Population
from assistant.ledger.tables import LedgerTable, table_fields, written
from assistant.ledger.views import ViewRequest
from assistant.tools.tool import (
    PARSED,
    Step,
    Tool,
    ToolArguments,
    ToolReply,
    ToolService,
    Words,
    WrittenDay,
    among,
    paragraphs,
    place,
    quoted,
)

_Number = Annotated[Decimal, WithJsonSchema({"type": "number"})]
_TYPES: Mapping[InputKind, Any] = {
    InputKind.AMOUNT: _Number,
    InputKind.AMOUNTS: list[_Number],
    InputKind.RATE: _Number,
    InputKind.MONTHS: _Number,
    InputKind.DURATIONS: list[_Number],
    InputKind.DAY: WrittenDay,
    InputKind.SWITCH: bool,
}
_UNITS = {InputKind.AMOUNT: " (euros)", InputKind.AMOUNTS: " (euros)", InputKind.RATE: " (en %)"}

NAME = "calcul"
"""The word by which a calculation says which one it is."""

_BY_NAME = {form.name: form for form in FORMS}


def _key(taken: CalculatorInput) -> str:
    """The word of an input, as a key."""
    return taken.word.replace("-", "_")


def _field(form: CalculatorForm, name: str) -> tuple[Any, Any]:
    """The type and the default of an input, as pydantic wants them."""
    taken = form.inputs[name]
    kind: Any = _TYPES.get(taken.kind)
    if taken.choices:
        kind = Annotated[taken.choices, among(taken.choices)]
    told = Field(description=f"{taken.told}{_UNITS.get(taken.kind, '')}")
    if form.is_needed(name):
        return Annotated[kind, told], ...
    if taken.kind is InputKind.SWITCH:
        return Annotated[kind, told], False
    return Annotated[kind | None, told], None


def _model(form: CalculatorForm) -> type[BaseModel]:
    fields: dict[str, Any] = {
        _key(taken): _field(form, name) for name, taken in form.inputs.items()
    }
    made: type[BaseModel] = create_model(
        form.name.title().replace("-", ""),
        __config__=ConfigDict(extra="forbid", json_schema_extra={"description": form.told}),
        **{NAME: (Literal[form.name], ...)} | fields,
    )
    return made


_ANY: Any = reduce(or_, map(_model, FORMS))


class CalculationArguments(ToolArguments):
    """A calculation with its inputs, and the day of its law."""

    calculation: Annotated[
        _ANY,
        Field(
            discriminator=NAME,
            description="Le calcul et ses données. "
            + " ; ".join(f"{form.name} : {form.told}" for form in FORMS)
            + '. Exemple : {"calcul": "procedure", "montant": 150000, "nature": "fournitures", '
            '"acheteur": "collectivite"}. Demandez à l\'utilisateur ce qui manque au lieu de le '
            "supposer.",
        ),
        PARSED,
    ]
    as_of: Annotated[
        WrittenDay | None,
        Field(description="Jour du droit applicable, AAAA-MM-JJ (sinon : aujourd'hui)."),
    ] = None


def _calculate(service: ToolService, given: CalculationArguments, step: Step) -> ToolReply:
    form = _BY_NAME[getattr(given.calculation, NAME)]
    values = {name: getattr(given.calculation, _key(taken)) for name, taken in form.inputs.items()}
    found = service.calculate(form.filled(values), given.as_of or date.today())
    cited = citations(found, service.store)
    return ToolReply(calculation_fields(found, cited), _text(found, cited))


def _text(found: Calculation, cited: Mapping[Ground, Citation]) -> str:
    """The result first, then what was given, the steps, what it leaves out, and the articles."""
    inputs = " ; ".join(f"{label} : {value}" for label, value in found.inputs)
    return paragraphs(
        [
            f"# {found.title} · droit au {found.day:%d/%m/%Y}",
            "\n".join(mark_line(line, cited) for line in found.result),
            f"Données : {inputs}",
            "\n".join(f"{n}. {mark_line(line, cited)}" for n, line in enumerate(found.steps, 1)),
            "\n".join(f"- {caution}" for caution in found.cautions),
            *_places(cited),
        ]
    )


def _places(cited: Mapping[Ground, Citation]) -> Iterator[str]:
    for ground, citation in cited.items():
        yield f"{place(citation, ground.passage)}\n{quoted(citation.quote)}"


CALCULATE = Tool("calculate", CalculationArguments, _calculate)


# The tool `ledger_question`: invoices and purchases, counted by computation or not at all.


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
        WrittenDay | None, Field(description="Jour du calcul, AAAA-MM-JJ (sinon : aujourd'hui).")
    ] = None
    buyer: Annotated[
        Annotated[Buyer, among(Buyer)] | None,
        Field(
            description="Qui paie, dont dépendent délais et seuils (sinon : celui des réglages)."
        ),
    ] = None


def _answer(service: ToolService, given: LedgerArguments, step: Step) -> ToolReply:
    books, day, over = service.ledger, given.as_of or date.today(), POPULATIONS[given.over]
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


LEDGER = Tool("ledger_question", LedgerArguments, _answer)
