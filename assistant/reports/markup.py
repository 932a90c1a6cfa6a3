"""Markup that cannot be broken by its content, tables, forms, and the words of the interface."""

import html
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assistant.question.day import DaySource
from assistant.question.language import Language

# HTML that cannot be broken by its content: everything is escaped unless it is already `Html`.

Html = Markup
"""What `element` and the templates build."""

NOTHING = Html("")
"""What stands where there is nothing to show."""

TIGHT = re.compile(r" (?=[;:?!»%€])|(?<=«) |(?<=\d) (?=\d{3}(?!\d))|(?<=\b[LRD]\.) (?=\d)")
VOID = frozenset({"img", "input", "br", "hr", "meta", "link"})


def element(tag: str, *children: str, **attributes: str | int | bool | None) -> Html:
    """An element; `class_` and `aria_label` become `class` and `aria-label`. Pure.

    An attribute that is True stands alone, one that is False or None is left out.
    """
    opened = [tag]
    for name, value in attributes.items():
        name = name.rstrip("_").replace("_", "-")
        if value is True:
            opened.append(name)
        elif value is not False and value is not None:
            opened.append(f'{name}="{html.escape(str(value))}"')
    start = f"<{' '.join(opened)}>"
    return Html(start if tag in VOID else f"{start}{join_html(children)}</{tag}>")


def join_html(pieces: Iterable[str]) -> Html:
    """Pieces one after the other, those that are plain text escaped. Pure."""
    return Html("".join(p if isinstance(p, Html) else html.escape(p, quote=False) for p in pieces))


def set_no_break_spaces(text: str) -> str:
    """The text with no-break spaces where French wants them, character for character as long."""
    return TIGHT.sub("\u00a0", text)


def prose(text: str, *closing: str) -> Html:
    """Plain text as paragraphs and lists (lines that begin with "- "); nothing else is read in it.

    `closing` is put at the end of the last paragraph or item. Pure.
    """
    blocks: list[tuple[str, list[str]]] = []
    for line in filter(None, (line.strip() for line in set_no_break_spaces(text).splitlines())):
        item = line.startswith(("- ", "• ", "– "))
        if item and blocks and blocks[-1][0] == "ul":
            blocks[-1][1].append(line[2:])
        else:
            blocks.append(("ul", [line[2:]]) if item else ("p", [line]))
    built = []
    for position, (tag, lines) in enumerate(blocks):
        end = closing if position == len(blocks) - 1 else ()
        if tag == "p":
            built.append(element("p", lines[0], *end))
            continue
        items = [element("li", each) for each in lines[:-1]]
        built.append(element("ul", *items, element("li", lines[-1], *end)))
    return join_html(built)


@cache
def _templates() -> Environment:
    """The templates of the pages and of the papers, each found by its path in its folder."""
    environment = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("assistant.web", "templates"),
                PackageLoader("assistant.reports", "templates"),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "tight": set_no_break_spaces,
        "thousands": group_thousands,
        "counted": counted,
        "prose": prose,
        "moment": at,
    }
    environment.globals |= {"count": count, "format_date": format_date}
    return environment


def render(template: str, **values: object) -> Html:
    """A template filled in: what is not `Html` is escaped, a value that it lacks is an error.

    `template` is its path in `web/templates` or in `reports/templates`.
    """
    return Html(_templates().get_template(template).render(values).strip())


def render_macro(template: str, macro: str, *values: object) -> Html:
    """One macro of a template filled in, for what stands in a page that another module writes."""
    return Html(getattr(_templates().get_template(template).module, macro)(*values).strip())


# Parts of any form: a label, a hidden value, a button, and the form itself. Pure HTML.


def hidden(name: str, value: str) -> Html:
    """What a form sends that is not shown."""
    return element("input", type="hidden", name=name, value=value)


def labelled(label: str, field: Html) -> Html:
    """A field below its label."""
    return element("label", element("span", label), field)


def action(address: str, *fields: Html, **attributes: str | bool) -> Html:
    """A form that changes something."""
    return element("form", *fields, method="post", action=address, **attributes)


def button(label: str, **attributes: str | bool) -> Html:
    """What sends a form."""
    return element("button", label, type="submit", **attributes)


# Tables, whose cells bear the names of their columns for narrow screens. Pure HTML.

ACTION = element("span", "Action", class_="unseen")
"""The heading of a column of buttons, in French and in English; it is read and not shown."""


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    caption: str,
    *,
    class_: str | None = None,
    names_rows: bool = False,
    shows_caption: bool = False,
) -> Html:
    """A table of as many cells a row as there are heads; a head that is HTML labels no cell.

    The first cell heads its row where it `names_rows`; the caption is for who cannot see that the
    table stands under its title, unless it `shows_caption`.
    """
    head = element("tr", *(element("th", each, scope="col") for each in heads))
    return element(
        "table",
        element("caption", caption, class_=None if shows_caption else "unseen"),
        element("thead", head),
        element("tbody", *(_row(heads, cells, named=names_rows) for cells in rows)),
        class_=class_,
    )


def _row(heads: Sequence[str], cells: Sequence[str], *, named: bool) -> Html:
    built = [
        element("td", cell, data_label=None if isinstance(head, Html) else head or None)
        for head, cell in zip(heads, cells, strict=True)
    ]
    if named:
        built[0] = element("th", cells[0], scope="row")
    return element("tr", *built)


# The words of the interface, in both languages, from one file.

Words = Mapping[str, str]


@cache
def load_words(language: Language) -> Words:
    """The sentences of a language by key; see words.toml."""
    file = files("assistant.reports").joinpath("words.toml")
    table: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))[language.value]
    return {key: set_no_break_spaces(text) for key, text in table.items()}


def count(said: Words, key: str, n: int) -> str:
    """The sentence of `key` for a number of things: "1 document", "2 documents"."""
    single = n in (0, 1) if said is load_words(Language.FRENCH) else n == 1
    return said[f"{key}_one" if single else f"{key}_many"].format(n=group_thousands(n))


def group_thousands(n: int) -> str:
    """A number with its thousands apart by narrow no-break spaces. Pure."""
    return f"{n:,}".replace(",", "\u202f")


def counted(n: int, one: str, many: str) -> str:
    """A number in French with what it counts: "1 réponse", "1 204 réponses"."""
    return f"{group_thousands(n)} {one if n < 2 else many}"


def at(moment: datetime) -> str:
    """A moment in the time of this machine: "05/03/2026 à 14:02"."""
    return f"{moment.astimezone():%d/%m/%Y à %H:%M}"


def format_date(said: Words, day: date) -> str:
    """A date in words: "1er avril 2026"."""
    number = said["first_day"] if day.day == 1 else str(day.day)
    month = said["months"].split()[day.month - 1]
    return said["day"].format(day=number, month=month, year=day.year)


def law_of(said: Words, day: date, source: DaySource) -> str:
    """The day whose law is shown, and how to change it where the question named it."""
    key = "as_of_named" if source is DaySource.QUESTION else "as_of"
    return said[key].format(date=format_date(said, day))
