"""Marks as fields of a form, and read back from it."""

from collections.abc import Iterator, Mapping

from assistant.page.markup import NOTHING, Html, element
from assistant.page.referent import fields
from assistant.review.marks import (
    ANSWER,
    LABELS,
    LONGEST_COMMENT,
    SCALES,
    Mark,
    Place,
    Sheet,
    Target,
    Verdict,
)
from assistant.turn import Result


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


def marks_in(form: Mapping[str, str], result: Result) -> Iterator[Mark]:
    """The marks that a form says on what an answer has; anything else in it is left out."""
    for place in places(result):
        target, number = place
        value = form.get(name_of(place), "")
        verdict = Verdict(value) if value in SCALES[target] else None
        comment = form.get(f"{name_of(place)}-comment", "").strip()[:LONGEST_COMMENT]
        yield Mark(target, number, verdict, comment)


def places(result: Result) -> Iterator[Place]:
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
            "div", fields.area(name, label, comment, 3, maxlength=LONGEST_COMMENT), class_="comment"
        )
    return element(
        "div", fields.line(name, label, comment, maxlength=LONGEST_COMMENT), class_="comment"
    )


def _said(mark: Mark) -> str:
    verdict = LABELS[mark.verdict] if mark.verdict else "sans avis"
    return f"{verdict}, « {mark.comment} »" if mark.comment else verdict
