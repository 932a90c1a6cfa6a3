"""`sourcier calc`: procedures, time limits, amounts and dates computed on the law of a day."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text
from typer import Context

from assistant.answering.answer import Citation
from assistant.answering.record import calculation_fields, citations, mark_line
from assistant.calculators.amounts import euros, numeral, percent
from assistant.calculators.calculation import Calculation, Ground
from assistant.calculators.catalogue import calculate
from assistant.calculators.constants import Constant, IndexedLaw, constants, read_rates, ungrounded
from assistant.calculators.forms import FORMS, CalculatorForm, CalculatorInput, InputKind
from assistant.cli.actions import Actions
from assistant.cli.options import (
    AS_JSON,
    Terminal,
    amount,
    day_of_law,
    flag,
    iso_date,
    months,
    one_of,
    option,
    print_json,
    rate,
)
from assistant.errors import WrongFigures
from assistant.question.language import Language
from assistant.retrieval.hierarchy import RANK_LABELS, Rank, rank_of
from ingestion.chunking.passages import Passage
from ingestion.index.publication import current_name, open_snapshot

EXAMPLES: Mapping[str, tuple[str, str]] = {
    "procedure": (
        "--montant 150000 --nature fournitures --acheteur collectivite",
        '--montant "1,2 M€" --lot "70 k€" --nature services --acheteur etat',
    ),
    "delais": (
        "--procedure appel-offres-ouvert --envoi 2026-11-26 --acheteur collectivite",
        "--procedure appel-offres-restreint --envoi 2026-11-26 --acheteur etat --urgence",
    ),
    "standstill": ("--envoi 2026-12-18", "--envoi 2026-12-18 --papier"),
    "echeance": (
        "--delai silence-sous-traitant --jour 2026-11-16",
        "--delai motifs-du-rejet --jour 2026-11-19 --fait 2026-12-07",
    ),
    "chiffre-affaires": ("--montant 300000", '--montant "1,2 M€" --date 2025-12-31'),
    "avance": (
        "--montant 80000 --ttc 96000 --mois 8 --acheteur collectivite",
        "--montant 80000 --mois 18 --acheteur etat --pme",
    ),
    "avance-par-part": (
        "--part bon --montant 61000 --mois 4 --acheteur collectivite",
        "--part tranche --montant 58000 --ttc 69600 --mois 5 --acheteur etat",
    ),
    "remboursement-avance": ("--montant 240000 --avance 24000", "--montant 240000 --taux 40"),
    "precompte-avance": (
        "--avance 12000 --debut 65 --fin 80 --avancement 72,5",
        "--avance 14400 --debut 65 --fin 80 --avancement 75 --avant 70",
    ),
    "acompte": ("--montant 36000 --taux 5", "--montant 36000 --taux 5 --avance 2400"),
    "paiement-direct": ("--montant 612", "--montant 900 --ht"),
    "part-pme": ("--montant 1400000", "--montant 1400000 --prevu 250000"),
    "retenue": ("--montant 240000", "--montant 240000 --taux 5 --pme --grand-organisme"),
    "paiement": (
        "--recue 2026-09-01 --acheteur hopital",
        "--recue 2026-09-01 --payee 2026-11-20 --montant 12000 --acheteur collectivite",
    ),
    "interets": ("--payee 2026-11-16", "--echeance 2026-06-19 --payee 2026-08-18 --montant 25000"),
    "modification": (
        "--initial 90000 --modification 12000 --nature travaux --acheteur collectivite",
        "--initial 90000 --modification 6000 --modification=-2000 --nature services "
        "--acheteur etat",
    ),
    "petits-lots": (
        "--montant 6000000 --lot 400000 --lot 350000 --nature travaux --acheteur collectivite",
        "--montant 300000 --lot 40000 --nature services --acheteur etat",
    ),
    "valeur-estimee": (
        "--montant 19000 --compte duree --mois 48 --nature services --acheteur collectivite",
        "--montant 60000 --montant 18000 --compte operation --nature travaux --acheteur etat",
    ),
    "actualisation": ("--prix 2026-10-12 --debut 2027-02-01", "--prix 2026-10-12"),
}
"""Two examples of each calculator: the options alone."""

_READERS: Mapping[InputKind, Callable[[str], object]] = {
    InputKind.AMOUNT: amount,
    InputKind.AMOUNTS: amount,
    InputKind.RATE: rate,
    InputKind.MONTHS: months,
    InputKind.DURATIONS: months,
    InputKind.DAY: iso_date,
}


def parameters(form: CalculatorForm) -> list[Parameter]:
    """The inputs of a calculator as parameters of a command, each with its option."""
    return [
        Parameter(
            field,
            Parameter.KEYWORD_ONLY,
            default=_option(taken, is_needed=form.is_needed(field)),
            annotation=_annotation(taken),
        )
        for field, taken in form.inputs.items()
    ]


def absent(form: CalculatorForm, given: Mapping[str, object]) -> list[str]:
    """The options that a calculator needs and was not given."""
    return [
        f"--{taken.word}"
        for field, taken in form.inputs.items()
        if given[field] is None and form.is_needed(field)
    ]


def _option(taken: CalculatorInput, *, is_needed: bool) -> Any:  # noqa: ANN401 - as Typer's
    if taken.kind is InputKind.SWITCH:
        return flag(f"--{taken.word}", taken.told)
    read = one_of(taken.choices) if taken.choices else _READERS[taken.kind]
    told = f"{taken.told} (obligatoire)" if is_needed else taken.told
    return option(f"--{taken.word} …", told, read)


def _annotation(taken: CalculatorInput) -> type:
    if taken.kind in {InputKind.AMOUNTS, InputKind.DURATIONS}:
        return list[str]
    return bool if taken.kind is InputKind.SWITCH else str


# The commands: one a calculator, and the constants that the law states.


def show(console: Console, calculation: Calculation, cited: Mapping[Ground, Citation]) -> None:
    """What was given, the steps, the result, what it did not look at, and the articles."""
    # Texts are shown as Text: rich reads "[1]" in a plain string as one of its own marks.
    title = Text(calculation.title, style="bold")
    title.append(f" · droit au {calculation.day:%d/%m/%Y}", style="not bold dim")
    console.print(Padding(title, (1, 0, 0, 0)))
    console.print(Padding(_inputs(calculation), (1, 2)))
    for number, line in enumerate(calculation.steps, 1):
        console.print(Padding(Text(f"{number}. {mark_line(line, cited)}"), (0, 2)))
    result = Text("\n".join(mark_line(line, cited) for line in calculation.result))
    console.print(Padding(Panel(result, title="Résultat", title_align="left"), (1, 0)))
    for caution in calculation.cautions:
        console.print(Padding(Text(f"– {caution}", style="dim"), (0, 2)))
    console.print()
    for ground, citation in cited.items():
        console.print(Text(f"[{citation.n}] {citation.locator} · {_version(ground.passage)}"))
        console.print(Padding(Text(citation.quote, style="dim"), (0, 0, 0, 4)))


def _inputs(calculation: Calculation) -> Table:
    table = Table.grid(padding=(0, 2))
    for label, value in calculation.inputs:
        table.add_row(Text(label, style="dim"), Text(value))
    return table


def _version(passage: Passage) -> str:
    """The days of an article's version, both included; of a sheet, the day it was written for."""
    rank = rank_of(passage)
    kind = RANK_LABELS[Language.FRENCH][rank] if rank else passage.title
    if rank is Rank.SHEET:
        return f"{kind}, droit au {passage.state_date:%d/%m/%Y}"
    begins = f"du {passage.valid_from:%d/%m/%Y}" if passage.valid_from else "de début inconnu"
    last = passage.valid_to and passage.valid_to - timedelta(days=1)
    return f"{kind}, version {begins}" + (f" au {last:%d/%m/%Y}" if last else "")


STATED, NOT_STATED = 0, 3
SHOWN = 10

_WORDS: Mapping[str, Callable[[Decimal], str]] = {
    "euro": euros,
    "percent": percent,
    "day": lambda value: f"{numeral(value)} jours",
    "month": lambda value: f"{numeral(value)} mois",
    "times": lambda value: f"{numeral(value)} fois",
}


def warn(home: Path, generation: str, console: Console) -> None:
    """Name what the texts of a snapshot no longer say today: its calculations are refused.

    Of an article that was not added, nothing is said: only what is read can have changed.
    """
    law = IndexedLaw(open_snapshot(home, generation), date.today())
    refused = [each for each in ungrounded(law) if law.holds(each.article)]
    for each in refused[:SHOWN]:
        said = f"Calcul refusé : aucun texte indexé ne dit « {each.label} » ({each.article})."
        console.print(Text(said, style="yellow"))
    if (rest := len(refused) - SHOWN) > 0:
        console.print(f"… et {rest} autre{'s' if rest > 1 else ''} : sourcier calc constantes")


def _table(law: IndexedLaw, refused: tuple[Constant, ...]) -> Table:
    table = Table("constante", Column("valeur", justify="right"), "article", "dite", box=None)
    for each in constants().values():
        is_stated = each not in refused
        table.add_row(
            Text(each.label),
            Text(_value(each, law)),
            Text(each.article),
            "oui" if is_stated else "non",
            style="" if is_stated else "red",
        )
    return table


def _value(constant: Constant, law: IndexedLaw) -> str:
    value = constant.on(law.day)
    if value is None:
        return "inconnue" if constant.values else ""
    return _WORDS.get(constant.unit, numeral)(value)


def _fields(constant: Constant, law: IndexedLaw, is_stated: bool) -> dict[str, object]:
    value = constant.on(law.day)
    return {
        "name": constant.name,
        "label": constant.label,
        "article": constant.article,
        "unit": constant.unit,
        "value": None if value is None else str(value),
        "stated": is_stated,
    }


OK = 0


app = Actions("calc", "CALCUL")
DAY = day_of_law("--date --as-of")


def _register(form: CalculatorForm) -> None:
    """Make an action of a calculator, with the signature that its options give."""
    examples = "\n".join(f"  sourcier calc {form.name} {each}" for each in EXAMPLES[form.name])

    def run(ctx: Context, as_of: date | None, *, as_json: bool, **given: object) -> int:
        return _run(form, ctx.obj, as_of or date.today(), as_json, given)

    options = [
        *parameters(form),
        Parameter("ctx", Parameter.KEYWORD_ONLY, annotation=Context),
        Parameter("as_of", Parameter.KEYWORD_ONLY, default=DAY, annotation=date),
        Parameter("as_json", Parameter.KEYWORD_ONLY, default=AS_JSON, annotation=bool),
    ]
    run.__signature__ = Signature(options)  # type: ignore[attr-defined]
    about = f"{form.told[:1].upper()}{form.told[1:]}."
    app.describe(form.name, form.told, about, f"exemples :\n{examples}\n")(run)


for each in FORMS:
    _register(each)


@app.action("constantes")
def _show_constants(ctx: Context, as_of: date | None = DAY, as_json: bool = AS_JSON) -> int:
    """Show every constant; the exit code is 3 when the indexed texts do not state one."""
    home, console = ctx.obj, Terminal()
    law = IndexedLaw(open_snapshot(home, current_name(home)), as_of or date.today())
    refused = ungrounded(law)
    if as_json:
        print_json([_fields(each, law, each not in refused) for each in constants().values()])
    else:
        console.print(_table(law, refused))
        said = f"{len(refused)} ne sont pas dites" if refused else "toutes sont dites"
        console.print(
            f"{len(constants())} constantes au {law.day:%d/%m/%Y} : {said} par les textes indexés."
        )
    return NOT_STATED if refused else STATED


def _run(
    form: CalculatorForm, home: Path, day: date, as_json: bool, given: Mapping[str, object]
) -> int:
    _require_needed(form, given)
    asked = form.filled(given)
    generation = open_snapshot(home, current_name(home))
    found = calculate(asked, IndexedLaw(generation, day), read_rates(home))
    cited = citations(found, generation.store)
    if as_json:
        print_json(calculation_fields(found, cited))
    else:
        show(Terminal(), found, cited)
    return OK


def _require_needed(form: CalculatorForm, given: Mapping[str, object]) -> None:
    """Raise WrongFigures without a field that is needed."""
    if lacking := absent(form, given):
        raise WrongFigures(
            f"Il manque {' et '.join(lacking)}. Exemple : sourcier calc {form.name} "
            f"{EXAMPLES[form.name][0]}"
        )
