"""The tool `calculate`: each calculator with its own inputs, on the law of a day."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model

from assistant.answering.answer import Citation
from assistant.answering.record import calculation_fields, citations
from assistant.calculators.calculation import Calculation, CalculationLine, Ground
from assistant.calculators.catalogue import FORMS, CalculatorForm, CalculatorInput, InputKind
from assistant.tools.tool import (
    PARSED,
    Desk,
    Step,
    Tool,
    ToolArguments,
    ToolReply,
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
    InputKind.DAY: date,
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
        date | None,
        Field(description="Jour du droit applicable, AAAA-MM-JJ (sinon : aujourd'hui)."),
    ] = None


def _calculate(desk: Desk, given: CalculationArguments, step: Step) -> ToolReply:
    form = _BY_NAME[getattr(given.calculation, NAME)]
    values = {name: getattr(given.calculation, _key(taken)) for name, taken in form.inputs.items()}
    found = desk.calculate(form.filled(values), given.as_of or date.today())
    cited = citations(found, desk.store)
    return ToolReply(calculation_fields(found, cited), _text(found, cited))


def _text(found: Calculation, cited: Mapping[Ground, Citation]) -> str:
    """The result first, then what was given, the steps, what it leaves out, and the articles."""
    inputs = " ; ".join(f"{label} : {value}" for label, value in found.inputs)
    return paragraphs(
        [
            f"# {found.title} · droit au {found.day:%d/%m/%Y}",
            "\n".join(_marked(line, cited) for line in found.result),
            f"Données : {inputs}",
            "\n".join(f"{n}. {_marked(line, cited)}" for n, line in enumerate(found.steps, 1)),
            "\n".join(f"- {caution}" for caution in found.cautions),
            *_places(cited),
        ]
    )


def _marked(line: CalculationLine, cited: Mapping[Ground, Citation]) -> str:
    numbers = sorted({cited[ground].n for ground in line.grounds})
    return " ".join([line.text, *(f"[{number}]" for number in numbers)])


def _places(cited: Mapping[Ground, Citation]) -> Iterator[str]:
    for ground, citation in cited.items():
        yield f"{place(citation, ground.passage)}\n{quoted(citation.quote)}"


CALCULATE = Tool(
    "calculate",
    "Calculer sur le droit d'un jour",
    "Calcule procédure et publicité, délais minimaux, standstill, chiffre d'affaires exigible, "
    "avance, retenue de garantie, échéance et intérêts de paiement, ou part d'un avenant. Chaque "
    "nombre tiré de la loi est relu dans les textes indexés et cité [n] ; s'ils ne le disent plus, "
    "le calcul est refusé. À préférer à tout calcul de tête.",
    CalculationArguments,
    _calculate,
)
