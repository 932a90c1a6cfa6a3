"""The frame of the référent's pages, the fields of their forms, and what a list is asked."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse
from pydantic import BaseModel, BeforeValidator, Field

from assistant.answering.answer import Outcome, TurnResult
from assistant.citations.checker import Support
from assistant.question.language import Language
from assistant.reports.markup import NOTHING, Html, element, labelled, load_words
from assistant.review.listing import Ending, ListOrder, ReviewFilter
from assistant.review.recorded import (
    ANSWER,
    LABELS,
    LONGEST_COMMENT,
    SCALES,
    Place,
    ReviewMark,
    ReviewState,
    ReviewVerdict,
    Sheet,
    Target,
    Thumb,
)
from assistant.web.routes import FORGET

# The frame of the référent's pages: navigation, title, content. Pure HTML, in French.

ROOT = "/referent"
"""Where the application of the référent stands."""

PAGES = {
    "": "Réponses",
    "queue": "À relire",
    "touched": "Droit changé",
    "figures": "Tableau de bord",
    "gold": "Jeu d'évaluation",
}
"""What the navigation leads to: path below the root, and name."""

SAID = load_words(Language.FRENCH)


def framed(
    title: str,
    *content: Html,
    current: str | None = None,
    status: int = 200,
    script: str = "",
) -> HTMLResponse:
    """A page; `current` is the path of the one in the navigation that it belongs to.

    `script` is one of ours, if any: the pages work without.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{title} – Sourcier, référent"),
        element("link", rel="stylesheet", href="/page/style.css"),
        element("link", rel="stylesheet", href=f"{ROOT}/style.css"),
        element("link", rel="icon", href="data:,"),  # else the browser asks for one
        element("script", defer=True, src=f"/page/{script}") if script else NOTHING,
    )
    body = element(
        "body",
        element("a", "Aller au contenu", class_="skip", href="#content"),
        navigation(current),
        element("main", element("h1", title), *content, id="content", tabindex=-1),
        class_="reader referent",
    )
    return HTMLResponse(f"<!doctype html>{element('html', head, body, lang='fr')}", status, FORGET)


def navigation(current: str | None) -> Html:
    """The name of the program, its pages for the référent, and the way to the conversation."""
    links = [
        element(
            "a",
            name,
            href=f"{ROOT}/{path}",
            aria_current="page" if path == current else None,
        )
        for path, name in PAGES.items()
    ]
    return element(
        "header",
        element("p", "Sourcier ", element("span", "référent"), class_="brand"),
        element("nav", *links, element("a", "Poser une question", href="/"), aria_label="Pages"),
    )


def alert(problem: str) -> Html:
    """Why what was asked was not done."""
    return element("p", problem, class_="alert", role="alert") if problem else NOTHING


def done(told: str) -> Html:
    """What was done."""
    return element("p", told, class_="done", role="status") if told else NOTHING


def badge(text: str, kind: str = "") -> Html:
    """A word or two that stand out of a line."""
    return element("span", text, class_=f"badge {kind}".strip())


# Fields of the référent's forms. Pure HTML.


def choice(
    name: str, label: str, choices: Iterable[tuple[str, str]], chosen: str, every: str = ""
) -> Html:
    """One of some values, each with what it is called; `every` is what none of them is called."""
    options = [
        element("option", text, value=value, selected=value == chosen)
        for value, text in [*([("", every)] if every else []), *choices]
    ]
    return labelled(label, element("select", *options, name=name))


def day(name: str, label: str, value: date | None) -> Html:
    """A day, which may be left out."""
    written = value.isoformat() if value else None
    return labelled(
        label, element("input", type="date", name=name, value=written, max="9999-12-31")
    )


def line(name: str, label: str, value: str, **rules: str | int | bool) -> Html:
    """A line of text."""
    return labelled(label, element("input", type="text", name=name, value=value, **rules))


def area(name: str, label: str, value: str, rows: int, **rules: str | int | bool) -> Html:
    """Several lines of text."""
    return labelled(label, element("textarea", value, name=name, rows=rows, **rules))


# What a list is asked to show: the filter, the order and the page, as an address says them.

_BLANK = BeforeValidator(lambda value: value or None)
"""A field that is left empty is sent as ""."""

Short = Annotated[str, Field(max_length=200)]


class ListQuery(BaseModel):
    """The query of a list; an address that holds it shows the same list to everyone who may."""

    since: Annotated[date | None, _BLANK] = None
    until: Annotated[date | None, _BLANK] = None
    theme: Short = ""
    outcome: Annotated[Outcome | None, _BLANK] = None
    support: Annotated[Support | None, _BLANK] = None
    route: Short = ""
    thumb: Annotated[Thumb | None, _BLANK] = None
    team: Short = ""
    dossier: Short = ""
    state: Annotated[ReviewState | None, _BLANK] = None
    ending: Annotated[Ending | None, _BLANK] = None
    words: Short = ""
    order: Annotated[ListOrder, BeforeValidator(lambda value: value or ListOrder.LATEST)] = (
        ListOrder.LATEST
    )
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1

    @property
    def filter(self) -> ReviewFilter:
        """The filter alone."""
        return ReviewFilter(**self.model_dump(exclude={"order", "page"}))

    @property
    def chosen(self) -> Mapping[str, str]:
        """What is asked for beyond what is shown anyway."""
        values = self.model_dump(mode="json", exclude_defaults=True)
        return {name: str(value) for name, value in values.items()}

    def address(self, path: str = "", page: int = 1) -> str:
        """The address of this list, of another page of it, or of its file."""
        query = {name: value for name, value in self.chosen.items() if name != "page"}
        query |= {"page": str(page)} if page > 1 else {}
        return f"{ROOT}/{path}{'?' if query else ''}{urlencode(query)}"


# Marks as fields of a form, and read back from it.


def mark_field(place: Place, legend: str, sheet: Sheet) -> Html:
    """The verdicts that can be given on something, and a comment."""
    target, _ = place
    mark = sheet.get(place)
    chosen, comment = (mark.verdict, mark.comment) if mark else (None, "")
    name = name_of(place)
    scale = [(verdict.value, LABELS[verdict]) for verdict in SCALES[target]]
    choices = [
        _radio(name, value, text, is_chosen=value == (chosen or ""))
        for value, text in [*scale, ("", "sans avis")]
    ]
    said = _comment(place, comment)
    return element(
        "fieldset",
        element("legend", legend),
        element("div", *choices, class_="choices"),
        said
        if place == ANSWER
        else element("details", element("summary", "Commenter"), said, open=bool(comment)),
        class_="mark-of",
    )


def marks_in(form: Mapping[str, str], result: TurnResult) -> Iterator[ReviewMark]:
    """The marks that a form says on what an answer has; anything else in it is left out."""
    for place in places(result):
        target, number = place
        value = form.get(name_of(place), "")
        verdict = ReviewVerdict(value) if value in SCALES[target] else None
        comment = form.get(f"{name_of(place)}-comment", "").strip()[:LONGEST_COMMENT]
        yield ReviewMark(target, number, verdict, comment)


def places(result: TurnResult) -> Iterator[Place]:
    """Everything in an answer that can be marked."""
    yield ANSWER
    yield from ((Target.SENTENCE, n) for n, _ in enumerate(result.answer.sentences, 1))
    yield from ((Target.CITATION, n) for n, _ in enumerate(result.answer.citations, 1))


def sheet_html(sheet: Sheet) -> Html:
    """What a reader said, in lines."""
    lines = [
        element("li", f"{called(place)} : {_said(mark)}") for place, mark in sorted(sheet.items())
    ]
    return element("ul", *lines) if lines else NOTHING


def called(place: Place) -> str:
    """What a place is called."""
    names = {Target.ANSWER: "la réponse", Target.SENTENCE: "phrase", Target.CITATION: "citation"}
    target, number = place
    return names[target] if place == ANSWER else f"{names[target]} {number}"


def name_of(place: Place) -> str:
    """The name of the field of a place."""
    target, number = place
    return f"{target}-{number}"


def _radio(name: str, value: str, text: str, *, is_chosen: bool) -> Html:
    field = element("input", type="radio", name=name, value=value, checked=is_chosen)
    return element("label", field, element("span", text))


def _comment(place: Place, comment: str) -> Html:
    name, label = f"{name_of(place)}-comment", f"Commentaire sur {called(place)}"
    if place == ANSWER:
        return element(
            "div", area(name, label, comment, 3, maxlength=LONGEST_COMMENT), class_="comment"
        )
    return element("div", line(name, label, comment, maxlength=LONGEST_COMMENT), class_="comment")


def _said(mark: ReviewMark) -> str:
    verdict = LABELS[mark.verdict] if mark.verdict else "sans avis"
    return f"{verdict}, « {mark.comment} »" if mark.comment else verdict
