"""`sourcier index gate`: the gold questions asked of an index and of the one that answers.

Door of rich, for this action.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress, TaskID

from assistant.administration.candidate import read_candidate
from assistant.administration.candidature import examine_candidate
from assistant.administration.decisions import Decisions, served_name
from assistant.administration.recording import recorded
from assistant.administration.verdict import Verdict
from assistant.baseline import Change
from assistant.cli.adding import progress_bars
from assistant.cli.terminal import Terminal
from assistant.identity import ALONE
from assistant.journal import Journal
from assistant.settings import load_settings
from ingestion.durable import writing

OK, REFUSED = 0, 4


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action."""
    gate = actions.add_parser(
        "gate", help="pose les questions de contrôle à un index et à celui qui répond"
    )
    gate.add_argument("generation", nargs="?", help="défaut : le dernier construit")
    add_user(gate)
    gate.set_defaults(run=_gate)


def add_user(parser: argparse.ArgumentParser) -> None:
    """The pseudonym that the journal names, given by the page that starts a command."""
    parser.add_argument("--user", default=ALONE.user, help=argparse.SUPPRESS)


def decisions_of(arguments: argparse.Namespace) -> Decisions:
    """What the user of a command decides."""
    journal = Journal(arguments.home / "journal.jsonl")
    return Decisions(arguments.home, journal, arguments.user)


def _gate(arguments: argparse.Namespace) -> int:
    home, console, name = arguments.home, Terminal(), chosen(arguments)
    with writing(home):
        verdict = _ask_gate(arguments, name, console)
    if verdict is None:
        console.print("Aucun autre index n'est en service : il n'y a rien à comparer.")
        return OK
    show_verdict(verdict, console)
    return OK if verdict.passed else REFUSED


def ask_gate_once(arguments: argparse.Namespace, name: str, console: Console) -> None:
    """Hold a generation against the one in service unless that is done."""
    candidate, served = read_candidate(arguments.home), served_name(arguments.home)
    if served in (None, name):
        return
    if not (candidate and candidate.generation == name and candidate.is_examined(served)):
        _ask_gate(arguments, name, console)


def _ask_gate(arguments: argparse.Namespace, name: str, console: Console) -> Verdict | None:
    from assistant.wiring import load_examinee

    home, settings = arguments.home, load_settings(arguments.home)
    if name == served_name(home):
        return None
    with (
        recorded(home, arguments.user) as record,
        TemporaryDirectory() as records,
        progress_bars(console) as bars,
    ):
        examinee = load_examinee(home, settings, Path(records))
        told = both(Steps(bars), record)
        return examine_candidate(home, name, examinee, decisions_of(arguments), told)


def show_verdict(verdict: Verdict, console: Console) -> None:
    """What the gate said, question by question where something changed."""
    counted = {change: verdict.of(change) for change in Change}
    console.print(
        f"Questions de contrôle : {len(verdict.judged)} posées, {len(verdict.left_out)} laissées "
        "de côté (l'index en service n'en a pas l'article)."
    )
    for change in (Change.WORSE, Change.BETTER, Change.REWORDED):
        for each in counted[change]:
            console.print(f"  {each.question} : {change}", soft_wrap=True)
    for reason in verdict.reasons:
        console.print(reason, style="red", soft_wrap=True)
    if verdict.passed:
        console.print("Le candidat répond au moins aussi bien que l'index en service.")


class Steps:
    """One bar a step, begun when the step is."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        """Move the bar of a step, which appears when it has begun."""
        if step not in self._bars:
            self._bars[step] = self._progress.add_task(step, total=total)
        self._progress.update(self._bars[step], completed=done)


def both(*told: Callable[[str, int, int], None]) -> Callable[[str, int, int], None]:
    """Tell the same to each."""

    def tell(step: str, done: int, total: int) -> None:
        for each in told:
            each(step, done, total)

    return tell


def chosen(arguments: argparse.Namespace) -> str:
    """The generation named, else the last one built; raises UnknownGeneration."""
    from ingestion.errors import UnknownGeneration
    from ingestion.publication import finished

    names = finished(arguments.home)
    if arguments.generation is None and not names:
        raise UnknownGeneration("Aucun index n'a été construit. Lancez : sourcier index build")
    return str(arguments.generation or names[-1])
