"""Actions of commands, described in French: their help, and what is wrong with a call of them."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
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

from assistant.cli.options import Terminal

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
        if rest := super().parse_args(ctx, self.in_full(ctx, args)):
            ctx.fail(f"en trop : {' '.join(rest)}")
        return rest

    def in_full(self, ctx: Context, args: list[str]) -> list[str]:
        """The arguments, with each option whose name is only begun in full."""
        known = [name for each in self.get_params(ctx) for name in each.opts]
        return [_whole(each, known) for each in args]


SEVERAL, NOBODY = ("--roles", "--teams", "--dossiers"), "--teams"
"""The options that take several values, and the one that may take none."""


class SeveralValues(FrenchCommand):
    """A command whose options take the values up to the next option, where Typer takes one."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the arguments, with the option said again before each of its values."""
        told, flag, args = list[str](), "", self.in_full(ctx, args)
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
