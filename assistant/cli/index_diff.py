"""`sourcier index diff`: what changed between two indexes, and what to read again. Door of rich."""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from assistant.cli.terminal import Terminal
from assistant.cli.wording import compared
from assistant.language import Language
from assistant.page.version_line import days, remarks
from assistant.page.words import words
from ingestion.wording import compare

if TYPE_CHECKING:
    from assistant.impact import Impact
    from ingestion.difference import Difference, Revision
    from ingestion.documents import Document

SAID = words(Language.FRENCH)


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action."""
    action = actions.add_parser(
        "diff", help="ce qui a changé d'un index à un autre, et ce qu'il faut relire"
    )
    action.add_argument(
        "old", nargs="?", metavar="ANCIEN", help="défaut : celui construit juste avant l'autre"
    )
    action.add_argument("new", nargs="?", metavar="NOUVEAU", help="défaut : l'index en service")
    action.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    action.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from assistant.index_changes import changes_between
    from assistant.journal import Journal
    from assistant.law_record import changes_fields

    console, journal = Terminal(), Journal(arguments.home / "journal.jsonl")
    found = changes_between(arguments.home, arguments.old, arguments.new, journal)
    if arguments.json:
        console.out(
            json.dumps(changes_fields(found), ensure_ascii=False, indent=2), highlight=False
        )
        return 0
    console.print(Text(SAID["changes_between"].format(old=found.old, new=found.new), style="bold"))
    _show_difference(console, found.difference)
    _show_impact(console, found.impact)
    return 0


def _show_difference(console: Console, found: "Difference") -> None:
    for key, lines in _listed(found):
        _show_list(console, SAID[key], lines)
    if found.changed:
        _heading(console, SAID["changes_changed"], len(found.changed))
    for revision in found.changed:
        before, after = revision.before, revision.after
        console.print(Text(f"  {_name(after)} : {_redated(revision)}"))
        segments = compare(before.text, after.text)
        shown = compared(segments, marked=not console.is_terminal)
        console.print(Padding(shown, (0, 4, 1, 4)))
    if not any(getattr(found, field.name) for field in fields(found)):
        console.print(SAID["changes_none"])


def _listed(found: "Difference") -> Iterator[tuple[str, list[str]]]:
    """The key of each heading, and what is told in one line under it."""
    yield "changes_added", [_dated(each) for each in found.added]
    yield "changes_ended", [_dated(each) for each in found.ended]
    yield "changes_redated", [f"{_name(each.after)} : {_redated(each)}" for each in found.redated]
    yield "changes_removed", [_dated(each) for each in found.removed]
    yield "changes_others_added", [_file(each) for each in found.others_added]
    yield "changes_others_changed", [_file(each.after) for each in found.others_changed]
    yield "changes_others_removed", [_file(each) for each in found.others_removed]


def _show_impact(console: Console, found: "Impact") -> None:
    told = SAID["changes_for"].format
    sheets = [
        told(touched=f"{each.title} ({each.source})", articles=", ".join(each.articles))
        for each in found.sheets
    ]
    terms = [
        told(touched=", ".join(each.words), articles=", ".join(each.articles))
        for each in found.terms
    ]
    answers = [
        f"n° {each.number}, {each.asked_on:%d/%m/%Y}, {each.record_id}, "
        + told(touched=each.question, articles=", ".join(each.articles))
        for each in found.answers
    ]
    _show_list(console, SAID["changes_sheets"], sheets)
    _show_list(console, SAID["changes_terms"], terms)
    _show_list(console, SAID["changes_answers"], answers)


def _show_list(console: Console, heading: str, lines: Sequence[str]) -> None:
    if lines:
        _heading(console, heading, len(lines))
    for line in lines:
        console.print(Text(f"  {line}"), soft_wrap=True)


def _heading(console: Console, heading: str, number: int) -> None:
    console.print(Text(f"\n{heading} ({number})", style="bold"))


def _name(version: "Document") -> str:
    return f"{version.title}, {version.reference}"


def _dated(version: "Document") -> str:
    return f"{_name(version)} : {' · '.join((days(version, SAID), *remarks(version, SAID)))}"


def _redated(revision: "Revision") -> str:
    before, after = days(revision.before, SAID), days(revision.after, SAID)
    return SAID["changes_dates"].format(before=before, after=after)


def _file(document: "Document") -> str:
    return f"{document.title} ({document.source})"
