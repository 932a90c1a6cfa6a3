"""`sourcier index build`: a candidate, what it answers, and into service if it may.

Door of rich, for this action.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

from assistant.administration.candidature import make_candidate
from assistant.administration.decisions import served_name
from assistant.administration.recording import Recorder, recorded
from assistant.administration.verdict import Verdict
from assistant.cli import adding, calc_constants
from assistant.cli.index_gate import (
    OK,
    REFUSED,
    Steps,
    add_user,
    both,
    decisions_of,
    show_verdict,
)
from assistant.cli.terminal import Terminal
from assistant.settings import load_settings
from ingestion.durable import writing
from ingestion.embedding import Embedder
from ingestion.errors import IngestionError
from ingestion.manifest import Manifest

BROKEN = 1

SHOWN_WARNINGS = 10


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action."""
    building = actions.add_parser(
        "build",
        help="construit un index, et le met en service s'il répond aussi bien",
        description="Construit un index candidat à côté de celui qui répond, puis lui pose les "
        "questions de contrôle. S'il répond au moins aussi bien, il entre en service ; sinon il "
        "attend une décision : sourcier index publish --force --reason …",
    )
    building.add_argument("--no-publish", action="store_true", help="laisse toujours décider")
    add_user(building)
    building.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Build the rules, then the dossiers; the exit code."""
    console, home = Terminal(), arguments.home
    with writing(home), recorded(home, arguments.user) as record:
        code, embedder = _build_rules(arguments, console, record)
    return _build_dossiers(home, embedder, console) or code


def _build_rules(
    arguments: argparse.Namespace, console: Console, record: Recorder
) -> tuple[int, Embedder]:
    """Build from everything added, the built-in corpus if nothing was; the exit code."""
    from assistant.wiring import load_embedder, load_examinee
    from ingestion.dossiers import provided_additions
    from ingestion.library import Library

    home, settings, decisions = (
        arguments.home,
        load_settings(arguments.home),
        decisions_of(arguments),
    )
    if not Library(home).entries:
        console.print("Aucune règle n'a été ajoutée : j'indexe le corpus fourni.")
        adding.add_all(home, provided_additions(home), console, decisions)
    with console.status("Chargement du modèle de vecteurs…"):
        embedder = load_embedder(home, settings)
    served = served_name(home)
    with TemporaryDirectory() as records, adding.progress_bars(console) as bars:
        manifest, verdict = make_candidate(
            home,
            embedder,
            load_examinee(home, settings, Path(records)),
            decisions,
            both(Steps(bars), record),
        )
    _warn(manifest, console)
    calc_constants.warn(home, manifest.name, console)
    record.say(f"Index {manifest.name} : {manifest.passages} passages.")
    return _decide(arguments, manifest, verdict, served, console), embedder


def _decide(
    arguments: argparse.Namespace,
    manifest: Manifest,
    verdict: Verdict | None,
    served: str | None,
    console: Console,
) -> int:
    """Publish what may be, unless someone else decides; the exit code."""
    name = manifest.name
    if name == served:
        console.print(f"Rien n'a changé : l'index {name} reste en service.")
        return OK
    if verdict is not None:
        show_verdict(verdict, console)
    console.print(f"Index {name} : {manifest.passages} passages.")
    if verdict is not None and not verdict.passed:
        console.print(
            "Il n'est pas en service. Pour passer outre, avec une raison que le journal garde : "
            f'sourcier index publish {name} --force --reason "…"'
        )
        return OK if arguments.no_publish else REFUSED
    if arguments.no_publish:
        console.print(f"Pour le mettre en service : sourcier index publish {name}")
        return OK
    with console.status(Text(f"Vérification de {name} avant sa mise en service…")):
        decisions_of(arguments).publish(name)
    console.print(f"L'index {name} est en service.")
    return OK


def _build_dossiers(home: Path, embedder: Embedder, console: Console) -> int:
    """Index the pieces of each dossier that have changed; the exit code.

    A dossier is used once it is built, and one that cannot be keeps no other back.
    """
    from ingestion.dossiers import Dossiers
    from ingestion.intake import awaits_index, index
    from ingestion.library import Library

    code, dossiers = OK, Dossiers(home)
    for dossier in dossiers.all():
        folder = dossiers.home(dossier.id)
        if not Library(folder).entries and not awaits_index(folder):
            continue
        try:
            with writing(folder):
                used_before = served_name(folder)
                with adding.progress_bars(console) as progress:
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
