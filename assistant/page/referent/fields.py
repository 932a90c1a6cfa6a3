"""Fields of the référent's forms. Pure HTML."""

from collections.abc import Iterable
from datetime import date

from assistant.page.form import labelled
from assistant.page.markup import Html, element


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
