"""The command line: described in French, one command a module, four exit codes. Door of Typer."""

import gc
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import typer
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text
from typer._click import Command, Context
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    MissingParameter,
    NoSuchOption,
    UsageError,
)
from typer._click.formatting import HelpFormatter
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command, get_group

from assistant.cli.options import Terminal, option, print_anything
from assistant.errors import AssistantError, Ungrounded, WrongFigures, WrongPlan
from assistant.settings import default_home
from ingestion.durable import in_words, says_full
from ingestion.errors import IngestionError

Run = TypeVar("Run", bound=Callable[..., int])


@cache
def load_help() -> Mapping[str, Mapping[str, str]]:
    """What is said of each command, by its words; see help.toml."""
    file = files("assistant.cli").joinpath("help.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


class Actions(typer.Typer):
    """The actions of a command, or the one command of a module."""

    def __init__(self, command: str = "", metavar: str = "ACTION") -> None:
        """`command` is what stands before each of them, and has a help of its own."""
        said = load_help()
        self._command = command
        super().__init__(
            cls=FrenchGroup,
            short_help=said["told"].get(command, ""),
            help=said["about"].get(command, ""),
            epilog=said["epilog"].get(command, ""),
            subcommand_metavar=metavar,
            add_completion=False,
        )

    def action(
        self, name: str, cls: type["FrenchCommand"] | None = None, like: str = "", **values: object
    ) -> Callable[[Run], Run]:
        """Make a function the action of this name, with the help that is written for it.

        `values` stand in what it is about; it ends as the help of the command `like` does.
        """
        said, words = load_help(), f"{self._command} {name}".strip()
        told = said["told"][words]
        about = said["about"].get(words, f"{told[:1].upper()}{told[1:]}.").format(**values)
        epilog = said["epilog"].get(like or words, "")
        return self.describe(name, told, about, epilog, cls)

    def describe(
        self,
        name: str,
        told: str,
        about: str,
        epilog: str,
        cls: type["FrenchCommand"] | None = None,
    ) -> Callable[[Run], Run]:
        """Make a function an action: `told` among the others, `about` and `epilog` in its help."""
        cls = cls or FrenchCommand
        return self.command(name, cls=cls, short_help=told, help=about, epilog=epilog)


class InFrench(Command):
    """What commands and groups of them have in common."""

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        """`-h` and `--help`, with a French text."""
        if helping := super().get_help_option(ctx):
            helping.help = "affiche cette aide"
        return helping

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the arguments; raises UsageError, which says of which command."""
        try:
            return super().parse_args(ctx, args)
        except UsageError as error:
            error.ctx = ctx
            raise

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Show the help, past Typer's own formatter."""
        show_help(ctx)


class FrenchCommand(InFrench, TyperCommand):
    """A command that explains itself in French."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the arguments; raises UsageError for those that are too many."""
        ctx.allow_extra_args = True
        known = [name for each in self.get_params(ctx) for name in each.opts]
        if rest := super().parse_args(ctx, [_whole(each, known) for each in args]):
            ctx.fail(f"en trop : {' '.join(rest)}")
        return rest


SEVERAL, NOBODY = ("--roles", "--teams", "--dossiers"), "--teams"
"""The options that take several values, and the one that may take none."""


class SeveralValues(FrenchCommand):
    """A command whose options take the values up to the next option, where Typer takes one."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the arguments, with the option said again before each of its values."""
        told, flag = list[str](), ""
        for each, after in zip(args, [*args[1:], "-"][: len(args)], strict=True):
            if not each.startswith("-"):
                told += [flag, each] if flag else [each]
                continue
            flag = each if each in SEVERAL else ""
            if not flag or (after.startswith("-") and flag != NOBODY):
                told.append(each)
        return super().parse_args(ctx, told)


def _whole(word: str, known: list[str]) -> str:
    """An option whose name is begun, and could be no other, in full; other words as they are."""
    name, sign, value = word.partition("=")
    near = [each for each in known if each.startswith(name)]
    is_begun = len(name) > len("--") and name.startswith("--") and name not in known
    return f"{near[0]}{sign}{value}" if is_begun and len(near) == 1 else word


class FrenchGroup(InFrench, TyperGroup):
    """A command with actions that explains itself in French."""

    def shorts(self, ctx: Context) -> Iterable[tuple[str, str]]:
        """The names of the actions, each with what it does."""
        return [(name, each.short_help or "") for name, each in self.commands.items()]

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the options before the action; raises UsageError without an action."""
        rest = super().parse_args(ctx, args)
        if not ctx._protected_args:
            ctx.fail(f"il manque {self.subcommand_metavar}, parmi : {self._known(ctx)}")
        return rest

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """The action named first; raises UsageError when there is none of this name."""
        if found := self.get_command(ctx, args[0]):
            return args[0], found, args[1:]
        known = self._known(ctx)
        ctx.fail(f"{self.subcommand_metavar} : « {args[0]} » n'est pas dans : {known}")

    def _known(self, ctx: Context) -> str:
        return ", ".join(name for name, _ in self.shorts(ctx))


def show_help(ctx: Context) -> None:
    """The usage, what the command does, its actions, arguments, options and examples."""
    console, command = Terminal(), ctx.command
    console.print(Text(_usage(ctx), style="bold"), soft_wrap=True)
    if told := command.help:
        console.print(Text(f"\n{told}"), soft_wrap="\n" in told)
    if isinstance(command, FrenchGroup):
        _show_section(console, f"{command.subcommand_metavar.lower()}s", command.shorts(ctx))
    shown = [each for each in command.get_params(ctx) if not getattr(each, "hidden", False)]
    arguments = [each for each in shown if isinstance(each, TyperArgument)]
    options = [each for each in shown if isinstance(each, TyperOption)]
    _show_section(console, "arguments", [(_name(each), each.help or "") for each in arguments])
    _show_section(console, "options", [(_flags(each), each.help or "") for each in options])
    if command.epilog:
        console.print(Text(f"\n{command.epilog.rstrip()}"), soft_wrap=True)


def _show_section(console: Terminal, title: str, rows: Iterable[tuple[str, str]]) -> None:
    table = Table.grid(Column(overflow="fold"), Column(), padding=(0, 2, 0, 0))
    for name, told in rows:
        table.add_row(Text(name, style="cyan"), Text(told))
    if table.row_count:
        console.print(Text(f"\n{title} :", style="bold"))
        console.print(Padding(table, (0, 0, 0, 4)))


def _usage(ctx: Context) -> str:
    pieces = [ctx.command_path, "[OPTIONS]"]
    for each in ctx.command.get_params(ctx):
        if isinstance(each, TyperArgument):
            pieces.append(_name(each) if each.required else f"[{_name(each)}]")
    if isinstance(ctx.command, FrenchGroup):
        pieces.append(f"{ctx.command.subcommand_metavar} …")
    return f"usage : {' '.join(pieces)}"


def _name(argument: TyperArgument) -> str:
    return f"{argument.metavar or argument.name}{'…' if argument.nargs == -1 else ''}"


def _flags(option: TyperOption) -> str:
    return f"{', '.join(sorted(option.opts, key=len))} {option.metavar or ''}"


def show_mistake(error: UsageError) -> None:
    """How the command is used, and what is wrong with a call of it."""
    console, ctx = Terminal(is_stderr=True), error.ctx
    path = ctx.command_path if ctx else "sourcier"
    lines = [_usage(ctx)] if ctx else []
    lines += [f"{path} : {_in_french(error)}", f"Aide : {path} --help"]
    console.print(Text("\n".join(lines)), soft_wrap=True)


def _in_french(error: UsageError) -> str:
    match error:
        case MissingParameter(param=TyperArgument() as argument):
            return f"il manque {_name(argument)}"
        case MissingParameter(param=TyperOption() as option):
            return f"il manque {option.opts[0]}"
        case BadParameter(param=TyperOption() as option):
            return f"{option.opts[0]} : {error.message}"
        case BadParameter(param=TyperArgument() as argument):
            return f"{argument.metavar} : {error.message}"
        case NoSuchOption(possibilities=near):
            meant = f" ; vouliez-vous dire {' ou '.join(near)} ?" if near else ""
            return f"option inconnue {error.option_name}{meant}"
        case BadOptionUsage(option_name=name, ctx=Context() as ctx):
            [named] = [each for each in ctx.command.get_params(ctx) if name in each.opts]
            return f"{name} attend {named.metavar}" if named.metavar else f"{name} seul suffit"
    return error.message


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
