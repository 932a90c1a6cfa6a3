"""`sourcier index fetch-legifrance`: the official text of a code, from the Légifrance API."""

import argparse
import os
from datetime import date

from rich.progress import TaskID

from assistant.cli import official
from assistant.cli.adding import add_changes, local_decisions, progress_bars
from assistant.cli.terminal import Terminal
from ingestion.official.changes import Changes

PROCUREMENT_CODE = "LEGITEXT000037701019"

EPILOG = """\
identifiants d'une application abonnée à l'API Légifrance sur piste.gouv.fr, dans l'environnement :
  SOURCIER_LEGIFRANCE_ID, SOURCIER_LEGIFRANCE_SECRET
"""


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
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
        type=official.text_id,
        metavar="LEGITEXT…",
        help=f"texte à prendre ; défaut : {PROCUREMENT_CODE} (peut être répété)",
    )
    parser.add_argument("--api", metavar="URL", help="défaut : celle de l'État")
    parser.add_argument("--auth", metavar="URL", help="où demander un jeton ; défaut : PISTE")
    parser.set_defaults(run=_fetch)


def _fetch(arguments: argparse.Namespace) -> int:
    from ingestion.official.legifrance import fetch
    from ingestion.official.piste import API, TOKENS, Piste, credentials_of

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
