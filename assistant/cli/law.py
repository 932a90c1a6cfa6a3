"""`sourcier law`, `law disagreements`, `index diff`: articles in time, held against sheets."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text
from typer import Context

from assistant.cli.actions import Actions
from assistant.cli.options import AS_JSON, Terminal, argument, day_of_law, flag, print_json
from assistant.journal.journal import journal_of
from assistant.law.impact import Impact, changes_between, changes_fields, law_fields
from assistant.law.sheets import (
    CAUSES,
    SheetFault,
    SheetsComparison,
    compared_sheets,
    sheets_fields,
)
from assistant.question.language import Language
from assistant.reports.markup import days, load_words, remarks, version_line
from ingestion.documents.document import Document
from ingestion.documents.references import normalise
from ingestion.documents.versions import (
    Difference,
    History,
    Revision,
    TextStretch,
    WordChange,
    compare,
    histories,
    near_references,
)
from ingestion.index.publication import current_name, open_snapshot

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


SAID = load_words(Language.FRENCH)


def show_changes(home: Path, old: str | None, new: str | None, as_json: bool) -> int:
    """Show what changed from an index to another."""
    console = Terminal()
    found = changes_between(home, old, new, journal_of(home))
    if as_json:
        print_json(changes_fields(found))
        return 0
    console.print(Text(SAID["changes_between"].format(old=found.old, new=found.new), style="bold"))
    _show_difference(console, found.difference)
    _show_impact(console, found.impact)
    return 0


def _show_difference(console: Console, found: Difference) -> None:
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


def _listed(found: Difference) -> Iterator[tuple[str, list[str]]]:
    """The key of each heading, and what is told in one line under it."""
    yield "changes_added", [_dated(each) for each in found.added]
    yield "changes_ended", [_dated(each) for each in found.ended]
    yield "changes_redated", [f"{_name(each.after)} : {_redated(each)}" for each in found.redated]
    yield "changes_removed", [_dated(each) for each in found.removed]
    yield "changes_others_added", [_file(each) for each in found.others_added]
    yield "changes_others_changed", [_file(each.after) for each in found.others_changed]
    yield "changes_others_removed", [_file(each) for each in found.others_removed]


def _show_impact(console: Console, found: Impact) -> None:
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


def _name(version: Document) -> str:
    return f"{version.title}, {version.reference}"


def _dated(version: Document) -> str:
    return f"{_name(version)} : {' · '.join((days(version, SAID), *remarks(version, SAID)))}"


def _redated(revision: Revision) -> str:
    before, after = days(revision.before, SAID), days(revision.after, SAID)
    return SAID["changes_dates"].format(before=before, after=after)


def _file(document: Document) -> str:
    return f"{document.title} ({document.source})"


FOUND, NOT_FOUND = 0, 3


app = Actions()


@app.action("law")
def _law(
    ctx: Context,
    words: list[str] = argument("REFERENCE", "par exemple R2122-8"),
    is_whole: bool = flag("--history", "toutes les versions connues"),
    as_of: date | None = day_of_law("--as-of"),
    as_json: bool = AS_JSON,
) -> int:
    """Show an article; the exit code says whether a version is in force."""
    reference, day, console = normalise(" ".join(words)), as_of or date.today(), Terminal()
    store = open_snapshot(ctx.obj, current_name(ctx.obj)).store
    found = histories(store.versions(reference))
    if not found:
        return _unknown(reference, near_references(reference, store.documents()))
    if as_json:
        print_json(law_fields(found, reference, day, whole=is_whole))
    else:
        for history in found:
            _show(console, history, day, is_whole)
    in_force = any(history.on(day) for history in found)
    return FOUND if in_force or is_whole else NOT_FOUND


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
            console.print(Text(f"  {version_line(version, SAID)}"))


def _show_version(console: Console, version: Document, in_force_on: date | None) -> None:
    if version.path:
        console.print(Text(" › ".join(version.path), style="dim"))
    console.print(Text(version_line(version, SAID)))
    if in_force_on:
        console.print(Text(f"▶ en vigueur le {in_force_on:%d/%m/%Y}", style="green"))
    if version.address:
        console.print(Text(version.address, style="dim"), soft_wrap=True)


def _text(console: Console, before: Document | None, version: Document) -> Text:
    if before is None:
        return Text(version.text)
    return compared(compare(before.text, version.text), marked=not console.is_terminal)


# `sourcier law disagreements`: what sheets say and the articles in force do not.

AGREED, DISAGREED, NO_ARTICLE = 0, 1, 3


@app.action("law disagreements")
def _disagreements(
    ctx: Context,
    shows_explained: bool = flag("--explained", "montre aussi ceux qui sont expliqués"),
    as_of: date | None = day_of_law("--as-of"),
    as_json: bool = AS_JSON,
) -> int:
    """Compare the sheets in service; the exit code says whether all agree."""
    name, console = current_name(ctx.obj), Terminal()
    if not open_snapshot(ctx.obj, name).store.has_articles:
        sys.stderr.write(
            "L'index en service n'a aucun article auquel comparer les fiches. Installez les textes "
            "officiels : sourcier law install\n"
        )
        return NO_ARTICLE
    with console.status("Comparaison des fiches et des articles…"):
        found = compared_sheets(ctx.obj, name, as_of or date.today())
    if as_json:
        print_json(sheets_fields(found))
    else:
        _show_disagreements(console, found, shows_explained=shows_explained)
    return DISAGREED if found.faults else AGREED


def _show_disagreements(
    console: Terminal, found: SheetsComparison, *, shows_explained: bool
) -> None:
    shown = (*found.faults, *(found.explained if shows_explained else ()))
    table = Table(
        Column("fiche", overflow="fold"),
        "section",
        "désaccord",
        "article",
        "ce que dit l'article",
        show_lines=True,
    )
    for fault in shown:
        table.add_row(*map(Text, _cells(fault)))
    if shown:
        console.print(table)
    console.print(
        f"Au {found.day:%d/%m/%Y}, sections comparées : {found.sections}, chiffres comparés : "
        f"{found.figures}. Désaccords : {len(found.faults)}, expliqués : {len(found.explained)}. "
        f"Sections sans article dans l'index : {found.unread}."
    )


def _cells(fault: SheetFault) -> tuple[str, ...]:
    said = f"{fault.figure} : {CAUSES[fault.cause]}" if fault.figure else CAUSES[fault.cause]
    return (
        fault.section.source,
        fault.section.headings[-1],
        f"{said} ({fault.reason})" if fault.reason else said,
        "\n".join(each.reference for each in fault.articles),
        "\n".join(", ".join(each.figures) or "aucun chiffre" for each in fault.articles)
        if fault.figure
        else "",
    )
