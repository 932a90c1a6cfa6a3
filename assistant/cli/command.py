"""The command line: which module each command is in, and the exit code of each way to end."""

import gc
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

import typer
from typer._click import Command, Context
from typer._click.exceptions import UsageError
from typer.main import get_command, get_group

from assistant.cli.actions import FrenchGroup, load_help, show_mistake
from assistant.cli.options import option, print_anything
from assistant.errors import AssistantError, Ungrounded, WrongFigures, WrongPlan
from assistant.settings import default_home
from ingestion.durable import in_words, says_full
from ingestion.errors import IngestionError

BROKEN, USAGE, REFUSED = 1, 2, 3
_CODES: dict[type[Exception], int] = {WrongFigures: USAGE, WrongPlan: USAGE, Ungrounded: REFUSED}
"""What is no failure of the program: asked wrongly, or not stated by the law that is indexed."""

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


class CommandLine(FrenchGroup):
    """All commands, each imported when it is called."""

    def shorts(self, ctx: Context) -> Iterable[tuple[str, str]]:
        """The names of the commands, each with what it does."""
        return [(name, load_help()["told"][name]) for name in load_help()["module"]]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command of this name: one of its module, or the group that the module is."""
        if (module := load_help()["module"].get(cmd_name)) is None:
            return None
        group = get_group(import_module(f"assistant.cli.{module}").app)
        return group.commands.get(cmd_name, group)

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """The command named by two words, else by one; raises UsageError when there is none."""
        if (both := " ".join(args[:2])) in load_help()["module"]:
            args = [both, *args[2:]]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=CommandLine,
    add_completion=False,
    subcommand_metavar="COMMANDE",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(
    help="Questions de commande publique, réponses vérifiées et sourcées, sur votre machine.",
    epilog=EPILOG,
)
def _choose_home(
    ctx: Context,
    home: Path | None = option(
        "--data DOSSIER",
        "dossier de tout ce qui est écrit : index, modèles, journal (défaut : "
        f"{default_home()}, ou SOURCIER_HOME)",
        Path,
    ),
) -> None:
    ctx.obj = home or default_home()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; failures are one French sentence on stderr."""
    os.umask(PRIVATE)
    collect_seldom()
    print_anything()
    try:
        code: int = get_command(app)(arguments, prog_name="sourcier", standalone_mode=False)
        sys.stdout.flush()
    except UsageError as error:
        show_mistake(error)
        return USAGE
    except (AssistantError, IngestionError) as error:
        sys.stderr.write(f"{error}\n")
        return _CODES.get(type(error), BROKEN)
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
