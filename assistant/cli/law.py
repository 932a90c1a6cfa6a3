"""`sourcier law` and `index diff`: an article in time, and what changed. Door of rich."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from assistant.cli.options import Terminal, iso_date
from assistant.law.impact import law_fields
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.web.buyer.law_pages import days, remarks
from ingestion.legislation.references import normalise
from ingestion.legislation.versions import (
    History,
    TextStretch,
    WordChange,
    compare,
    histories,
    near_references,
)
from ingestion.readers.documents import Document

if TYPE_CHECKING:
    from assistant.law.impact import Impact
    from ingestion.legislation.versions import Difference, Revision


# Two wordings compared, in a terminal. Door of rich, for `law` and `index diff`.

_STYLES = {
    WordChange.KEPT: "",
    WordChange.REMOVED: "red strike",
    WordChange.ADDED: "green underline",
}
_MARKS = {
    WordChange.KEPT: ("", ""),
    WordChange.REMOVED: ("[-", "-]"),
    WordChange.ADDED: ("{+", "+}"),
}


def compared(segments: Iterable[TextStretch], *, marked: bool) -> Text:
    """The words removed struck in red, those added underlined in green.

    `marked` puts them between [-…-] and {+…+} as well, for where there are no styles.
    """
    text = Text()
    for segment in segments:
        before, after = _MARKS[segment.change] if marked else ("", "")
        text.append(f"{before}{segment.text}{after}", _STYLES[segment.change])
    return text


# `sourcier index diff`: what changed between two indexes, and what to read again. Door of rich.

SAID = load_words(Language.FRENCH)


def register_diff(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
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
    from assistant.journal.journal import Journal
    from assistant.law.impact import changes_between, changes_fields

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


# `sourcier law`: an article as it was, is and will be. Door of rich, for this command.

FOUND, NOT_FOUND = 0, 3

EPILOG = """\
exemples :
  sourcier law R2122-8
  sourcier law "art. R. 2122-8" --as-of 2024-03-15
  sourcier law R2122-8 --history
  sourcier law R2122-8 --history --json | jq '.articles[].versions[].valid_from'
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "law",
        help="montre un article en vigueur un jour donné, ou toutes ses versions",
        description="Montre la version d'un article en vigueur un jour donné ; avec --history, "
        "toutes les versions connues, chacune comparée mot à mot à la précédente.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("reference", nargs="+", metavar="REFERENCE", help="par exemple R2122-8")
    parser.add_argument("--history", action="store_true", help="toutes les versions connues")
    parser.add_argument(
        "--as-of",
        type=iso_date,
        default=date.today(),
        metavar="AAAA-MM-JJ",
        help="jour du droit applicable (défaut : aujourd'hui)",
    )
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    parser.set_defaults(run=_run_law)


def _run_law(arguments: argparse.Namespace) -> int:
    from ingestion.index.publication import current_name
    from ingestion.index.snapshot import open_snapshot

    reference = normalise(" ".join(arguments.reference))
    store = open_snapshot(arguments.home, current_name(arguments.home)).store
    found, day, console = histories(store.versions(reference)), arguments.as_of, Terminal()
    if not found:
        near = near_references(reference, store.documents())
        return _unknown(reference, near)
    if arguments.json:
        fields = law_fields(found, reference, day, whole=arguments.history)
        console.out(json.dumps(fields, ensure_ascii=False, indent=2), highlight=False)
    else:
        for history in found:
            _show(console, history, day, arguments.history)
    in_force = any(history.on(day) for history in found)
    return FOUND if in_force or arguments.history else NOT_FOUND


def _unknown(reference: str, near: Sequence[str]) -> int:
    proposed = f" Références proches : {', '.join(near)}." if near else ""
    sys.stderr.write(f"L'index en service n'a pas d'article {reference}.{proposed}\n")
    return NOT_FOUND


def _show(console: Console, history: History, day: date, is_whole: bool) -> None:
    # Texts are shown as Text: rich reads "[…]" in a plain string as one of its own marks.
    console.print(Text(f"{history.title}, {history.reference}", style="bold"))
    current = history.on(day)
    if current is None:
        console.print(f"Aucune version connue n'est en vigueur le {day:%d/%m/%Y}.")
    shown = history.versions if is_whole else filter(None, (current,))
    before = None
    for version in shown:
        _show_version(console, version, day if version is current else None)
        console.print(Padding(_text(console, before, version), (1, 2)))
        before = version
    if current is None and not is_whole:
        for version in history.versions:
            console.print(Text(f"  {_line(version)}"))


def _show_version(console: Console, version: Document, in_force_on: date | None) -> None:
    if version.path:
        console.print(Text(" › ".join(version.path), style="dim"))
    console.print(Text(_line(version)))
    if in_force_on:
        console.print(Text(f"▶ en vigueur le {in_force_on:%d/%m/%Y}", style="green"))
    if version.address:
        console.print(Text(version.address, style="dim"), soft_wrap=True)


def _line(version: Document) -> str:
    line = " · ".join((days(version, SAID), *remarks(version, SAID)))
    return line[:1].upper() + line[1:]


def _text(console: Console, before: Document | None, version: Document) -> Text:
    if before is None:
        return Text(version.text)
    return compared(compare(before.text, version.text), marked=not console.is_terminal)
