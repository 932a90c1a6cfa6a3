"""The command line: one parser, one file a command, French messages, four exit codes."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.cli import (
    administration,
    ask,
    calc,
    dossier,
    index,
    journal,
    law,
    ledger,
    models,
    reports,
)
from assistant.cli.options import print_anything
from assistant.errors import AssistantError
from assistant.settings import default_home
from ingestion.durable import in_words, says_full
from ingestion.errors import IngestionError

BROKEN = 1
INTERRUPTED = 130

PRIVATE = 0o077
"""What nobody else may do with a file that a command writes: questions and dossiers are in them."""

FULL = "Le disque est plein. Libérez de la place, puis recommencez."

EPILOG = """\
pour commencer :
  sourcier models pull                 télécharge les deux modèles par défaut, une fois
  sourcier index build                 indexe le corpus fourni
  sourcier serve                       ouvre la page sur http://127.0.0.1:7860
  sourcier ask "Puis-je acheter pour 35 000 € HT sans mise en concurrence ?"

codes de sortie : 0 répondu, 3 pas de réponse trouvée, 2 commande mal écrite, 1 panne
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; failures are one French sentence on stderr."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    os.umask(PRIVATE)
    collect_seldom()
    print_anything()
    try:
        code: int = chosen.run(chosen)
        sys.stdout.flush()
    except (AssistantError, IngestionError) as error:
        sys.stderr.write(f"{error}\n")
        return BROKEN
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has left; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN
    except OSError as error:
        sys.stderr.write(f"Fichier ou disque inaccessible : {in_words(error)}.\n")
        return BROKEN
    except Exception as error:
        if not says_full(error):  # what SQLite and others say in exceptions of their own
            raise
        sys.stderr.write(f"{FULL}\n")
        return BROKEN
    return code


def collect_seldom() -> None:
    """Look for garbage every 100,000 objects: a view of a ledger keeps as many until it is shown.

    Looking for it every 700, as Python does, takes half the time of such a view.
    """
    gc.set_threshold(100_000, 50, 100)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sourcier",
        description="Questions de commande publique, réponses vérifiées et sourcées, sur votre "
        "machine.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--data",
        dest="home",
        type=Path,
        default=default_home(),
        metavar="DOSSIER",
        help="dossier de tout ce qui est écrit : index, modèles, journal (défaut : %(default)s, "
        "ou SOURCIER_HOME)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMANDE")
    for register in (
        administration.register,
        ask.register,
        calc.register,
        law.register,
        dossier.register,
        ledger.register_invoices,
        ledger.register_purchases,
        index.register,
        models.register,
        reports.register,
        journal.register,
        administration.register_users,
        administration.register_backup,
        reports.register_homologation,
    ):
        register(commands)
    return parser
