"""The dossiers of a reader as a page: what each is about, and a form for a new one. Pure HTML."""

from collections.abc import Mapping
from urllib.parse import quote

from assistant.page.dossier_form import description_fields, text_field
from assistant.page.form import action, button, hidden
from assistant.page.markup import NOTHING, Html, element, joined
from assistant.page.table import table
from assistant.page.words import Words, written
from ingestion.dossiers import Dossier

IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9._\-]*"
"""What a browser lets a new dossier be called; the dossiers themselves judge."""


def dossier_link(dossier_id: str, language: str, below: str = "") -> str:
    """The address of the page of a dossier, or of what is `below` it."""
    return f"/dossiers/{quote(dossier_id, safe='')}{below}?lang={language}"


def list_html(pieces: Mapping[Dossier, int], said: Words, language: str, problem: str = "") -> Html:
    """The page; `pieces` counts those of each dossier, `problem` is why one was not created."""
    return element(
        "main",
        navigation(said, language),
        element("h1", said["dossiers_title"]),
        element("p", said["dossiers_lead"], class_="lead"),
        alert(problem),
        dossier_table(pieces, said, language) if pieces else element("p", said["dossiers_none"]),
        *(removal(each, said, language) for each in pieces if each.is_demonstration),
        creation(said, language, is_open=bool(problem) or not pieces),
        class_="document dossiers",
        id="document",
    )


def dossier_table(pieces: Mapping[Dossier, int], said: Words, language: str) -> Html:
    """One row a dossier."""
    heads = ("reference", "subject", "buyer", "stage", "deadline", "pieces")
    names = [said[f"dossier_{name}"] for name in heads]
    rows = []
    for dossier, number in pieces.items():
        link = element("a", name_of(dossier, said), href=dossier_link(dossier.id, language))
        reference = joined([link, element("small", dossier.id) if dossier.reference else NOTHING])
        deadline = written(said, dossier.deadline) if dossier.deadline else ""
        stage = said[f"stage_{dossier.stage.name}"]
        rows.append((reference, dossier.subject, dossier.buyer, stage, deadline, str(number)))
    return table(names, rows, said["dossiers_title"])


def removal(demonstration: Dossier, said: Words, language: str) -> Html:
    """What takes the demonstration away: a click, and another that confirms it."""
    form = action(
        dossier_link(demonstration.id, language, "/delete"),
        hidden("confirmation", demonstration.id),
        button(said["demonstration_confirm"], class_="danger"),
    )
    return element(
        "details",
        element("summary", said["demonstration_remove"]),
        element("p", said["demonstration_warning"]),
        form,
        class_="deletion",
        id="demonstration",
    )


def creation(said: Words, language: str, *, is_open: bool) -> Html:
    """The form for a new dossier."""
    identifier = text_field("id", "", 64, said, required=True, pattern=IDENTIFIER)
    form = action(
        f"/dossiers?lang={language}",
        identifier,
        element("p", said["dossier_id_rule"], class_="hint"),
        description_fields(Dossier(""), said),
        button(said["dossier_create"], class_="main"),
        class_="fields",
    )
    return element("details", element("summary", said["dossier_new"]), form, open=is_open)


def navigation(said: Words, language: str) -> Html:
    """The way back to the conversation, and to all dossiers."""
    return element(
        "nav",
        element("a", f"Sourcier : {said['home_link']}", href="/"),
        element("a", said["dossiers_title"], href=f"/dossiers?lang={language}"),
    )


def name_of(dossier: Dossier, said: Words) -> str:
    """What a dossier is called: its reference, else its identifier; the demonstration says so."""
    name = dossier.reference or dossier.id
    return said["demonstration_name"].format(name=name) if dossier.is_demonstration else name


def alert(problem: str) -> Html:
    """Why what was asked was not done."""
    if not problem:
        return NOTHING
    return element("p", problem, class_="alert", role="alert", tabindex=-1)
