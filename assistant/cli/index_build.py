"""`sourcier index build | gate | update`: a candidate, what it answers, into service if it may."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text
from typer import Context

from assistant.cli import adding, calc
from assistant.cli.actions import Actions
from assistant.cli.adding import PROCUREMENT_CODE
from assistant.cli.options import ACTING_USER, Steps, Terminal, argument, both, flag, progress_bars
from assistant.errors import WrongSettings
from assistant.evaluation.runs import AnswerChange
from assistant.publishing.build_queue import NOBODY, BuildOrder, queue_of
from assistant.publishing.build_record import Recorder, recorded
from assistant.publishing.decisions import Decisions, read_candidate
from assistant.publishing.gate import examine_candidate, make_candidate
from assistant.publishing.schedule import schedule_of
from assistant.publishing.verdict import GateVerdict
from assistant.publishing.withheld import WithheldTexts
from assistant.settings import load_settings
from ingestion.durable import file_sha256, lock_for_writing, replace_bytes
from ingestion.errors import IngestionError, UnknownSnapshot
from ingestion.index.publication import finished, served_name
from ingestion.index.search import Embedder
from ingestion.index.store import Manifest
from ingestion.legislation.archive_files import mark_of
from ingestion.legislation.articles import TEXT_ID
from ingestion.library.corpus import Addition
from ingestion.library.library import Library
from ingestion.tenders.dossiers import Dossiers, provided_additions
from ingestion.tenders.intake import awaits_index, index

OK, REFUSED = 0, 4


app = Actions("index")
NAME = argument("INDEX", "défaut : le dernier construit", default=None)


@app.action("gate")
def _gate(ctx: Context, name: str | None = NAME, user: str = ACTING_USER) -> int:
    return gate(ctx.obj, chosen(ctx.obj, name), user)


def gate(home: Path, name: str, user: str) -> int:
    """Hold an index against the one in service; the exit code says whether it answers worse."""
    console = Terminal()
    with lock_for_writing(home) as assure:
        verdict = _ask_gate(home, name, user, console, assure)
    if verdict is None:
        console.print("Aucun autre index n'est en service : il n'y a rien à comparer.")
        return OK
    show_verdict(verdict, console)
    return OK if verdict.passed else REFUSED


def ask_gate_once(
    home: Path, name: str, user: str, console: Console, assure: Callable[[], None]
) -> None:
    """Hold an index against the one in service unless that is done."""
    candidate, served = read_candidate(home), served_name(home)
    if served in (None, name):
        return
    if not (candidate and candidate.generation == name and candidate.is_examined(served)):
        _ask_gate(home, name, user, console, assure)


def _ask_gate(
    home: Path, name: str, user: str, console: Console, assure: Callable[[], None]
) -> GateVerdict | None:
    from assistant.container import load_examinee

    if name == served_name(home):
        return None
    with (
        recorded(home, user, assure) as record,
        TemporaryDirectory() as records,
        progress_bars(console) as bars,
    ):
        examinee = load_examinee(home, load_settings(home), Path(records))
        told = both(Steps(bars), record)
        return examine_candidate(home, name, examinee, adding.decisions_of(home, user), told)


def show_verdict(verdict: GateVerdict, console: Console) -> None:
    """What the gate said, question by question where a verdict changed."""
    counted = {change: verdict.of(change) for change in AnswerChange}
    console.print(
        f"Questions de contrôle : {len(verdict.judged)} posées, {len(verdict.left_out)} laissées "
        "de côté (l'index en service n'en a pas l'article)."
    )
    for change in (AnswerChange.WORSE, AnswerChange.BETTER):
        for each in counted[change]:
            console.print(f"  {each.question} : {change}", soft_wrap=True)
    if reworded := len(counted[AnswerChange.REWORDED]):
        console.print(f"  {AnswerChange.REWORDED} : {reworded}")
    for pair in verdict.rivals:
        console.print(f"Affirmations contraires ({pair.kind}) :", style="red")
        for side in (pair.first, pair.second):
            told = Text(f"  {side.title}, {side.locator} : {side.text}")
            console.print(told, soft_wrap=True)
    for reason in verdict.reasons:
        console.print(reason, style="red", soft_wrap=True)
    if verdict.passed:
        console.print("Le candidat répond au moins aussi bien que l'index en service.")


def chosen(home: Path, name: str | None) -> str:
    """The index named, else the last one built; raises UnknownSnapshot."""
    names = finished(home)
    if name is None and not names:
        raise UnknownSnapshot("Aucun index n'a été construit. Lancez : sourcier index build")
    return name or names[-1]


BROKEN = 1

SHOWN_WARNINGS = 10


@app.action("build")
def _build(
    ctx: Context,
    is_left: bool = flag("--no-publish", "laisse toujours décider"),
    is_asked: bool = flag("--queue", "la demande à « sourcier worker » (avec un « store »)"),
    user: str = ACTING_USER,
) -> int:
    """Build the rules, then the dossiers, or have that done; the exit code."""
    if not is_asked:
        return build_all(ctx.obj, user, is_left=is_left)
    if queue_of(ctx.obj) is None:
        raise WrongSettings(
            "Sans « store » dans settings.toml, il n'y a pas de file : retirez --queue."
        )
    return _ask(ctx.obj, BuildOrder(user, is_left=is_left))


def _ask(home: Path, order: BuildOrder) -> int:
    if queue := queue_of(home):
        queue.ask(order)
        told = "Construction demandée. Suivez-la sur la page de l'administrateur."
        Terminal().print(told if queue.builders else f"{told} {NOBODY}.", soft_wrap=True)
    return OK


def build_ordered(home: Path, order: BuildOrder) -> None:
    """Do what the queue was asked for; raises what a command would show."""
    if order.generation:
        gate(home, order.generation, order.user)
    else:
        build_all(home, order.user, is_left=order.is_left)


Doubts = Callable[[Path, str], Sequence[str]]
"""Why an index of this name should wait for someone, in French sentences."""


def build_all(
    home: Path, user: str, *, is_left: bool, doubts: Doubts = lambda home, name: ()
) -> int:
    """Build the rules, then the dossiers; the exit code.

    The rules wait for a decision where `is_left`, where the gate refuses, and where there are
    doubts.
    """
    with lock_for_writing(home) as assure, recorded(home, user, assure) as record:
        decisions = adding.decisions_of(home, user)
        code, embedder = _build_rules(home, decisions, is_left, doubts, record)
    return _build_dossiers(home, embedder, Terminal()) or code


def _build_rules(
    home: Path, decisions: Decisions, is_left: bool, doubts: Doubts, record: Recorder
) -> tuple[int, Embedder]:
    """Build from everything added, the built-in corpus if nothing was; the exit code."""
    from assistant.container import load_embedder, load_examinee

    settings, console = load_settings(home), Terminal()
    if not Library(home).entries:
        console.print("Aucune règle n'a été ajoutée : j'indexe le corpus fourni.")
        adding.add_all(home, provided_additions(home), console, decisions)
    with console.status("Chargement du modèle de vecteurs…"):
        embedder = load_embedder(home, settings)
    served = served_name(home)
    with TemporaryDirectory() as records, progress_bars(console) as bars:
        examinee = load_examinee(home, settings, Path(records))
        told = both(Steps(bars), record)
        manifest, verdict = make_candidate(home, embedder, examinee, decisions, told)
    _warn(manifest, console)
    calc.warn(home, manifest.name, console)
    record.say(f"Index {manifest.name} : {manifest.passages} passages.")
    if manifest.name == served:
        console.print(f"Rien n'a changé : l'index {served} reste en service.")
        return OK, embedder
    for said in (found := doubts(home, manifest.name)):
        console.print(said, style="red", soft_wrap=True)
    return _decide(decisions, manifest, verdict, is_left or bool(found)), embedder


def _decide(
    decisions: Decisions, manifest: Manifest, verdict: GateVerdict | None, is_left: bool
) -> int:
    """Publish what may be, unless someone else decides; the exit code."""
    name, console = manifest.name, Terminal()
    if verdict is not None:
        show_verdict(verdict, console)
    console.print(f"Index {name} : {manifest.passages} passages.")
    if verdict is not None and not verdict.passed:
        console.print(
            "Il n'est pas en service. Pour passer outre, avec une raison que le journal garde : "
            f'sourcier index publish {name} --force --reason "…"'
        )
        return OK if is_left else REFUSED
    if is_left:
        console.print(f"Pour le mettre en service : sourcier index publish {name}")
        return OK
    with console.status(Text(f"Vérification de {name} avant sa mise en service…")):
        decisions.publish(name)
    console.print(f"L'index {name} est en service.")
    return OK


def _build_dossiers(home: Path, embedder: Embedder, console: Console) -> int:
    """Index the pieces of each dossier that have changed; the exit code.

    A dossier is used once it is built, and one that cannot be keeps no other back.
    """
    code, dossiers = OK, Dossiers(home)
    for dossier in dossiers.all():
        try:
            folder = dossiers.home(dossier.id)
            if not Library(folder).entries and not awaits_index(folder):
                continue
            with dossiers.writing(dossier.id) as folder:
                used_before = served_name(folder)
                with progress_bars(console) as progress:
                    manifest = index(folder, embedder, Steps(progress))
        except IngestionError as error:
            console.print(f"Dossier {dossier.id} : {error}", style="red")
            code = BROKEN
            continue
        for source, why in manifest.aside.items() if manifest else ():
            console.print(f"Dossier {dossier.id} : {source}, {why}", style="yellow")
        if manifest and manifest.name != used_before:
            console.print(f"Dossier {dossier.id} : {manifest.passages} passages.")
    return code


def _warn(manifest: Manifest, console: Console) -> None:
    for warning in manifest.warnings[:SHOWN_WARNINGS]:
        console.print(warning, style="yellow")
    if (rest := len(manifest.warnings) - SHOWN_WARNINGS) > 0:
        others = f"{rest} autre{'s' if rest > 1 else ''}"
        console.print(f"… et {others} : sourcier index status --warnings")


@app.action("update")
def _update(
    ctx: Context,
    shows_units: bool = flag("--units", "affiche les unités systemd"),
    user: str = ACTING_USER,
) -> int:
    home, settings = ctx.obj, load_settings(ctx.obj)
    schedule = schedule_of(settings)
    if not settings.update_from:
        raise WrongSettings(
            f"Aucun dossier n'est surveillé. Écrivez dans {home / 'settings.toml'} : "
            'update_at = "02:30" et update_from = "/srv/textes".'
        )
    if shows_units and schedule is None:
        raise WrongSettings("Les unités demandent une heure : « update_at » dans settings.toml.")
    if shows_units and schedule:
        command = (sys.executable, "-m", "assistant.cli", "--data", str(home.absolute()))
        sys.stdout.write(schedule.units(command))
        return OK
    code = take_in(home, settings.update_from, Terminal())
    if queue_of(home):
        return max(code, _ask(home, BuildOrder(user)))
    return max(code, build_all(home, user, is_left=True))


def take_in(home: Path, watched: str, console: Console) -> int:
    """Add what was not taken yet from the folder: archives, and files by their name and bytes.

    What somebody removed since, or replaced from elsewhere, is not brought back.
    """
    folder = Path(watched)
    if not folder.is_dir():
        raise WrongSettings(f"Le dossier surveillé {folder} n'existe pas.")
    archives, found = adding.found_in([folder])
    taken = _taken(home)
    files = _fresh_files(home, found, taken)
    fresh = [archive for archive in archives if mark_of(archive) not in taken]
    if not files and not fresh:
        return OK
    texts = _texts(home)
    changes = adding.read_additions(fresh, texts, console) if fresh else ()
    code = adding.add_changes(home, changes, texts, list(files.values()), console)
    kept = {entry.sha256 for entry in Library(home).entries}
    marks = {mark for mark in files if mark.rpartition(" ")[2] in kept}
    _note_taken(home, taken, marks | {mark_of(archive) for archive in fresh})
    return code


def _fresh_files(home: Path, found: Sequence[Addition], taken: set[str]) -> dict[str, Addition]:
    """The files, by their name and digest, that were neither taken nor set aside."""
    withheld, digests = WithheldTexts(home), {each: file_sha256(each.path) for each in found}
    return {
        mark: each
        for each, digest in digests.items()
        if (mark := f"{each.source} {digest}") not in taken and not withheld.holds(digest)
    }


def _note_taken(home: Path, taken: set[str], marks: set[str]) -> None:
    """Note what was taken, in the place of what had the same name: it may come again."""
    names = {mark.rpartition(" ")[0] for mark in marks}
    others = {mark for mark in taken if mark.rpartition(" ")[0] not in names}
    replace_bytes(home / "updates.json", json.dumps(sorted(others | marks)).encode())


def _texts(home: Path) -> list[str]:
    """The official texts that the library has: a daily archive holds changes of all the law."""
    names = (Path(entry.source).stem for entry in Library(home).entries)
    return [name for name in names if TEXT_ID.fullmatch(name)] or [PROCUREMENT_CODE]


def _taken(home: Path) -> set[str]:
    path = home / "updates.json"
    return set(json.loads(path.read_bytes())) if path.exists() else set()
