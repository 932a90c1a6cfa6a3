"""`sourcier index add | remove | fetch-legifrance`: what the next index is made from."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

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

from assistant.accounts.identity import ALONE
from assistant.cli.options import Terminal
from assistant.journal.journal import Journal
from assistant.publishing.decisions import Decisions
from ingestion.durable import lock_for_writing
from ingestion.legislation.articles import TEXT_ID, Changes, Merged
from ingestion.legislation.legi import in_order, is_incremental, is_official, sources_at
from ingestion.library.library import Addition
from ingestion.library.readings import LibraryEntry
from ingestion.readers.documents import Kind

# Official sources of law on the command line: read with a bar, merged, and told text by text.


def text_id(written: str) -> str:
    """The identifier of a text, for the parser."""
    if not TEXT_ID.fullmatch(written):
        raise argparse.ArgumentTypeError(
            f"« {written} » n'est pas l'identifiant d'un texte, comme LEGITEXT000037701019"
        )
    return written


def read(archives: Sequence[Path], texts: Sequence[str], progress: Progress) -> tuple[Changes, ...]:
    """Read LEGI archives from the oldest to the newest."""
    from ingestion.legislation.archives import read_archives

    bar = progress.add_task("Lecture des archives", total=None)
    return read_archives(
        in_order(archives),
        texts,
        lambda done, total: progress.update(bar, completed=done, total=total),
    )


def merge_official(
    home: Path, changes: Sequence[Changes], texts: Sequence[str], folder: Path, console: Console
) -> list[Addition]:
    """Write each text changed into `folder`; the caller holds the writer's lock.

    A text of which every version is suppressed is removed from the library.
    """
    from ingestion.legislation.articles import updates
    from ingestion.library.library import Library

    for change in changes:
        for refusal in change.refused:
            told = f"{change.source}, {refusal.name} : {refusal.reason}"
            console.print(told, style="red", soft_wrap=True)
    library, additions = Library(home), []
    found = updates(library, changes, texts)
    for text in found:
        _tell(text, changes, console)
        if not text.versions:
            library.remove([text.source])
            console.print("Il n'en reste aucune : texte retiré, au prochain sourcier index build")
            continue
        (folder / text.source).write_bytes(text.content)
        additions.append(Addition(folder / text.source, text.source, Kind.RULES))
    if changes and not found:
        console.print("Les sources officielles ne changent aucun texte.")
    return additions


def _tell(text: Merged, changes: Sequence[Changes], console: Console) -> None:
    console.print(
        f"{text.title} ({text.text_id}) : {text.read} versions lues, {text.added} ajoutées, "
        f"{text.changed} modifiées, {text.suppressed} supprimées",
        soft_wrap=True,
    )
    if text.is_new and all(is_incremental(change.source) for change in changes):
        console.print(
            "Une archive quotidienne ne contient que ce qui a changé : ajoutez d'abord "
            "une archive complète pour avoir tout le texte.",
            style="yellow",
            soft_wrap=True,
        )


# `sourcier index add | remove`: what the next index is made from. Door of rich, for these.

OK, BROKEN, USAGE = 0, 1, 2


def register_additions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the two actions."""
    adding = actions.add_parser("add", help="lit et garde des fichiers ou des dossiers")
    adding.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="CHEMIN",
        help="fichiers, dossiers, archives LEGI (.tar.gz) ou LEGIARTI….xml, toujours des règles",
    )
    adding.add_argument("--builtin", action="store_true", help="ajoute aussi le corpus fourni")
    adding.add_argument(
        "--kind", type=Kind, choices=list(Kind), default=Kind.RULES, help="défaut : %(default)s"
    )
    adding.add_argument(
        "--dossier", metavar="ID", help="dossier de marché auquel ils appartiennent"
    )
    adding.add_argument(
        "--text",
        dest="texts",
        action="append",
        default=[],
        type=text_id,
        metavar="LEGITEXT…",
        help="texte à prendre dans des archives LEGI ; défaut : tous (peut être répété)",
    )
    adding.set_defaults(run=_add)
    removing = actions.add_parser("remove", help="retire des fichiers des prochains index")
    removing.add_argument(
        "names",
        nargs="+",
        metavar="NOM",
        help="nom d'un fichier ou d'un dossier ajoutés (voir : sourcier index status --files)",
    )
    removing.set_defaults(run=_remove)


def add_all(
    home: Path, additions: Sequence[Addition], console: Console, decisions: Decisions
) -> int:
    """Add files, naming each that is refused; the caller holds the writer's lock.

    What belongs to a dossier goes into the dossier's own library; a new one is seen by everybody.
    """
    from ingestion.tenders.dossiers import library_of

    kept, known, refused = 0, 0, 0
    rules: list[LibraryEntry] = []
    with progress_bars(console) as progress:
        for addition in progress.track(additions, description="Lecture des fichiers"):
            library = library_of(home, addition.dossier)
            added = library.add(addition.path, addition.source, addition.kind, addition.dossier)
            if problem := added.reading.problem:
                progress.print(f"{addition.path} : {problem}", style="red")
            for warning in added.reading.warnings:
                progress.print(f"{addition.source} : {warning}", style="yellow")
            for remark in added.reading.remarks:
                progress.print(f"{addition.source} : {remark}", style="dim")
            refused += problem is not None
            known += added.known
            kept += problem is None and not added.known
            if added.entry and not added.known and addition.dossier is None:
                rules.append(added.entry)
    decisions.added(rules)
    console.print(f"Fichiers ajoutés : {kept} ; déjà présents : {known} ; refusés : {refused}.")
    return BROKEN if refused == len(additions) else OK


def progress_bars(console: Console, *, percent: bool = False) -> Progress:
    """Bars with what is done, what there is (or a percentage), and the time left."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn() if percent else MofNCompleteColumn(),
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


def add_changes(
    home: Path,
    changes: Sequence[Changes],
    texts: Sequence[str],
    additions: Sequence[Addition],
    console: Console,
    decisions: Decisions,
) -> int:
    """Add the texts that official sources change, then files; takes the writer's lock."""
    with lock_for_writing(home), TemporaryDirectory() as folder:
        merged = merge_official(home, changes, texts, Path(folder), console)
        if not merged and not additions:
            return BROKEN if any(change.refused for change in changes) else OK
        code = add_all(home, [*merged, *additions], console, decisions)
    console.print("Pour les rendre interrogeables : sourcier index build")
    return code


def local_decisions(home: Path) -> Decisions:
    """What whoever types commands on this machine decides."""
    return Decisions(home, Journal(home / "journal.jsonl"), ALONE.user)


def _add(arguments: argparse.Namespace) -> int:
    from ingestion.tenders.dossiers import provided_additions

    archives, files = found_in(arguments.paths, arguments.kind, arguments.dossier)
    additions = [*(provided_additions(arguments.home) if arguments.builtin else ()), *files]
    if not additions and not archives:
        sys.stderr.write(
            "Aucun fichier à ajouter. Indiquez des fichiers, des dossiers ou --builtin.\n"
        )
        return USAGE
    if arguments.texts and not archives:
        sys.stderr.write("--text ne choisit que dans des archives LEGI, et aucune n'est donnée.\n")
        return USAGE
    console = Terminal()
    changes = read_additions(archives, arguments.texts, console) if archives else ()
    decisions = local_decisions(arguments.home)
    return add_changes(arguments.home, changes, arguments.texts, additions, console, decisions)


def found_in(
    paths: Sequence[Path], kind: Kind = Kind.RULES, dossier: str | None = None
) -> tuple[list[Path], list[Addition]]:
    """The LEGI archives at or below paths, and the other files."""
    archives: list[Path] = []
    additions: list[Addition] = []
    for path in map(Path.resolve, paths):
        archives += (found := sources_at(path))
        files = _files(path, kind, dossier)
        additions += [file for file in files if not (found and is_official(file.path))]
    return archives, additions


def read_additions(
    archives: Sequence[Path], texts: Sequence[str], console: Console
) -> tuple[Changes, ...]:
    """Read LEGI archives from the oldest to the newest, all texts when `texts` is empty."""
    with progress_bars(console, percent=True) as progress:
        return read(archives, texts, progress)


def _files(path: Path, kind: Kind, dossier: str | None) -> list[Addition]:
    """The files at a path, hidden ones left out, named from their folder on."""
    if not path.is_dir():
        return [Addition(path, path.name, kind, dossier)]
    found = ((file, file.relative_to(path)) for file in sorted(path.rglob("*")) if file.is_file())
    return [
        Addition(file, f"{path.name}/{below.as_posix()}", kind, dossier)
        for file, below in found
        if not any(part.startswith(".") for part in below.parts)
    ]


def _remove(arguments: argparse.Namespace) -> int:
    from ingestion.library.library import Library

    console, names = Terminal(), [name.rstrip("/") for name in arguments.names]
    with lock_for_writing(arguments.home):
        removed = Library(arguments.home).remove(names)
        local_decisions(arguments.home).removed(removed)
    for source in removed:
        console.print(f"{source} : retiré")
    if not removed:
        sys.stderr.write(
            "Aucun fichier ajouté ne porte ce nom. Voyez les noms : sourcier index status --files\n"
        )
        return BROKEN
    console.print("Ils sont encore cités jusqu'au prochain index : sourcier index build")
    return OK


# `sourcier index fetch-legifrance`: the official text of a code, from the Légifrance API.

PROCUREMENT_CODE = "LEGITEXT000037701019"

EPILOG = """\
identifiants d'une application abonnée à l'API Légifrance sur piste.gouv.fr, dans l'environnement :
  SOURCIER_LEGIFRANCE_ID, SOURCIER_LEGIFRANCE_SECRET
"""


def register_fetching(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action."""
    parser = actions.add_parser(
        "fetch-legifrance",
        help="ajoute un code depuis l'API Légifrance",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--text",
        dest="texts",
        action="append",
        type=text_id,
        metavar="LEGITEXT…",
        help=f"texte à prendre ; défaut : {PROCUREMENT_CODE} (peut être répété)",
    )
    parser.add_argument("--api", metavar="URL", help="défaut : celle de l'État")
    parser.add_argument("--auth", metavar="URL", help="où demander un jeton ; défaut : PISTE")
    parser.set_defaults(run=_fetch)


def _fetch(arguments: argparse.Namespace) -> int:
    from ingestion.legislation.legifrance import API, TOKENS, Piste, credentials_of, fetch

    texts = arguments.texts or [PROCUREMENT_CODE]
    addresses = (arguments.api or API, arguments.auth or TOKENS)
    piste = Piste(credentials_of(os.environ), *addresses)
    console, changes = Terminal(), list[Changes]()
    with progress_bars(console) as progress:
        for text in texts:
            bar = progress.add_task(f"Légifrance, {text}", total=None)

            def told(done: int, total: int, bar: TaskID = bar) -> None:
                progress.update(bar, completed=done, total=total)

            changes.append(fetch(piste, text, date.today(), told))
    decisions = local_decisions(arguments.home)
    return add_changes(arguments.home, changes, texts, (), console, decisions)
