"""A calculation in a terminal. Door of rich, for `calc`."""

from collections.abc import Mapping
from datetime import timedelta

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assistant.answers import Citation
from assistant.calculators.calculation import Calculation, Ground, Line
from assistant.hierarchy import LABELS, Rank, rank_of
from assistant.language import Language
from ingestion.passages import Passage


def show(console: Console, calculation: Calculation, cited: Mapping[Ground, Citation]) -> None:
    """What was given, the steps, the result, what it did not look at, and the articles."""
    # Texts are shown as Text: rich reads "[1]" in a plain string as one of its own marks.
    title = Text(calculation.title, style="bold")
    title.append(f" · droit au {calculation.day:%d/%m/%Y}", style="not bold dim")
    console.print(Padding(title, (1, 0, 0, 0)))
    console.print(Padding(_inputs(calculation), (1, 2)))
    for number, line in enumerate(calculation.steps, 1):
        console.print(Padding(Text(f"{number}. {_marked(line, cited)}"), (0, 2)))
    result = Text("\n".join(_marked(line, cited) for line in calculation.result))
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


def _marked(line: Line, cited: Mapping[Ground, Citation]) -> str:
    numbers = sorted({cited[ground].n for ground in line.grounds})
    return " ".join([line.text, *(f"[{number}]" for number in numbers)])


def _version(passage: Passage) -> str:
    """The days of an article's version, both included; of a sheet, the day it was written for."""
    rank = rank_of(passage)
    kind = LABELS[Language.FRENCH][rank] if rank else passage.title
    if rank is Rank.SHEET:
        return f"{kind}, droit au {passage.state_date:%d/%m/%Y}"
    begins = f"du {passage.valid_from:%d/%m/%Y}" if passage.valid_from else "de début inconnu"
    last = passage.valid_to and passage.valid_to - timedelta(days=1)
    return f"{kind}, version {begins}" + (f" au {last:%d/%m/%Y}" if last else "")
