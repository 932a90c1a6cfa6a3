"""Official sources of law on the command line: read with a bar, merged, and told text by text."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from ingestion.builtin import Addition
from ingestion.documents import Kind
from ingestion.official.archive import in_order, is_incremental
from ingestion.official.article import TEXT_ID
from ingestion.official.changes import Changes
from ingestion.official.merge import Merged


def text_id(written: str) -> str:
    """The identifier of a text, for the parser."""
    if not TEXT_ID.fullmatch(written):
        raise argparse.ArgumentTypeError(
            f"« {written} » n'est pas l'identifiant d'un texte, comme LEGITEXT000037701019"
        )
    return written


def read(archives: Sequence[Path], texts: Sequence[str], progress: Progress) -> tuple[Changes, ...]:
    """Read LEGI archives from the oldest to the newest."""
    from ingestion.official.sandbox import read_archives

    bar = progress.add_task("Lecture des archives", total=None)
    return read_archives(
        in_order(archives),
        texts,
        lambda done, total: progress.update(bar, completed=done, total=total),
    )


def merged(
    home: Path, changes: Sequence[Changes], texts: Sequence[str], folder: Path, console: Console
) -> list[Addition]:
    """Write each text changed into `folder`; the caller holds the writer's lock.

    A text of which every version is suppressed is removed from the library.
    """
    from ingestion.library import Library
    from ingestion.official.update import updates

    for change in changes:
        for refusal in change.refused:
            told = f"{change.source}, {refusal.name} : {refusal.reason}"
            console.print(told, style="red", soft_wrap=True)
    library, additions = Library(home), []
    found = updates(library, changes, texts)
    for text in found:
        _tell(text, changes, console)
        if not text.versions:
            library.remove([text.source])
            console.print("Il n'en reste aucune : texte retiré, au prochain sourcier index build")
            continue
        (folder / text.source).write_bytes(text.content)
        additions.append(Addition(folder / text.source, text.source, Kind.RULES))
    if changes and not found:
        console.print("Les sources officielles ne changent aucun texte.")
    return additions


def _tell(text: Merged, changes: Sequence[Changes], console: Console) -> None:
    console.print(
        f"{text.title} ({text.text_id}) : {text.read} versions lues, {text.added} ajoutées, "
        f"{text.changed} modifiées, {text.suppressed} supprimées",
        soft_wrap=True,
    )
    if text.is_new and all(is_incremental(change.source) for change in changes):
        console.print(
            "Une archive quotidienne ne contient que ce qui a changé : ajoutez d'abord "
            "une archive complète pour avoir tout le texte.",
            style="yellow",
            soft_wrap=True,
        )
