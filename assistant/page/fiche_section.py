"""The fiche of a dossier on its page: a row a subject, each text beside its piece. Pure."""

from collections.abc import Sequence

from assistant.fiche import Entry, Fiche, Line, State
from assistant.fiche_export import FileFormat
from assistant.language import Language
from assistant.page.dossier_list import dossier_link
from assistant.page.dossier_view import folded
from assistant.page.evidence_panel import document_link, hidden_label
from assistant.page.markup import NOTHING, Html, element, joined, unbroken
from assistant.page.table import table
from assistant.page.words import Words, count, words
from assistant.priority import Priority

_HEADS = ("fiche_subject", "fiche_stated")
_CHIPS = {State.ABSENT: "fiche_absent", State.DIFFERS: "fiche_check"}
_FILES = {FileFormat.DOCX: "fiche_docx", FileFormat.CSV: "fiche_csv"}


def fiche_section(fiche: Fiche, dossier_id: str, language: Language) -> Html:
    """The section: how the pieces rank, the files to take away, and the table of the lines."""
    said = words(language)
    rows = (_row(line, said, language) for line in fiche.lines)
    return folded(
        "fiche",
        said["fiche_title"],
        _counted(fiche.lines, said),
        element("p", said["fiche_lead"], " ", _ranking(fiche.priority, said), class_="hint"),
        element("p", *_downloads(dossier_id, said, language), class_="downloads"),
        table([said[key] for key in _HEADS], rows, said["fiche_title"], names_rows=True),
    )


def _counted(lines: Sequence[Line], said: Words) -> str:
    """How many lines ask for something; the subjects when none does."""
    states = [line.state for line in lines]
    told = [
        count(said, key, states.count(state)) for state, key in _CHIPS.items() if state in states
    ]
    return " · ".join(told[::-1]) or count(said, "fiche_subjects", len(lines))


def _ranking(priority: Priority, said: Words) -> str:
    if not priority.pieces:
        return said["fiche_usual_order"]
    pieces = ", ".join(priority.pieces)
    return said["fiche_priority"].format(locator=priority.locator, pieces=pieces)


def _downloads(dossier_id: str, said: Words, language: Language) -> list[Html]:
    return [
        element("a", said[key], href=dossier_link(dossier_id, language, f"/fiche.{file_format}"))
        for file_format, key in _FILES.items()
    ]


def _row(line: Line, said: Words, language: Language) -> tuple[Html, Html]:
    """A line; a text that several places repeat is shown once, with the way to each of them."""
    quotes = (_quote(text, entries, language) for text, entries in line.texts.items())
    return element("span", line.label, lang="fr"), joined([_remark(line, said), *quotes])


def _remark(line: Line, said: Words) -> Html:
    """The state where it is not plain, and what was computed."""
    chip = _CHIPS.get(line.state)
    told = [element("span", said[chip], class_="state")] if chip else []
    told += [element("span", unbroken(line.remark), lang="fr")] if line.remark else []
    return element("p", *told, class_=f"remark {line.state.name.lower()}") if told else NOTHING


def _quote(text: str, entries: Sequence[Entry], language: Language) -> Html:
    links = [
        element("a", entry.passage.locator, href=_place(entry, language), target="_blank")
        for entry in entries
    ]
    if any(entry.is_hidden for entry in entries):
        links.append(hidden_label(words(language)))
    quote = element("blockquote", unbroken(text), lang="fr")
    return element("figure", quote, element("figcaption", *links))


def _place(entry: Entry, language: Language) -> str:
    """The address of the entry in its document, its words marked."""
    first = entry.passage.start
    return document_link(entry.passage, [(entry.start - first, entry.end - first)], language)
