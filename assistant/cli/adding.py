"""`sourcier index add | remove | fetch-legifrance`: what the next index is made from."""

import os
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress
from typer import BadParameter, Context

from assistant.cli.actions import Actions
from assistant.cli.options import (
    Steps,
    Terminal,
    argument,
    flag,
    one_bar,
    one_of,
    option,
    progress_bars,
)
from assistant.identity import ALONE
from assistant.journal.journal import journal_of
from assistant.publishing.decisions import Decisions
from ingestion.documents.document import ADDED, Kind
from ingestion.durable import lock_for_writing
from ingestion.legislation.applied import left_out, note_applied, told_of, updates
from ingestion.legislation.archive_files import in_order, is_official, sources_at
from ingestion.legislation.archives import read_archives
from ingestion.legislation.articles import TEXT_ID, Changes, Merged
from ingestion.legislation.legifrance import API, TOKENS, Piste, credentials_of, fetch
from ingestion.library.corpus import Addition
from ingestion.library.library import Added, Library
from ingestion.tenders.dossiers import library_of, provided_additions

OK, BROKEN, USAGE = 0, 1, 2

app = Actions("index")


def text_id(written: str) -> str:
    """The identifier of a text, for the parser."""
    if not TEXT_ID.fullmatch(written):
        raise BadParameter(
            f"« {written} » n'est pas l'identifiant d'un texte, comme LEGITEXT000037701019"
        )
    return written


def write_official(
    home: Path,
    found: Sequence[Merged],
    changes: Sequence[Changes],
    folder: Path,
    console: Console,
    decisions: Decisions,
) -> list[Addition]:
    """Write each text changed into `folder`; the caller holds the writer's lock.

    A text of which every version is suppressed is removed from the library.
    """
    _tell_refused(changes, console)
    library, additions = Library(home), []
    for text in found:
        _tell(text, changes, console)
        if text.is_untouched:
            continue
        if text.versions:
            (folder / text.source).write_bytes(text.content)
            additions.append(Addition(folder / text.source, text.source, Kind.RULES))
        else:
            decisions.removed(library.remove([text.source]))
            console.print("Il n'en reste aucune : texte retiré, au prochain sourcier index build")
    return additions


def _tell_refused(changes: Sequence[Changes], console: Console) -> None:
    for change in changes:
        for refusal in change.refused:
            told = f"{change.source}, {refusal.name} : {refusal.reason}"
            console.print(told, style="red", soft_wrap=True)


def _tell(text: Merged, changes: Sequence[Changes], console: Console) -> None:
    for refusal in left_out(text):
        console.print(refusal, style="red", soft_wrap=True)
    if text.is_untouched:
        return
    counts, *lacks = told_of(text, changes)
    console.print(counts, soft_wrap=True)
    for sentence in lacks:
        console.print(sentence, style="yellow", soft_wrap=True)


def add_all(
    home: Path, additions: Sequence[Addition], console: Console, decisions: Decisions
) -> int:
    """Add files, naming each that is refused; the caller holds the writer's lock.

    What belongs to a dossier goes into the dossier's own library; a new one is seen by everybody.
    """
    kept, known, refused = 0, 0, 0
    with progress_bars(console) as progress, decisions.adding() as rules:
        for addition in progress.track(additions, description="Lecture des fichiers"):
            added = _added(home, addition, progress)
            if added.entry and not added.known and addition.dossier is None:
                rules.append(added.entry)
            refused += added.reading.problem is not None
            known += added.known
            kept += added.reading.problem is None and not added.known
            _tell_added(addition, added, progress)
    console.print(f"Fichiers ajoutés : {kept} ; déjà présents : {known} ; refusés : {refused}.")
    return BROKEN if refused == len(additions) else OK


def _added(home: Path, addition: Addition, progress: Progress) -> Added:
    told = f"Reconnaissance de caractères, pages de {addition.source}"
    with library_of(home, addition.dossier) as library:
        return library.add(
            addition.path,
            addition.source,
            addition.kind,
            addition.dossier,
            partial(Steps(progress), told),
        )


def _tell_added(addition: Addition, added: Added, progress: Progress) -> None:
    """Why a file was refused, or what is to be known of it."""
    if problem := added.reading.problem:
        progress.print(f"{addition.path} : {problem}", style="red")
    for warning in added.reading.warnings:
        progress.print(f"{addition.source} : {warning}", style="yellow")
    for remark in added.reading.remarks:
        progress.print(f"{addition.source} : {remark}", style="dim")


def add_changes(
    home: Path,
    changes: Sequence[Changes],
    texts: Sequence[str],
    additions: Sequence[Addition],
    console: Console,
) -> int:
    """Add the texts that official sources change, then files; takes the writer's lock."""
    with lock_for_writing(home), TemporaryDirectory() as folder:
        found = updates(home, changes, texts)
        decisions = decisions_of(home)
        merged = write_official(home, found, changes, Path(folder), console, decisions)
        if changes and not found:
            console.print("Les sources officielles ne changent aucun texte.")
        if not merged and not additions:
            is_refused = any(each.refused for each in changes) or any(each.older for each in found)
            return BROKEN if is_refused else OK
        code = add_all(home, [*merged, *additions], console, decisions)
        note_applied(home, found)
    console.print("Pour les rendre interrogeables : sourcier index build")
    return code


def decisions_of(home: Path, user: str = ALONE.user) -> Decisions:
    """What a user decides, whoever types commands on this machine when none is said."""
    return Decisions(home, journal_of(home), user)


def _misplaced(kind: Kind, dossier: str | None) -> str:
    """Why no question would find files of a kind there, in French, "" where one would. Pure."""
    if kind is Kind.RULES and dossier:
        return "Des règles ne sont d'aucun dossier : retirez --dossier, ou --kind rules."
    if kind is not Kind.RULES and not dossier:
        return f"Indiquez à quel dossier ils appartiennent : --kind {kind} --dossier ID"
    return ""


NOTHING_TO_ADD = "Aucun fichier à ajouter. Indiquez des fichiers, des dossiers ou --builtin."
TEXTS_OF_NOTHING = "--text ne choisit que dans des archives LEGI, et aucune n'est donnée."

PATHS = argument(
    "CHEMIN",
    "fichiers, dossiers, archives LEGI (.tar.gz) ou LEGIARTI….xml, toujours des règles",
    Path,
    default=None,
)
KIND = option(
    "--kind GENRE",
    f"{', '.join(ADDED)} (défaut : {Kind.RULES}, dans un dossier {Kind.TENDER})",
    one_of(ADDED),
)
TEXTS = option(
    "--text LEGITEXT…",
    "texte à prendre dans des archives LEGI ; défaut : tous (peut être répété)",
    text_id,
)


@app.action("add")
def _add(
    ctx: Context,
    paths: list[Path] | None = PATHS,
    builtin: bool = flag("--builtin", "ajoute aussi le corpus fourni"),
    kind: Kind | None = KIND,
    dossier: str | None = option("--dossier ID", "dossier de marché auquel ils appartiennent"),
    texts: list[str] | None = TEXTS,
) -> int:
    kind = kind or (Kind.TENDER if dossier else Kind.RULES)
    if refusal := _misplaced(kind, dossier):
        return _refused(refusal)
    archives, files = found_in(paths or (), kind, dossier)
    additions = [*(provided_additions(ctx.obj) if builtin else ()), *files]
    if not additions and not archives:
        return _refused(NOTHING_TO_ADD)
    if texts and not archives:
        return _refused(TEXTS_OF_NOTHING)
    console, texts = Terminal(), texts or []
    changes = read_additions(archives, texts, console) if archives else ()
    return add_changes(ctx.obj, changes, texts, additions, console)


def _refused(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return USAGE


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
    with one_bar(console, "Lecture des archives", percent=True) as told:
        return read_archives(in_order(archives), texts, told)


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


@app.action("remove")
def _remove(
    ctx: Context,
    names: list[str] = argument(
        "NOM", "nom d'un fichier ou d'un dossier ajoutés (voir : sourcier index status --files)"
    ),
) -> int:
    console = Terminal()
    with lock_for_writing(ctx.obj):
        removed = Library(ctx.obj).remove([name.rstrip("/") for name in names])
        decisions_of(ctx.obj).removed(removed)
    for source in removed:
        console.print(f"{source} : retiré")
    if not removed:
        sys.stderr.write(
            "Aucun fichier ajouté ne porte ce nom. Voyez les noms : sourcier index status --files\n"
        )
        return BROKEN
    console.print("Ils sont encore cités jusqu'au prochain index : sourcier index build")
    return OK


PROCUREMENT_CODE = "LEGITEXT000037701019"


@app.action("fetch-legifrance")
def _fetch_official(
    ctx: Context,
    texts: list[str] | None = option(
        "--text LEGITEXT…",
        f"texte à prendre ; défaut : {PROCUREMENT_CODE} (peut être répété)",
        text_id,
    ),
    api: str | None = option("--api URL", "défaut : celle de l'État"),
    auth: str | None = option("--auth URL", "où demander un jeton ; défaut : PISTE"),
) -> int:
    texts = texts or [PROCUREMENT_CODE]
    piste = Piste(credentials_of(os.environ), api or API, auth or TOKENS)
    console, changes = Terminal(), list[Changes]()
    for text in texts:
        with one_bar(console, f"Légifrance, {text}") as told:
            changes.append(fetch(piste, text, date.today(), told))
    return add_changes(ctx.obj, changes, texts, (), console)
