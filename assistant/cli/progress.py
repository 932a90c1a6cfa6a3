"""Bars of what takes long. Door of rich's progress."""

from collections.abc import Callable

from rich.console import Console
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
from rich.text import Text

from ingestion.french import number


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
        return f"{number(size / 1e9, 2)} Go"
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


def both(*told: Callable[[str, int, int], None]) -> Callable[[str, int, int], None]:
    """Tell the same to each."""

    def tell(step: str, done: int, total: int) -> None:
        for each in told:
            each(step, done, total)

    return tell
