"""Options that several commands take, and what is read and printed as people write it."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
)
from rich.segment import Segment
from rich.text import Text

from assistant.identity import ALONE
from ingestion.french import number as in_figures
from ingestion.progress import StepProgress

if TYPE_CHECKING:
    from ingestion.tenders.dossiers import Dossier

Word = TypeVar("Word", bound=str)


def option(
    flags: str,
    told: str,
    read: Callable[[str], object] = str,
    *,
    default: object = None,
    hidden: bool = False,
) -> Any:  # noqa: ANN401 - as Typer's, which stands for the value
    """An option that takes a value, under its flags and before the word for this value.

    Its value is read here, by what raises BadParameter, and not by its type: Typer would refuse
    text that is not UTF-8, and say in English what is wrong.
    """
    words = flags.split(" ")
    names = [each for each in words if each.startswith("--")]
    metavar = " ".join(words[len(names) :])
    return typer.Option(default, *names, metavar=metavar, help=told, parser=read, hidden=hidden)


def argument(
    metavar: str, told: str = "", read: Callable[[str], object] = str, *, default: object = ...
) -> Any:  # noqa: ANN401
    """A value without an option before it, needed unless there is a default."""
    return typer.Argument(default, metavar=metavar, help=told, parser=read)


def flag(name: str, told: str) -> Any:  # noqa: ANN401
    """An option without a value."""
    return typer.Option(False, name, help=told)


def iso_date(text: str) -> date:
    """A day written YYYY-MM-DD; raises BadParameter, which Typer reports."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"« {text} » n'est pas un jour AAAA-MM-JJ") from error


def question_text(text: str) -> str:
    """A question that can be read; raises BadParameter, which Typer reports.

    A terminal that does not write UTF-8 gives half surrogate pairs, which no library accepts.
    """
    if not text.strip():
        raise typer.BadParameter("la question est vide")
    if not text.isprintable() and any("\ud800" <= character <= "\udfff" for character in text):
        raise typer.BadParameter("la question n'est pas écrite en UTF-8")
    return text


AS_JSON = flag("--json", "un objet JSON, pour les programmes")
AS_JSON_LIST = flag("--json", "du JSON, pour les programmes")
AS_DOCX = option("--docx FICHIER", "l'écrit dans un fichier pour un traitement de texte", Path)
ACTING_USER = option("--user", "", default=ALONE.user, hidden=True)
"""The pseudonym that the journal names, given by the page that starts a command."""


def day_of_law(flags: str, default: str = "aujourd'hui", of: str = "") -> Any:  # noqa: ANN401
    """The day that something is computed for."""
    told = f"jour du {of}droit applicable (défaut : {default})"
    return option(f"{flags} AAAA-MM-JJ", told, iso_date)


CPV = option("--cpv CODE", "code CPV, par exemple 45210000", default="")
SINCE = option("--since AAAA-MM-JJ", "à partir de ce jour", iso_date)
UNTIL = option("--until AAAA-MM-JJ", "jusqu'à ce jour compris", iso_date)
"""What published data is asked for; nothing is asked without a command that takes these."""


def amount(text: str) -> Decimal:
    """An amount in euros."""
    return _measure(
        text, "euro", "€", "un montant ; par exemple 150000, « 150 000,50 », « 1,2 M€ »"
    )


def rate(text: str) -> Decimal:
    """A rate in percent."""
    return 100 * _measure(text, "ratio", "%", "un taux ; par exemple 5, « 2,5 », « 5 % »")


def months(text: str) -> Decimal:
    """A duration in months."""
    return _measure(text, "month", "mois", "une durée ; par exemple 8, « 18 mois », « 2 ans »")


def number(low: int, high: int, what: str) -> Callable[[str], int]:
    """The reader of a whole number between two, both included; `what` it is."""

    def read(text: str) -> int:
        text = f"{text}"  # a default is a number already
        if not text.isdecimal() or not low <= int(text) <= high:
            raise typer.BadParameter(f"« {text} » n'est pas {what}")
        return int(text)

    return read


LAST_PORT = 65535


def port_option(told: str) -> Any:  # noqa: ANN401
    """The port of the service."""
    reads = number(1, LAST_PORT, f"un port (de 1 à {LAST_PORT})")
    return option("--port PORT", f"{told} (défaut : 7860)", reads, default=7860)


def one_of(words: Iterable[Word]) -> Callable[[str], Word]:
    """The reader of a word among few."""

    def read(text: str) -> Word:
        for each in words:
            if each.casefold() == text.casefold():
                return each
        known = ", ".join(words)
        raise typer.BadParameter(f"« {text} » n'est pas l'un des mots connus : {known}")

    return read


def _measure(text: str, unit: str, word: str, example: str) -> Decimal:
    """A quantity of this unit and nothing else; its word may be left out."""
    from assistant.calculators.facts import exact  # what reads figures takes long to import
    from assistant.question.quantities import find_quantities, fold_same_length

    said = fold_same_length(text.strip())
    bare = said.removeprefix("-").strip()
    for written in (bare, f"{bare} {word}"):
        match find_quantities(written):
            case [found] if found.unit == unit and found.end - found.start == len(written):
                return -exact(found) if said.startswith("-") else exact(found)
    raise typer.BadParameter(f"« {text} » n'est pas {example}")


def called(dossier: "Dossier") -> str:
    """The identifier of a dossier, and whether it is that of the demonstration."""
    return f"{dossier.id} (démonstration)" if dossier.is_demonstration else dossier.id


# The terminal: what is printed there is text, whatever is in it. Door of rich's console.
#
# rich reads "[red]" and ":warning:" in a plain string as marks of its own, and fails on "[/]"; a
# terminal obeys the control characters that are in a name. Neither reaches it from here.

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What moves the cursor, colours, or turns the direction of reading: none of it is a character."""


class Terminal(Console):
    """A console that prints strings as they are; styles are given beside them, or by `Text`."""

    def __init__(self, *, is_stderr: bool = False) -> None:
        """Standard output, or standard error."""
        super().__init__(stderr=is_stderr, markup=False, emoji=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The segments of what is printed, each without control characters."""
        for segment in super().render(renderable, options):
            if segment.control or not _CONTROL.search(segment.text):
                yield segment
            else:
                yield segment._replace(text=_CONTROL.sub("\ufffd", segment.text))


def print_anything() -> None:
    """Let the names of files that are no text be printed: their odd bytes as question marks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def print_json(value: object) -> None:
    """A value on standard output, days as they are written."""
    written = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    Terminal().out(written, highlight=False)


# Bars of what takes long. Door of rich's progress.


def progress_bars(console: Console, *, percent: bool = False, in_bytes: bool = False) -> Progress:
    """Bars with what is done, what there is (or a percentage), and the time left."""
    counted = TaskProgressColumn() if percent else MofNCompleteColumn()
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        _BytesDone() if in_bytes else counted,
        _TimeLeft(),
        console=console,
        speed_estimate_period=600,  # a batch of vectors may take half a minute
    )


@contextmanager
def one_bar(
    console: Console, told: str, *, percent: bool = False, in_bytes: bool = False
) -> Iterator[Callable[..., None]]:
    """A bar, moved by how much is done and, once that is known, how much there is."""
    with progress_bars(console, percent=percent, in_bytes=in_bytes) as bars:
        bar = bars.add_task(told, total=None)

        def move(done: int, total: int | None = None) -> None:
            bars.update(bar, completed=done, total=total)

        yield move


class _TimeLeft(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Time left, or taken once finished; nothing before it can be told."""
        seconds = task.finished_time if task.finished else task.time_remaining
        if seconds is None:
            return Text("")
        minutes, rest = divmod(round(seconds), 60)
        said = f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
        return Text(f"en {said}" if task.finished else f"reste {said}", style="progress.remaining")


class _BytesDone(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Bytes done, and those that there are once they are known."""
        total = f" sur {in_units(task.total)}" if task.total else ""
        return Text(f"{in_units(task.completed)}{total}", style="progress.download")


def in_units(size: float) -> str:
    """Bytes in French units."""
    if size >= 1e9:
        return f"{in_figures(size / 1e9, 2)} Go"
    return f"{size / 1e6:.0f} Mo" if size >= 1e6 else f"{size / 1e3:.0f} ko"


class Steps:
    """One bar a step, begun when the step is."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        """Move the bar of a step, which appears when it has begun."""
        if step not in self._bars:
            self._bars[step] = self._progress.add_task(step, total=total)
        self._progress.update(self._bars[step], completed=done, total=total)


def both(*told: StepProgress) -> StepProgress:
    """Tell the same to each."""

    def tell(step: str, done: int, total: int) -> None:
        for each in told:
            each(step, done, total)

    return tell
